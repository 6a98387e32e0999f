// The first time at which a membrane with two exponential currents reaches threshold, if nothing
// more arrives: a search that cannot miss it.
#pragma once

#include "types.hpp"

namespace postdict {

struct Membrane {
    Membrane(double tau_m, double tau_e, double tau_i);

    double tau_m, tau_e, tau_i;  // ms
    double peak_e, peak_i;       // the largest V that a current of 1 mV makes from rest, mV
    bool close_e, close_i;       // tau_x within 2 % of tau_m
    double window;               // ms, how far `surely_below` looks ahead
    double window_decay_e, window_decay_i;  // exp(-window/tau_x)
    double window_rise;                     // 1 - exp(-window/tau_m)

    // V - v_inf after s ms, from u = V - v_inf and the currents now; stable for any time constants.
    double after(double s, double u, double g_e, double g_i) const;
    // The response to a current of 1 mV: tau_x/(tau_x - tau_m) (exp(-s/tau_x) - exp(-s/tau_m)).
    double response(double s, double tau_x) const;
};

// Whether V surely stays below threshold for ever (`never`), for `membrane.window`, or for less: a
// lower bound (ms from now) of the first crossing, in a few products. gap = v_thresh - v_inf > u.
double safe_time(const Membrane& membrane, double u, double g_e, double g_i, double gap);

// The first crossing, ms from now, or `never`; u < gap.
//
// With D = tau_m V', (D exp(s/tau_m))' = -exp(s/tau_m) (g_e(s)/tau_e + g_i(s)/tau_i). The bracket
// has at most one zero s1, known in closed form, so D exp(s/tau_m) is monotone before and after it,
// D has at most one zero on either side, and V is monotone between these. Each monotone piece is
// searched in order; the last one ends where all terms together cannot reach the threshold any
// more.
double first_crossing(const Membrane& membrane, double u, double g_e, double g_i, double gap);

}  // namespace postdict
