#include "neuron_lif_conductance.hpp"

#include <cmath>
#include <functional>
#include <stdexcept>
#include <string>

#include "elementary.hpp"

namespace postdict {

namespace {

constexpr double largest_exponent = 32.0;
constexpr std::size_t ahead_of_visit = 8;  // targets of one instant, whose memory is asked for

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

bool all_equal(const std::vector<double>& values) {
    return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
}

}  // namespace

LifConductance::Frame::Frame(const ConductingMembrane& m, double age, double ahead, double t)
    : decay_e(elementary::exp(-age / m.tau_e)),
      decay_i(elementary::exp(-age / m.tau_i)),
      growth_e(1.0 / decay_e),
      growth_i(1.0 / decay_i),
      left_e(ConductingMembrane::least_left(ahead, m.tau_e)),
      left_i(ConductingMembrane::least_left(ahead, m.tau_i)),
      charge_e(m.tau_e / m.tau_m),
      charge_i(m.tau_i / m.tau_m),
      leaked(t / m.tau_m) {}

LifConductance::LifConductance(const LifConductanceParameters& p)
    : parameters_(p),
      drive_(p.v_rest.size(), 0.0),
      membrane_(p.v_rest.size()),
      shared_(all_equal(p.tau_m) && all_equal(p.tau_syn_e) && all_equal(p.tau_syn_i)),
      v_inf_(p.v_rest.size()),
      threshold_(p.v_rest.size()),
      reset_(p.v_rest.size()),
      tau_refrac_(durations(p.tau_refrac)),
      longest_in_frame_(after(Time{}, largest_exponent * shortest_tau(p) * picoseconds_per_ms) -
                        Time{}),
      longest_stride_(longest_stride * shortest_tau(p)),
      stations_(p.v_rest.size() * ConductingHistory::longest),
      crossings_(p.v_rest.size()),
      uncertain_(p.v_rest.size(), 0),
      stride_(first_stride * shortest_tau(p)),
      shared_frame_({1.0, 1.0, 1.0, 0.0, 0.0}, 0.0, 0.0, 0.0),
      inputs_(p.v_rest.size(), Inputs::Channels::two) {
    for (std::size_t i = 0; i < v_inf_.size(); ++i) {
        derive(i);
        cells_.push_back({0.0, 0.0, p.v_init[i] - v_inf_[i], 0.0, before_all, 0.0, {}});
        cells_[i].history.begin(history_of(i), {});
    }
    advance(Time{});
    watch(Time{});
}

// What follows from v_inf.
void LifConductance::derive(std::size_t i) {
    const LifConductanceParameters& p = parameters_;
    v_inf_[i] = p.v_rest[i] + p.i_offset[i] + drive_[i];
    threshold_[i] = {p.e_rev_e[i] - p.v_thresh[i], p.e_rev_i[i] - p.v_thresh[i],
                     p.v_thresh[i] - v_inf_[i]};
    reset_[i] = p.v_reset[i] - v_inf_[i];
    membrane_[i] = {p.tau_m[i], p.tau_syn_e[i], p.tau_syn_i[i], p.e_rev_e[i] - v_inf_[i],
                    p.e_rev_i[i] - v_inf_[i]};
}

LifConductance::Frame LifConductance::frame_at(std::size_t i, Time t) const {
    return Frame(membrane_[i], (t - origin_).ms(), (horizon_ - t).ms(), t.ms());
}

void LifConductance::advance(Time t) {
    if (t == now_) return;
    now_ = t;
    if (t - origin_ > longest_in_frame_) move_origin(t);
    if (shared_) shared_frame_ = frame_at(0, t);
}

void LifConductance::move_origin(Time t) {
    for (std::size_t i = 0; i < size(); ++i) {
        const Frame old = frame_at(i, t);
        cells_[i].g_e *= old.decay_e;
        cells_[i].g_i *= old.decay_i;
    }
    origin_ = t;
}

// Of a neuron at t without the arrivals of t; while it is refractory u is that of its end.
Conducting LifConductance::state(std::size_t i, Time t) const {
    const Cell& cell = cells_[i];
    const Station now = station(i, t == now_ ? frame(i) : frame_at(i, t), t);
    if (t < cell.held_until || t == history_of(i)[0].at) return {cell.u, now.g_e, now.g_i};
    const Time first = history_of(i)[0].at;
    const double start = cell.held_until > first ? (cell.held_until - first).ms() + cell.late : 0.0;
    const double u = cell.history.potential(history_of(i), membrane_[i], cell.u, start, now);
    return {u, now.g_e, now.g_i};
}

// The present as a station: what g_x has lost is what arrived and is not there any more.
Station LifConductance::station(std::size_t i, const Frame& frame, Time t) const {
    const Cell& cell = cells_[i];
    const double g_e = cell.g_e * frame.decay_e;
    const double g_i = cell.g_i * frame.decay_i;
    return {t, g_e, g_i,
            frame.leaked + (cell.arrived - g_e * frame.charge_e - g_i * frame.charge_i)};
}

// Of the targets of an instant those are asked for that are visited soon after place k: first where
// they are, then where they write.
[[gnu::always_inline]] inline void LifConductance::ask_for(const std::vector<NeuronId>& who,
                                                           std::size_t k) const {
    if (k + 2 * ahead_of_visit < who.size())
        kernels::prefetch(&cells_[static_cast<std::size_t>(who[k + 2 * ahead_of_visit])], 1);
    if (k + ahead_of_visit < who.size()) {
        const auto i = static_cast<std::size_t>(who[k + ahead_of_visit]);
        kernels::prefetch(history_of(i) + cells_[i].history.size(), 1);
    }
}

// V of a neuron is known from here on.
void LifConductance::bring(std::size_t i, Time t) {
    cells_[i].u = state(i, t).u;
    cells_[i].history.begin(history_of(i), station(i, frame(i), t));
}

// Inlined by order, as `act` is. While a neuron is refractory nothing is needed but the
// conductances at the end of that.
[[gnu::always_inline]] inline void LifConductance::write_down(std::size_t i, const Station& now) {
    Cell& cell = cells_[i];
    if (now.at < cell.held_until) {
        cell.history.begin(history_of(i), now);
    } else {
        if (cell.history.full()) make_room(i, now.at);
        cell.history.append(history_of(i), now);
    }
}

void LifConductance::make_room(std::size_t i, Time t) {
    if (!cells_[i].history.forget(history_of(i), station(i, frame(i), t))) bring(i, t);
}

void LifConductance::cross(Time t) {
    advance(t);
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
        const Conducting now = state(i, t);
        const double slope = membrane_[i].slope(now);
        const double late = slope > 0.0 ? (threshold_[i].gap - now.u) / slope : 0.0;
        at_threshold_.push_back(
            {static_cast<std::uint32_t>(i), std::clamp(late, -one_picosecond, one_picosecond)});
        inputs_.touch(static_cast<NeuronId>(i));
    }
    if (t == horizon_) watch(t);
}

// What tau_m u' at threshold does not pass up to the horizon.
double LifConductance::largest_rise(std::size_t i, double g_e, double g_i,
                                    const Frame& frame) const {
    const Threshold& at = threshold_[i];
    return ConductingMembrane::largest_rise(g_e * at.e, g_i * at.i, at.gap, frame.left_e,
                                            frame.left_i);
}

bool LifConductance::all_rest(Time t) const {
    if (crossings_.top_time() < never) return false;
    for (std::size_t i = 0; i < size(); ++i) {
        const Frame then = frame_at(i, t);
        const Conducting now{0.0, cells_[i].g_e * then.decay_e, cells_[i].g_i * then.decay_i};
        if (!membrane_[i].stays_below(now, threshold_[i].gap)) return false;
    }
    return true;
}

// Before anything happens at t to neurons that rested: a window begins.
void LifConductance::wake(Time t) {
    if (horizon_ < never) return;
    horizon_ = horizon_after(t, stride_);
    if (shared_) shared_frame_ = frame_at(0, t);
}

// Inlined by order, as `LifExponential::act` is.
[[gnu::always_inline]] inline void LifConductance::act(std::size_t i, double e, double inhibition,
                                                       const Frame& frame, Time t) {
    if (e == 0.0 && inhibition == 0.0) return;
    Cell& cell = cells_[i];
    cell.g_e += e * frame.growth_e;
    cell.g_i += inhibition * frame.growth_i;
    cell.arrived += e * frame.charge_e + inhibition * frame.charge_i;
    const Station now = station(i, frame, t);
    if (!(now.g_e + now.g_i <= largest_conductance)) refuse(i, t);
    write_down(i, now);
    work_.n_excited += e > 0.0;
    if (largest_rise(i, now.g_e, now.g_i, frame) < 0.0) {
        work_.n_dismissed += e > 0.0;
        uncertain_[i] = 0;
        crossings_.set(i, never);
    } else {
        consider(i, e > 0.0, t);
    }
}

void LifConductance::refuse(std::size_t i, Time t) const {
    throw std::overflow_error("the conductances of neuron " + std::to_string(i) +
                              " exceed 1e+06 times its leak at t = " + std::to_string(t.ms()) +
                              " ms; its input is too strong");
}

// After an arrival, of a neuron that might come to threshold.
void LifConductance::consider(std::size_t i, bool excited, Time t) {
    // Inhibition only postpones what is known, if it never pulls V up: where V is above its
    // reversal and neither the leak nor excitation could lead below that. Above it V stays, once it
    // is.
    const ConductingMembrane& m = membrane_[i];
    if (!excited && m.e_i <= std::min({0.0, threshold_[i].gap, cells_[i].u, m.e_e})) {
        uncertain_[i] = 1;
        return;
    }
    bring(i, t);
    search_unless_quiet(i, t);
}

const std::vector<NeuronId>& LifConductance::settle(Time t) {
    advance(t);
    wake(t);
    fired_.clear();
    // V is continuous: what is at threshold fires, whatever arrives at this instant.
    const auto take = [&](std::size_t i, const Frame& frame) {
        act(i, inputs_.take(i, Sign::excitatory), -inputs_.take(i, Sign::inhibitory), frame, t);
    };
    const Frame shared = shared_frame_;  // a copy, of which the compiler knows that nobody writes
    if (inputs_.all_touched()) {
        for (std::size_t i = 0; i < size(); ++i) take(i, shared_ ? shared : frame_at(i, t));
    } else {
        const std::vector<NeuronId>& who = inputs_.who();
        for (std::size_t k = 0; k < who.size(); ++k) {
            ask_for(who, k);
            const auto i = static_cast<std::size_t>(who[k]);
            take(i, shared_ ? shared : frame_at(i, t));
        }
    }
    inputs_.clear_touched();
    for (const auto& [i, late] : at_threshold_) fire(i, late, t);
    std::sort(fired_.begin(), fired_.end());
    at_threshold_.clear();
    return fired_;
}

const std::vector<NeuronId>& LifConductance::settle_kick(NeuronId id, double weight, Time t) {
    advance(t);
    wake(t);
    fired_.clear();
    const auto i = static_cast<std::size_t>(id);
    act(i, std::max(weight, 0.0), std::max(-weight, 0.0), frame(i), t);
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
        cell.u -= late * membrane_[i].slope(state(i, t));
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
    const double gap = threshold_[i].gap;
    if (membrane_[i].stays_below(now, gap, ahead)) {
        crossings_.set(i, never);
        return;
    }
    ++work_.n_searches;
    double wait = 0.0;  // by rounding: what was surely below threshold has reached it
    if (now.u < gap) wait = membrane_[i].crossing_within(now, gap, ahead);
    const Time crossing = after(start, wait * picoseconds_per_ms);
    crossings_.set(i, std::max(crossing, t + picosecond));
    work_.n_found += crossing < never;
}

// Finds who could cross before the next horizon.
void LifConductance::watch(Time t) {
    horizon_ = horizon_after(t, stride_);
    if (shared_) shared_frame_ = frame_at(0, t);
    std::size_t n_crossing = 0;
    for (std::size_t i = 0; i < size(); ++i) {
        // Who could not rise to threshold from wherever it is needs no look at V.
        const Frame now = frame(i);
        const Cell& cell = cells_[i];
        if (largest_rise(i, cell.g_e * now.decay_e, cell.g_i * now.decay_i, now) < 0.0) {
            uncertain_[i] = 0;
            crossings_.set(i, never);
            continue;
        }
        bring(i, t);
        search_unless_quiet(i, t);
        n_crossing += crossings_.time(i) < never;
    }
    work_.n_looks += size();
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
    advance(t);
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
    advance(t);
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
    const auto i = static_cast<std::size_t>(id);
    const Frame then = frame_at(i, t);
    return sign == Sign::inhibitory ? cells_[i].g_i * then.decay_i : cells_[i].g_e * then.decay_e;
}

std::vector<Station> LifConductance::written_down() const {
    std::vector<Station> result;
    for (std::size_t i = 0; i < size(); ++i)
        result.insert(result.end(), history_of(i), history_of(i) + cells_[i].history.size());
    return result;
}

std::vector<std::uint8_t> LifConductance::lengths() const {
    std::vector<std::uint8_t> result;
    for (const Cell& cell : cells_)
        result.push_back(static_cast<std::uint8_t>(cell.history.size()));
    return result;
}

void LifConductance::restored(const std::vector<std::uint8_t>& lengths,
                              const std::vector<Station>& written_down) {
    auto next = written_down.begin();
    for (std::size_t i = 0; i < size(); ++i) {
        derive(i);
        require_state(lengths[i] > 0 && lengths[i] <= ConductingHistory::longest &&
                          lengths[i] <= written_down.end() - next,
                      "a history is too long or too short");
        cells_[i].history.begin(history_of(i), *next++);
        for (std::size_t k = 1; k < lengths[i]; ++k)
            cells_[i].history.append(history_of(i), *next++);
    }
    require_state(next == written_down.end(), "a history has no neuron");
    now_ = before_all;
}

void LifConductance::check_state(Time now) const {
    require_state(stride_ >= shortest_stride * longest_stride_ && stride_ <= longest_stride_,
                  "a stride is too long or too short");
    require_state(origin_ >= Time{} && origin_ <= now, "a frame begins outside the run");
    const auto possible = [](double g_e, double g_i) {
        return g_e >= 0.0 && g_i >= 0.0 && g_e + g_i <= 1.000001 * largest_conductance;
    };
    for (std::size_t i = 0; i < size(); ++i) {
        const Cell& cell = cells_[i];
        const Frame then = frame_at(i, now);
        require_state(is_moderate(cell.u) && is_moderate(drive_[i]), "a value is not finite");
        require_state(possible(cell.g_e * then.decay_e, cell.g_i * then.decay_i),
                      "a conductance is negative or too large");
        require_state(is_moderate(cell.arrived), "a value is not finite");
        for (std::size_t k = 0; k < cell.history.size(); ++k) {
            const Station& station = history_of(i)[k];
            require_state(possible(station.g_e, station.g_i) && is_moderate(station.lost),
                          "a conductance was negative or too large");
            require_state(station.at >= (k == 0 ? Time{} : history_of(i)[k - 1].at) &&
                              station.at <= now && (k == 0 || station.at >= cell.held_until),
                          "a history is out of order");
        }
        require_state(std::abs(cell.late) <= one_picosecond,
                      "a refractory end lies outside its picosecond");
        require_state(uncertain_[i] <= 1, "a flag is not 0 or 1");
        require_state(crossings_.time(i) >= now, "a predicted spike lies in the past");
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
