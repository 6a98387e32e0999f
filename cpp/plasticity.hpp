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

#include "pairing_custom.hpp"
#include "pairing_trace.hpp"
#include "pairing_triplet.hpp"
#include "pairing_window.hpp"
#include "rules.hpp"
#include "spike_log.hpp"
#include "state.hpp"
#include "types.hpp"

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
    Plasticity(const Rule& rule, std::size_t n_rows, std::size_t n_post)
        : pairing_(pairing(rule, n_rows, n_post)),
          w_max_(rule.w_max),
          soft_(rule.soft),
          eta_(rule.eta),
          log_(n_post),
          seen_(n_rows, 0) {}

    double w_max() const { return w_max_; }
    bool soft() const { return soft_; }
    double bounded(double weight) const { return std::min(std::max(weight, 0.0), w_max_); }
    template <class Real>
    Real changed(Real weight, double amount) const {
        const auto w = static_cast<double>(weight);
        if (soft_) amount *= (amount > 0.0 ? w_max_ - w : w) / w_max_;
        return static_cast<Real>(bounded(w + amount));
    }

    // Weights change while it is learning; what the rule would do is accounted while it is
    // accounting; the pairs are followed always. Every row has to read the log (`flush`) before any
    // of these is changed.
    bool learning() const { return learning_; }
    bool accounting() const { return accounting_; }
    void set_learning(bool on) { learning_ = on; }
    void set_accounting(bool on) { accounting_ = on; }
    double eta() const { return eta_; }
    void set_eta(double eta) { eta_ = eta; }

    // Called first at each event; `read(row)` must take in what the row has not seen.
    template <class Read>
    void advance(Time t, Read&& read) {
        std::visit(
            [&](auto& pairs) {
                if (pairs.due(t) || log_.size() >= longest_log) flush(read);
                pairs.advance(t);
            },
            pairing_);
    }
    template <class Read>
    void flush(Read&& read) {
        for (std::size_t row = 0; row < seen_.size(); ++row) read(row);
        log_.clear();
        if (auto* custom = std::get_if<CustomPairing>(&pairing_)) custom->forget_log();
        std::fill(seen_.begin(), seen_.end(), 0U);
    }
    // At the instant of the last `advance`: what an arrival at a row does, and that it has come.
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
    // A custom rule has no amounts: instead of what is above, `arrival_change` and the readers of
    // the log below, it has these three, for a row and for one synapse.
    bool custom() const { return std::holds_alternative<CustomPairing>(pairing_); }
    template <class Real>
    void arrive_custom(std::size_t row, const RowOfSynapses<Real>& synapses, Fluxes& fluxes) {
        if (!learning_ && !accounting_) return;
        std::get<CustomPairing>(pairing_).arrive(row, synapses, applied(fluxes));
    }
    template <class Real>
    void read_custom(std::size_t row, const RowOfSynapses<Real>& synapses, Fluxes& fluxes) {
        if (seen_[row] == log_.size()) return;
        std::get<CustomPairing>(pairing_).read(row, synapses, log_, seen_[row], applied(fluxes));
        mark_read(row);
    }
    void peek_custom(std::size_t row, const RowOfSynapses<double>& synapse, Fluxes& fluxes) const {
        std::get<CustomPairing>(pairing_).peek(row, synapse, log_, seen_[row], applied(fluxes));
    }
    std::optional<UpdateFailure> take_failure() {
        auto* custom = std::get_if<CustomPairing>(&pairing_);
        return custom != nullptr ? custom->take_failure() : std::nullopt;
    }
    void count_arrival(std::size_t row, Time t) {
        std::visit([&](auto& pairs) { pairs.count_arrival(row, t); }, pairing_);
    }
    // A postsynaptic spike, after the arrivals of its instant.
    void count_spike(NeuronId i, Time t) {
        const double logged =
            std::visit([&](auto& pairs) { return pairs.count_spike(i, t); }, pairing_);
        if (learning_ || accounting_)
            log_.append(i, logged);
        else if (auto* custom = std::get_if<CustomPairing>(&pairing_))
            custom->forget_last();
    }

    // Calls use(i, amount) for each pending spike of a row, in their order, and marks them as read.
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
        if (learning_)
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
    }

    void check_state(Time now) const {
        std::visit([&](const auto& pairs) { pairs.check_state(now); }, pairing_);
        require_state(eta_ >= 0.0 && eta_ < unbounded, "a learning rate is negative");
        log_.check_state();
        if (const auto* custom = std::get_if<CustomPairing>(&pairing_))
            require_state(custom->n_logged() == log_.size(), "what spikes logged is missing");
        for (const std::uint32_t seen : seen_)
            require_state(seen <= log_.size(), "a row has read spikes that are not there");
    }

  private:
    static constexpr std::uint32_t longest_log = 1U << 14;

    using Pairing = std::variant<TracePairing, TripletPairing, WindowPairing, CustomPairing>;

    template <class Pairs>
    static constexpr bool by_amounts = !std::is_same_v<std::remove_cvref_t<Pairs>, CustomPairing>;

    Applied applied(Fluxes& fluxes) const {
        return {eta_, w_max_, learning_, accounting_ ? &fluxes : nullptr};
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
    double w_max_;  // mV
    bool soft_;
    double eta_;  // mV
    SpikeLog log_;
    std::vector<std::uint32_t> seen_;  // (n_rows,) how many entries of the log each has taken in
    bool learning_ = true;
    bool accounting_ = false;
};

}  // namespace postdict
