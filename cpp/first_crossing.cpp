#include "first_crossing.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "elementary.hpp"

namespace postdict {

namespace {

constexpr double close_enough = 0.02;  // relative, of tau_x to tau_m

// The zero of a continuous function between a and b, where it has opposite signs: Halley's steps
// inside a shrinking bracket, bisection where they leave it or are slow. `value(s)` returns the
// function and its first two derivatives. A step shorter than `short_step` on which the derivative
// hardly changes is the last: what is left after it is of third order, below rounding.
template <class Function>
double zero_between(Function&& value, double a, double b, bool rising, double guess,
                    double short_step) {
    double s = guess > a && guess < b ? guess : 0.5 * (a + b);
    double last_width = b - a;
    for (int step = 0; step < 200; ++step) {
        const auto [f, slope, bend] = value(s);
        if (f == 0.0) return s;
        if ((f > 0.0) == rising) {
            b = s;
        } else {
            a = s;
        }
        const double change = -f * slope / (slope * slope - 0.5 * f * bend);
        double next = s + change;
        const bool inside = next > a && next < b;  // false for NaN too
        if (inside && std::abs(change) < short_step &&
            std::abs(bend * change) < 1e-3 * std::abs(slope))
            return next;
        if (!inside || std::abs(change) > 0.5 * last_width) next = 0.5 * (a + b);
        last_width = std::abs(next - s);
        if (next == s || next == a || next == b) return rising ? b : s;
        s = next;
    }
    return s;
}

}  // namespace

Membrane::Membrane(double m, double e, double i)
    : tau_m(m),
      tau_e(e),
      tau_i(i),
      k_e(e / (e - m)),
      k_i(i / (i - m)),
      close_e(std::abs(e - m) < close_enough * m),
      close_i(std::abs(i - m) < close_enough * m) {}

double Membrane::response(double s, double tau_x) const {
    // With d = 1/tau_x - 1/tau_m: exp(-s/tau_m) (s/tau_m) (exp(-s d) - 1)/(-s d).
    const double x = s * (tau_x - tau_m) / (tau_x * tau_m);
    if (x > 1.0)  // tau_x is the longer: do not form exp(-s/tau_m) exp(x)
        return tau_x / (tau_x - tau_m) *
               (elementary::exp(-s / tau_x) - elementary::exp(-s / tau_m));
    const double ratio = x == 0.0 ? 1.0 : elementary::expm1(x) / x;
    return elementary::exp(-s / tau_m) * (s / tau_m) * ratio;
}

Membrane::Course Membrane::course(double s, double u, double g_e, double g_i) const {
    const double decay_m = elementary::exp(-s / tau_m);
    const double decay_e = elementary::exp(-s / tau_e);
    const double decay_i = elementary::exp(-s / tau_i);
    const double v = u * decay_m +
                     g_e * (close_e ? response(s, tau_e) : k_e * (decay_e - decay_m)) +
                     g_i * (close_i ? response(s, tau_i) : k_i * (decay_i - decay_m));
    return {v, g_e * decay_e + g_i * decay_i - v, decay_e, decay_i};
}

UpperBound::UpperBound(const Membrane& m, double width)
    : decay_e(elementary::exp(-width / m.tau_e)),
      decay_i(elementary::exp(-width / m.tau_i)),
      rise(-elementary::expm1(-width / m.tau_m)) {}

double crossing_within(const Membrane& m, double u, double g_e, double g_i, double gap, double h) {
    // The exponentials are at least 1 - s/tau: a bound without any of them dismisses many.
    const double steepest =
        std::max(g_e, g_e * (1.0 - h / m.tau_e)) + std::max(g_i, g_i * (1.0 - h / m.tau_i)) - u;
    if (u + steepest * (h / m.tau_m) < gap && u < gap) return unbounded;

    const double short_step = 1e-5 * std::min({m.tau_m, m.tau_e, m.tau_i});
    const auto pull = [&](const Membrane::Course& there) {
        return g_e * there.decay_e / m.tau_e + g_i * there.decay_i / m.tau_i;
    };
    const auto excess = [&](double s) {
        const Membrane::Course there = m.course(s, u, g_e, g_i);
        const double slope = there.drive / m.tau_m;
        return std::array{there.v - gap, slope, -(slope + pull(there)) / m.tau_m};
    };
    const Membrane::Course end = m.course(h, u, g_e, g_i);
    // As long as V is below threshold its drive is at least this; if positive, V rises.
    const double least = std::min(g_e, g_e * end.decay_e) + std::min(g_i, g_i * end.decay_i) - gap;
    if (least > 0.0)
        return end.v < gap
                   ? unbounded
                   : zero_between(excess, 0.0, h, true, h * (gap - u) / (end.v - u), short_step);

    // The monotone pieces of D exp(s/tau_m), and within each the zero of D, if any.
    std::array<double, 3> ends{0.0, h, h};
    if (g_e * g_i < 0.0 && m.tau_e != m.tau_i) {
        const double s1 =
            elementary::log(-(g_e / m.tau_e) / (g_i / m.tau_i)) / (1.0 / m.tau_e - 1.0 / m.tau_i);
        if (s1 > 0.0 && s1 < h) ends[1] = s1;
    }
    const auto drive = [&](double s) {
        const Membrane::Course there = m.course(s, u, g_e, g_i);
        const double slope = -there.drive / m.tau_m - pull(there);
        const double bend = -slope / m.tau_m + g_e * there.decay_e / (m.tau_e * m.tau_e) +
                            g_i * there.decay_i / (m.tau_i * m.tau_i);
        return std::array{there.drive, slope, bend};
    };
    for (std::size_t piece = 0; piece < 2; ++piece) {
        const double a = ends[piece];
        const double b = ends[piece + 1];
        if (!(a < b)) continue;
        const double drive_a = drive(a)[0];
        const double drive_b = drive(b)[0];
        double turn = b;  // V is monotone on [a, turn] and on [turn, b]
        // To the last bit: where V only just reaches threshold, it does so near its turn.
        if (drive_a * drive_b < 0.0)
            turn = zero_between(drive, a, b, drive_b > 0.0, unbounded, 0.0);
        for (const auto& [from, to] : {std::pair(a, turn), std::pair(turn, b)}) {
            if (from < to && excess(from)[0] < 0.0 && excess(to)[0] >= 0.0)
                return zero_between(excess, from, to, true, unbounded, short_step);
        }
    }
    return unbounded;
}

}  // namespace postdict
