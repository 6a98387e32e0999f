// What motor spikes do to the muscles of the voice: each adds a gesture, a smooth course of
// pressure and one of tension with the amplitudes of its neuron; gestures superpose.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "state.hpp"
#include "types.hpp"

namespace postdict {

class Gestures {
  public:
    // Profiles, (n_profile,): the course of a gesture, sample by sample; pressure, tension, (n,):
    // the amplitudes of each neuron; at rest: what the muscles hold without any gesture.
    Gestures(std::vector<double> pressure_profile, std::vector<double> tension_profile,
             std::vector<double> pressure, std::vector<double> tension, double pressure_at_rest,
             double tension_at_rest)
        : pressure_profile_(std::move(pressure_profile)),
          tension_profile_(std::move(tension_profile)),
          pressure_(std::move(pressure)),
          tension_(std::move(tension)),
          pressure_at_rest_(pressure_at_rest),
          tension_at_rest_(tension_at_rest) {}

    std::size_t size() const { return pressure_.size(); }

    // Adds the gesture of a neuron, `onset` samples from now.
    void add(NeuronId who, std::size_t onset) {
        reserve(onset + pressure_profile_.size());
        for (std::size_t k = 0; k < pressure_profile_.size(); ++k) {
            pending_pressure_[onset + k] += pressure_[who] * pressure_profile_[k];
            pending_tension_[onset + k] += tension_[who] * tension_profile_[k];
        }
    }

    // The next samples of pressure and tension; time moves on behind them.
    void take(std::span<double> pressure, std::span<double> tension) {
        take_one(pending_pressure_, pressure_at_rest_, pressure);
        take_one(pending_tension_, tension_at_rest_, tension);
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit.growing("pressure", self.pending_pressure_);
        visit.growing("tension", self.pending_tension_);
    }
    void check_state() const {
        postdict::check_state(pending_pressure_.size() == pending_tension_.size(),
                              "two muscles know different futures");
        for (const auto* pending : {&pending_pressure_, &pending_tension_})
            postdict::check_state(std::all_of(pending->begin(), pending->end(), is_moderate),
                                  "what a muscle will do is not finite");
    }

  private:
    void reserve(std::size_t n) {
        if (pending_pressure_.size() >= n) return;
        pending_pressure_.resize(n, 0.0);
        pending_tension_.resize(n, 0.0);
    }
    static void take_one(std::vector<double>& pending, double rest, std::span<double> taken) {
        const std::size_t n = std::min(taken.size(), pending.size());
        for (std::size_t k = 0; k < n; ++k) taken[k] = rest + pending[k];
        std::fill(taken.begin() + static_cast<std::ptrdiff_t>(n), taken.end(), rest);
        pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(n));
    }

    std::vector<double> pressure_profile_, tension_profile_;  // (n_profile,)
    std::vector<double> pressure_, tension_;                  // (n,)
    double pressure_at_rest_, tension_at_rest_;
    std::vector<double> pending_pressure_, pending_tension_;  // from the present on
};

}  // namespace postdict
