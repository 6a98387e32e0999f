// Leaky integrate-and-fire neurons with delta synapses:
//
//     tau_m dV/dt = -(V - v_inf),   v_inf = v_rest + i_offset,   V -> V + w at an arrival,
//     V >= v_thresh: a spike, V -> v_reset for tau_refrac   (reset "to")
//                    or       V -> V - (v_thresh - v_reset), again while V >= v_thresh  (reset
//                    "by").
//
// Between arrivals V - v_inf decays in closed form (Gerstner et al. 2014, Neuronal Dynamics,
// eq. 1.8). A neuron whose v_inf lies above threshold fires by itself at t + tau_m log((v_inf -
// V)/(v_inf - v_thresh)); only such neurons are predicted.
#pragma once

#include <vector>

#include "decaying_values.hpp"
#include "event_queue.hpp"
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

    // Arrivals of the present instant are summed here and act all at once in `settle`.
    void receive(NeuronId i, double weight, bool inhibitory) {
        input_[static_cast<std::size_t>(i)] += inhibitory ? -weight : weight;
        touched_.push_back(i);
    }
    void receive_row(const double* row, bool inhibitory) {  // row: (n,)
        const double sign = inhibitory ? -1.0 : 1.0;
        for (std::size_t i = 0; i < input_.size(); ++i) input_[i] += sign * row[i];
        all_touched_ = true;
    }
    void receive_all(double weight, bool inhibitory) {
        for (double& input : input_) input += inhibitory ? -weight : weight;
        all_touched_ = true;
    }

    // The next spike without further input: strictly later than the last settled instant, or never.
    Time next_time() const { return crossings_.top_time(); }
    // Neurons whose predicted crossing is now stand exactly at threshold before the arrivals act.
    void cross(Time t);

    bool touched() const { return all_touched_ || !touched_.empty(); }
    // Ends the instant: adds the summed arrivals, clips at v_min, tests the threshold, resets.
    // Returns the neurons that fired, sorted, one entry a spike; valid until the next call.
    const std::vector<NeuronId>& settle(Time t);

    double potential(NeuronId i, Time t) const;  // mV, from the past of t

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("excess", self.excess_);
        visit("held_until", self.held_until_);
        visit("crossings", self.crossings_);
    }
    void check_state(Time now) const;

  private:
    static constexpr Time free = -never;

    void settle_all(Time t);
    void settle_one(std::size_t i, Time t);
    double test(std::size_t i, double excess, double next, Time t);
    void release(std::size_t i);
    void predict(std::size_t i, Time t);

    DecayingValues excess_;           // (n,) mV, V - v_inf
    std::vector<double> v_inf_;       // (n,) mV
    std::vector<double> gap_;         // (n,) mV, v_thresh - v_inf
    std::vector<double> reset_;       // (n,) mV, v_reset - v_inf
    std::vector<double> floor_;       // (n,) mV, v_min - v_inf
    std::vector<double> tau_refrac_;  // (n,) ms
    bool subtract_;
    bool refractory_;  // any tau_refrac > 0
    bool driven_;      // any v_inf above threshold

    std::vector<Time> held_until_;  // (n,) end of refractoriness while it lasts and until the first
                                    // arrival after it; `free` otherwise
    EventQueue crossings_;          // one slot a neuron, none where nobody is driven

    std::vector<double> input_;      // (n,) mV, the present instant's arrivals
    std::vector<NeuronId> touched_;  // who received any, in case not all did
    bool all_touched_ = false;
    std::vector<double> near_;  // (n,) mV, a little below gap_: above it the test decides
    std::vector<double> next_;  // (n,) scratch
    std::vector<NeuronId> fired_;
};

}  // namespace postdict
