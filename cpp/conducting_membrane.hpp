// A membrane with two exponentially decaying conductances, g_e and g_i in units of the leak:
//
//     tau_m u' = -u - g_e (u - e_e) - g_i (u - e_i),   g_x' = -g_x/tau_x,   u = V - v_inf
//
// (e_x: reversal potentials, from v_inf). The equation is linear in u, so that
//
//     u(s) = u(0) exp(-L(0, s)) + integral from 0 to s of exp(-L(r, s)) q(r) dr,
//     L(r, s) = ((s - r) + sum over x of g_x(s) tau_x (exp((s - r)/tau_x) - 1))/tau_m,
//     q(r) = (g_e(r) e_e + g_i(r) e_i)/tau_m
//
// with L in closed form. The integral is Gauss-Legendre's on pieces so short that its error is
// below rounding. For n points on a piece of h it is at most (64/15) M rho^(-2n)/(1 - rho^-2) h/2,
// where M bounds the integrand on the ellipse with foci at the ends and half axes (rho +- 1/rho)/2
// times h/2 (Trefethen 2008, SIAM Rev 50:67). With theta = h/tau_x, kappa = h (1 + g_e + g_i)/tau_m
// and the larger half axis a, M <= Q exp(theta (a - 1)/2) exp(kappa (a + 1)/2 exp(theta (a -
// 1)/2)), Q the largest q of the piece; and Q h <= kappa max|e_x|. With the best rho that is, of
// max|e_x|,
//
//     n = 3:  kappa and 4 theta <= 1/32:  1e-14    n = 11:  kappa and 4 theta <= 2:  7e-15
//     n = 7:  kappa and 4 theta <= 3/4:   3e-14
//
// and what one piece does wrong the next ones forget, by exp(-L).
#pragma once

#include <algorithm>
#include <cmath>

#include "types.hpp"

namespace postdict {

struct Conducting {   // at one time
    double u;         // mV, V - v_inf
    double g_e, g_i;  // in units of the leak
};

struct ConductingMembrane {
    double tau_m, tau_e, tau_i;  // ms
    double e_e, e_i;             // mV, from v_inf

    // After s more ms; s < 0, a picosecond or so, goes back.
    [[nodiscard]] Conducting after(double s, Conducting now) const;
    double slope(const Conducting& now) const {  // mV/ms
        return (now.g_e * (e_e - now.u) + now.g_i * (e_i - now.u) - now.u) / tau_m;
    }

    // What tau_m u' at `gap` (F, see below) does not pass for h ms, whatever u is, mV.
    double largest_rise(const Conducting& now, double gap, double h) const {
        return largest_rise(now.g_e * (e_e - gap), now.g_i * (e_i - gap), gap, least_left(h, tau_e),
                            least_left(h, tau_i));
    }
    // The same, of the pulls g_x (e_x - gap) and what at least is left of them after h ms. The last
    // term is for rounding.
    static double largest_rise(double pull_e, double pull_i, double gap, double left_e,
                               double left_i) {
        return std::max(pull_e, pull_e * left_e) + std::max(pull_i, pull_i * left_i) - gap +
               1e-12 * (std::abs(gap) + std::abs(pull_e) + std::abs(pull_i));
    }
    // Without an exponential: exp(-x) >= 1 - x.
    static double least_left(double h, double tau) { return std::max(0.0, 1.0 - h / tau); }
    // Whether u surely stays below `gap` for h ms, u being below it now.
    bool stays_below(const Conducting& now, double gap, double h) const;
    // Whether it does so for ever.
    bool stays_below(const Conducting& now, double gap) const;

    // The first time, ms from now, at which u is `gap`, if that is within h ms, else infinity; u is
    // below it now. It cannot miss one:
    //
    // Where u = gap, tau_m u' is F(s) = -gap + g_e(s) (e_e - gap) + g_i(s) (e_i - gap), whatever
    // the past. Where F < 0, u cannot come up to gap; where F >= 0, u cannot come down from it. So
    // within a stretch with F >= 0 u crosses if and only if it is not below at the stretch's end,
    // and crosses once. F has at most one turn, in closed form, so there are at most two stretches.
    double crossing_within(Conducting now, double gap, double h) const;
};

}  // namespace postdict
