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
// V is continuous: spikes are crossings, not jumps. Most arrivals are dismissed by a bound; see
// `first_crossing.hpp` for the search that cannot miss one.
#pragma once

#include <vector>

#include "event_queue.hpp"
#include "first_crossing.hpp"
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
    double a_e, a_i;                   // and to A
};

class LifExponential {
  public:
    explicit LifExponential(const LifExponentialParameters& parameters);

    std::size_t size() const { return a_.size(); }

    // Arrivals of the present instant are summed here and act all at once in `settle`.
    void receive(NeuronId i, double weight, bool inhibitory) {
        const auto k = static_cast<std::size_t>(i);
        if (inhibitory) {
            input_i_[k] -= weight;
        } else {
            input_e_[k] += weight;
        }
        touched_.push_back(i);
    }
    void receive_row(const double* row, bool inhibitory) {  // row: (n,)
        std::vector<double>& input = inhibitory ? input_i_ : input_e_;
        const double sign = inhibitory ? -1.0 : 1.0;
        for (std::size_t i = 0; i < input.size(); ++i) input[i] += sign * row[i];
        all_touched_ = true;
    }
    void receive_all(double weight, bool inhibitory) {
        std::vector<double>& input = inhibitory ? input_i_ : input_e_;
        for (double& one : input) one += inhibitory ? -weight : weight;
        all_touched_ = true;
    }

    // When a neuron crosses threshold without further input, or must be looked at again.
    Time next_time() const { return wake_.top_time(); }
    void cross(Time t);

    bool touched() const { return all_touched_ || !touched_.empty(); }
    // Ends the instant; returns the neurons that fired, sorted; valid until the next call.
    const std::vector<NeuronId>& settle(Time t);

    double potential(NeuronId i, Time t) const;                 // mV, from the past of t
    double current(NeuronId i, Time t, bool inhibitory) const;  // mV, likewise

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("origin", self.origin_);
        visit("a", self.a_);
        visit("g_e", self.g_e_);
        visit("g_i", self.g_i_);
        visit("held_until", self.held_until_);
        visit("wake", self.wake_);
        visit("certain", self.certain_);
        if constexpr (!std::is_const_v<Self>) self.now_ = -1.0;
    }
    void check_state(Time now) const;

  private:
    static constexpr Time free = -never;

    const Membrane& membrane(std::size_t i) const { return membrane_[shared_ ? 0 : i]; }
    Basis basis_at(std::size_t i, Time t) const { return Basis(membrane(i), t - origin_); }
    // At the present instant.
    Basis basis(std::size_t i) const { return shared_ ? shared_basis_ : basis_at(i, now_); }

    void advance(Time t);
    void move_origin(Time t);
    void settle_one(std::size_t i, Time t);
    void fire(std::size_t i, Time t);
    void set_v(std::size_t i, double u);
    void predict(std::size_t i, Time t);
    void sleep(std::size_t i, Time until, bool certain);

    std::vector<Membrane> membrane_;  // (n,), or (1,) where all share one
    bool shared_;
    std::vector<double> v_inf_;       // (n,) mV
    std::vector<double> gap_;         // (n,) mV, v_thresh - v_inf
    std::vector<double> reset_;       // (n,) mV, v_reset - v_inf
    std::vector<double> tau_refrac_;  // (n,) ms
    double horizon_;                  // ms

    Time origin_ = 0.0;
    std::vector<double> a_, g_e_, g_i_;  // (n,) mV
    std::vector<Time> held_until_;       // (n,) end of refractoriness until V is free again
    EventQueue wake_;                    // (n,) crossings, and times by which to look again
    std::vector<double> certain_;        // (n,) 1 where wake_ is the crossing itself

    Time now_ = -1.0;
    Basis shared_basis_;
    std::vector<double> input_e_, input_i_;  // (n,) mV, the present instant's arrivals
    std::vector<NeuronId> touched_;
    bool all_touched_ = false;
    enum class Woken : char { no, to_look, at_threshold };
    std::vector<Woken> woken_;  // (n,) whose wake_ time is this instant
    std::vector<NeuronId> fired_;
};

}  // namespace postdict
