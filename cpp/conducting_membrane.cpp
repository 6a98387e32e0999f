#include "conducting_membrane.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "conducting_quadrature.hpp"
#include "elementary.hpp"
#include "kernels.hpp"

namespace postdict {

namespace {

using namespace quadrature;

// What is smaller moves u by less than the last bit of a reversal potential.
constexpr double negligible = 1e-18;
// exp(-L) of what is forgotten altogether.
constexpr double forgotten = 45.0;

double without_negligible(double g, double tau, double tau_m) {
    return std::abs(g) * std::max(1.0, tau / tau_m) < negligible ? 0.0 : g;
}

// One piece. With x = exp((s - r)/tau) - 1 a conductance at r is g(s) (1 + x), and L is without
// loss however short the piece.
template <std::size_t n, std::size_t n_growth, std::size_t n_loss>
[[gnu::always_inline]] inline Conducting piece(const ConductingMembrane& m, const Rule<n>& rule,
                                               const Exponentials<n_growth, n_loss>& by, double s,
                                               const Conducting& now) {
    constexpr std::size_t end = n;
    std::array<double, n + 1> x_e, x_i, kept, pull;
    const double s_e = s / m.tau_e;
    const double s_i = s / m.tau_i;
    for (std::size_t k = 0; k <= n; ++k) {
        const double e = s_e * rule.node[k];
        const double i = s_i * rule.node[k];
        x_e[k] = e * polynomial(by.growth, e);
        x_i[k] = i * polynomial(by.growth, i);
    }
    const double g_e = now.g_e / (1.0 + x_e[end]);
    const double g_i = now.g_i / (1.0 + x_i[end]);
    const double leak = s / m.tau_m;
    const double charge_e = g_e * m.tau_e / m.tau_m;
    const double charge_i = g_i * m.tau_i / m.tau_m;
    const double pull_e = g_e * m.e_e;
    const double pull_i = g_i * m.e_i;
    for (std::size_t k = 0; k <= n; ++k) {
        const double lost = leak * rule.node[k] + charge_e * x_e[k] + charge_i * x_i[k];
        kept[k] = 1.0 - lost * polynomial(by.loss, lost);
        pull[k] = rule.weight[k] * kept[k] * (pull_e * (1.0 + x_e[k]) + pull_i * (1.0 + x_i[k]));
    }
    double gained = 0.0;
    for (std::size_t k = 0; k < n; ++k) gained += pull[k];
    return {now.u * kept[end] + gained * leak, g_e, g_i};
}

// A piece of s ms; its extent is the larger of kappa and 4 theta.
constexpr double longest_piece = 2.0;
POSTDICT_CLONES Conducting piece(const ConductingMembrane& m, double s, double extent,
                                 const Conducting& now) {
    if (extent <= 1.0 / 32.0) return piece(m, three, for_three, s, now);
    if (extent <= 3.0 / 4.0) return piece(m, seven, for_seven, s, now);
    return piece(m, eleven, for_eleven, s, now);
}

// Where the end of s ms has forgotten all but a last part of them: goes on to the beginning of that
// part, and returns how far that was.
double forget(const ConductingMembrane& m, double s, Conducting& now) {
    const auto from = [&](double r) {  // L(r, s)
        const double e = now.g_e * elementary::exp(-r / m.tau_e) * m.tau_e;
        const double i = now.g_i * elementary::exp(-r / m.tau_i) * m.tau_i;
        return (s - r - e * elementary::expm1((r - s) / m.tau_e) -
                i * elementary::expm1((r - s) / m.tau_i)) /
               m.tau_m;
    };
    double early = 0.0;
    double late = s;
    for (int step = 0; step < 200 && from(early) > 2.0 * forgotten; ++step) {
        const double middle = 0.5 * (early + late);
        (from(middle) >= forgotten ? early : late) = middle;
    }
    now.g_e = without_negligible(now.g_e * elementary::exp(-early / m.tau_e), m.tau_e, m.tau_m);
    now.g_i = without_negligible(now.g_i * elementary::exp(-early / m.tau_i), m.tau_i, m.tau_m);
    return early;
}

// The zero of a function between a and b, at which it has opposite signs, and its derivative.
template <class Function>
double zero_between(Function&& value, double a, double b, bool rising) {
    double s = 0.5 * (a + b);
    for (int step = 0; step < 100; ++step) {
        const auto [f, slope] = value(s);
        if (f == 0.0) return s;
        ((f > 0.0) == rising ? b : a) = s;
        double next = s - f / slope;
        if (!(next > a && next < b)) next = 0.5 * (a + b);
        if (next == s || next == a || next == b) break;
        s = next;
    }
    return s;
}

}  // namespace

Conducting ConductingMembrane::after(double s, Conducting now) const {
    now.g_e = without_negligible(now.g_e, tau_e, tau_m);
    now.g_i = without_negligible(now.g_i, tau_i, tau_m);
    if ((1.0 + now.g_e + now.g_i) * s > 2.0 * forgotten * tau_m) s -= forget(*this, s, now);
    while (now.g_e != 0.0 || now.g_i != 0.0) {
        const double rate =
            std::max({(1.0 + now.g_e + now.g_i) / tau_m, now.g_e == 0.0 ? 0.0 : 4.0 / tau_e,
                      now.g_i == 0.0 ? 0.0 : 4.0 / tau_i});  // 1/ms
        const double extent = s * rate;
        if (extent <= longest_piece) return piece(*this, s, extent, now);
        const double first = longest_piece / rate;
        now = piece(*this, first, longest_piece, now);
        now.g_e = without_negligible(now.g_e, tau_e, tau_m);
        now.g_i = without_negligible(now.g_i, tau_i, tau_m);
        s -= first;
        if (s == 0.0) return now;
    }
    now.u *= elementary::exp(-s / tau_m);
    return now;
}

// With w = gap - u, tau_m w' = -F - w (1 + g_e + g_i): w >= 0 until h if it is more than what the
// largest F of that time takes away under the largest conductance. Here exp(x) - 1 <= x + x^2/2 +
// 0.2184 x^3 up to x = 1.
bool ConductingMembrane::stays_below(const Conducting& now, double gap, double h) const {
    const double most = largest_rise(now, gap, h);
    if (most < 0.0) return true;
    const double conductance = 1.0 + now.g_e + now.g_i;
    const double x = conductance * h / tau_m;
    const double growth = x <= 1.0 ? x * (1.0 + x * (0.5 + 0.2184 * x)) : elementary::expm1(x);
    return gap - now.u > most / conductance * growth + 1e-9 * (1.0 + std::abs(gap));
}

bool ConductingMembrane::stays_below(const Conducting& now, double gap) const {
    const double most = std::max(now.g_e * (e_e - gap), 0.0) + std::max(now.g_i * (e_i - gap), 0.0);
    return most < gap * (1.0 - 1e-9);
}

double ConductingMembrane::crossing_within(Conducting now, double gap, double h) const {
    const double pull_e = now.g_e * (e_e - gap);
    const double pull_i = now.g_i * (e_i - gap);
    const auto tendency = [&](double s) {  // F and its derivative
        const double e = pull_e * elementary::exp(-s / tau_e);
        const double i = pull_i * elementary::exp(-s / tau_i);
        return std::array{e + i - gap, -e / tau_e - i / tau_i};
    };
    std::array<double, 3> turns{0.0, h, h};  // between which F is monotone
    if (pull_e * pull_i < 0.0 && tau_e != tau_i) {
        const double turn =
            elementary::log(-(pull_e / tau_e) / (pull_i / tau_i)) / (1.0 / tau_e - 1.0 / tau_i);
        if (turn > 0.0 && turn < h) turns[1] = turn;
    }
    double here = 0.0;
    for (std::size_t k = 0; k < 2; ++k) {
        if (!(turns[k] < turns[k + 1])) continue;
        double from = turns[k];
        double to = turns[k + 1];
        const double at_from = tendency(from)[0];
        const double at_to = tendency(to)[0];
        if (at_from < 0.0 && at_to < 0.0) continue;
        if (at_from < 0.0) from = zero_between(tendency, from, to, true);
        if (at_to < 0.0) to = zero_between(tendency, from, to, false);
        if (!(from < to)) continue;
        // `from` costs a step of its own only where the crossing is then sought.
        const Conducting end = after(to - here, now);
        if (end.u < gap) {
            now = end;
            here = to;
            continue;
        }
        if (from > here) now = after(from - here, now);
        if (now.u >= gap) return from;  // by rounding alone
        // Newton's steps within the bracket. The last is that after which what is left is below
        // rounding: as much of it as the slope has changed.
        const Conducting start = now;
        double low = from;
        double high = to;
        double s = from;
        for (int step = 0; step < 200; ++step) {
            const double slope_here = slope(now);
            double next = s + (gap - now.u) / slope_here;
            if (!(next > low && next < high)) next = 0.5 * (low + high);
            if (next == low || next == high) break;
            now = next > s ? after(next - s, now) : after(next - from, start);
            const double left = (next - s) * (slope(now) - slope_here);
            s = next;
            if (std::abs(left) <= 1e-13 * tau_m * slope_here) break;
            (now.u < gap ? low : high) = s;
        }
        return s;
    }
    return unbounded;
}

}  // namespace postdict
