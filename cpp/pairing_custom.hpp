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
#include <utility>
#include <vector>

#include "decaying_values.hpp"
#include "expression.hpp"
#include "row_of_synapses.hpp"
#include "rules.hpp"
#include "spike_log.hpp"
#include "state.hpp"
#include "types.hpp"
#include "weight_changes.hpp"

namespace postdict {

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
    static constexpr bool by_amounts = false;

    // Room for the synapses that are evaluated together.
    struct Scratch {
        std::vector<Values> variables;  // w, eta, traces of arrivals, traces of spikes
        std::vector<double> inputs;     // (n_variables, block)
        std::vector<std::pair<std::size_t, std::uint32_t>> batch;  // synapse, entry of the log
        std::vector<std::uint32_t> chain;
        Expression::Workspace work;

        double* input(std::size_t variable) { return inputs.data() + variable * Expression::block; }
    };

    CustomPairing(const CustomRule& rule, std::size_t n_rows, std::size_t n_post)
        : set_(rule.set),
          arrival_text_(rule.arrival_text),
          spike_text_(rule.spike_text),
          on_arrival_(rule.on_arrival, n_variables(rule)),
          on_spike_(rule.on_spike, n_variables(rule)),
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
    void forget_last_logged() {
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
    template <class Real, class Changes>
    void arrive(std::size_t row, const RowOfSynapses<Real>& synapses, double eta, Changes& changes,
                Scratch& scratch, std::optional<UpdateFailure>* failure) const {
        prepare(scratch, eta);
        for (std::size_t m = 0; m < x_.size(); ++m)
            scratch.variables[2 + m] = {nullptr, x_[m].scaled()[row] / x_[m].growth(0)};
        for (std::size_t from = 0; from < synapses.n; from += Expression::block) {
            const std::size_t n = std::min(Expression::block, synapses.n - from);
            for (std::size_t l = 0; l < y_.size(); ++l) {
                const std::size_t v = 2 + x_.size() + l;
                if (!on_arrival_.uses(v)) continue;
                double* const y = scratch.input(v);
                const double decay = 1.0 / y_[l].growth(0);
                const double* const scaled = y_[l].scaled();
                if (synapses.targets == nullptr) {
                    for (std::size_t k = 0; k < n; ++k) y[k] = scaled[from + k] * decay;
                } else {
                    for (std::size_t k = 0; k < n; ++k)
                        y[k] = scaled[synapses.target(from + k)] * decay;
                }
                scratch.variables[v] = {y};
            }
            double* const w = scratch.input(0);
            for (std::size_t k = 0; k < n; ++k) w[k] = changes.weight(from + k, this_arrival);
            scratch.variables[0] = {w};
            const Values found = on_arrival_.evaluate(scratch.variables, n, scratch.work);
            const auto place = [from](std::size_t k) { return from + k; };
            const auto entry = [](std::size_t) { return this_arrival; };
            apply(row, synapses, n, w, found, place, entry, changes, failure);
        }
    }

    // What is pending for the synapses of a row, from entry `seen` of the log on.
    template <class Real, class Changes>
    void read(std::size_t row, const RowOfSynapses<Real>& synapses, const SpikeLog& log,
              std::uint32_t seen, double eta, Changes& changes, Scratch& scratch,
              std::optional<UpdateFailure>* failure) const {
        prepare(scratch, eta);
        each_batch(synapses, log, seen, scratch,
                   [&] { read_batch(row, synapses, changes, scratch, failure); });
    }

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
    bool has_logged(std::size_t n) const { return times_.size() == n; }

  private:
    static std::size_t n_variables(const CustomRule& rule) {
        return 2 + rule.tau_pre.size() + rule.tau_post.size();
    }
    static void raise(DecayingValues& trace, std::size_t k, bool set) {
        double& value = trace.scaled()[k];
        value = (set ? 0.0 : value) + trace.growth(0);
    }
    void prepare(Scratch& scratch, double eta) const {
        const std::size_t n = 2 + x_.size() + y_.size();
        scratch.variables.resize(n);
        scratch.inputs.resize(n * Expression::block);
        scratch.variables[1] = {nullptr, eta};
    }

    // Calls use() whenever the batch holds pairs of synapse and entry in which no synapse is twice;
    // each synapse meets its spikes in their order.
    template <class Real, class Use>
    void each_batch(const RowOfSynapses<Real>& synapses, const SpikeLog& log, std::uint32_t seen,
                    Scratch& scratch, Use&& use) const {
        auto& batch = scratch.batch;
        batch.clear();
        std::uint32_t start = seen;  // entry from which on the batch reaches
        std::size_t last = synapses.n;
        each_pending(synapses, log, seen, scratch.chain, [&](std::size_t s, std::uint32_t k) {
            const std::uint32_t previous = log[k].previous;
            const bool twice = synapses.targets == nullptr
                                   ? previous != SpikeLog::none && previous >= start
                                   : s == last;
            if (!batch.empty() && (twice || batch.size() == Expression::block)) {
                use();
                batch.clear();
                start = k;
            }
            batch.emplace_back(s, k);
            last = s;
        });
        if (!batch.empty()) use();
    }

    template <class Real, class Changes>
    void read_batch(std::size_t row, const RowOfSynapses<Real>& synapses, Changes& changes,
                    Scratch& scratch, std::optional<UpdateFailure>* failure) const {
        const auto& batch = scratch.batch;
        const std::size_t n = batch.size();
        double* const w = scratch.input(0);
        for (std::size_t k = 0; k < n; ++k) w[k] = changes.weight(batch[k].first, batch[k].second);
        scratch.variables[0] = {w};
        for (std::size_t m = 0; m < x_.size(); ++m) {
            const std::size_t v = 2 + m;
            if (!on_spike_.uses(v)) continue;
            const double scaled = x_[m].scaled()[row];
            double* const x = scratch.input(v);
            for (std::size_t k = 0; k < n; ++k) x[k] = scaled * decays_[m][batch[k].second];
            scratch.variables[v] = {x};
        }
        for (std::size_t l = 0; l < y_.size(); ++l) {
            const std::size_t v = 2 + x_.size() + l;
            if (!on_spike_.uses(v)) continue;
            double* const y = scratch.input(v);
            for (std::size_t k = 0; k < n; ++k) y[k] = values_[l][batch[k].second];
            scratch.variables[v] = {y};
        }
        const Values found = on_spike_.evaluate(scratch.variables, n, scratch.work);
        const auto place = [&](std::size_t k) { return batch[k].first; };
        const auto entry = [&](std::size_t k) { return batch[k].second; };
        apply(row, synapses, n, w, found, place, entry, changes, failure);
    }

    // The weight stays where an update gives no number. A failure is noted where that is asked for.
    template <class Real, class Place, class Entry, class Changes>
    void apply(std::size_t row, const RowOfSynapses<Real>& synapses, std::size_t n, const double* w,
               Values found, const Place& place, const Entry& entry, Changes& changes,
               std::optional<UpdateFailure>* failure) const {
        double zero = 0.0;  // or NaN where one of them is no number
        for (std::size_t k = 0; k < n; ++k) zero += found[k] - found[k];
        if (zero == 0.0) return changes.put_each(n, place, entry, w, found);
        for (std::size_t k = 0; k < n; ++k) {
            if (std::isfinite(found[k])) {
                changes.put(place(k), entry(k), w[k], found[k]);
                continue;
            }
            const bool by_arrival = entry(k) == this_arrival;
            const Time when = by_arrival ? now_ : times_[entry(k)];
            if (failure != nullptr && (!*failure || when < (*failure)->time))
                *failure = {when,
                            row,
                            synapses.target(place(k)),
                            by_arrival ? "on_pre" : "on_post",
                            by_arrival ? arrival_text_ : spike_text_,
                            w[k],
                            found[k]};
        }
    }

    std::vector<bool> set_;  // of each trace, whether a spike sets it to 1 instead of raising it
    std::string arrival_text_, spike_text_;
    Expression on_arrival_;
    Expression on_spike_;
    std::vector<DecayingValues> x_;  // each (n_rows,), traces of arrivals
    std::vector<DecayingValues> y_;  // each (n_post,), traces of postsynaptic spikes
    // By entry of the log:
    std::vector<Time> times_;
    std::vector<std::vector<double>> decays_;  // of x, by trace
    std::vector<std::vector<double>> values_;  // of y before the spike, by trace
    Time now_ = before_all;
};

}  // namespace postdict
