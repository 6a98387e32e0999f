// What motor spikes do to the muscles of the voice: each adds a gesture, a smooth course of
// pressure and one of tension with the amplitudes of its neuron; gestures superpose.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "../state.hpp"
#include "../types.hpp"

namespace postdict {

struct GestureParameters {
    std::vector<double> pressure_profile;  // (n_profile,) the course of a gesture, by sample
    std::vector<double> tension_profile;
    std::vector<double> pressure, tension;     // (n,) the amplitudes of each neuron
    double pressure_at_rest, tension_at_rest;  // what the muscles hold without any gesture
};

class Gestures {
  public:
    explicit Gestures(GestureParameters parameters) : p_(std::move(parameters)) {}

    std::size_t size() const { return p_.pressure.size(); }

    // Adds the gesture of a neuron, `onset` samples from now.
    void add(NeuronId who, std::size_t onset) {
        reserve(onset + p_.pressure_profile.size());
        for (std::size_t k = 0; k < p_.pressure_profile.size(); ++k) {
            pending_pressure_[onset + k] += p_.pressure[who] * p_.pressure_profile[k];
            pending_tension_[onset + k] += p_.tension[who] * p_.tension_profile[k];
        }
    }

    // The next samples of pressure and tension; time moves on behind them.
    void take(std::span<double> pressure, std::span<double> tension) {
        move(pending_pressure_, p_.pressure_at_rest, pressure);
        move(pending_tension_, p_.tension_at_rest, tension);
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit.growing("pressure", self.pending_pressure_);
        visit.growing("tension", self.pending_tension_);
    }
    void check_state() const {
        require_state(pending_pressure_.size() == pending_tension_.size(),
                      "two muscles know different futures");
        for (const auto* pending : {&pending_pressure_, &pending_tension_})
            require_state(std::all_of(pending->begin(), pending->end(), is_moderate),
                          "what a muscle will do is not finite");
    }

  private:
    void reserve(std::size_t n) {
        if (pending_pressure_.size() >= n) return;
        pending_pressure_.resize(n, 0.0);
        pending_tension_.resize(n, 0.0);
    }
    static void move(std::vector<double>& pending, double rest, std::span<double> taken) {
        const std::size_t n = std::min(taken.size(), pending.size());
        for (std::size_t k = 0; k < n; ++k) taken[k] = rest + pending[k];
        std::fill(taken.begin() + static_cast<std::ptrdiff_t>(n), taken.end(), rest);
        pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(n));
    }

    GestureParameters p_;
    std::vector<double> pending_pressure_, pending_tension_;  // from the present on
};

}  // namespace postdict
