// The pairs of a window rule, from a bounded history of spikes. See `Plasticity` for how their
// effect is deferred.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "rules.hpp"
#include "state.hpp"
#include "types.hpp"
#include "window_table.hpp"

namespace postdict {

class WindowPairing {
  public:
    WindowPairing(WindowRule rule, bool nearest, std::size_t n_rows, std::size_t n_post)
        : window_(std::move(rule)),
          nearest_(nearest),
          arrivals_(n_rows),
          y_(n_post, 0.0),
          met_(n_post, 0) {}

    bool due(Time) const { return false; }
    void advance(Time t) {
        if (t == now_) return;
        now_ = t;
        summed_ = false;
    }

    // Per unit of eta, an arrival now changes a weight by constant + factor * y[i]: the sum over
    // the recent spikes of target i.
    const double* y() {
        if (!summed_) sum();
        return y_.data();
    }
    double factor() const { return 1.0; }
    double constant() const { return 0.0; }

    void count_arrival(std::size_t row, Time t) {
        std::vector<Time>& times = arrivals_[row];
        const auto stale = [&](Time a) { return nearest_ || a < t - window_.rule().longest_after; };
        times.erase(times.begin(), std::find_if_not(times.begin(), times.end(), stale));
        times.push_back(t);
    }
    // A spike now is logged as its time,
    double count_spike(NeuronId i, Time t) {
        forget_before(t);
        spikes_.push_back({t, i});
        return t;
    }
    // and changes the weights of a row by that much per unit of eta.
    auto amounts(std::size_t row) const {
        return [this, &times = arrivals_[row]](double logged) {
            double sum = 0.0;
            for (const Time arrival : times)
                if (logged - arrival <= window_.rule().longest_after)
                    sum += window_(logged - arrival);
            return sum;
        };
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        std::vector<double> times;
        std::vector<std::uint64_t> counts;
        for (const std::vector<Time>& row : self.arrivals_) {
            counts.push_back(row.size());
            times.insert(times.end(), row.begin(), row.end());
        }
        visit("arrival_counts", counts);
        visit.growing("arrivals", times);
        std::size_t first = 0;
        visit.growing(self.spikes_, first, Column{"spike_times", &Spike::time},
                      Column{"spike_ids", &Spike::id});
        if constexpr (!std::is_const_v<Self>) self.assign(counts, times);
    }
    void check_state(Time now) const {
        for (const std::vector<Time>& times : arrivals_)
            require_state(std::is_sorted(times.begin(), times.end()) &&
                              (times.empty() || (times[0] >= 0.0 && times.back() < now)),
                          "remembered arrivals are out of order");
        for (const Spike& spike : spikes_)
            require_state(spike.time >= 0.0 && spike.time < now &&
                              static_cast<std::size_t>(spike.id) < y_.size(),
                          "a remembered spike is late, or has no neuron");
    }

  private:
    // What no arrival from t on will see.
    void forget_before(Time t) {
        const auto stale = [&](const Spike& s) {
            return t - s.time > window_.rule().longest_before;
        };
        spikes_.erase(spikes_.begin(), std::find_if_not(spikes_.begin(), spikes_.end(), stale));
    }

    // y of the present instant.
    void sum() {
        for (const NeuronId i : summed_ids_) {
            y_[static_cast<std::size_t>(i)] = 0.0;
            met_[static_cast<std::size_t>(i)] = 0;
        }
        summed_ids_.clear();
        forget_before(now_);
        for (auto spike = spikes_.rbegin(); spike != spikes_.rend(); ++spike) {
            const auto i = static_cast<std::size_t>(spike->id);
            if (nearest_ && met_[i] != 0) continue;
            if (met_[i] == 0) summed_ids_.push_back(spike->id);
            met_[i] = 1;
            y_[i] += window_(spike->time - now_);
        }
        summed_ = true;
    }

    void assign(const std::vector<std::uint64_t>& counts, const std::vector<double>& times) {
        std::size_t first = 0;
        for (std::size_t row = 0; row < arrivals_.size(); ++row) {
            require_state(counts[row] <= times.size() - first, "arrivals are missing");
            const auto from = times.begin() + static_cast<std::ptrdiff_t>(first);
            arrivals_[row].assign(from, from + static_cast<std::ptrdiff_t>(counts[row]));
            first += counts[row];
        }
        require_state(first == times.size(), "there are arrivals of no row");
        now_ = -1.0;
    }

    WindowTable window_;
    bool nearest_;
    std::vector<std::vector<Time>> arrivals_;  // (n_rows,) recent ones, or the latest
    std::vector<Spike> spikes_;                // recent ones of the targets, by time
    std::vector<double> y_;                    // (n_post,)
    std::vector<NeuronId> summed_ids_;         // who has a share in y_
    std::vector<std::uint8_t> met_;            // (n_post,) 1 for those
    Time now_ = -1.0;
    bool summed_ = false;
};

}  // namespace postdict
