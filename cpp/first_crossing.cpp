#include "first_crossing.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace postdict {

namespace {

constexpr double close_enough = 0.02;  // relative, of tau_x to tau_m

double peak_response(const Membrane& membrane, double tau_x) {
    // At s = ln(tau_m/tau_x) tau_m tau_x/(tau_m - tau_x), where V' = 0.
    const double difference = membrane.tau_m - tau_x;
    const double s = std::abs(difference) < 1e-8 * tau_x
                         ? tau_x
                         : std::log1p(difference / tau_x) * membrane.tau_m * tau_x / difference;
    return membrane.response(s, tau_x);
}

// The zero of a continuous function between a and b, where it has opposite signs: Newton steps
// inside a shrinking bracket, bisection where they leave it or are slow. `value(s)` returns the
// function and its derivative.
template <class Function>
double zero_between(Function&& value, double a, double b, bool rising) {
    double s = 0.5 * (a + b);
    double last_width = b - a;
    for (int step = 0; step < 200; ++step) {
        const auto [f, slope] = value(s);
        if (f == 0.0) return s;
        if ((f > 0.0) == rising) {
            b = s;
        } else {
            a = s;
        }
        double next = s - f / slope;
        const bool inside = next > a && next < b;  // false for NaN too
        if (!inside || std::abs(next - s) > 0.5 * last_width) next = 0.5 * (a + b);
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
      peak_e(peak_response(*this, e)),
      peak_i(peak_response(*this, i)),
      close_e(std::abs(e - m) < close_enough * m),
      close_i(std::abs(i - m) < close_enough * m),
      window(std::min({m, e, i})),
      window_decay_e(std::exp(-window / e)),
      window_decay_i(std::exp(-window / i)),
      window_rise(-std::expm1(-window / m)) {}

double Membrane::response(double s, double tau_x) const {
    // With d = 1/tau_x - 1/tau_m: exp(-s/tau_m) (s/tau_m) (exp(-s d) - 1)/(-s d).
    const double x = s * (tau_x - tau_m) / (tau_x * tau_m);
    if (x > 1.0)  // tau_x is the longer: do not form exp(-s/tau_m) exp(x)
        return tau_x / (tau_x - tau_m) * (std::exp(-s / tau_x) - std::exp(-s / tau_m));
    const double ratio = x == 0.0 ? 1.0 : std::expm1(x) / x;
    return std::exp(-s / tau_m) * (s / tau_m) * ratio;
}

double Membrane::after(double s, double u, double g_e, double g_i) const {
    return u * std::exp(-s / tau_m) + g_e * response(s, tau_e) + g_i * response(s, tau_i);
}

double safe_time(const Membrane& m, double u, double g_e, double g_i, double gap) {
    // For ever: V - v_inf <= u+ + g_e+ peak_e + g_i+ peak_i.
    const double most =
        std::max(u, 0.0) + std::max(g_e, 0.0) * m.peak_e + std::max(g_i, 0.0) * m.peak_i;
    if (most < gap * (1.0 - 1e-12)) return never;
    // Within the window the drive -u + g_e + g_i is at most `drive`, so that V rises by at most
    // drive (1 - exp(-s/tau_m)).
    const double drive = -u + (g_e > 0.0 ? g_e : g_e * m.window_decay_e) +
                         (g_i > 0.0 ? g_i : g_i * m.window_decay_i);
    const double distance = (gap - u) * (1.0 - 1e-12);
    if (drive * m.window_rise < distance) return m.window;
    return distance * m.tau_m / drive;  // less than the window, since 1 - exp(-x) <= x
}

double first_crossing(const Membrane& m, double u, double g_e, double g_i, double gap) {
    const double longest = std::max({m.tau_m, m.tau_e, m.tau_i});
    const auto excess = [&](double s) { return m.after(s, u, g_e, g_i) - gap; };
    const auto drive = [&](double s) {
        return -m.after(s, u, g_e, g_i) + g_e * std::exp(-s / m.tau_e) +
               g_i * std::exp(-s / m.tau_i);
    };
    const auto pull = [&](double s) {
        return g_e * std::exp(-s / m.tau_e) / m.tau_e + g_i * std::exp(-s / m.tau_i) / m.tau_i;
    };

    // Beyond `end` V is above threshold (gap < 0), or cannot come back to it.
    double end = longest;
    const double last = 700.0 * longest;  // where every term has vanished
    while (end < last) {
        const double most = std::abs(u) * std::exp(-end / m.tau_m) +
                            std::abs(g_e) * m.response(end, m.tau_e) +
                            std::abs(g_i) * m.response(end, m.tau_i);
        // The responses fall monotonically once past their peaks, which lie before `longest`.
        if (gap > 0.0 ? most < gap : most < -gap) break;
        end *= 2.0;
    }

    // The monotone pieces of D exp(s/tau_m), and within each the zero of D, if any.
    std::array<double, 3> ends{0.0, end, end};
    if (g_e * g_i < 0.0 && m.tau_e != m.tau_i) {
        const double s1 =
            std::log(-(g_e / m.tau_e) / (g_i / m.tau_i)) / (1.0 / m.tau_e - 1.0 / m.tau_i);
        if (s1 > 0.0 && s1 < end) ends[1] = s1;
    }
    for (std::size_t piece = 0; piece < 2; ++piece) {
        const double a = ends[piece];
        const double b = ends[piece + 1];
        if (!(a < b)) continue;
        const double drive_a = drive(a);
        const double drive_b = drive(b);
        double turn = b;  // V is monotone on [a, turn] and on [turn, b]
        if (drive_a * drive_b < 0.0)
            turn = zero_between(
                [&](double s) {
                    const double d = drive(s);
                    return std::pair(d, -d / m.tau_m - pull(s));
                },
                a, b, drive_b > 0.0);
        for (const auto& [from, to] : {std::pair(a, turn), std::pair(turn, b)}) {
            if (from < to && excess(from) < 0.0 && excess(to) >= 0.0)
                return zero_between(
                    [&](double s) { return std::pair(excess(s), drive(s) / m.tau_m); }, from, to,
                    true);
        }
    }
    return gap < 0.0 && excess(end) >= 0.0 ? end : never;
}

}  // namespace postdict
