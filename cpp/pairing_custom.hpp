// A rule whose updates are expressions of the weight and of traces; the user wrote them.
//
// An update is any function of the weight, so it is not an amount that is known before: what a
// spike logs is the traces of its target, and by how much those of the sources have decayed in
// their frame. A row takes in its pending spikes in batches in which no synapse stands twice, each
// by one evaluation. Traces are seen as in every rule: by an arrival without the spikes of its
// instant, by a spike with the arrivals of its instant, and by both without themselves.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "decaying_values.hpp"
#include "expression.hpp"
#include "fluxes.hpp"
#include "rules.hpp"
#include "spike_log.hpp"
#include "state.hpp"
#include "types.hpp"

namespace postdict {

// The synapses of a row, whatever the layout.
template <class Real>
struct RowOfSynapses {
    Real* weights;
    const NeuronId* targets;  // or null where they are all, in their order
    std::size_t n;
    std::size_t first;  // place of the first among all synapses
    std::size_t target(std::size_t s) const {
        return targets == nullptr ? s : static_cast<std::size_t>(targets[s]);
    }
};

// What is done with the weight that an update gives.
struct Applied {
    double eta;  // mV
    double w_max;
    bool learning;
    Fluxes* fluxes;  // null where nothing is accounted
};

// The first update that gave no number.
struct UpdateFailure {
    Time time;
    std::size_t row;
    std::size_t target;
    const char* update;  // its name in Python
    std::string text;
    double weight;
    double result;
};

class CustomPairing {
  public:
    CustomPairing(const CustomRule& rule, std::size_t n_rows, std::size_t n_post)
        : set_(rule.set),
          arrival_text_(rule.arrival_text),
          spike_text_(rule.spike_text),
          on_arrival_(rule.on_arrival, n_variables(rule)),
          on_spike_(rule.on_spike, n_variables(rule)),
          variables_(n_variables(rule)),
          inputs_(n_variables(rule) * Expression::block),
          decays_(rule.tau_pre.size()),
          values_(rule.tau_post.size()) {
        for (const double tau : rule.tau_pre)
            x_.emplace_back(std::vector<double>(n_rows, 0.0), std::vector<double>{tau});
        for (const double tau : rule.tau_post)
            y_.emplace_back(std::vector<double>(n_post, 0.0), std::vector<double>{tau});
    }

    // Whether what is logged must be read before time moves on to t, for a frame of x will move.
    bool due(Time t) const {
        return std::any_of(x_.begin(), x_.end(), [&](const auto& x) { return x.due(t); });
    }
    void advance(Time t) {
        now_ = t;
        for (DecayingValues& x : x_) x.advance(t);
        for (DecayingValues& y : y_) y.advance(t);
    }

    void count_arrival(std::size_t row, Time) {
        for (std::size_t m = 0; m < x_.size(); ++m) raise(x_[m], row, set_[m]);
    }
    // What it logs stands at the place that the spike has in the log.
    double count_spike(NeuronId i, Time t) {
        const auto k = static_cast<std::size_t>(i);
        times_.push_back(t);
        for (std::size_t m = 0; m < x_.size(); ++m) decays_[m].push_back(1.0 / x_[m].growth(0));
        for (std::size_t l = 0; l < y_.size(); ++l) {
            values_[l].push_back(y_[l].scaled()[k] / y_[l].growth(0));
            raise(y_[l], k, set_[x_.size() + l]);
        }
        return 0.0;
    }
    void forget_last() {
        times_.pop_back();
        for (auto& decays : decays_) decays.pop_back();
        for (auto& values : values_) values.pop_back();
    }
    void forget_log() {
        times_.clear();
        for (auto& decays : decays_) decays.clear();
        for (auto& values : values_) values.clear();
    }

    // An arrival at a row, at the instant of the last `advance`.
    template <class Real>
    void arrive(std::size_t row, const RowOfSynapses<Real>& synapses, const Applied& applied) {
        variables_[1] = {nullptr, applied.eta};
        for (std::size_t m = 0; m < x_.size(); ++m)
            variables_[2 + m] = {nullptr, x_[m].scaled()[row] / x_[m].growth(0)};
        for (std::size_t from = 0; from < synapses.n; from += Expression::block) {
            const std::size_t n = std::min(Expression::block, synapses.n - from);
            for (std::size_t l = 0; l < y_.size(); ++l) {
                const std::size_t v = 2 + x_.size() + l;
                if (!on_arrival_.uses(v)) continue;
                double* const y = input(v);
                const double decay = 1.0 / y_[l].growth(0);
                const double* const scaled = y_[l].scaled();
                if (synapses.targets == nullptr) {
                    for (std::size_t k = 0; k < n; ++k) y[k] = scaled[from + k] * decay;
                } else {
                    for (std::size_t k = 0; k < n; ++k)
                        y[k] = scaled[synapses.target(from + k)] * decay;
                }
                variables_[v] = {y};
            }
            double* const w = input(0);
            for (std::size_t k = 0; k < n; ++k)
                w[k] = static_cast<double>(synapses.weights[from + k]);
            variables_[0] = {w};
            const Values found = on_arrival_.evaluate(variables_, n);
            const auto place = [from](std::size_t k) { return from + k; };
            const auto time = [this](std::size_t) { return now_; };
            apply(row, synapses, applied, n, found, place, time, true, &failure_);
        }
    }

    // What is pending for the synapses of a row, from entry `seen` of the log on.
    template <class Real>
    void read(std::size_t row, const RowOfSynapses<Real>& synapses, const SpikeLog& log,
              std::uint32_t seen, const Applied& applied) {
        each_batch(synapses, log, seen, [&] { read_batch(row, synapses, applied, &failure_); });
    }
    // The same of one synapse, while nothing runs: a failure is left to the run.
    void peek(std::size_t row, const RowOfSynapses<double>& synapse, const SpikeLog& log,
              std::uint32_t seen, const Applied& applied) const {
        CustomPairing& own = const_cast<CustomPairing&>(*this);  // whose scratch alone changes
        own.each_batch(synapse, log, seen, [&] { own.read_batch(row, synapse, applied, nullptr); });
    }

    std::optional<UpdateFailure> take_failure() { return std::exchange(failure_, std::nullopt); }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        const auto each = [&](const char* name, auto& parts, const auto& use) {
            for (std::size_t k = 0; k < parts.size(); ++k) use(name + std::to_string(k), parts[k]);
        };
        const auto trace = [&](const std::string& name, auto& part) { visit(name, part); };
        const auto logged = [&](const std::string& name, auto& part) { visit.growing(name, part); };
        each("x", self.x_, trace);
        each("y", self.y_, trace);
        visit.growing("times", self.times_);
        each("decays", self.decays_, logged);
        each("values", self.values_, logged);
    }
    void check_state(Time now) const {
        for (const auto* traces : {&x_, &y_})
            for (const DecayingValues& trace : *traces) {
                trace.check_state(now);
                for (std::size_t k = 0; k < trace.size(); ++k)
                    require_state(trace.scaled()[k] >= 0.0, "a trace is negative");
            }
        for (const auto* logged : {&decays_, &values_})
            for (const std::vector<double>& numbers : *logged)
                require_state(numbers.size() == times_.size() &&
                                  std::all_of(numbers.begin(), numbers.end(), is_moderate),
                              "what spikes logged is missing, or not finite");
    }
    std::size_t n_logged() const { return times_.size(); }

  private:
    static std::size_t n_variables(const CustomRule& rule) {
        return 2 + rule.tau_pre.size() + rule.tau_post.size();
    }
    static void raise(DecayingValues& trace, std::size_t k, bool set) {
        double& value = trace.scaled()[k];
        value = (set ? 0.0 : value) + trace.growth(0);
    }
    double* input(std::size_t variable) { return inputs_.data() + variable * Expression::block; }

    // Calls use() whenever batch_ holds pairs of synapse and entry in which no synapse is twice;
    // each synapse meets its spikes in their order.
    template <class Real, class Use>
    void each_batch(const RowOfSynapses<Real>& synapses, const SpikeLog& log, std::uint32_t seen,
                    Use&& use) {
        batch_.clear();
        const auto finish = [&] {
            if (!batch_.empty()) use();
            batch_.clear();
        };
        const auto pending = [&](std::uint32_t k) { return k != SpikeLog::none && k >= seen; };
        if (synapses.targets == nullptr) {
            std::uint32_t start = seen;
            for (std::uint32_t k = seen; k < log.size(); ++k) {
                const std::uint32_t previous = log[k].previous;
                const bool twice = previous != SpikeLog::none && previous >= start;
                if (twice || batch_.size() == Expression::block) {
                    finish();
                    start = k;
                }
                batch_.emplace_back(static_cast<std::size_t>(log[k].id), k);
            }
        } else {
            for (std::size_t s = 0; s < synapses.n; ++s) {
                chain_.clear();
                for (std::uint32_t k = log.latest(synapses.targets[s]); pending(k);
                     k = log[k].previous)
                    chain_.push_back(k);
                for (auto k = chain_.rbegin(); k != chain_.rend(); ++k) {
                    if (k != chain_.rbegin() || batch_.size() == Expression::block) finish();
                    batch_.emplace_back(s, *k);
                }
            }
        }
        finish();
    }

    template <class Real>
    void read_batch(std::size_t row, const RowOfSynapses<Real>& synapses, const Applied& applied,
                    std::optional<UpdateFailure>* failure) {
        const std::size_t n = batch_.size();
        variables_[1] = {nullptr, applied.eta};
        double* const w = input(0);
        for (std::size_t k = 0; k < n; ++k)
            w[k] = static_cast<double>(synapses.weights[batch_[k].first]);
        variables_[0] = {w};
        for (std::size_t m = 0; m < x_.size(); ++m) {
            const std::size_t v = 2 + m;
            if (!on_spike_.uses(v)) continue;
            const double scaled = x_[m].scaled()[row];
            for (std::size_t k = 0; k < n; ++k) input(v)[k] = scaled * decays_[m][batch_[k].second];
            variables_[v] = {input(v)};
        }
        for (std::size_t l = 0; l < y_.size(); ++l) {
            const std::size_t v = 2 + x_.size() + l;
            if (!on_spike_.uses(v)) continue;
            for (std::size_t k = 0; k < n; ++k) input(v)[k] = values_[l][batch_[k].second];
            variables_[v] = {input(v)};
        }
        const Values found = on_spike_.evaluate(variables_, n);
        const auto place = [this](std::size_t k) { return batch_[k].first; };
        const auto time = [this](std::size_t k) { return times_[batch_[k].second]; };
        apply(row, synapses, applied, n, found, place, time, false, failure);
    }

    // The weight stays where an update gives no number.
    template <class Real, class Place, class When>
    void apply(std::size_t row, const RowOfSynapses<Real>& synapses, const Applied& applied,
               std::size_t n, Values found, const Place& place, const When& when, bool at_arrival,
               std::optional<UpdateFailure>* failure) {
        const double* const w = variables_[0].each;
        double zero = 0.0;  // or NaN where one of them is no number
        for (std::size_t k = 0; k < n; ++k) zero += found[k] - found[k];
        if (zero == 0.0 && applied.learning && applied.fluxes == nullptr) {
            for (std::size_t k = 0; k < n; ++k)
                synapses.weights[place(k)] =
                    static_cast<Real>(std::min(std::max(found[k], 0.0), applied.w_max));
            return;
        }
        for (std::size_t k = 0; k < n; ++k) {
            if (!std::isfinite(found[k])) {
                if (failure != nullptr && (!*failure || when(k) < (*failure)->time))
                    *failure = {when(k),
                                row,
                                synapses.target(place(k)),
                                at_arrival ? "on_pre" : "on_post",
                                at_arrival ? arrival_text_ : spike_text_,
                                w[k],
                                found[k]};
                continue;
            }
            if (applied.fluxes != nullptr)
                applied.fluxes->add(synapses.first + place(k), found[k] - w[k]);
            if (applied.learning)
                synapses.weights[place(k)] =
                    static_cast<Real>(std::min(std::max(found[k], 0.0), applied.w_max));
        }
    }

    std::vector<bool> set_;  // of each trace, whether a spike sets it to 1 instead of raising it
    std::string arrival_text_, spike_text_;
    Expression on_arrival_;
    Expression on_spike_;
    std::vector<DecayingValues> x_;  // each (n_rows,), traces of arrivals
    std::vector<DecayingValues> y_;  // each (n_post,), traces of postsynaptic spikes
    std::vector<Values> variables_;  // w, eta, traces of arrivals, traces of spikes
    std::vector<double> inputs_;     // (n_variables, block)
    std::vector<std::pair<std::size_t, std::uint32_t>> batch_;  // synapse, entry of the log
    std::vector<std::uint32_t> chain_;
    // By entry of the log:
    std::vector<Time> times_;
    std::vector<std::vector<double>> decays_;  // of x, by trace
    std::vector<std::vector<double>> values_;  // of y before the spike, by trace
    std::optional<UpdateFailure> failure_;
    Time now_ = before_all;
};

}  // namespace postdict
