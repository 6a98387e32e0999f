#include "conducting_membrane.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace postdict {

namespace {

// Gauss-Legendre on [0, 1].
template <std::size_t n>
struct Rule {
    std::array<double, n> node, weight;
};
constexpr Rule<4> four{
    {0.0694318442029737124, 0.330009478207571868, 0.669990521792428132, 0.930568155797026288},
    {0.173927422568726929, 0.326072577431273071, 0.326072577431273071, 0.173927422568726929}};
constexpr Rule<6> six{{0.0337652428984239861, 0.169395306766867743, 0.380690406958401546,
                       0.619309593041598454, 0.830604693233132257, 0.966234757101576014},
                      {0.0856622461895851725, 0.180380786524069304, 0.233956967286345524,
                       0.233956967286345524, 0.180380786524069304, 0.0856622461895851725}};
constexpr Rule<8> eight{
    {0.0198550717512318842, 0.10166676129318663, 0.237233795041835507, 0.408282678752175098,
     0.591717321247824902, 0.762766204958164493, 0.89833323870681337, 0.980144928248768116},
    {0.0506142681451881296, 0.111190517226687235, 0.156853322938943644, 0.181341891689180991,
     0.181341891689180991, 0.156853322938943644, 0.111190517226687235, 0.0506142681451881296}};
constexpr Rule<12> twelve{
    {0.00921968287664037465, 0.0479413718147625717, 0.115048662902847656, 0.206341022856691276,
     0.316084250500909903, 0.437383295744265542, 0.562616704255734458, 0.683915749499090097,
     0.793658977143308724, 0.884951337097152344, 0.952058628185237428, 0.990780317123359625},
    {0.0235876681932559136, 0.0534696629976592155, 0.0800391642716731132, 0.101583713361532961,
     0.116746268269177404, 0.124573522906701393, 0.124573522906701393, 0.116746268269177404,
     0.101583713361532961, 0.0800391642716731132, 0.0534696629976592155, 0.0235876681932559136}};

// What is smaller moves u by less than the last bit of a reversal potential.
constexpr double negligible = 1e-18;
// exp(-L) of what is forgotten altogether.
constexpr double forgotten = 45.0;

double without_negligible(double g, double tau, double tau_m) {
    return std::abs(g) * std::max(1.0, tau / tau_m) < negligible ? 0.0 : g;
}

// One piece. With x = exp((s - r)/tau) - 1 a conductance at r is g(s) (1 + x), and L is without
// loss however short the piece.
template <std::size_t n>
Conducting piece(const ConductingMembrane& m, const Rule<n>& rule, double s, Conducting now) {
    const double g_e = now.g_e * std::exp(-s / m.tau_e);
    const double g_i = now.g_i * std::exp(-s / m.tau_i);
    const auto decay = [&](double ago, double x_e, double x_i) {
        return std::exp(-(ago + g_e * m.tau_e * x_e + g_i * m.tau_i * x_i) / m.tau_m);
    };
    double gained = 0.0;
    for (std::size_t k = 0; k < n; ++k) {
        const double ago = s * rule.node[k];  // s - r
        const double x_e = std::expm1(ago / m.tau_e);
        const double x_i = std::expm1(ago / m.tau_i);
        const double pull = g_e * (1.0 + x_e) * m.e_e + g_i * (1.0 + x_i) * m.e_i;
        gained += rule.weight[k] * decay(ago, x_e, x_i) * pull;
    }
    const double u = now.u * decay(s, std::expm1(s / m.tau_e), std::expm1(s / m.tau_i));
    return {u + gained * (s / m.tau_m), g_e, g_i};
}

// Where the end of s ms has forgotten all but a last part of them: goes on to the beginning of that
// part, and returns how far that was.
double forget(const ConductingMembrane& m, double s, Conducting& now) {
    const auto from = [&](double r) {  // L(r, s)
        const double e = now.g_e * std::exp(-r / m.tau_e) * m.tau_e;
        const double i = now.g_i * std::exp(-r / m.tau_i) * m.tau_i;
        return (s - r - e * std::expm1((r - s) / m.tau_e) - i * std::expm1((r - s) / m.tau_i)) /
               m.tau_m;
    };
    double early = 0.0;
    double late = s;
    for (int step = 0; step < 200 && from(early) > 2.0 * forgotten; ++step) {
        const double middle = 0.5 * (early + late);
        (from(middle) >= forgotten ? early : late) = middle;
    }
    now.g_e = without_negligible(now.g_e * std::exp(-early / m.tau_e), m.tau_e, m.tau_m);
    now.g_i = without_negligible(now.g_i * std::exp(-early / m.tau_i), m.tau_i, m.tau_m);
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
            std::max({(1.0 + now.g_e + now.g_i) / tau_m, now.g_e == 0.0 ? 0.0 : 1.0 / tau_e,
                      now.g_i == 0.0 ? 0.0 : 1.0 / tau_i});  // 1/ms
        const double extent = s * rate;
        if (extent <= 0.0625) return piece(*this, four, s, now);
        if (extent <= 0.25) return piece(*this, six, s, now);
        if (extent <= 0.5) return piece(*this, eight, s, now);
        if (extent <= 1.0) return piece(*this, twelve, s, now);
        const double first = 1.0 / rate;
        now = piece(*this, twelve, first, now);
        now.g_e = without_negligible(now.g_e, tau_e, tau_m);
        now.g_i = without_negligible(now.g_i, tau_i, tau_m);
        s -= first;
        if (s == 0.0) return now;
    }
    now.u *= std::exp(-s / tau_m);
    return now;
}

// With w = gap - u, tau_m w' = -F - w (1 + g_e + g_i): w >= 0 until h if it is more than what the
// largest F of that time takes away under the largest conductance.
bool ConductingMembrane::stays_below(const Conducting& now, double gap, double h) const {
    const double pull_e = now.g_e * (e_e - gap);
    const double pull_i = now.g_i * (e_i - gap);
    const double most = std::max(pull_e, pull_e * std::exp(-h / tau_e)) +
                        std::max(pull_i, pull_i * std::exp(-h / tau_i)) - gap;
    const double margin = 1e-12 * (std::abs(gap) + std::abs(pull_e) + std::abs(pull_i));
    if (most < -margin) return true;
    const double conductance = 1.0 + now.g_e + now.g_i;
    const double taken = (most + margin) / conductance * std::expm1(conductance * h / tau_m);
    return gap - now.u > taken + 1e-9 * (1.0 + std::abs(gap));
}

bool ConductingMembrane::stays_below(const Conducting& now, double gap) const {
    const double most = std::max(now.g_e * (e_e - gap), 0.0) + std::max(now.g_i * (e_i - gap), 0.0);
    return most < gap * (1.0 - 1e-9);
}

double ConductingMembrane::crossing_within(Conducting now, double gap, double h) const {
    const double pull_e = now.g_e * (e_e - gap);
    const double pull_i = now.g_i * (e_i - gap);
    const auto tendency = [&](double s) {  // F and its derivative
        const double e = pull_e * std::exp(-s / tau_e);
        const double i = pull_i * std::exp(-s / tau_i);
        return std::array{e + i - gap, -e / tau_e - i / tau_i};
    };
    std::array<double, 3> turns{0.0, h, h};  // between which F is monotone
    if (pull_e * pull_i < 0.0 && tau_e != tau_i) {
        const double turn =
            std::log(-(pull_e / tau_e) / (pull_i / tau_i)) / (1.0 / tau_e - 1.0 / tau_i);
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
