// The pairs of a trace rule. See `Plasticity` for how their effect is deferred.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "decaying_values.hpp"
#include "pairing_amounts.hpp"
#include "rules.hpp"
#include "state.hpp"
#include "types.hpp"

namespace postdict {

class TracePairing : public AmountPairing {
  public:
    TracePairing(const TraceRule& rule, bool nearest, std::size_t n_rows, std::size_t n_post)
        : rule_(rule),
          nearest_(nearest),
          x_(std::vector<double>(n_rows, 0.0), {rule.tau_x}),
          y_(std::vector<double>(n_post, 0.0), {rule.tau_y}) {}

    // Whether what is logged must be read before time moves on to t, for the frame of x will move.
    bool due(Time t) const { return x_.due(t); }
    void advance(Time t) {
        x_.advance(t);
        y_.advance(t);
    }

    // Per unit of eta, an arrival at a row now changes a weight by constant + factor * y[i],
    const double* y() { return y_.scaled(); }
    double factor(std::size_t) const { return rule_.arrival_y / y_.growth(0); }
    double constant() const { return rule_.arrival; }
    // and is counted after that.
    void count_arrival(std::size_t row, Time) {
        double& x = x_.scaled()[row];
        x = (nearest_ ? 0.0 : x) + x_.growth(0);
    }
    // A spike now is logged as this number,
    double count_spike(NeuronId i, Time) {
        double& y = y_.scaled()[i];
        y = (nearest_ ? 0.0 : y) + y_.growth(0);
        return rule_.spike_x / x_.growth(0);
    }
    // and changes the weights of a row by that much per unit of eta, until the row's next arrival:
    // between two arrivals of its source x is a constant of the frame.
    auto amounts(std::size_t row) const {
        return [x = x_.scaled()[row]](double logged) { return x * logged; };
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("x", self.x_);
        visit("y", self.y_);
    }
    void check_state(Time now) const {
        for (const DecayingValues* trace : {&x_, &y_}) {
            trace->check_state(now);
            for (std::size_t k = 0; k < trace->size(); ++k)
                require_state(trace->scaled()[k] >= 0.0, "a trace is negative");
        }
    }

  private:
    TraceRule rule_;
    bool nearest_;
    DecayingValues x_;  // (n_rows,) traces of arrivals
    DecayingValues y_;  // (n_post,) traces of postsynaptic spikes
};

}  // namespace postdict
