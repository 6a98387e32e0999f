// Leaky integrate-and-fire neurons with exponential synaptic conductances, in units of the leak:
//
//     tau_m dV/dt = -(V - v_inf) - g_e (V - e_rev_e) - g_i (V - e_rev_i),   dg_x/dt = -g_x/tau_x
//     an arrival adds its weight to g_e or to g_i;  V >= v_thresh: V -> v_reset
//
// (v_inf = v_rest + i_offset; Brette et al. 2007, J Comput Neurosci 23:349, benchmark 1; Vogels et
// al. 2011, Science 334:1569). A neuron stands where its last arrival left it, and goes from there
// to the next in one step (see `conducting_membrane.hpp`: how, how exactly, and why no crossing is
// missed). As with currents, time is cut by horizons, up to which a bound dismisses most neurons;
// inhibition with a reversal below threshold only postpones a crossing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "conducting_membrane.hpp"
#include "event_queue.hpp"
#include "inputs.hpp"
#include "per_neuron.hpp"
#include "state.hpp"
#include "types.hpp"

namespace postdict {

struct LifConductanceParameters {  // all (n,)
    std::vector<double> tau_m;     // ms
    std::vector<double> tau_syn_e;
    std::vector<double> tau_syn_i;
    std::vector<double> e_rev_e;  // mV
    std::vector<double> e_rev_i;
    std::vector<double> v_rest;
    std::vector<double> v_thresh;
    std::vector<double> v_reset;
    std::vector<double> tau_refrac;  // ms
    std::vector<double> i_offset;    // mV
    std::vector<double> v_init;
};

class LifConductance {
  public:
    // In units of the leak, both together. More is an error, not a result.
    static constexpr double largest_conductance = 1e6;

    explicit LifConductance(const LifConductanceParameters& parameters);

    std::size_t size() const { return cells_.size(); }

    // Arrivals of the present instant go here and act all at once in `settle`.
    Inputs& inputs() { return inputs_; }
    const Inputs& inputs() const { return inputs_; }

    // When a neuron crosses threshold without further input, or all must be looked at again.
    Time next_time() const { return std::min(crossings_.top_time(), horizon_); }
    // A neuron goes on from its crossing itself, of which its spike's time is the nearest
    // picosecond.
    void cross(Time t);

    // Ends the instant; returns the neurons that fired, sorted; valid until the next call.
    const std::vector<NeuronId>& settle(Time t);
    // The same for an instant in which one neuron receives one arrival and nothing else happens; a
    // negative weight is one of inhibition.
    const std::vector<NeuronId>& settle_kick(NeuronId i, double weight, Time t);

    // What step currents add to v_inf of one neuron from t on, mV; V is continuous.
    void set_drive(NeuronId i, double drive, Time t);
    // V (mV) of one neuron, below threshold, from t on; who was refractory is so no longer.
    void set_potential(NeuronId i, double v, Time t);

    double potential(NeuronId i, Time t) const;               // mV, from the past of t
    double conductance(NeuronId i, Time t, Sign sign) const;  // in units of the leak, likewise

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit(self.cells_, Column{"u", &Cell::u}, Column{"g_e", &Cell::g_e},
              Column{"g_i", &Cell::g_i}, Column{"late", &Cell::late}, Column{"at", &Cell::at},
              Column{"held_until", &Cell::held_until});
        visit("crossings", self.crossings_);
        visit("uncertain", self.uncertain_);
        visit("horizon", self.horizon_);
        visit("stride", self.stride_);
        visit("drive", self.drive_);
        if constexpr (!std::is_const_v<Self>) self.restored();
    }
    void check_state(Time now) const;

  private:
    struct Cell {
        double u;         // mV, V - v_inf
        double g_e, g_i;  // in units of the leak
        double late;      // ms, what the end of refractoriness lies after its picosecond
        Time at;          // of the conductances; of u too, but while refractory
        Time held_until;  // end of the latest refractoriness
    };

    void derive(std::size_t i);
    Conducting state(std::size_t i, Time t) const;
    void bring(std::size_t i, Time t);
    void act(std::size_t i, double e, double inhibition, Time t);
    void fire(std::size_t i, double late, Time t);
    void search_unless_quiet(std::size_t i, Time t);
    void watch(Time t);
    Conducting faded(std::size_t i, Time t) const;
    bool all_rest(Time t) const;
    void wake(Time t);
    void restored();

    LifConductanceParameters parameters_;
    std::vector<double> drive_;                 // (n,) mV, what step currents add to v_inf
    std::vector<ConductingMembrane> membrane_;  // (n,)
    std::vector<double> v_inf_;                 // (n,) mV
    std::vector<double> gap_;                   // (n,) mV, v_thresh - v_inf
    std::vector<double> reset_;                 // (n,) mV, v_reset - v_inf
    std::vector<Duration> tau_refrac_;
    double longest_stride_;  // ms

    std::vector<Cell> cells_;
    EventQueue crossings_;                 // before the horizon; lower bounds for the uncertain
    std::vector<std::uint8_t> uncertain_;  // (n,) 1 where inhibition came after the search
    Time horizon_;                         // never while all rest
    double stride_;  // ms, from one horizon to the next, so that few are searched each time

    Inputs inputs_;  // the present instant's arrivals; of inhibition negative
    struct Crossing {
        std::uint32_t who;
        double late;  // ms, what it lies after the present instant
    };
    std::vector<Crossing> at_threshold_;  // of this instant
    std::vector<NeuronId> fired_;
};

}  // namespace postdict
