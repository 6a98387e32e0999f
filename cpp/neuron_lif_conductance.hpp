// Leaky integrate-and-fire neurons with exponential synaptic conductances, in units of the leak:
//
//     tau_m dV/dt = -(V - v_inf) - g_e (V - e_rev_e) - g_i (V - e_rev_i),   dg_x/dt = -g_x/tau_x
//     an arrival adds its weight to g_e or to g_i;  V >= v_thresh: V -> v_reset
//
// (v_inf = v_rest + i_offset; Brette et al. 2007, J Comput Neurosci 23:349, benchmark 1; Vogels et
// al. 2011, Science 334:1569). See `conducting_membrane.hpp`: how V is computed, how exactly, and
// why no crossing is missed. As with currents, time is cut by horizons, up to which a bound
// dismisses most neurons; inhibition with a reversal below threshold only postpones a crossing.
//
// The bound needs the conductances alone. They are held in a growing frame (as in
// `decaying_values.hpp`), in which an arrival is an addition by a factor that all targets of an
// instant share. V of a neuron that the bound dismisses is computed when something else asks for
// it, from all that has arrived by then (`conducting_history.hpp`). Who asks is fixed by the events
// alone: recorders and the like compute V, and leave what is written down as it is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "conducting_history.hpp"
#include "conducting_membrane.hpp"
#include "event_queue.hpp"
#include "inputs.hpp"
#include "kernels.hpp"
#include "per_neuron.hpp"
#include "search_work.hpp"
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
    const SearchWork& work() const { return work_; }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("origin", self.origin_);
        visit(self.cells_, Column{"g_e", &Cell::g_e}, Column{"g_i", &Cell::g_i},
              Column{"u", &Cell::u}, Column{"late", &Cell::late},
              Column{"held_until", &Cell::held_until}, Column{"arrived", &Cell::arrived});
        std::vector<std::uint8_t> lengths = self.lengths();
        std::vector<Station> stations = self.written_down();
        std::size_t first = 0;
        visit("n_stations", lengths);
        visit.growing(stations, first, Column{"station_time", &Station::at},
                      Column{"station_g_e", &Station::g_e}, Column{"station_g_i", &Station::g_i},
                      Column{"station_lost", &Station::lost});
        visit("crossings", self.crossings_);
        visit("uncertain", self.uncertain_);
        visit("horizon", self.horizon_);
        visit("stride", self.stride_);
        visit("drive", self.drive_);
        if constexpr (!std::is_const_v<Self>) self.restored(lengths, stations);
    }
    void check_state(Time now) const;

  private:
    struct alignas(64) Cell {  // a line of the cache
        double g_e, g_i;       // in units of the leak, times the growth of the frame
        double u;         // mV, V - v_inf where the history starts, or at the end of refractoriness
        double late;      // ms, what that end lies after its picosecond
        Time held_until;  // end of the latest refractoriness
        double arrived;   // in all, integrated over time, in units of the leak times tau_m
        ConductingHistory history;
    };
    // What V's course at threshold depends on: reversals from there, and v_thresh - v_inf.
    struct Threshold {
        double e, i, gap;  // mV
    };
    // The frame of one membrane at an instant, and what at least is left of a conductance at the
    // horizon.
    struct Frame {
        Frame(const ConductingMembrane& membrane, double age, double ahead, double t);
        double decay_e, decay_i, growth_e, growth_i;
        double left_e, left_i;
        double charge_e, charge_i;  // integral of a unit of g_x over time, in units of tau_m
        double leaked;              // t/tau_m
    };

    Frame frame(std::size_t i) const { return shared_ ? shared_frame_ : frame_at(i, now_); }
    Frame frame_at(std::size_t i, Time t) const;
    void derive(std::size_t i);
    void advance(Time t);
    void move_origin(Time t);
    double largest_rise(std::size_t i, double g_e, double g_i, const Frame& frame) const;
    Conducting state(std::size_t i, Time t) const;
    Station station(std::size_t i, const Frame& frame, Time t) const;
    Station* history_of(std::size_t i) { return &stations_[i * ConductingHistory::longest]; }
    const Station* history_of(std::size_t i) const {
        return &stations_[i * ConductingHistory::longest];
    }
    void ask_for(const std::vector<NeuronId>& who, std::size_t k) const;
    void bring(std::size_t i, Time t);
    void write_down(std::size_t i, const Station& now);
    void make_room(std::size_t i, Time t);
    void act(std::size_t i, double e, double inhibition, const Frame& frame, Time t);
    [[noreturn]] void refuse(std::size_t i, Time t) const;
    void consider(std::size_t i, bool excited, Time t);
    void fire(std::size_t i, double late, Time t);
    void search_unless_quiet(std::size_t i, Time t);
    void watch(Time t);
    bool all_rest(Time t) const;
    void wake(Time t);
    std::vector<std::uint8_t> lengths() const;
    std::vector<Station> written_down() const;
    void restored(const std::vector<std::uint8_t>& lengths,
                  const std::vector<Station>& written_down);

    LifConductanceParameters parameters_;
    std::vector<double> drive_;                 // (n,) mV, what step currents add to v_inf
    std::vector<ConductingMembrane> membrane_;  // (n,)
    bool shared_;                               // all time constants
    std::vector<double> v_inf_;                 // (n,) mV
    std::vector<Threshold> threshold_;          // (n,)
    std::vector<double> reset_;                 // (n,) mV, v_reset - v_inf
    std::vector<Duration> tau_refrac_;
    Duration longest_in_frame_;
    double longest_stride_;  // ms

    Time origin_;
    std::vector<Cell> cells_;
    std::vector<Station> stations_;        // (n, ConductingHistory::longest), of their histories
    EventQueue crossings_;                 // before the horizon; lower bounds for the uncertain
    std::vector<std::uint8_t> uncertain_;  // (n,) 1 where inhibition came after the search
    Time horizon_;                         // never while all rest
    double stride_;  // ms, from one horizon to the next, so that few are searched each time

    Time now_ = before_all;
    Frame shared_frame_;
    Inputs inputs_;  // the present instant's arrivals; of inhibition negative
    struct Crossing {
        std::uint32_t who;
        double late;  // ms, what it lies after the present instant
    };
    std::vector<Crossing> at_threshold_;  // of this instant
    std::vector<NeuronId> fired_;
    SearchWork work_;
};

}  // namespace postdict
