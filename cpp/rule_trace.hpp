// Spike-timing-dependent plasticity by two exponential traces, all pairs:
//
//     at an arrival of source j:    w_ij += arrival_y y_i + arrival
//     at a spike of target i:       w_ij += spike_x x_j
//
// where x_j is raised by one at each arrival of j and decays with tau_x, and y_i likewise at each
// spike of i with tau_y. At an arrival y holds no spike of the same instant; at a spike x holds all
// arrivals of its instant (lag 0+). The antisymmetric rule (Luz & Shamir 2012), the one of Vogels et
// al. 2011 and the causal one with a bias (after Bell et al. 1997) are choices of the numbers.
#pragma once

namespace postdict {

struct TraceRule {
    double spike_x;    // mV
    double arrival_y;  // mV
    double arrival;    // mV
    double tau_x;      // ms
    double tau_y;      // ms
};

}  // namespace postdict
