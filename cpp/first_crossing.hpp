// The first time at which a membrane with two exponential currents reaches threshold, if nothing
// more arrives: a bound that dismisses nearly all, and a search that cannot miss it.
#pragma once

#include <algorithm>

#include "types.hpp"

namespace postdict {

struct Membrane {
    Membrane(double tau_m, double tau_e, double tau_i);
    bool operator==(const Membrane&) const = default;

    double tau_m, tau_e, tau_i;  // ms
    double k_e, k_i;             // tau_x/(tau_x - tau_m), infinite where they are equal
    bool close_e, close_i;       // tau_x within 2 % of tau_m

    // The response to a current of 1 mV: tau_x/(tau_x - tau_m) (exp(-s/tau_x) - exp(-s/tau_m)).
    double response(double s, double tau_x) const;

    struct Course {
        double v;                 // V - v_inf, mV
        double drive;             // tau_m V', mV
        double decay_e, decay_i;  // exp(-s/tau_x)
    };
    // After s ms, from u = V - v_inf and the currents now; stable for any time constants.
    Course course(double s, double u, double g_e, double g_i) const;
};

// The course of V from one time to another, bounded from above: with x = 1 - exp(-s/tau_m), and the
// currents nowhere larger than at the beginning (where positive) or the end (where negative), V -
// v_inf <= u + x (-u + g_e + g_i), which is largest at one of the ends.
struct UpperBound {
    UpperBound(const Membrane& membrane, double width);

    double operator()(double u, double g_e, double g_i) const {
        const double drive = std::max(g_e, g_e * decay_e) + std::max(g_i, g_i * decay_i) - u;
        return std::max(u, u + rise * drive);
    }

    double decay_e, decay_i;  // exp(-width/tau_x)
    double rise;              // 1 - exp(-width/tau_m)
};

// The first crossing, ms from now, if it lies within h ms, else infinity; u < gap.
//
// With D = tau_m V', (D exp(s/tau_m))' = -exp(s/tau_m) (g_e(s)/tau_e + g_i(s)/tau_i). The bracket
// has at most one zero s1, known in closed form, so D exp(s/tau_m) is monotone before and after it,
// D has at most one zero on either side, and V is monotone between these. Each monotone piece is
// searched in order. Nearly all that come close to threshold keep a positive drive up to it, and
// need one piece.
double crossing_within(const Membrane& membrane, double u, double g_e, double g_i, double gap,
                       double h);

}  // namespace postdict
