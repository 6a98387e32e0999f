// Leaky integrate-and-fire neurons with exponential synaptic currents (in mV):
//
//     tau_m dV/dt = -(V - v_inf) + g_e + g_i,   dg_x/dt = -g_x/tau_x,   v_inf = v_rest + i_offset
//     an arrival adds its weight to g_e, or takes it from g_i;  V >= v_thresh: V -> v_reset
//
// Between arrivals V - v_inf = A m(t) + G_e c_e(t) + G_i c_i(t) with constants A, G_e, G_i, so that
// an arrival is two additions, by factors which all targets of an instant share, and an evaluation
// is three products. The functions m, c_e, c_i and the factors come from one origin of time, moved
// when they have grown by e^32, at points that the events alone fix (see `Basis`).
//
// V is continuous: spikes are crossings, not jumps. Time is cut by horizons. After an excitatory
// arrival one bound, a few products of the constants, dismisses all who surely stay below threshold
// up to the horizon; only the few others are searched (see `first_crossing.hpp`: it cannot miss
// one). Inhibition searches nothing: it only postpones. At a horizon all are bounded anew, unless
// they rest: then the next horizon is that after the next input.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "event_queue.hpp"
#include "first_crossing.hpp"
#include "inputs.hpp"
#include "per_neuron.hpp"
#include "search_work.hpp"
#include "state.hpp"
#include "types.hpp"

namespace postdict {

struct LifExponentialParameters {  // all (n,)
    std::vector<double> tau_m;     // ms
    std::vector<double> tau_syn_e;
    std::vector<double> tau_syn_i;
    std::vector<double> v_rest;  // mV
    std::vector<double> v_thresh;
    std::vector<double> v_reset;
    std::vector<double> tau_refrac;  // ms
    std::vector<double> i_offset;    // mV
    std::vector<double> v_init;
};

// The functions of time in which one neuron's state is constant, at s = t - origin.
//
// Where tau_x and tau_m are well apart, c_x = k exp(-s/tau_x) with k = tau_x/(tau_x - tau_m); where
// they are close or equal that would cancel, and c_x = k (exp(-s/tau_x) - exp(-s/tau_m)), computed
// by expm1, takes its place. Either way V is a sum without loss, and continuous at an arrival.
struct Basis {
    Basis(const Membrane& membrane, double s);

    double decay_m, decay_e, decay_i;  // exp(-s/tau)
    double c_e, c_i;                   // what a unit of G adds to V
    double growth_e, growth_i;         // what a unit of weight adds to G
    double a_e, a_i;                   // what a unit of G has to add to A, V being continuous
};

class LifExponential {
  public:
    explicit LifExponential(const LifExponentialParameters& parameters);

    std::size_t size() const { return cells_.size(); }

    // Arrivals of the present instant go here and act all at once in `settle`.
    Inputs& inputs() { return inputs_; }
    const Inputs& inputs() const { return inputs_; }

    // When a neuron crosses threshold without further input, or all must be looked at again.
    Time next_time() const { return std::min(crossings_.top_time(), horizon_); }
    // A neuron goes on from its crossing itself, of which its spike's time is the nearest
    // picosecond, so that no rounding is carried from spike to spike.
    void cross(Time t);

    // Ends the instant; returns the neurons that fired, sorted; valid until the next call.
    const std::vector<NeuronId>& settle(Time t);
    // The same for an instant in which one neuron receives one arrival and nothing else happens.
    const std::vector<NeuronId>& settle_kick(NeuronId i, double weight, Time t);

    // What step currents add to v_inf of one neuron from t on, mV; V and the synaptic currents are
    // continuous.
    void set_drive(NeuronId i, double drive, Time t);
    // V (mV) of one neuron, below threshold, from t on; who was refractory is so no longer.
    void set_potential(NeuronId i, double v, Time t);

    double potential(NeuronId i, Time t) const;           // mV, from the past of t
    double current(NeuronId i, Time t, Sign sign) const;  // mV, likewise
    const SearchWork& work() const { return work_; }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("origin", self.origin_);
        visit(self.cells_, Column{"a", &Cell::a}, Column{"g_e", &Cell::g_e},
              Column{"g_i", &Cell::g_i}, Column{"held_until", &Cell::held_until});
        visit("late", self.late_);
        visit("crossings", self.crossings_);
        visit("uncertain", self.uncertain_);
        visit("horizon_start", self.start_);
        visit("horizon", self.horizon_);
        visit("stride", self.stride_);
        visit("drive", self.drive_);
        if constexpr (!std::is_const_v<Self>) self.restored();
    }
    void check_state(Time now) const;

  private:
    // V's course from the end of refractoriness on.
    struct Cell {
        double a, g_e, g_i;  // mV
        Time held_until;     // end of the latest refractoriness

        // Input at `now`, V being what it is at `fixed`.
        void receive(const Basis& now, const Basis& fixed, double e, double inhibition) {
            const double more_e = e * now.growth_e;
            const double more_i = inhibition * now.growth_i;
            g_e += more_e;
            g_i += more_i;
            a += more_e * fixed.a_e + more_i * fixed.a_i;
        }
    };

    // What a cell's bound up to the horizon needs, where all share one membrane.
    struct Window {
        Window(const Membrane& membrane, const Basis& start, double width);
        double most(const Cell& cell) const {
            return bound(cell.a * decay_m + cell.g_e * c_e + cell.g_i * c_i, cell.g_e * decay_e,
                         cell.g_i * decay_i);
        }
        UpperBound bound;
        double decay_m, c_e, c_i, decay_e, decay_i;  // the basis at the window's start
    };

    const Membrane& membrane(std::size_t i) const { return membrane_[shared_ ? 0 : i]; }
    Basis basis_at(std::size_t i, Time t) const { return Basis(membrane(i), (t - origin_).ms()); }
    // At the end of refractoriness, to a part of a picosecond.
    Basis basis_at_end(std::size_t i) const {
        return Basis(membrane(i), (cells_[i].held_until - origin_).ms() + late_[i]);
    }
    // At the present instant.
    Basis basis(std::size_t i) const { return shared_ ? shared_basis_ : basis_at(i, now_); }

    void derive(std::size_t i);
    void advance(Time t);
    void move_origin(Time t);
    void act(std::size_t i, double e, double inhibition, Time t);
    double lateness(std::size_t i) const;
    void fire(std::size_t i, double late, Time t);
    void restart(std::size_t i, double u, const Basis& start);
    // Whether V surely stays below threshold up to the horizon. Inlined by order, as `act` is.
    [[gnu::always_inline]] bool quiet(std::size_t i) const {
        return (shared_ ? window_.most(cells_[i]) : own_window(i).most(cells_[i])) < near_[i];
    }
    Window own_window(std::size_t i) const;
    void search_unless_quiet(std::size_t i, Time t);
    void search(std::size_t i, Time t);
    void schedule(std::size_t i, Time time);
    void watch(Time t);
    bool rests(std::size_t i, Time t) const;
    bool all_rest(Time t) const;
    void wake(Time t);
    void renew_window();
    void restored();

    LifExponentialParameters parameters_;
    std::vector<Membrane> membrane_;  // (n,), or (1,) where all share one
    bool shared_;
    std::vector<double> drive_;  // (n,) mV, what step currents add to v_inf
    PerNeuron v_inf_;            // mV
    PerNeuron gap_;              // mV, v_thresh - v_inf
    PerNeuron near_;             // mV, a little below gap_
    PerNeuron reset_;            // mV, v_reset - v_inf
    std::vector<Duration> tau_refrac_;
    Duration longest_in_frame_;
    double longest_stride_;  // ms

    Time origin_;
    std::vector<Cell> cells_;
    std::vector<double> late_;             // (n,) ms, what the end of refractoriness lies after its
                                           // picosecond; (0,) where nobody is ever refractory
    EventQueue crossings_;                 // before the horizon; lower bounds for the uncertain
    std::vector<std::uint8_t> uncertain_;  // (n,) 1 where an arrival came after the search
    Time start_;                           // of the present window, which ends at the horizon
    Time horizon_;                         // never while all rest
    double stride_;  // ms, from one horizon to the next, so that few are searched each time
    Window window_;

    Time now_ = before_all;
    Basis shared_basis_;
    Inputs inputs_;  // mV, the present instant's arrivals
    struct Crossing {
        std::uint32_t who;
        double late;  // ms, what it lies after the present instant
    };
    std::vector<Crossing> at_threshold_;  // of this instant
    std::vector<NeuronId> fired_;
    SearchWork work_;
};

}  // namespace postdict
