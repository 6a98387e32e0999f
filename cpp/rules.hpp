// Rules of spike-timing-dependent plasticity, lag = t_post - t_pre at the synapse.
//
// A trace rule pairs spikes by two exponential traces:
//
//     at an arrival of source j:    w_ij += eta (arrival_y y_i + arrival)
//     at a spike of target i:       w_ij += eta spike_x x_j
//
// where x_j is raised by one at each arrival of j and decays with tau_x, and y_i likewise at each
// spike of i with tau_y. At an arrival y holds no spike of the same instant; at a spike x holds all
// arrivals of its instant (lag 0+). The antisymmetric rule (Luz & Shamir 2012), the one of Vogels
// et al. 2011 and the causal one with a bias (after Bell et al. 1997) are choices of the numbers.
//
// A triplet rule (Pfister & Gerstner 2006) has a second, slower trace on each side, which holds
// what came before the spike that acts:
//
//     at an arrival of source j:    w_ij += eta y_i (arrival_y + arrival_yx x2_j)
//     at a spike of target i:       w_ij += eta x_j (spike_x + spike_xy y2_i)
//
// A custom rule is expressions of traces; see `CustomPairing`. A window rule adds eta K(lag) for
// each pair, for any K of bounded support: given by samples, or with the shape that Haas, Nowotny &
// Abarbanel 2006 fitted.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "elementary.hpp"
#include "expression.hpp"
#include "steps.hpp"
#include "types.hpp"

namespace postdict {

struct TraceRule {
    double spike_x;
    double arrival_y;
    double arrival;
    double tau_x;  // ms
    double tau_y;  // ms
};

struct TripletRule {
    double spike_x;
    double spike_xy;
    double arrival_y;
    double arrival_yx;
    double tau_x;   // ms
    double tau_y;   // ms
    double tau_x2;  // ms
    double tau_y2;  // ms
};

// Linear between knots, 0 outside.
struct SampledWindow {
    std::vector<double> lags;  // ms, rising
    std::vector<double> values;

    double operator()(double lag) const {
        if (!(lag >= lags.front() && lag <= lags.back())) return 0.0;
        const auto after = std::upper_bound(lags.begin(), lags.end(), lag);
        if (after == lags.end()) return values.back();
        const auto k = static_cast<std::size_t>(after - lags.begin());
        const double share = (lag - lags[k - 1]) / (lags[k] - lags[k - 1]);
        return values[k - 1] + share * (values[k] - values[k - 1]);
    }
};

// A (z exp(1 - z))^beta with z = alpha |s|/beta on either side of s = (lag + latency)/stretch = 0:
// the peak of a side is its A, at |s| = beta/alpha.
struct HaasWindow {
    double A_plus, A_minus;          // of s > 0, and minus that of s < 0
    double alpha_plus, alpha_minus;  // 1/ms
    double beta;
    double stretch;
    double latency;  // ms

    double operator()(double lag) const {
        const double s = (lag + latency) / stretch;
        if (s == 0.0) return 0.0;
        const double z = (s > 0.0 ? alpha_plus : alpha_minus) * std::abs(s) / beta;
        return (s > 0.0 ? A_plus : -A_minus) *
               elementary::exp(beta * (elementary::log(z) + 1.0 - z));
    }
};

struct WindowRule {
    std::variant<SampledWindow, HaasWindow> window;
    Duration longest_before;  // beyond which the window is 0 where the target fired first
    Duration longest_after;   // and where the source did

    double operator()(double lag) const {
        return std::visit([=](const auto& k) { return k(lag); }, window);
    }
};

// Updates that a user wrote: the new weight as an expression of w, eta, the traces of arrivals and
// those of postsynaptic spikes, in this order.
struct CustomRule {
    std::vector<double> tau_pre;   // ms
    std::vector<double> tau_post;  // ms
    std::vector<bool> set;         // of each trace, whether it is set to 1 instead of raised by it
    std::vector<ExpressionStep> on_arrival;
    std::vector<ExpressionStep> on_spike;
    std::string arrival_text;  // as the user wrote them
    std::string spike_text;
};

// Whatever the rule, with a third factor: see `Modulation`.
struct ThirdFactor {
    double tau;       // ms, of the eligibility traces
    Steps modulator;  // 1/ms
};

struct Rule {
    std::variant<TraceRule, TripletRule, WindowRule, CustomRule> kind;
    double eta;            // mV
    bool nearest = false;  // pair with the nearest spike only, not with all
    bool soft = false;  // scale changes by the distance from the bound, w_max - w or w, over w_max
    double w_max = unbounded;  // mV
    std::optional<ThirdFactor> third_factor;
};

}  // namespace postdict
