#include "neuron_lif_exponential.hpp"

#include <cmath>
#include <tuple>
#include <utility>

#include "elementary.hpp"

namespace postdict {

namespace {

constexpr double largest_exponent = 32.0;

// Bounds on the share of a population that is searched at one horizon, by which its stride adapts.
constexpr std::size_t fewest = 64;           // at least n/64
constexpr std::size_t most = 16;             // at most n/16
constexpr double first_stride = 1.0 / 32.0;  // of the shortest time constant
constexpr double shortest_stride = 1e-3;
constexpr double longest_stride = 0.5;

std::vector<Membrane> membranes(const LifExponentialParameters& p) {
    std::vector<Membrane> result;
    for (std::size_t i = 0; i < p.tau_m.size(); ++i)
        result.emplace_back(p.tau_m[i], p.tau_syn_e[i], p.tau_syn_i[i]);
    const auto differs = [&](const Membrane& m) { return m != result[0]; };
    if (std::none_of(result.begin(), result.end(), differs)) result.resize(1, result[0]);
    return result;
}

double shortest_tau(const LifExponentialParameters& p) {
    const auto least = [](const std::vector<double>& tau) {
        return *std::min_element(tau.begin(), tau.end());
    };
    return std::min({least(p.tau_m), least(p.tau_syn_e), least(p.tau_syn_i)});
}

}  // namespace

Basis::Basis(const Membrane& membrane, double s)
    : decay_m(elementary::exp(-s / membrane.tau_m)),
      decay_e(elementary::exp(-s / membrane.tau_e)),
      decay_i(elementary::exp(-s / membrane.tau_i)),
      c_e(membrane.close_e ? membrane.response(s, membrane.tau_e) : membrane.k_e * decay_e),
      c_i(membrane.close_i ? membrane.response(s, membrane.tau_i) : membrane.k_i * decay_i),
      growth_e(1.0 / decay_e),
      growth_i(1.0 / decay_i),
      a_e(-c_e / decay_m),
      a_i(-c_i / decay_m) {}

LifExponential::Window::Window(const Membrane& membrane, const Basis& start, double width)
    : bound(membrane, width),
      decay_m(start.decay_m),
      c_e(start.c_e),
      c_i(start.c_i),
      decay_e(start.decay_e),
      decay_i(start.decay_i) {}

LifExponential::LifExponential(const LifExponentialParameters& p)
    : parameters_(p),
      membrane_(membranes(p)),
      shared_(membrane_.size() == 1),
      drive_(p.v_rest.size(), 0.0),
      v_inf_(plus(p.v_rest, p.i_offset)),
      gap_(minus(p.v_thresh, plus(p.v_rest, p.i_offset))),
      near_(slightly_below(minus(p.v_thresh, plus(p.v_rest, p.i_offset)))),
      reset_(minus(p.v_reset, plus(p.v_rest, p.i_offset))),
      tau_refrac_(durations(p.tau_refrac)),
      longest_in_frame_(after(Time{}, largest_exponent * shortest_tau(p) * picoseconds_per_ms) -
                        Time{}),
      longest_stride_(longest_stride * shortest_tau(p)),
      crossings_(p.v_rest.size()),
      uncertain_(p.v_rest.size(), 0),
      stride_(first_stride * shortest_tau(p)),
      window_(membrane_[0], Basis(membrane_[0], 0.0), 0.0),
      shared_basis_(membrane_[0], 0.0),
      inputs_(p.v_rest.size(), Inputs::Channels::two) {
    for (std::size_t i = 0; i < v_inf_.size(); ++i)
        cells_.push_back({p.v_init[i] - v_inf_[i], 0.0, 0.0, before_all});
    if (any_positive(tau_refrac_)) late_.resize(size(), 0.0);
    advance(Time{});
    watch(Time{});
}

// What follows from v_inf.
void LifExponential::derive(std::size_t i) {
    const double v_inf = parameters_.v_rest[i] + parameters_.i_offset[i] + drive_[i];
    v_inf_.set(i, v_inf);
    gap_.set(i, parameters_.v_thresh[i] - v_inf);
    near_.set(i, slightly_below(gap_[i]));
    reset_.set(i, parameters_.v_reset[i] - v_inf);
}

void LifExponential::advance(Time t) {
    if (t == now_) return;
    now_ = t;
    if (t - origin_ > longest_in_frame_) move_origin(t);
    if (shared_) shared_basis_ = basis_at(0, t);
}

void LifExponential::move_origin(Time t) {
    for (std::size_t i = 0; i < size(); ++i) {
        Cell& cell = cells_[i];
        // Not before the end of refractoriness, at which V has to be what it was.
        const Time from = std::max(t, cell.held_until);
        const Basis old = basis_at(i, from);
        const Basis fresh(membrane(i), (from - t).ms());
        const double u = cell.a * old.decay_m + cell.g_e * old.c_e + cell.g_i * old.c_i;
        const Basis now = basis_at(i, t);
        cell.g_e *= now.decay_e;
        cell.g_i *= now.decay_i;
        cell.a = (u - cell.g_e * fresh.c_e - cell.g_i * fresh.c_i) / fresh.decay_m;
    }
    origin_ = t;
    renew_window();
}

void LifExponential::cross(Time t) {
    advance(t);
    at_threshold_.clear();
    while (crossings_.top_time() == t) {
        const std::size_t i = crossings_.top();
        if (uncertain_[i] != 0) {
            search_unless_quiet(i, t);
            continue;
        }
        crossings_.set(i, never);
        at_threshold_.push_back({static_cast<std::uint32_t>(i), lateness(i)});
        inputs_.touch(static_cast<NeuronId>(i));
    }
    if (t == horizon_) watch(t);
}

// What the crossing lies after the present instant, the nearest picosecond: that near V is a line.
double LifExponential::lateness(std::size_t i) const {
    const Cell& cell = cells_[i];
    const Basis now = basis(i);
    const double u = cell.a * now.decay_m + cell.g_e * now.c_e + cell.g_i * now.c_i;
    const double slope =
        (cell.g_e * now.decay_e + cell.g_i * now.decay_i - u) / membrane(i).tau_m;  // mV/ms
    if (!(slope > 0.0)) return 0.0;  // V just touches threshold
    return std::clamp((gap_[i] - u) / slope, -one_picosecond, one_picosecond);
}

// Whether V - v_inf surely stays below threshold without input, whatever the time: it follows a
// current that decays, and so never passes the larger of where it is and of where that is.
bool LifExponential::rests(std::size_t i, Time t) const {
    const Cell& cell = cells_[i];
    if (t < cell.held_until) return false;
    const Basis now = basis_at(i, t);
    const double u = cell.a * now.decay_m + cell.g_e * now.c_e + cell.g_i * now.c_i;
    const double current =
        std::max(cell.g_e * now.decay_e, 0.0) + std::max(cell.g_i * now.decay_i, 0.0);
    return std::max(u, current) < near_[i];
}

bool LifExponential::all_rest(Time t) const {
    if (crossings_.top_time() < never) return false;
    for (std::size_t i = 0; i < size(); ++i)
        if (!rests(i, t)) return false;
    return true;
}

// Before anything happens at t to neurons that rested: a window begins.
void LifExponential::wake(Time t) {
    if (horizon_ < never) return;
    start_ = t;
    horizon_ = horizon_after(t, stride_);
    renew_window();
}

void LifExponential::renew_window() {
    if (shared_ && horizon_ < never)
        window_ = Window(membrane_[0], basis_at(0, start_), (horizon_ - start_).ms());
}

// Inlined by order: whether the compiler would do so changes with code elsewhere, and costs a
// tenth.
[[gnu::always_inline]] inline void LifExponential::act(std::size_t i, double e, double inhibition,
                                                       Time t) {
    if (e == 0.0 && inhibition == 0.0) return;
    Cell& cell = cells_[i];
    uncertain_[i] = 1;
    // While it is refractory V restarts at v_reset at the end of that, whatever the currents do.
    if (t < cell.held_until) {
        cell.receive(basis(i), basis_at_end(i), e, inhibition);
    } else if (shared_) {
        cell.receive(shared_basis_, shared_basis_, e, inhibition);
    } else {
        const Basis now = basis_at(i, t);
        cell.receive(now, now, e, inhibition);
    }
    if (e <= 0.0 && inhibition <= 0.0) return;  // not before the time that was known
    ++work_.n_excited;
    if (quiet(i)) {
        ++work_.n_dismissed;
    } else {
        search(i, t);
    }
}

const std::vector<NeuronId>& LifExponential::settle(Time t) {
    advance(t);
    wake(t);
    fired_.clear();
    // V is continuous: what is at threshold fires, whatever arrives at this instant.
    if (inputs_.all_touched()) {
        for (std::size_t i = 0; i < size(); ++i)
            act(i, inputs_.take(i, Sign::excitatory), inputs_.take(i, Sign::inhibitory), t);
    } else {
        for (const NeuronId id : inputs_.who()) {
            const auto i = static_cast<std::size_t>(id);
            act(i, inputs_.take(i, Sign::excitatory), inputs_.take(i, Sign::inhibitory), t);
        }
    }
    inputs_.clear_touched();
    for (const auto& [i, late] : at_threshold_) fire(i, late, t);
    std::sort(fired_.begin(), fired_.end());
    at_threshold_.clear();
    return fired_;
}

const std::vector<NeuronId>& LifExponential::settle_kick(NeuronId id, double weight, Time t) {
    advance(t);
    wake(t);
    fired_.clear();
    act(static_cast<std::size_t>(id), std::max(weight, 0.0), std::min(weight, 0.0), t);
    return fired_;
}

void LifExponential::fire(std::size_t i, double late, Time t) {
    fired_.push_back(static_cast<NeuronId>(i));
    if (tau_refrac_[i] > Duration{}) {
        cells_[i].held_until = t + tau_refrac_[i];
        late_[i] = late;
        restart(i, reset_[i], basis_at_end(i));
    } else {
        restart(i, reset_[i], Basis(membrane(i), (t - origin_).ms() + late));
    }
    search_unless_quiet(i, t);
}

// V - v_inf = u at the time of `start`.
void LifExponential::restart(std::size_t i, double u, const Basis& start) {
    Cell& cell = cells_[i];
    cell.a = (u - cell.g_e * start.c_e - cell.g_i * start.c_i) / start.decay_m;
}

LifExponential::Window LifExponential::own_window(std::size_t i) const {
    return Window(membrane(i), basis_at(i, start_), (horizon_ - start_).ms());
}

void LifExponential::search_unless_quiet(std::size_t i, Time t) {
    if (quiet(i)) {
        crossings_.set(i, never);
    } else {
        search(i, t);
    }
}

void LifExponential::search(std::size_t i, Time t) {
    const Cell& cell = cells_[i];
    const Time start = std::max(t, cell.held_until);
    uncertain_[i] = 0;
    if (start >= horizon_) {
        crossings_.set(i, never);
        return;
    }
    ++work_.n_searches;
    const Basis now = start == t ? basis(i) : basis_at(i, start);
    const double u = cell.a * now.decay_m + cell.g_e * now.c_e + cell.g_i * now.c_i;
    const double e = cell.g_e * now.decay_e;
    const double inhibition = cell.g_i * now.decay_i;
    double wait = 0.0;  // by rounding: what was surely below threshold has reached it
    if (u < gap_[i])
        wait = crossing_within(membrane(i), u, e, inhibition, gap_[i], (horizon_ - start).ms());
    const Time crossing = after(start, wait * picoseconds_per_ms);
    crossings_.set(i, std::max(crossing, t + picosecond));
    work_.n_found += crossing < never;
}

// Finds who could cross before the next horizon.
void LifExponential::watch(Time t) {
    start_ = t;
    horizon_ = horizon_after(t, stride_);
    if (shared_) window_ = Window(membrane_[0], shared_basis_, (horizon_ - start_).ms());
    std::size_t n_searched = 0;
    for (std::size_t i = 0; i < size(); ++i) {
        if (quiet(i)) continue;
        search(i, t);
        ++n_searched;
    }
    work_.n_looks += size();
    if (n_searched * most > size()) {
        stride_ = std::max(0.5 * stride_, shortest_stride * longest_stride_);
    } else if (n_searched * fewest < size()) {
        // Nobody is looked at again before something arrives where all have long been quiet.
        if (n_searched == 0 && stride_ == longest_stride_ && all_rest(t)) horizon_ = never;
        stride_ = std::min(2.0 * stride_, longest_stride_);
    }
}

void LifExponential::set_drive(NeuronId id, double drive, Time t) {
    const auto i = static_cast<std::size_t>(id);
    advance(t);
    wake(t);
    const double before = v_inf_[i];
    drive_[i] = drive;
    derive(i);
    if (t < cells_[i].held_until) {
        restart(i, reset_[i], basis_at_end(i));
    } else {
        cells_[i].a -= (v_inf_[i] - before) / basis(i).decay_m;
    }
    search_unless_quiet(i, t);
}

void LifExponential::set_potential(NeuronId id, double v, Time t) {
    const auto i = static_cast<std::size_t>(id);
    advance(t);
    wake(t);
    cells_[i].held_until = before_all;
    restart(i, v - v_inf_[i], basis(i));
    search_unless_quiet(i, t);
}

double LifExponential::potential(NeuronId id, Time t) const {
    const auto i = static_cast<std::size_t>(id);
    const Cell& cell = cells_[i];
    if (t < cell.held_until) return v_inf_[i] + reset_[i];
    const Basis then = basis_at(i, t);
    return v_inf_[i] + cell.a * then.decay_m + cell.g_e * then.c_e + cell.g_i * then.c_i;
}

double LifExponential::current(NeuronId id, Time t, Sign sign) const {
    const auto i = static_cast<std::size_t>(id);
    const Basis then = basis_at(i, t);
    return sign == Sign::inhibitory ? cells_[i].g_i * then.decay_i : cells_[i].g_e * then.decay_e;
}

void LifExponential::restored() {
    for (std::size_t i = 0; i < size(); ++i)
        // Also where there is no drive any more: the present may be later than what is taken up.
        if (v_inf_[i] != parameters_.v_rest[i] + parameters_.i_offset[i] + drive_[i]) derive(i);
    now_ = before_all;
    renew_window();
}

void LifExponential::check_state(Time now) const {
    require_state(origin_ >= Time{} && origin_ <= now, "a frame begins outside the run");
    require_state(stride_ >= shortest_stride * longest_stride_ && stride_ <= longest_stride_,
                  "a stride is too long or too short");
    require_state(start_ >= Time{} && start_ <= now && horizon_ >= now &&
                      (horizon_ == never ? all_rest(now)
                                         : horizon_ <= horizon_after(start_, longest_stride_)),
                  "a horizon lies in the past, or too far ahead");
    for (std::size_t i = 0; i < size(); ++i) {
        const Cell& cell = cells_[i];
        require_state(is_moderate(cell.a) && is_moderate(cell.g_e) && is_moderate(cell.g_i),
                      "a value is not finite");
        require_state(is_moderate(drive_[i]), "a drive is not finite");
        require_state(uncertain_[i] <= 1, "a flag is not 0 or 1");
        require_state(crossings_.time(i) >= now, "a predicted spike lies in the past");
        require_state(cell.held_until == before_all ||
                          (cell.held_until >= Time{} && cell.held_until <= now + tau_refrac_[i]),
                      "a refractory end is no time, or too late");
    }
    for (const double late : late_)
        require_state(std::abs(late) <= one_picosecond,
                      "a refractory end lies outside its picosecond");
}

}  // namespace postdict
