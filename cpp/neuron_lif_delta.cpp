#include "neuron_lif_delta.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace postdict {

namespace {

std::vector<double> sum(const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> result(a.size());
    std::transform(a.begin(), a.end(), b.begin(), result.begin(), std::plus<>());
    return result;
}

std::vector<double> difference(const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> result(a.size());
    std::transform(a.begin(), a.end(), b.begin(), result.begin(), std::minus<>());
    return result;
}

bool any_below(const std::vector<double>& values, double bound) {
    return std::any_of(values.begin(), values.end(), [=](double v) { return v < bound; });
}

}  // namespace

LifDelta::LifDelta(const LifParameters& p)
    : excess_(difference(p.v_init, sum(p.v_rest, p.i_offset)), p.tau_m),
      v_inf_(sum(p.v_rest, p.i_offset)),
      gap_(difference(p.v_thresh, v_inf_)),
      reset_(difference(p.v_reset, v_inf_)),
      floor_(difference(p.v_min, v_inf_)),
      tau_refrac_(p.tau_refrac),
      subtract_(p.subtract),
      refractory_(std::any_of(tau_refrac_.begin(), tau_refrac_.end(),
                              [](double tau) { return tau > 0.0; })),
      driven_(any_below(gap_, 0.0)),
      held_until_(refractory_ ? gap_.size() : 0, free),
      crossings_(driven_ ? gap_.size() : 0),
      input_(gap_.size(), 0.0),
      near_(gap_),
      next_(gap_.size(), 0.0) {
    for (double& near : near_) near -= 1e-9 * (1.0 + std::abs(near));
    if (driven_) {
        excess_.advance(0.0);
        for (std::size_t i = 0; i < size(); ++i) predict(i, 0.0);
    }
}

void LifDelta::cross(Time t) {
    excess_.advance(t);
    while (crossings_.top_time() == t) {
        const std::size_t i = crossings_.top();
        if (refractory_) release(i);
        excess_.scaled()[i] = gap_[i] * excess_.growth(i);
        crossings_.set(i, never);
        touched_.push_back(static_cast<NeuronId>(i));
    }
}

const std::vector<NeuronId>& LifDelta::settle(Time t) {
    excess_.advance(t);
    fired_.clear();
    if (all_touched_ && !refractory_ && !driven_ && excess_.shared_tau()) {
        settle_all(t);
    } else if (all_touched_) {
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

// The common case, nobody refractory or driven: one pass without a branch a neuron, a second one
// for the few that may have reached threshold.
void LifDelta::settle_all(Time t) {
    double* const excess = excess_.scaled();
    const double growth = excess_.growth(0);
    int near = 0;
    for (std::size_t i = 0; i < input_.size(); ++i) {
        next_[i] = std::max(excess[i] + input_[i] * growth, floor_[i] * growth);
        near |= static_cast<int>(next_[i] >= near_[i] * growth);
    }
    if (near != 0)
        for (std::size_t i = 0; i < input_.size(); ++i)
            if (next_[i] >= near_[i] * growth)
                next_[i] = test(i, excess[i] / growth + input_[i], next_[i], t);
    std::copy(next_.begin(), next_.end(), excess);
    std::fill(input_.begin(), input_.end(), 0.0);
}

void LifDelta::settle_one(std::size_t i, Time t) {
    const double input = std::exchange(input_[i], 0.0);
    if (refractory_) {
        if (t < held_until_[i]) return;
        release(i);
    }
    double& excess = excess_.scaled()[i];
    const double growth = excess_.growth(i);
    const double next = std::max(excess + input * growth, floor_[i] * growth);
    if (next < near_[i] * growth) {
        excess = next;
    } else {
        // A crossing that is due stands at the threshold exactly (see `cross`).
        const double before = excess == gap_[i] * growth ? gap_[i] : excess / growth;
        excess = test(i, before + input, next, t);
    }
    if (driven_) predict(i, t);
}

// Decides at threshold in plain mV, where an input of three thresholds is exactly three spikes, not
// in the growing frame, where it might be two. Returns what V - v_inf becomes, in the frame:
// `next`, if the neuron does not fire.
double LifDelta::test(std::size_t i, double excess, double next, Time t) {
    if (excess < gap_[i]) return next;
    if (!subtract_) {
        fired_.push_back(static_cast<NeuronId>(i));
        if (tau_refrac_[i] > 0.0) held_until_[i] = t + tau_refrac_[i];
        return reset_[i] * excess_.growth(i);
    }
    const double step = gap_[i] - reset_[i];  // v_thresh - v_reset
    for (int count = 0; excess >= gap_[i]; ++count) {
        if (count == most_spikes_at_once)
            throw std::overflow_error("neuron " + std::to_string(i) + " fires more than " +
                                      std::to_string(most_spikes_at_once) + " spikes at t = " +
                                      std::to_string(t) + " ms; its input is too strong");
        fired_.push_back(static_cast<NeuronId>(i));
        excess -= step;
    }
    return excess * excess_.growth(i);
}

// After refractoriness V has been decaying from v_reset since its end.
void LifDelta::release(std::size_t i) {
    if (held_until_[i] == free) return;
    excess_.scaled()[i] = reset_[i] * excess_.growth_at(i, held_until_[i]);
    held_until_[i] = free;
}

void LifDelta::predict(std::size_t i, Time t) {
    Time crossing = never;
    if (gap_[i] < 0.0) {
        const double tau = excess_.tau(i);
        const bool held = refractory_ && held_until_[i] != free;
        // Excess and gap are both negative here, and the frame makes (v_inf - V)/(v_inf - v_thresh)
        // a ratio of constants: the crossing needs no knowledge of the present.
        crossing = held ? held_until_[i] + tau * std::log(reset_[i] / gap_[i])
                        : excess_.origin() + tau * std::log(excess_.scaled()[i] / gap_[i]);
        crossing = std::max(crossing, std::nextafter(t, never));
    }
    crossings_.set(i, crossing);
}

double LifDelta::potential(NeuronId id, Time t) const {
    const auto i = static_cast<std::size_t>(id);
    if (!refractory_ || held_until_[i] == free) return v_inf_[i] + excess_.value(i, t);
    const double elapsed = std::max(0.0, t - held_until_[i]);
    return v_inf_[i] + reset_[i] * std::exp(-elapsed / excess_.tau(i));
}

void LifDelta::check_state(Time now) const {
    excess_.check_state(now);
    for (const Time t : held_until_)
        postdict::check_state(t == free || (t >= 0.0 && t < never), "a refractory end is no time");
    for (std::size_t i = 0; driven_ && i < size(); ++i)
        postdict::check_state(
            crossings_.time(i) >= now && (gap_[i] >= 0.0) == (crossings_.time(i) == never),
            "a predicted spike lies in the past");
}

}  // namespace postdict
