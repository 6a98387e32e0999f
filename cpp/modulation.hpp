// The third factor of a rule: what it would do to a weight goes to an eligibility trace e of the
// synapse, and a signal d(t) that all synapses of a projection share makes the trace act:
//
//     de/dt = -e/tau + sum of what the rule does,     dw/dt = d(t) e(t),  0 <= w <= w_max.
//
// (Izhikevich 2007, Cereb Cortex 17:2443; Fremaux & Gerstner 2016, Front Neural Circuits 9:85.)
// Traces are held in the frame of the `Modulator`, in which they are constant between what is
// added. A weight is brought to the present where something is added to its trace, and where its
// row has an arrival; and it stops at each change of the sign of d on its way: between these it
// only rises or only falls, so that bounding it at their ends is exact.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "fluxes.hpp"
#include "kernels.hpp"
#include "modulator.hpp"
#include "row_of_synapses.hpp"
#include "rules.hpp"
#include "state.hpp"
#include "types.hpp"
#include "weight_changes.hpp"

namespace postdict {

// Up to where the weight of each synapse of a row has come: I, and changes of the sign of d.
struct Reached {
    std::vector<double> integral;
    std::vector<std::uint32_t> turns;
};

// As `WeightChanges`, on traces: what is done to a synapse first brings its weight to that time.
template <class Real>
class TraceChanges {
  public:
    TraceChanges(const RowOfSynapses<Real>& row, double* traces, Bounds bounds, bool learning,
                 Fluxes* fluxes, const Moment* logged, const Moment& now,
                 const std::vector<double>& turns, Reached& reached)
        : row_(row),
          traces_(traces),
          bounds_(bounds),
          learning_(learning),
          fluxes_(fluxes),
          logged_(logged),
          now_(now),
          turns_(turns),
          reached_(reached) {}

    double weight(std::size_t s, std::uint32_t k) {
        follow(s, moment(k));
        return static_cast<double>(row_.weights[s]);
    }
    void add(std::size_t s, std::uint32_t k, double amount) {
        const double w = weight(s, k);
        traces_[s] += bounds_.scaled(w, amount) * moment(k).growth;
    }
    void put(std::size_t s, std::uint32_t k, double w, double next) {
        traces_[s] += (next - w) * moment(k).growth;
    }
    template <class Place, class Entry, class Next>
    void put_each(std::size_t n, const Place& place, const Entry& entry, const double* w,
                  const Next& next) {
        for (std::size_t k = 0; k < n; ++k) put(place(k), entry(k), w[k], next[k]);
    }
    // All weights of the row come to the present.
    void finish(std::uint32_t turns_before) {
        if (turns_before == now_.turns && learning_ && fluxes_ == nullptr) {
            kernels::follow(row_.weights, traces_, reached_.integral.data(), now_.integral,
                            bounds_.w_max, row_.n);
        } else {
            for (std::size_t s = 0; s < row_.n; ++s) follow(s, now_);
        }
    }

  private:
    const Moment& moment(std::uint32_t k) const { return k == this_arrival ? now_ : logged_[k]; }
    void follow(std::size_t s, const Moment& moment) {
        for (; reached_.turns[s] < moment.turns; ++reached_.turns[s])
            move(s, turns_[reached_.turns[s]]);
        move(s, moment.integral);
    }
    void move(std::size_t s, double integral) {
        const double change = traces_[s] * (integral - reached_.integral[s]);
        reached_.integral[s] = integral;
        if (fluxes_ != nullptr) fluxes_->add(row_.first + s, change);
        if (!learning_) return;
        const auto w = static_cast<double>(row_.weights[s]);
        row_.weights[s] = static_cast<Real>(bounds_.bounded(w + change));
    }

    RowOfSynapses<Real> row_;
    double* traces_;  // of the synapses of the row
    Bounds bounds_;
    bool learning_;
    Fluxes* fluxes_;
    const Moment* logged_;
    Moment now_;
    const std::vector<double>& turns_;
    Reached& reached_;
};

class Modulation {
  public:
    Modulation(const ThirdFactor& rule, std::size_t n_rows, std::size_t n_synapses)
        : modulator_(rule.modulator, rule.tau),
          traces_(n_synapses, 0.0),
          rows_{std::vector<double>(n_rows, 0.0), std::vector<std::uint32_t>(n_rows, 0)} {}

    // To be called first at each event.
    void advance(Time t) { now_ = modulator_.at(t); }
    bool due(Time t) const { return modulator_.due(t); }
    // After all rows have come to the present: forgets what they have read.
    void forget_log() {
        logged_.clear();
        modulator_.forget_turns();
        now_.turns = 0;
        std::fill(rows_.turns.begin(), rows_.turns.end(), 0U);
    }
    // And then, where it is due.
    void move_origin(Time t) {
        const double decay = modulator_.move_origin(t);
        for (double& trace : traces_) trace *= decay;
        std::fill(rows_.integral.begin(), rows_.integral.end(), 0.0);
        now_ = modulator_.at(t);
    }
    void set(Steps signal, Time now) { modulator_.set(std::move(signal), now); }
    // A spike has been logged, at the instant of the last `advance`.
    void count_spike() { logged_.push_back(now_); }

    // What a rule does to a row; the weights are where the row's last `finish` left them.
    template <class Real>
    TraceChanges<Real> begin(std::size_t row, const RowOfSynapses<Real>& synapses, Bounds bounds,
                             bool learning, Fluxes* fluxes) {
        reach(reached_, row, synapses.n);
        return {synapses, traces_.data() + synapses.first,
                bounds,   learning,
                fluxes,   logged_.data(),
                now_,     modulator_.turns(),
                reached_};
    }
    template <class Real>
    void finish(std::size_t row, TraceChanges<Real>& changes) {
        changes.finish(rows_.turns[row]);
        rows_.integral[row] = now_.integral;
        rows_.turns[row] = now_.turns;
    }
    // What an arrival does to a row whose weights have come to the present.
    template <class Real>
    TraceChanges<Real> at_arrival(const RowOfSynapses<Real>& synapses, Bounds bounds) {
        reached_.integral.assign(synapses.n, now_.integral);
        reached_.turns.assign(synapses.n, now_.turns);
        return {synapses, traces_.data() + synapses.first,
                bounds,   false,
                nullptr,  logged_.data(),
                now_,     modulator_.turns(),
                reached_};
    }
    // Amounts that an arrival adds to all traces from `first` on, where bounds are hard.
    void add_row(std::size_t first, const double* y, double factor, double constant,
                 std::size_t n) {
        kernels::add_scaled(traces_.data() + first, y, factor, constant, now_.growth, n);
    }

    // What is needed to look at weights at t, which is not before the last event.
    struct Glance {
        Modulator modulator;
        Moment now;
        Reached reached;
        double trace = 0.0;
    };
    Glance glance(Time t) const {
        Glance glance{modulator_, {}, {}};
        glance.now = glance.modulator.at(t);
        return glance;
    }
    // Of a copy of one synapse, which `changes.finish(turns_of(row))` brings to that time.
    template <class Real>
    TraceChanges<Real> peek(Glance& glance, std::size_t row, const RowOfSynapses<Real>& synapse,
                            Bounds bounds, bool learning, Fluxes* fluxes) const {
        reach(glance.reached, row, 1);
        glance.trace = traces_[synapse.first];
        return {synapse,       &glance.trace,  bounds,     learning,
                fluxes,        logged_.data(), glance.now, glance.modulator.turns(),
                glance.reached};
    }
    std::uint32_t turns_of(std::size_t row) const { return rows_.turns[row]; }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("modulator", self.modulator_);
        visit("traces", self.traces_);
        visit("integral", self.rows_.integral);
        visit("turns", self.rows_.turns);
        std::size_t first = 0;
        visit.growing(self.logged_, first, Column{"logged.integral", &Moment::integral},
                      Column{"logged.growth", &Moment::growth},
                      Column{"logged.turns", &Moment::turns});
    }
    void check_state(Time now, std::size_t n_logged) const {
        modulator_.check_state(now);
        require_state(std::all_of(traces_.begin(), traces_.end(), is_moderate) &&
                          std::all_of(rows_.integral.begin(), rows_.integral.end(), is_moderate),
                      "an eligibility trace is not finite");
        const auto happened = [&](std::uint32_t n) { return n <= modulator_.turns().size(); };
        require_state(std::all_of(rows_.turns.begin(), rows_.turns.end(), happened),
                      "a row has seen a modulator turn that did not");
        require_state(logged_.size() == n_logged, "moments of spikes are missing");
        for (const Moment& moment : logged_)
            require_state(is_moderate(moment.integral) && is_moderate(moment.growth) &&
                              happened(moment.turns),
                          "the moment of a spike is wrong");
    }

  private:
    void reach(Reached& reached, std::size_t row, std::size_t n) const {
        reached.integral.assign(n, rows_.integral[row]);
        reached.turns.assign(n, rows_.turns[row]);
    }

    Modulator modulator_;
    std::vector<double> traces_;  // (n_synapses,) e in the frame of the modulator
    Reached rows_;                // (n_rows,)
    std::vector<Moment> logged_;  // by entry of the log
    Moment now_;
    Reached reached_;  // of the row that is handled
};

}  // namespace postdict
