// Antisymmetric spike-timing-dependent plasticity, additive, all pairs, lag = t_post - t_pre:
//
//     w += eta A_plus  exp(-lag/tau_plus)    for lag >= 0   (pre, then post)
//     w -= eta A_minus exp( lag/tau_minus)   for lag <  0   (post, then pre)
//
// On inhibition this has the sign that Haas, Nowotny & Abarbanel 2006 measured, and the form that
// Luz & Shamir 2012 analyse. Two traces serve all pairs: x_j of the arrivals of source j, y_i of
// the spikes of target i.
#pragma once

#include <vector>

#include "decaying_values.hpp"
#include "types.hpp"

namespace postdict {

struct AntisymmetricParameters {
    double eta;
    double A_plus;
    double A_minus;
    double tau_plus;   // ms
    double tau_minus;  // ms
};

class AntisymmetricRule {
  public:
    AntisymmetricRule(const AntisymmetricParameters& p, std::size_t n_pre, std::size_t n_post)
        : potentiation_(p.eta * p.A_plus),
          depression_(p.eta * p.A_minus),
          x_(std::vector<double>(n_pre, 0.0), {p.tau_plus}),
          y_(std::vector<double>(n_post, 0.0), {p.tau_minus}) {}

    // At an arrival at t of source j, `change(i)` is what its synapse onto target i gains.
    template <class Change>
    void on_arrival(NeuronId j, Time t, Change&& apply) {
        y_.advance(t);
        const double amount = -depression_ / y_.growth(0);
        const double* const y = y_.scaled();
        apply([=](std::size_t i) { return amount * y[i]; });
        x_.advance(t);
        x_.scaled()[j] += x_.growth(0);
    }

    // At a spike at t of target i, `change(j)` is what its synapse from source j gains. Arrivals of
    // the same instant have been entered in x before, so that they count in full (lag = 0+).
    template <class Change>
    void on_spike(NeuronId i, Time t, Change&& apply) {
        x_.advance(t);
        const double amount = potentiation_ / x_.growth(0);
        const double* const x = x_.scaled();
        apply([=](std::size_t j) { return amount * x[j]; });
        y_.advance(t);
        y_.scaled()[i] += y_.growth(0);
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
                postdict::check_state(trace->scaled()[k] >= 0.0, "a trace is negative");
        }
    }

  private:
    double potentiation_;  // eta A_plus
    double depression_;    // eta A_minus
    DecayingValues x_;     // (n_pre,) traces of arrivals
    DecayingValues y_;     // (n_post,) traces of postsynaptic spikes
};

}  // namespace postdict
