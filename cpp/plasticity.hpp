// What the synapses of a plastic projection share, however they are stored: pairs, the log of
// postsynaptic spikes, and how far each row has read it.
//
// A row is the synapses of one source that see its arrivals at one time. Telling a whole column of
// a weight matrix of every postsynaptic spike strides through memory. Instead a spike is logged,
// and each row takes in its part of the log just before it is visited next, which is at its own
// next arrival: until then nothing but such spikes can change it. Every synapse takes in its spikes
// one by one in their order, bounded after each, as if at once; so the bits do not depend on when
// that happens, and reading a weight applies to a copy what is pending. The log is emptied, after
// all rows have read it, when a frame moves or it has grown long: at points that the events alone
// fix.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "modulation.hpp"
#include "pairing_custom.hpp"
#include "pairing_trace.hpp"
#include "pairing_triplet.hpp"
#include "pairing_window.hpp"
#include "row_of_synapses.hpp"
#include "rules.hpp"
#include "spike_log.hpp"
#include "state.hpp"
#include "types.hpp"
#include "weight_changes.hpp"

namespace postdict {

// A rule whose bound Real can hold, so that what is stored obeys it too.
template <class Real>
Rule stored_in(Rule rule) {
    const double most = std::numeric_limits<Real>::max();
    auto bound = static_cast<Real>(std::min(rule.w_max, most));
    if (static_cast<double>(bound) > rule.w_max) bound = std::nextafter(bound, Real{0});
    rule.w_max = static_cast<double>(bound);
    return rule;
}

// What an arrival does to the synapses of a row, target by target.
struct ArrivalChange {
    const double* y;  // (n_post,)
    double factor;
    double constant;
    double operator()(std::size_t i) const { return constant + factor * y[i]; }
};

class Plasticity {
  public:
    Plasticity(const Rule& rule, std::size_t n_rows, std::size_t n_post, std::size_t n_synapses)
        : pairing_(pairing(rule, n_rows, n_post)),
          bounds_{rule.w_max, rule.soft},
          eta_(rule.eta),
          log_(n_post),
          seen_(n_rows, 0) {
        if (rule.third_factor) modulation_.emplace(*rule.third_factor, n_rows, n_synapses);
        amounts_ = !modulation_ &&
                   std::visit([](const auto& pairs) { return pairs.by_amounts; }, pairing_);
    }

    double w_max() const { return bounds_.w_max; }
    bool soft() const { return bounds_.soft; }
    double bounded(double weight) const { return bounds_.bounded(weight); }
    template <class Real>
    Real changed(Real weight, double amount) const {
        const auto w = static_cast<double>(weight);
        return static_cast<Real>(bounded(w + bounds_.scaled(w, amount)));
    }

    // Weights change while it is learning; what is done to them is accounted while it is
    // accounting; the pairs, and traces of a third factor, are followed always. Every row has to
    // have come to the present (`settle`) before any of these is changed.
    bool learning() const { return learning_; }
    bool accounting() const { return accounting_; }
    void set_learning(bool on) { learning_ = on; }
    void set_accounting(bool on) { accounting_ = on; }
    double eta() const { return eta_; }
    void set_eta(double eta) { eta_ = eta; }
    bool modulated() const { return modulation_.has_value(); }
    // Of a rule with a third factor, from now on.
    void set_modulator(Steps signal, Time now) { modulation_->set(std::move(signal), now); }

    // Called first at each event; `read(row)` must take in what the row has not seen.
    template <class Read>
    void advance(Time t, Read&& read) {
        if (modulation_) modulation_->advance(t);
        const bool moving = modulation_ && modulation_->due(t);
        std::visit(
            [&](auto& pairs) {
                if (moving || pairs.due(t) || log_.size() >= longest_log) flush(read);
                pairs.advance(t);
            },
            pairing_);
        if (moving) modulation_->move_origin(t);
    }
    // Every row takes in what it has not seen, up to now.
    template <class Read>
    void settle(Time now, Read&& read) {
        if (modulation_) modulation_->advance(now);
        flush(read);
    }

    // The fast ways: amounts that act on weights at once, with nothing accounted. At the instant of
    // the last `advance`: what an arrival at a row does.
    bool plain() const { return amounts_ && learning_ && !accounting_; }
    ArrivalChange arrival_change(std::size_t row) {
        return std::visit(
            [&](auto& pairs) {
                if constexpr (by_amounts<decltype(pairs)>)
                    return ArrivalChange{pairs.y(), eta_ * pairs.factor(row),
                                         eta_ * pairs.constant()};
                else
                    return ArrivalChange{};
            },
            pairing_);
    }
    // And the way that all rules have: what is pending for a row, and what an arrival then does.
    template <class Real>
    void read(std::size_t row, const RowOfSynapses<Real>& synapses, Fluxes& fluxes) {
        if (modulation_) {
            auto changes = modulation_->begin(row, synapses, bounds_, learning_, accounted(fluxes));
            take_in(row, synapses, changes, scratch_, &failure_);
            modulation_->finish(row, changes);
        } else {
            WeightChanges<Real> changes(synapses, bounds_, learning_, accounted(fluxes));
            take_in(row, synapses, changes, scratch_, &failure_);
        }
        mark_read(row);
    }
    template <class Real>
    void arrive(std::size_t row, const RowOfSynapses<Real>& synapses, Fluxes& fluxes) {
        if (modulation_) return arrive_at_traces(row, synapses);
        if (!learning_ && !accounting_) return;
        WeightChanges<Real> changes(synapses, bounds_, learning_, accounted(fluxes));
        act(row, synapses, changes);
    }
    void count_arrival(std::size_t row, Time t) {
        std::visit([&](auto& pairs) { pairs.count_arrival(row, t); }, pairing_);
    }
    // A postsynaptic spike, after the arrivals of its instant.
    void count_spike(NeuronId i, Time t) {
        std::visit(
            [&](auto& pairs) {
                const double logged = pairs.count_spike(i, t);
                if (learning_ || accounting_ || modulation_) {
                    log_.append(i, logged);
                    if (modulation_) modulation_->count_spike();
                } else {
                    pairs.forget_last_logged();
                }
            },
            pairing_);
    }

    // Whether an update may give no number; the first one that did since this was last asked.
    bool can_fail() const {
        return std::visit([](const auto& pairs) { return !pairs.by_amounts; }, pairing_);
    }
    std::optional<UpdateFailure> take_failure() { return std::exchange(failure_, std::nullopt); }

    // Looking at weights, while nothing runs, at a time that is not before the last event. A copy
    // of one synapse takes in what is pending; an update that fails is left to the run.
    struct Glance {
        CustomPairing::Scratch scratch;
        std::optional<Modulation::Glance> modulation;
    };
    Glance glance(Time t) const {
        Glance glance;
        if (modulation_) glance.modulation = modulation_->glance(t);
        return glance;
    }
    template <class Real>
    void peek(Glance& glance, std::size_t row, const RowOfSynapses<Real>& synapse,
              Fluxes* fluxes) const {
        if (modulation_) {
            auto changes =
                modulation_->peek(*glance.modulation, row, synapse, bounds_, learning_, fluxes);
            take_in(row, synapse, changes, glance.scratch, nullptr);
            changes.finish(modulation_->turns_of(row));
        } else {
            WeightChanges<Real> changes(synapse, bounds_, learning_, fluxes);
            take_in(row, synapse, changes, glance.scratch, nullptr);
        }
    }

    // For the fast ways: calls use(i, amount) for each pending spike of a row, in their order, and
    // marks them as read.
    template <class Use>
    void read_row(std::size_t row, Use&& use) {
        const std::uint32_t end = log_.size();
        if (seen_[row] == end) return;
        std::visit(
            [&](const auto& pairs) {
                if constexpr (by_amounts<decltype(pairs)>) {
                    const auto amount = pairs.amounts(row);
                    for (std::uint32_t k = seen_[row]; k < end; ++k)
                        use(log_[k].id, eta_ * amount(log_[k].number));
                }
            },
            pairing_);
        seen_[row] = end;
    }
    // The same for one synapse of a row, and nothing is marked: use(amount).
    template <class Use>
    void read_synapse(std::size_t row, NeuronId i, Use&& use) const {
        const std::uint32_t seen = seen_[row];
        const auto pending = [&](std::uint32_t k) { return k != SpikeLog::none && k >= seen; };
        std::uint32_t k = log_.latest(i);
        if (!pending(k)) return;
        std::visit(
            [&](const auto& pairs) {
                if constexpr (by_amounts<decltype(pairs)>) {
                    const auto amount = pairs.amounts(row);
                    if (!pending(log_[k].previous)) {
                        use(eta_ * amount(log_[k].number));
                        return;
                    }
                    std::vector<std::uint32_t> backwards;
                    for (; pending(k); k = log_[k].previous) backwards.push_back(k);
                    for (auto entry = backwards.rbegin(); entry != backwards.rend(); ++entry)
                        use(eta_ * amount(log_[*entry].number));
                }
            },
            pairing_);
    }
    void mark_read(std::size_t row) { seen_[row] = log_.size(); }
    // A weight after the pending spikes of its target.
    template <class Real>
    Real up_to_date(Real weight, std::size_t row, NeuronId i) const {
        read_synapse(row, i, [&](double amount) { weight = changed(weight, amount); });
        return weight;
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        std::visit([&](auto& pairs) { visit("pairs", pairs); }, self.pairing_);
        visit("eta", self.eta_);
        visit("learning", self.learning_);
        visit("accounting", self.accounting_);
        visit("log", self.log_);
        visit("seen", self.seen_);
        if (self.modulation_) visit("modulation", *self.modulation_);
    }

    void check_state(Time now) const {
        std::visit([&](const auto& pairs) { pairs.check_state(now); }, pairing_);
        require_state(eta_ >= 0.0 && eta_ < unbounded, "a learning rate is negative");
        log_.check_state();
        require_state(
            std::visit([&](const auto& pairs) { return pairs.has_logged(log_.size()); }, pairing_),
            "what spikes logged is missing");
        if (modulation_) modulation_->check_state(now, log_.size());
        for (const std::uint32_t seen : seen_)
            require_state(seen <= log_.size(), "a row has read spikes that are not there");
    }

  private:
    static constexpr std::uint32_t longest_log = 1U << 14;

    using Pairing = std::variant<TracePairing, TripletPairing, WindowPairing, CustomPairing>;

    template <class Pairs>
    static constexpr bool by_amounts = std::remove_cvref_t<Pairs>::by_amounts;

    Fluxes* accounted(Fluxes& fluxes) const { return accounting_ ? &fluxes : nullptr; }

    template <class Read>
    void flush(Read&& read) {
        for (std::size_t row = 0; row < seen_.size(); ++row) read(row);
        log_.clear();
        std::visit([](auto& pairs) { pairs.forget_log(); }, pairing_);
        if (modulation_) modulation_->forget_log();
        std::fill(seen_.begin(), seen_.end(), 0U);
    }

    // What is pending for a row goes to `changes`.
    template <class Real, class Changes>
    void take_in(std::size_t row, const RowOfSynapses<Real>& synapses, Changes& changes,
                 CustomPairing::Scratch& scratch, std::optional<UpdateFailure>* failure) const {
        const std::uint32_t seen = seen_[row];
        if (seen == log_.size()) return;
        std::visit(
            [&](const auto& pairs) {
                if constexpr (by_amounts<decltype(pairs)>) {
                    const auto amount = pairs.amounts(row);
                    each_pending(synapses, log_, seen, scratch.chain,
                                 [&](std::size_t s, std::uint32_t k) {
                                     changes.add(s, k, eta_ * amount(log_[k].number));
                                 });
                } else {
                    pairs.read(row, synapses, log_, seen, eta_, changes, scratch, failure);
                }
            },
            pairing_);
    }
    // And what an arrival does.
    template <class Real, class Changes>
    void act(std::size_t row, const RowOfSynapses<Real>& synapses, Changes& changes) {
        std::visit(
            [&](auto& pairs) {
                if constexpr (by_amounts<decltype(pairs)>) {
                    const ArrivalChange change = arrival_change(row);
                    for (std::size_t s = 0; s < synapses.n; ++s)
                        changes.add(s, this_arrival, change(synapses.target(s)));
                } else {
                    pairs.arrive(row, synapses, eta_, changes, scratch_, &failure_);
                }
            },
            pairing_);
    }
    template <class Real>
    void arrive_at_traces(std::size_t row, const RowOfSynapses<Real>& synapses) {
        if (synapses.targets == nullptr && !bounds_.soft && !can_fail()) {
            const ArrivalChange change = arrival_change(row);
            modulation_->add_row(synapses.first, change.y, change.factor, change.constant,
                                 synapses.n);
            return;
        }
        auto changes = modulation_->at_arrival(synapses, bounds_);
        act(row, synapses, changes);
    }

    static Pairing pairing(const Rule& rule, std::size_t n_rows, std::size_t n_post) {
        if (const auto* trace = std::get_if<TraceRule>(&rule.kind))
            return TracePairing(*trace, rule.nearest, n_rows, n_post);
        if (const auto* triplets = std::get_if<TripletRule>(&rule.kind))
            return TripletPairing(*triplets, rule.nearest, n_rows, n_post);
        if (const auto* custom = std::get_if<CustomRule>(&rule.kind))
            return CustomPairing(*custom, n_rows, n_post);
        return WindowPairing(std::get<WindowRule>(rule.kind), rule.nearest, n_rows, n_post);
    }

    Pairing pairing_;
    Bounds bounds_;
    double eta_;  // mV
    std::optional<Modulation> modulation_;
    bool amounts_;  // it acts on weights by amounts that are known before
    SpikeLog log_;
    std::vector<std::uint32_t> seen_;  // (n_rows,) how many entries of the log each has taken in
    bool learning_ = true;
    bool accounting_ = false;
    CustomPairing::Scratch scratch_;
    std::optional<UpdateFailure> failure_;
};

}  // namespace postdict
