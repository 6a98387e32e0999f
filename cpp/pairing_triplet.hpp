// The triplets of a rule with two traces on each side (Pfister & Gerstner 2006, J Neurosci
// 26:9673). What a spike does depends on its target's own past alone, by y2, and not on the row: so
// it is logged as one number, as in a pair rule. See `Plasticity` for how that is deferred.
#pragma once

#include <vector>

#include "decaying_values.hpp"
#include "pairing_amounts.hpp"
#include "rules.hpp"
#include "state.hpp"
#include "types.hpp"

namespace postdict {

class TripletPairing : public AmountPairing {
  public:
    TripletPairing(const TripletRule& rule, bool nearest, std::size_t n_rows, std::size_t n_post)
        : rule_(rule),
          nearest_(nearest),
          x_(std::vector<double>(n_rows, 0.0), {rule.tau_x}),
          x2_(std::vector<double>(n_rows, 0.0), {rule.tau_x2}),
          y_(std::vector<double>(n_post, 0.0), {rule.tau_y}),
          y2_(std::vector<double>(n_post, 0.0), {rule.tau_y2}) {}

    // Whether what is logged must be read before time moves on to t, for the frame of x will move.
    bool due(Time t) const { return x_.due(t); }
    void advance(Time t) {
        for (DecayingValues* trace : {&x_, &x2_, &y_, &y2_}) trace->advance(t);
    }

    // Per unit of eta, an arrival at a row now changes a weight by constant + factor * y[i],
    const double* y() { return y_.scaled(); }
    double factor(std::size_t row) const {
        const double x2 = x2_.scaled()[row] / x2_.growth(0);
        return (rule_.arrival_y + rule_.arrival_yx * x2) / y_.growth(0);
    }
    double constant() const { return 0.0; }
    // and is counted after that: x2 is that of the arrivals before it.
    void count_arrival(std::size_t row, Time) {
        raise(x_, row);
        raise(x2_, row);
    }
    // A spike now is logged as this number, in which y2 is that of the spikes before it,
    double count_spike(NeuronId i, Time) {
        const auto k = static_cast<std::size_t>(i);
        const double y2 = y2_.scaled()[k] / y2_.growth(0);
        raise(y_, k);
        raise(y2_, k);
        return (rule_.spike_x + rule_.spike_xy * y2) / x_.growth(0);
    }
    // and changes the weights of a row by that much per unit of eta, until the row's next arrival:
    // between two arrivals of its source x is a constant of the frame.
    auto amounts(std::size_t row) const {
        return [x = x_.scaled()[row]](double logged) { return x * logged; };
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("x", self.x_);
        visit("x2", self.x2_);
        visit("y", self.y_);
        visit("y2", self.y2_);
    }
    void check_state(Time now) const {
        for (const DecayingValues* trace : {&x_, &x2_, &y_, &y2_}) {
            trace->check_state(now);
            for (std::size_t k = 0; k < trace->size(); ++k)
                require_state(trace->scaled()[k] >= 0.0, "a trace is negative");
        }
    }

  private:
    void raise(DecayingValues& trace, std::size_t k) const {
        double& value = trace.scaled()[k];
        value = (nearest_ ? 0.0 : value) + trace.growth(0);
    }

    TripletRule rule_;
    bool nearest_;
    DecayingValues x_, x2_;  // (n_rows,) traces of arrivals, fast and slow
    DecayingValues y_, y2_;  // (n_post,) traces of postsynaptic spikes, fast and slow
};

}  // namespace postdict
