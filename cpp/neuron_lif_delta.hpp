// Leaky integrate-and-fire neurons with delta synapses:
//
//     tau_m dV/dt = -(V - v_inf),   v_inf = v_rest + i_offset,   V -> V + w at an arrival,
//     V >= v_thresh: a spike, V -> v_reset for tau_refrac   (reset "to")
//                    or       V -> V - (v_thresh - v_reset), again while V >= v_thresh  (reset
//                    "by").
//
// Between arrivals V - v_inf decays in closed form (Gerstner et al. 2014, Neuronal Dynamics,
// eq. 1.8). A neuron whose v_inf lies above threshold (driven) fires by itself at t + tau_m
// log((v_inf - V)/(v_inf - v_thresh)); in the growing frame, where V - v_inf is a constant z, that
// is when the frame's growth reaches z/gap. So one comparison of z with gap times the growth at a
// horizon tells who could cross before it: only these few are predicted and queued. When the
// horizon is reached all are compared again, in one pass.
#pragma once

#include <algorithm>
#include <type_traits>
#include <vector>

#include "decaying_values.hpp"
#include "event_queue.hpp"
#include "inputs.hpp"
#include "per_neuron.hpp"
#include "types.hpp"

namespace postdict {

struct LifParameters {           // all (n,), but for tau_m
    std::vector<double> tau_m;   // ms, (n,), or (1,) where all share it
    std::vector<double> v_rest;  // mV
    std::vector<double> v_thresh;
    std::vector<double> v_reset;
    std::vector<double> tau_refrac;  // ms
    std::vector<double> i_offset;    // mV
    std::vector<double> v_min;       // mV, -inf for none
    std::vector<double> v_init;
    bool subtract = false;  // reset "by"
};

class LifDelta {
  public:
    // More spikes than this of one neuron at one instant (reset "by") is an error, not a result.
    static constexpr int most_spikes_at_once = 1'000'000;

    explicit LifDelta(const LifParameters& parameters);

    std::size_t size() const { return excess_.size(); }

    // Arrivals of the present instant go here and act all at once in `settle`.
    Inputs& inputs() { return inputs_; }
    const Inputs& inputs() const { return inputs_; }

    // The next spike without further input, or look at who may be next: strictly later than the
    // last settled instant, or never.
    Time next_time() const { return std::min(crossings_.top_time(), horizon_); }
    // Neurons whose predicted crossing is in this picosecond stand exactly at threshold before the
    // arrivals act, which act on them at the crossing itself: they go on from there, so that no
    // rounding is carried from spike to spike.
    void cross(Time t);

    // Ends the instant: adds the summed arrivals, clips at v_min, tests the threshold, resets.
    // Returns the neurons that fired, sorted, one entry a spike; valid until the next call.
    const std::vector<NeuronId>& settle(Time t);
    // The same for an instant in which one neuron receives one arrival and nothing else happens.
    const std::vector<NeuronId>& settle_kick(NeuronId i, double weight, Time t);

    // What step currents add to v_inf of one neuron from t on, mV; V is continuous.
    void set_drive(NeuronId i, double drive, Time t);
    // V (mV) of one neuron, below threshold, from t on; who was refractory is so no longer.
    void set_potential(NeuronId i, double v, Time t);

    double potential(NeuronId i, Time t) const;  // mV, from the past of t

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("excess", self.excess_);
        visit("held_until", self.held_until_);
        visit("late", self.late_);
        visit("crossings", self.crossings_);
        visit("horizon", self.horizon_);
        visit("stride", self.stride_);
        visit("driven", self.driven_);
        visit("drive", self.drive_);
        if constexpr (!std::is_const_v<Self>) self.restored();
    }
    void check_state(Time now) const;

  private:
    void derive(std::size_t i);
    void advance(Time t);
    void settle_all(Time t);
    void act(std::size_t i, double input, double growth, Time t);
    void alarm(std::size_t i, double input, double next, double growth, Time t);
    double at_end(std::size_t i) const;
    double test(std::size_t i, double excess, double next, double due, Time t);
    void forget_crossings();
    Time crossing(std::size_t i) const;
    void schedule(std::size_t i, Time t);
    void watch(Time t);
    void restored();
    void check_driven(std::size_t i, Time now) const;

    LifParameters parameters_;
    DecayingValues excess_;      // (n,) mV, V - v_inf, from the end of refractoriness on
    std::vector<double> drive_;  // (n,) mV, what step currents add to v_inf
    PerNeuron v_inf_;            // mV
    PerNeuron gap_;              // mV, v_thresh - v_inf
    PerNeuron reset_;            // mV, v_reset - v_inf
    PerNeuron floor_;            // mV, v_min - v_inf
    PerNeuron near_;             // mV, a little below gap_: above it the test decides
    std::vector<Duration> tau_refrac_;
    bool refractory_;  // any tau_refrac > 0
    bool driven_;      // any v_inf is, or has been, above threshold

    std::vector<Time> held_until_;  // (n,) end of the latest refractoriness; none where nobody is
    std::vector<double> late_;      // (n,) ms, what that end lies after its picosecond; likewise
    EventQueue crossings_;  // of driven neurons, those due before the horizon; lower bounds, since
                            // inhibition may have come after
    // Where all share one tau_m; without a horizon every driven neuron is predicted.
    Time horizon_ = never;
    double stride_;  // ms, from one horizon to the next, so that few are predicted each time
    double ahead_ = unbounded;  // growth of the frame at the horizon

    // Of the neurons that cross at the present instant, and of nobody between two instants.
    std::vector<std::size_t> at_threshold_;
    std::vector<double> due_;  // (n,) growth of the frame at the crossing, else 0; (0,) at first

    Inputs inputs_;             // mV, the present instant's arrivals
    std::vector<double> next_;  // (n,) scratch
    std::vector<NeuronId> fired_;
};

}  // namespace postdict
