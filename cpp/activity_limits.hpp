// When a run stops for its activity: at bounds on spikes in memory, on spikes under way, and on the
// rate of each population over windows of time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include "state.hpp"
#include "types.hpp"

namespace postdict {

struct Limits {
    std::uint64_t recorded_spikes = 100'000'000;
    std::uint64_t pending_spikes = 10'000'000;
    // Hz per neuron of each population, over each window from t = 0 on; empty where none is
    // bounded.
    std::vector<double> rates = {};
    Duration rate_window = Duration::ms(1000.0);

    // Whether there is a bound on a rate of the populations, of which there are n.
    bool bound_rates(std::size_t n) const {
        if (!rates.empty() && rates.size() != n)
            throw std::invalid_argument("there must be a bound on the rate of every population");
        return std::any_of(rates.begin(), rates.end(),
                           [](double rate) { return rate < unbounded; });
    }
};

// Activity ran past a limit. The simulation stands whole before the instant that was next.
struct LimitError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// An update of a user's own rule gave no number. The simulation stands whole, as at a limit.
struct UpdateError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The limit is that of a rate.
struct RateLimitError : LimitError {
    using LimitError::LimitError;
};

// A number that is bounded. A run stops where it grows to its bound or beyond: that it is there is
// no reason to stop again, so that who records no more, or waits until it falls, can go on.
class BoundedNumber {
  public:
    bool grew_to(std::uint64_t bound, std::uint64_t n) {
        if (n < bound) {
            seen_ = 0;
            return false;
        }
        return n > std::exchange(seen_, n);
    }
    void see(std::uint64_t n) { seen_ = n; }

  private:
    std::uint64_t seen_ = 0;  // at the bound or beyond
};

// Spikes of each population since the present window began. Windows follow the times of the spikes
// alone, so that no pause moves them.
class SpikesInWindow {
  public:
    SpikesInWindow(std::size_t n_populations, Duration width)
        : width_(width), end_(Time{} + width), n_(n_populations, 0), n_seen_(n_populations, 0) {}

    Time start() const { return end_ - width_; }
    std::uint64_t operator[](std::size_t population) const { return n_[population]; }
    // Whether there are more of them than a bound, and more than when it was last asked.
    bool passed(std::size_t population, double bound) {
        if (static_cast<double>(n_[population]) <= bound) return false;
        return n_[population] > std::exchange(n_seen_[population], n_[population]);
    }

    void count(std::size_t population, std::size_t n, Time t) {
        if (t >= end_) {
            std::fill(n_.begin(), n_.end(), 0U);
            std::fill(n_seen_.begin(), n_seen_.end(), 0U);
            end_ = Time{} + width_ * ((t - Time{}).count() / width_.count() + 1);
        }
        n_[population] += n;
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("end", self.end_);
        visit("n_spikes", self.n_);
    }
    void see_all() { n_seen_ = n_; }
    void check_state() const {
        require_state(end_ > Time{} && end_ < never, "the window of a rate has no end");
    }

  private:
    Duration width_;
    Time end_;
    std::vector<std::uint64_t> n_;       // by population
    std::vector<std::uint64_t> n_seen_;  // and how many there were when they were over a bound
};

}  // namespace postdict
