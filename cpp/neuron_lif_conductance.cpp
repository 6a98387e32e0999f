#include "neuron_lif_conductance.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "elementary.hpp"

namespace postdict {

namespace {

// Bounds on the share of a population that is searched at one horizon, by which its stride adapts.
constexpr std::size_t fewest = 64;           // at least n/64
constexpr std::size_t most = 16;             // at most n/16
constexpr double first_stride = 1.0 / 32.0;  // of the shortest time constant
constexpr double shortest_stride = 1e-3;
constexpr double longest_stride = 0.5;

double shortest_tau(const LifConductanceParameters& p) {
    const auto least = [](const std::vector<double>& tau) {
        return *std::min_element(tau.begin(), tau.end());
    };
    return std::min({least(p.tau_m), least(p.tau_syn_e), least(p.tau_syn_i)});
}

}  // namespace

LifConductance::LifConductance(const LifConductanceParameters& p)
    : parameters_(p),
      drive_(p.v_rest.size(), 0.0),
      membrane_(p.v_rest.size()),
      v_inf_(p.v_rest.size()),
      gap_(p.v_rest.size()),
      reset_(p.v_rest.size()),
      tau_refrac_(durations(p.tau_refrac)),
      longest_stride_(longest_stride * shortest_tau(p)),
      crossings_(p.v_rest.size()),
      uncertain_(p.v_rest.size(), 0),
      stride_(first_stride * shortest_tau(p)),
      inputs_(p.v_rest.size(), Inputs::Channels::two) {
    for (std::size_t i = 0; i < v_inf_.size(); ++i) {
        derive(i);
        cells_.push_back({p.v_init[i] - v_inf_[i], 0.0, 0.0, 0.0, Time{}, before_all});
    }
    watch(Time{});
}

// What follows from v_inf.
void LifConductance::derive(std::size_t i) {
    const LifConductanceParameters& p = parameters_;
    v_inf_[i] = p.v_rest[i] + p.i_offset[i] + drive_[i];
    gap_[i] = p.v_thresh[i] - v_inf_[i];
    reset_[i] = p.v_reset[i] - v_inf_[i];
    membrane_[i] = {p.tau_m[i], p.tau_syn_e[i], p.tau_syn_i[i], p.e_rev_e[i] - v_inf_[i],
                    p.e_rev_i[i] - v_inf_[i]};
}

// Of a neuron at t without the arrivals of t; while it is refractory u is that of its end.
Conducting LifConductance::state(std::size_t i, Time t) const {
    const Cell& cell = cells_[i];
    const ConductingMembrane& m = membrane_[i];
    Conducting now{cell.u, cell.g_e, cell.g_i};
    if (cell.at >= cell.held_until) return t == cell.at ? now : m.after((t - cell.at).ms(), now);
    const bool held = t < cell.held_until;
    const double s = held ? (t - cell.at).ms() : (cell.held_until - cell.at).ms() + cell.late;
    now.g_e *= elementary::exp(-s / m.tau_e);
    now.g_i *= elementary::exp(-s / m.tau_i);
    return held ? now : m.after((t - cell.held_until).ms() - cell.late, now);
}

void LifConductance::bring(std::size_t i, Time t) {
    const Conducting now = state(i, t);
    Cell& cell = cells_[i];
    cell.u = now.u;
    cell.g_e = now.g_e;
    cell.g_i = now.g_i;
    cell.at = t;
}

void LifConductance::cross(Time t) {
    at_threshold_.clear();
    while (crossings_.top_time() == t) {
        const std::size_t i = crossings_.top();
        bring(i, t);
        if (uncertain_[i] != 0) {
            search_unless_quiet(i, t);
            continue;
        }
        crossings_.set(i, never);
        // Near its crossing V is a line; where it only just touches threshold, it is there now.
        const Conducting now{cells_[i].u, cells_[i].g_e, cells_[i].g_i};
        const double slope = membrane_[i].slope(now);
        const double late = slope > 0.0 ? (gap_[i] - now.u) / slope : 0.0;
        at_threshold_.push_back(
            {static_cast<std::uint32_t>(i), std::clamp(late, -one_picosecond, one_picosecond)});
        inputs_.touch(static_cast<NeuronId>(i));
    }
    if (t == horizon_) watch(t);
}

// The conductances at t without the arrivals of t; not u.
Conducting LifConductance::faded(std::size_t i, Time t) const {
    const Cell& cell = cells_[i];
    const ConductingMembrane& m = membrane_[i];
    const double s = (t - cell.at).ms();
    return {0.0, cell.g_e * elementary::exp(-s / m.tau_e),
            cell.g_i * elementary::exp(-s / m.tau_i)};
}

bool LifConductance::all_rest(Time t) const {
    if (crossings_.top_time() < never) return false;
    for (std::size_t i = 0; i < size(); ++i)
        if (!membrane_[i].stays_below(faded(i, t), gap_[i])) return false;
    return true;
}

// Before anything happens at t to neurons that rested: a window begins.
void LifConductance::wake(Time t) {
    if (horizon_ == never) horizon_ = horizon_after(t, stride_);
}

void LifConductance::act(std::size_t i, double e, double inhibition, Time t) {
    if (e == 0.0 && inhibition == 0.0) return;
    bring(i, t);
    Cell& cell = cells_[i];
    cell.g_e += e;
    cell.g_i += inhibition;
    if (!(cell.g_e + cell.g_i <= largest_conductance))
        throw std::overflow_error("the conductances of neuron " + std::to_string(i) +
                                  " exceed 1e+06 times its leak at t = " + std::to_string(t.ms()) +
                                  " ms; its input is too strong");
    // Inhibition only postpones what is known, if it never pulls V up: where V is above its
    // reversal and neither the leak nor excitation could lead below that.
    const ConductingMembrane& m = membrane_[i];
    if (e <= 0.0 && m.e_i <= std::min({0.0, gap_[i], cell.u, m.e_e})) {
        uncertain_[i] = 1;
    } else {
        search_unless_quiet(i, t);
    }
}

const std::vector<NeuronId>& LifConductance::settle(Time t) {
    wake(t);
    fired_.clear();
    const auto take = [&](std::size_t i) {
        // V is continuous: what is at threshold fires, whatever arrives at this instant.
        act(i, inputs_.take(i, Sign::excitatory), -inputs_.take(i, Sign::inhibitory), t);
    };
    if (inputs_.all_touched()) {
        for (std::size_t i = 0; i < size(); ++i) take(i);
    } else {
        for (const NeuronId id : inputs_.who()) take(static_cast<std::size_t>(id));
    }
    inputs_.clear_touched();
    for (const auto& [i, late] : at_threshold_) fire(i, late, t);
    std::sort(fired_.begin(), fired_.end());
    at_threshold_.clear();
    return fired_;
}

const std::vector<NeuronId>& LifConductance::settle_kick(NeuronId id, double weight, Time t) {
    wake(t);
    fired_.clear();
    act(static_cast<std::size_t>(id), std::max(weight, 0.0), std::max(-weight, 0.0), t);
    return fired_;
}

void LifConductance::fire(std::size_t i, double late, Time t) {
    fired_.push_back(static_cast<NeuronId>(i));
    bring(i, t);
    Cell& cell = cells_[i];
    cell.u = reset_[i];
    if (tau_refrac_[i] > Duration{}) {
        cell.held_until = t + tau_refrac_[i];
        cell.late = late;
    } else {
        // As if it had come from v_reset at the crossing itself.
        cell.u -= late * membrane_[i].slope({cell.u, cell.g_e, cell.g_i});
    }
    search_unless_quiet(i, t);
}

// Of a neuron that was brought to t: when it crosses threshold before the horizon, if it does.
void LifConductance::search_unless_quiet(std::size_t i, Time t) {
    uncertain_[i] = 0;
    const Time start = std::max(t, cells_[i].held_until);
    if (start >= horizon_) {
        crossings_.set(i, never);
        return;
    }
    const Conducting now = state(i, start);
    const double ahead = (horizon_ - start).ms();
    if (membrane_[i].stays_below(now, gap_[i], ahead)) {
        crossings_.set(i, never);
        return;
    }
    double wait = 0.0;  // by rounding: what was surely below threshold has reached it
    if (now.u < gap_[i]) wait = membrane_[i].crossing_within(now, gap_[i], ahead);
    crossings_.set(i, std::max(after(start, wait * picoseconds_per_ms), t + picosecond));
}

// Finds who could cross before the next horizon.
void LifConductance::watch(Time t) {
    horizon_ = horizon_after(t, stride_);
    const double ahead = (horizon_ - t).ms();
    std::size_t n_crossing = 0;
    for (std::size_t i = 0; i < size(); ++i) {
        // Who could not rise to threshold from wherever it is needs no look at V.
        if (membrane_[i].largest_rise(faded(i, t), gap_[i], ahead) < 0.0) {
            uncertain_[i] = 0;
            crossings_.set(i, never);
            continue;
        }
        bring(i, t);
        search_unless_quiet(i, t);
        n_crossing += crossings_.time(i) < never;
    }
    if (n_crossing * most > size()) {
        stride_ = std::max(0.5 * stride_, shortest_stride * longest_stride_);
    } else if (n_crossing * fewest < size()) {
        // Nobody is looked at again before something arrives where all have long been quiet.
        if (n_crossing == 0 && stride_ == longest_stride_ && all_rest(t)) horizon_ = never;
        stride_ = std::min(2.0 * stride_, longest_stride_);
    }
}

void LifConductance::set_drive(NeuronId id, double drive, Time t) {
    const auto i = static_cast<std::size_t>(id);
    wake(t);
    bring(i, t);
    const double before = v_inf_[i];
    drive_[i] = drive;
    derive(i);
    Cell& cell = cells_[i];
    if (t < cell.held_until) {
        cell.u = reset_[i];
    } else {
        cell.u -= v_inf_[i] - before;
    }
    search_unless_quiet(i, t);
}

void LifConductance::set_potential(NeuronId id, double v, Time t) {
    const auto i = static_cast<std::size_t>(id);
    wake(t);
    bring(i, t);
    cells_[i].held_until = before_all;
    cells_[i].late = 0.0;
    cells_[i].u = v - v_inf_[i];
    search_unless_quiet(i, t);
}

double LifConductance::potential(NeuronId id, Time t) const {
    const auto i = static_cast<std::size_t>(id);
    return v_inf_[i] + state(i, t).u;
}

double LifConductance::conductance(NeuronId id, Time t, Sign sign) const {
    const Conducting now = state(static_cast<std::size_t>(id), t);
    return sign == Sign::inhibitory ? now.g_i : now.g_e;
}

void LifConductance::restored() {
    for (std::size_t i = 0; i < size(); ++i) derive(i);
}

void LifConductance::check_state(Time now) const {
    require_state(stride_ >= shortest_stride * longest_stride_ && stride_ <= longest_stride_,
                  "a stride is too long or too short");
    for (std::size_t i = 0; i < size(); ++i) {
        const Cell& cell = cells_[i];
        require_state(is_moderate(cell.u) && is_moderate(drive_[i]), "a value is not finite");
        require_state(
            cell.g_e >= 0.0 && cell.g_i >= 0.0 && cell.g_e + cell.g_i <= largest_conductance,
            "a conductance is negative or too large");
        require_state(std::abs(cell.late) <= one_picosecond,
                      "a refractory end lies outside its picosecond");
        require_state(uncertain_[i] <= 1, "a flag is not 0 or 1");
        require_state(crossings_.time(i) >= now, "a predicted spike lies in the past");
        require_state(cell.at >= Time{} && cell.at <= now, "a neuron is ahead of the run");
        require_state(cell.held_until == before_all ||
                          (cell.held_until >= Time{} && cell.held_until <= now + tau_refrac_[i]),
                      "a refractory end is no time, or too late");
    }
    require_state(
        horizon_ >= now &&
            (horizon_ == never ? all_rest(now) : horizon_ <= horizon_after(now, longest_stride_)),
        "a horizon lies in the past, or too far ahead");
}

}  // namespace postdict
