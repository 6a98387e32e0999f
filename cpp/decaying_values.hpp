// n values that decay exponentially between inputs, x_i' = -x_i / tau_i, and never step.
//
// They are held in a growing frame, z_i = x_i exp((t - origin)/tau_i), in which they are constant
// between inputs: an input of size a at time t is z_i += a exp((t - origin)/tau_i). Where all share
// one tau that is a single exponential for any number of values, and loops over z are plain
// additions. The frame is moved (z rescaled, origin = t) once it has grown by e^32; when that
// happens depends on the events alone, so that pausing, reading or saving changes no bit.
#pragma once

#include <algorithm>
#include <cassert>
#include <vector>

#include "elementary.hpp"
#include "state.hpp"
#include "types.hpp"

namespace postdict {

class DecayingValues {
  public:
    // start: (n,) values at t = 0; tau: ms, (n,), or (1,) where all share it.
    DecayingValues(std::vector<double> start, const std::vector<double>& tau)
        : scaled_(std::move(start)),
          tau_(tau.begin(), tau.end()),
          horizon_(after(Time{}, largest_exponent * picoseconds_per_ms *
                                     *std::min_element(tau.begin(), tau.end())) -
                   Time{}) {
        assert(tau_.size() == 1 || tau_.size() == scaled_.size());
    }

    std::size_t size() const { return scaled_.size(); }
    bool shared_tau() const { return tau_.size() == 1; }
    TimeConstant tau(std::size_t i) const { return shared_tau() ? tau_[0] : tau_[i]; }
    Time origin() const { return origin_; }

    // Whether `advance` to t will move the frame.
    bool due(Time t) const { return t - origin_ > horizon_; }

    // Called at an event's instant before anything else below: growth() then refers to it.
    void advance(Time t) {
        if (t == now_) return;
        now_ = t;
        if (due(t)) move_origin(t);
        if (shared_tau()) growth_ = elementary::exp((t - origin_) / tau_[0]);
    }

    // exp((t - origin)/tau_i) at the instant of the last advance, or at any other time.
    double growth(std::size_t i) const {
        return shared_tau() ? growth_ : elementary::exp((now_ - origin_) / tau_[i]);
    }
    double growth_at(std::size_t i, Time t) const {
        return elementary::exp((t - origin_) / tau(i));
    }

    // z, (n,); x_i = z_i / growth(i).
    double* scaled() { return scaled_.data(); }
    const double* scaled() const { return scaled_.data(); }

    // Takes over new values in the same frame, and gives the old ones back.
    void swap_scaled(std::vector<double>& next) { scaled_.swap(next); }

    double value(std::size_t i, Time t) const {
        return scaled_[i] * elementary::exp(-(t - origin_) / tau(i));
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("origin", self.origin_);
        visit("scaled", self.scaled_);
        // growth_ is a function of origin_ and the instant: forgetting now_ recomputes it.
        if constexpr (!std::is_const_v<Self>) self.now_ = before_all;
    }

    void check_state(Time now) const {
        require_state(origin_ >= Time{} && origin_ <= now, "a frame begins outside the run");
        require_state(std::all_of(scaled_.begin(), scaled_.end(), is_moderate),
                      "a value is not finite, or absurd");
    }

  private:
    static constexpr double largest_exponent = 32.0;

    void move_origin(Time t) {
        for (std::size_t i = 0; i < scaled_.size(); ++i)
            scaled_[i] *= elementary::exp(-(t - origin_) / tau(i));
        origin_ = t;
    }

    std::vector<double> scaled_;     // (n,) z
    std::vector<TimeConstant> tau_;  // (n,) or (1,)
    Duration horizon_;
    Time origin_;
    Time now_ = before_all;  // no instant yet
    double growth_ = 1.0;
};

}  // namespace postdict
