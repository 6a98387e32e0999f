#include "neuron_lif_exponential.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace postdict {

namespace {

constexpr double largest_exponent = 32.0;
// A lower bound shorter than this part of the window is not worth another look: search instead.
constexpr double shortest_sleep = 0.05;

}  // namespace

Basis::Basis(const Membrane& membrane, double s)
    : decay_m(std::exp(-s / membrane.tau_m)),
      decay_e(std::exp(-s / membrane.tau_e)),
      decay_i(std::exp(-s / membrane.tau_i)),
      growth_e(1.0 / decay_e),
      growth_i(1.0 / decay_i) {
    const auto channel = [&](bool close, double tau, double decay, double growth) {
        if (close) {
            const double c = membrane.response(s, tau);
            return std::pair(c, -c * growth / decay_m);
        }
        const double k = tau / (tau - membrane.tau_m);
        return std::pair(k * decay, -k / decay_m);
    };
    std::tie(c_e, a_e) = channel(membrane.close_e, membrane.tau_e, decay_e, growth_e);
    std::tie(c_i, a_i) = channel(membrane.close_i, membrane.tau_i, decay_i, growth_i);
}

LifExponential::LifExponential(const LifExponentialParameters& p)
    : tau_refrac_(p.tau_refrac),
      held_until_(p.v_rest.size(), free),
      wake_(p.v_rest.size()),
      shared_basis_(Membrane(1.0, 2.0, 2.0), 0.0) {
    const std::size_t n = p.v_rest.size();
    double shortest = never;
    for (std::size_t i = 0; i < n; ++i) {
        membrane_.emplace_back(p.tau_m[i], p.tau_syn_e[i], p.tau_syn_i[i]);
        shortest = std::min({shortest, p.tau_m[i], p.tau_syn_e[i], p.tau_syn_i[i]});
        v_inf_.push_back(p.v_rest[i] + p.i_offset[i]);
        gap_.push_back(p.v_thresh[i] - v_inf_[i]);
        reset_.push_back(p.v_reset[i] - v_inf_[i]);
        a_.push_back(p.v_init[i] - v_inf_[i]);
    }
    shared_ = std::all_of(membrane_.begin(), membrane_.end(), [&](const Membrane& m) {
        return m.tau_m == membrane_[0].tau_m && m.tau_e == membrane_[0].tau_e &&
               m.tau_i == membrane_[0].tau_i;
    });
    if (shared_) membrane_.resize(1, membrane_[0]);
    horizon_ = largest_exponent * shortest;
    for (std::vector<double>* zeros : {&g_e_, &g_i_, &certain_, &input_e_, &input_i_})
        zeros->assign(n, 0.0);
    woken_.assign(n, Woken::no);
    advance(0.0);
    for (std::size_t i = 0; i < n; ++i) predict(i, 0.0);
}

void LifExponential::advance(Time t) {
    if (t == now_) return;
    now_ = t;
    if (t - origin_ > horizon_) move_origin(t);
    if (shared_) shared_basis_ = basis_at(0, t);
}

void LifExponential::move_origin(Time t) {
    for (std::size_t i = 0; i < size(); ++i) {
        const Basis old = basis_at(i, t);
        const Basis fresh(membrane(i), 0.0);
        const double u = a_[i] * old.decay_m + g_e_[i] * old.c_e + g_i_[i] * old.c_i;
        g_e_[i] *= old.decay_e;
        g_i_[i] *= old.decay_i;
        a_[i] = u - g_e_[i] * fresh.c_e - g_i_[i] * fresh.c_i;
    }
    origin_ = t;
}

void LifExponential::cross(Time t) {
    advance(t);
    while (wake_.top_time() == t) {
        const std::size_t i = wake_.top();
        woken_[i] = certain_[i] != 0.0 ? Woken::at_threshold : Woken::to_look;
        wake_.set(i, never);
        touched_.push_back(static_cast<NeuronId>(i));
    }
}

const std::vector<NeuronId>& LifExponential::settle(Time t) {
    advance(t);
    fired_.clear();
    if (all_touched_) {
        for (std::size_t i = 0; i < size(); ++i) settle_one(i, t);
    } else {
        // Sorted, so that spikes of one instant leave in the order of their ids; a neuron that
        // stands here twice has no input left at the second visit.
        std::sort(touched_.begin(), touched_.end());
        for (const NeuronId i : touched_) settle_one(static_cast<std::size_t>(i), t);
    }
    touched_.clear();
    all_touched_ = false;
    return fired_;
}

void LifExponential::settle_one(std::size_t i, Time t) {
    const double e = std::exchange(input_e_[i], 0.0);
    const double inhibition = std::exchange(input_i_[i], 0.0);
    const Woken woken = std::exchange(woken_[i], Woken::no);
    if (held_until_[i] != free && t >= held_until_[i]) set_v(i, reset_[i]);
    if (woken == Woken::at_threshold) set_v(i, gap_[i]);
    if (e != 0.0 || inhibition != 0.0) {
        const Basis now = basis(i);
        g_e_[i] += e * now.growth_e;
        g_i_[i] += inhibition * now.growth_i;
        a_[i] += e * now.a_e + inhibition * now.a_i;
    }
    if (held_until_[i] != free) {
        if (t < held_until_[i]) return;
        held_until_[i] = free;
    }
    if (woken == Woken::at_threshold) {
        fire(i, t);
    } else if (woken == Woken::to_look || e > 0.0 || inhibition > 0.0) {
        predict(i, t);
    } else {
        certain_[i] = 0.0;  // inhibited: not before the time that was predicted
    }
}

void LifExponential::fire(std::size_t i, Time t) {
    fired_.push_back(static_cast<NeuronId>(i));
    set_v(i, reset_[i]);
    if (tau_refrac_[i] > 0.0) {
        held_until_[i] = t + tau_refrac_[i];
        sleep(i, std::max(held_until_[i], std::nextafter(t, never)), false);
    } else {
        predict(i, t);
    }
}

// V - v_inf = u at the present instant, the currents as they are.
void LifExponential::set_v(std::size_t i, double u) {
    const Basis now = basis(i);
    a_[i] = (u - g_e_[i] * now.c_e - g_i_[i] * now.c_i) / now.decay_m;
}

void LifExponential::predict(std::size_t i, Time t) {
    const Basis now = basis(i);
    const Membrane& m = membrane(i);
    const double u = a_[i] * now.decay_m + g_e_[i] * now.c_e + g_i_[i] * now.c_i;
    const double e = g_e_[i] * now.decay_e;
    const double inhibition = g_i_[i] * now.decay_i;
    const Time soonest = std::nextafter(t, never);
    if (u >= gap_[i]) {  // by rounding: what was below threshold at its last look has reached it
        sleep(i, soonest, true);
        return;
    }
    const double safe = safe_time(m, u, e, inhibition, gap_[i]);
    if (safe > shortest_sleep * m.window) {
        // A look that is due before is as good, and costs the queue nothing.
        if (certain_[i] == 0.0 && wake_.time(i) > t && wake_.time(i) <= t + safe) return;
        sleep(i, std::max(t + safe, soonest), false);
        return;
    }
    const double wait = first_crossing(m, u, e, inhibition, gap_[i]);
    sleep(i, std::max(t + wait, soonest), wait != never);
}

void LifExponential::sleep(std::size_t i, Time until, bool certain) {
    wake_.set(i, until);
    certain_[i] = certain ? 1.0 : 0.0;
}

double LifExponential::potential(NeuronId id, Time t) const {
    const auto i = static_cast<std::size_t>(id);
    if (held_until_[i] != free) return v_inf_[i] + reset_[i];
    const Basis then = basis_at(i, t);
    return v_inf_[i] + a_[i] * then.decay_m + g_e_[i] * then.c_e + g_i_[i] * then.c_i;
}

double LifExponential::current(NeuronId id, Time t, bool inhibitory) const {
    const auto i = static_cast<std::size_t>(id);
    const Basis then = basis_at(i, t);
    return inhibitory ? g_i_[i] * then.decay_i : g_e_[i] * then.decay_e;
}

void LifExponential::check_state(Time now) const {
    postdict::check_state(origin_ >= 0.0 && origin_ <= now, "a frame begins outside the run");
    for (std::size_t i = 0; i < size(); ++i) {
        postdict::check_state(
            std::isfinite(a_[i]) && std::isfinite(g_e_[i]) && std::isfinite(g_i_[i]),
            "a value is not finite");
        postdict::check_state(certain_[i] == 0.0 || certain_[i] == 1.0, "a flag is not 0 or 1");
        postdict::check_state(wake_.time(i) >= now, "a predicted spike lies in the past");
        const bool held = held_until_[i] != free;
        postdict::check_state(!held || (held_until_[i] >= now && held_until_[i] < never),
                              "a refractory end is no time");
    }
}

}  // namespace postdict
