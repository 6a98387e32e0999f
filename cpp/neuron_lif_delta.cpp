#include "neuron_lif_delta.hpp"

#include <array>
#include <cmath>
#include <stdexcept>
#include <string>

#include "elementary.hpp"
#include "kernels.hpp"

namespace postdict {

namespace {

constexpr std::size_t block = 64;  // neurons tested together; one without a candidate is left

// Bounds on the share of a population that one horizon makes candidates, by which its stride
// adapts.
constexpr std::size_t fewest = 64;           // at least n/64
constexpr std::size_t most = 16;             // at most n/16
constexpr double first_stride = 1.0 / 32.0;  // of tau_m
constexpr double shortest_stride = 1e-3;

}  // namespace

LifDelta::LifDelta(const LifParameters& p)
    : parameters_(p),
      excess_(minus(p.v_init, plus(p.v_rest, p.i_offset)), p.tau_m),
      drive_(p.v_rest.size(), 0.0),
      v_inf_(plus(p.v_rest, p.i_offset)),
      gap_(minus(p.v_thresh, plus(p.v_rest, p.i_offset))),
      reset_(minus(p.v_reset, plus(p.v_rest, p.i_offset))),
      floor_(minus(p.v_min, plus(p.v_rest, p.i_offset))),
      near_(slightly_below(minus(p.v_thresh, plus(p.v_rest, p.i_offset)))),
      tau_refrac_(durations(p.tau_refrac)),
      refractory_(any_positive(tau_refrac_)),
      driven_(gap_.any([](double gap) { return gap < 0.0; })),
      held_until_(refractory_ ? gap_.size() : 0, before_all),
      late_(held_until_.size(), 0.0),
      crossings_(gap_.size()),
      stride_(first_stride * p.tau_m[0]),
      inputs_(gap_.size(), Inputs::Channels::one),
      next_(gap_.size(), 0.0) {
    advance(Time{});
    if (driven_) watch(Time{});
}

// What follows from v_inf.
void LifDelta::derive(std::size_t i) {
    const double v_inf = parameters_.v_rest[i] + parameters_.i_offset[i] + drive_[i];
    v_inf_.set(i, v_inf);
    gap_.set(i, parameters_.v_thresh[i] - v_inf);
    reset_.set(i, parameters_.v_reset[i] - v_inf);
    floor_.set(i, parameters_.v_min[i] - v_inf);
    near_.set(i, slightly_below(gap_[i]));
}

void LifDelta::advance(Time t) {
    const Time origin = excess_.origin();
    excess_.advance(t);
    if (excess_.origin() != origin && horizon_ < never) ahead_ = excess_.growth_at(0, horizon_);
}

void LifDelta::cross(Time t) {
    advance(t);
    while (crossings_.top_time() == t) {
        const std::size_t i = crossings_.top();
        if (crossing(i) > t) {
            schedule(i, t);
            continue;
        }
        due_.resize(size(), 0.0);
        due_[i] = excess_.scaled()[i] / gap_[i];
        at_threshold_.push_back(i);
        crossings_.set(i, never);
        inputs_.touch(static_cast<NeuronId>(i));
    }
    if (t == horizon_) watch(t);
}

void LifDelta::forget_crossings() {
    for (const std::size_t i : at_threshold_) due_[i] = 0.0;
    at_threshold_.clear();
}

// Adds input at the present instant, whose growth of the frame is given; few come to more than
// that. Inlined by order, as `LifExponential::act` is.
[[gnu::always_inline]] inline void LifDelta::act(std::size_t i, double input, double growth,
                                                 Time t) {
    if (refractory_ && t < held_until_[i]) return;
    double& excess = excess_.scaled()[i];
    const double next = std::max(excess + input * growth, floor_[i] * growth);
    const double near = near_[i];
    // A driven neuron (near < 0) is looked at already where it could cross before the horizon.
    if (next < near * (near < 0.0 ? ahead_ : growth)) {
        excess = next;
    } else {
        alarm(i, input, next, growth, t);
    }
}

const std::vector<NeuronId>& LifDelta::settle(Time t) {
    advance(t);
    fired_.clear();
    if (!inputs_.all_touched()) {
        const bool shared = excess_.shared_tau();
        const double growth = shared ? excess_.growth(0) : 1.0;
        for (const NeuronId id : inputs_.who()) {
            const auto i = static_cast<std::size_t>(id);
            act(i, inputs_.take(i), shared ? growth : excess_.growth(i), t);
        }
        inputs_.clear_touched();
        std::sort(fired_.begin(), fired_.end());
    } else if (!refractory_ && !driven_ && excess_.shared_tau()) {
        settle_all(t);
        inputs_.clear();
    } else {
        for (std::size_t i = 0; i < size(); ++i) act(i, inputs_.take(i), excess_.growth(i), t);
        inputs_.clear_touched();
    }
    forget_crossings();
    return fired_;
}

const std::vector<NeuronId>& LifDelta::settle_kick(NeuronId id, double weight, Time t) {
    advance(t);
    fired_.clear();
    const auto i = static_cast<std::size_t>(id);
    act(i, weight, excess_.growth(i), t);
    return fired_;
}

// The common case, nobody refractory or driven: one pass without a branch a neuron, and a second
// one over those blocks in which somebody may have reached threshold.
void LifDelta::settle_all(Time t) {
    const double* const excess = excess_.scaled();
    const double growth = excess_.growth(0);
    for (std::size_t first = 0; first < size(); first += block) {
        const std::size_t last = std::min(first + block, size());
        if (!kernels::integrate(&next_[first], excess + first, inputs_.sums() + first,
                                inputs_.all(), floor_.data() + first, near_.data() + first, growth,
                                last - first))
            continue;
        for (std::size_t i = first; i < last; ++i)
            if (next_[i] >= near_[i] * growth)
                next_[i] = test(i, excess[i] / growth + inputs_.take(i), next_[i], 0.0, t);
    }
    excess_.swap_scaled(next_);
}

void LifDelta::alarm(std::size_t i, double input, double next, double growth, Time t) {
    double& excess = excess_.scaled()[i];
    const double due = at_threshold_.empty() ? 0.0 : due_[i];
    if (due > 0.0) {
        due_[i] = 0.0;  // it may be visited again
        excess = test(i, gap_[i] + input, next, due, t);
    } else if (next < near_[i] * growth) {
        excess = next;
    } else {
        excess = test(i, excess / growth + input, next, 0.0, t);
    }
    if (gap_[i] < 0.0) schedule(i, t);
}

// A refractory neuron's V - v_inf, in the frame: as if it had been decaying from v_reset since the
// end, which is to come.
double LifDelta::at_end(std::size_t i) const {
    const double growth = excess_.growth_at(i, held_until_[i]);
    return reset_[i] *
           (late_[i] == 0.0 ? growth : growth * elementary::exp(late_[i] / excess_.tau(i).ms()));
}

// Decides at threshold in plain mV, where an input of three thresholds is exactly three spikes, not
// in the growing frame, where it might be two. Returns what V - v_inf becomes, in the frame:
// `next`, if the neuron does not fire. `due` is the growth of the frame at its own crossing, or 0.
double LifDelta::test(std::size_t i, double excess, double next, double due, Time t) {
    if (excess < gap_[i]) return next;
    const double growth = due > 0.0 ? due : excess_.growth(i);
    if (!parameters_.subtract) {
        fired_.push_back(static_cast<NeuronId>(i));
        if (tau_refrac_[i] == Duration{}) return reset_[i] * growth;
        held_until_[i] = t + tau_refrac_[i];
        late_[i] = 0.0;
        if (due > 0.0)
            late_[i] = std::clamp(elementary::log(due / excess_.growth(i)) * excess_.tau(i).ms(),
                                  -one_picosecond, one_picosecond);
        return at_end(i);
    }
    const double step = gap_[i] - reset_[i];  // v_thresh - v_reset
    for (int count = 0; excess >= gap_[i]; ++count) {
        if (count == most_spikes_at_once)
            throw std::overflow_error("neuron " + std::to_string(i) + " fires more than " +
                                      std::to_string(most_spikes_at_once) + " spikes at t = " +
                                      std::to_string(t.ms()) + " ms; its input is too strong");
        fired_.push_back(static_cast<NeuronId>(i));
        excess -= step;
    }
    return excess * growth;
}

// Excess and gap of a driven neuron are both negative, and the frame makes (v_inf - V)/(v_inf -
// v_thresh) a ratio of constants: the crossing needs no knowledge of the present.
Time LifDelta::crossing(std::size_t i) const {
    return after(excess_.origin(),
                 excess_.tau(i).in_picoseconds() * elementary::log(excess_.scaled()[i] / gap_[i]));
}

void LifDelta::schedule(std::size_t i, Time t) {
    const Time predicted = crossing(i);
    crossings_.set(i, predicted <= horizon_ ? std::max(predicted, t + picosecond) : never);
}

// Finds who could cross before the next horizon. Where the horizons lie changes no result.
void LifDelta::watch(Time t) {
    if (excess_.shared_tau()) {
        horizon_ = horizon_after(t, stride_);
        ahead_ = excess_.growth_at(0, horizon_);
    }
    const double* const excess = excess_.scaled();
    std::size_t n_found = 0;
    for (std::size_t i = 0; i < size(); ++i) {
        if (excess[i] < near_[i] * ahead_ || gap_[i] >= 0.0) continue;
        schedule(i, t);
        ++n_found;
    }
    if (n_found * most > size()) {
        stride_ = std::max(0.5 * stride_, shortest_stride * excess_.tau(0).ms());
    } else if (n_found * fewest < size()) {
        stride_ = std::min(2.0 * stride_, excess_.tau(0).ms());
    }
}

void LifDelta::set_drive(NeuronId id, double drive, Time t) {
    const auto i = static_cast<std::size_t>(id);
    advance(t);
    double& excess = excess_.scaled()[i];
    const double due = at_threshold_.empty() ? 0.0 : due_[i];  // it crosses at this instant
    const double before = v_inf_[i];
    drive_[i] = drive;
    derive(i);
    if (refractory_ && t < held_until_[i]) {
        excess = at_end(i);
    } else if (due > 0.0) {
        excess = gap_[i] * (gap_[i] < 0.0 ? due : excess_.growth(i));
    } else {
        excess -= (v_inf_[i] - before) * excess_.growth(i);
    }
    if (gap_[i] >= 0.0) {
        crossings_.set(i, never);
    } else if (driven_) {
        schedule(i, t);
    } else {
        driven_ = true;
        watch(t);
    }
}

void LifDelta::set_potential(NeuronId id, double v, Time t) {
    const auto i = static_cast<std::size_t>(id);
    advance(t);
    if (refractory_) held_until_[i] = before_all;
    // Below threshold, whatever rounding says.
    const double excess = std::min(v - v_inf_[i], std::nextafter(gap_[i], -unbounded));
    excess_.scaled()[i] = excess * excess_.growth(i);
    if (gap_[i] < 0.0) schedule(i, t);
}

double LifDelta::potential(NeuronId id, Time t) const {
    const auto i = static_cast<std::size_t>(id);
    if (refractory_ && t < held_until_[i]) return v_inf_[i] + reset_[i];
    return v_inf_[i] + excess_.value(i, t);
}

void LifDelta::restored() {
    for (std::size_t i = 0; i < size(); ++i)
        // Also where there is no drive any more: the present may be later than what is taken up.
        if (v_inf_[i] != parameters_.v_rest[i] + parameters_.i_offset[i] + drive_[i]) derive(i);
    ahead_ = horizon_ < never ? excess_.growth_at(0, horizon_) : unbounded;
}

void LifDelta::check_state(Time now) const {
    excess_.check_state(now);
    for (std::size_t i = 0; i < held_until_.size(); ++i)
        require_state(held_until_[i] == before_all ||
                          (held_until_[i] >= Time{} && held_until_[i] <= now + tau_refrac_[i]),
                      "a refractory end is no time, or too late");
    for (const double late : late_)
        require_state(std::abs(late) <= one_picosecond,
                      "a refractory end lies outside its picosecond");
    const double tau = excess_.tau(0).ms();
    require_state(stride_ >= shortest_stride * tau && stride_ <= tau,
                  "a stride is too long or too short");
    require_state(horizon_ >= now && (horizon_ == never || horizon_ <= horizon_after(now, tau)),
                  "a horizon lies in the past, or too far ahead");
    require_state((driven_ && excess_.shared_tau()) == (horizon_ < never),
                  "a horizon is missing, or is there for nothing");
    for (std::size_t i = 0; i < size(); ++i) {
        require_state(is_moderate(drive_[i]), "a drive is not finite");
        if (gap_[i] < 0.0) {
            check_driven(i, now);
        } else {
            require_state(crossings_.time(i) == never,
                          "a spike is predicted of a neuron that is not driven");
        }
    }
}

void LifDelta::check_driven(std::size_t i, Time now) const {
    require_state(crossings_.time(i) >= now && excess_.scaled()[i] < 0.0,
                  "a predicted spike lies in the past, or cannot be");
    // Its crossing may be a picosecond later than V's.
    const double last_rise = std::abs(excess_.value(i, now)) * (picosecond * 2 / excess_.tau(i));
    require_state(excess_.value(i, now) <= gap_[i] + 1e-9 * (1.0 + std::abs(gap_[i])) + last_rise,
                  "a driven neuron is above threshold and has not fired");
    // What rounding may move a crossing by each time the frame is.
    const Duration slack = Duration::picoseconds(
        2 + static_cast<std::int64_t>(std::min(1e-12 * excess_.tau(i).in_picoseconds(), 1e9)));
    const Time looked_at = std::min(crossings_.time(i), horizon_);
    require_state(looked_at - slack <= std::max(crossing(i), now),
                  "a driven neuron would cross before its predicted spike");
    require_state(!refractory_ || crossing(i) >= std::max(held_until_[i], Time{}) - slack,
                  "a driven neuron would cross while it is refractory");
}

}  // namespace postdict
