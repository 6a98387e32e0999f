// The pairs of a window rule, from a bounded history of spikes. See `Plasticity` for how their
// effect is deferred.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "pairing_amounts.hpp"
#include "rules.hpp"
#include "state.hpp"
#include "types.hpp"
#include "window_table.hpp"

namespace postdict {

class WindowPairing : public AmountPairing {
  public:
    WindowPairing(WindowRule rule, bool nearest, std::size_t n_rows, std::size_t n_post)
        : window_(std::move(rule)),
          nearest_(nearest),
          arrivals_(n_rows),
          y_(n_post, 0.0),
          met_(n_post, 0) {}

    // Whether what is logged must be read before time moves on to t: logged times are exact for an
    // hour after the origin.
    bool due(Time t) const { return t - origin_ > longest_in_log; }
    void advance(Time t) {
        if (t == now_) return;
        now_ = t;
        if (due(t)) origin_ = t;
        summed_ = false;
    }

    // Per unit of eta, an arrival now changes a weight by constant + factor * y[i], the sum over
    // the recent spikes of target i.
    const double* y() {
        if (!summed_) sum();
        return y_.data();
    }
    double factor(std::size_t) const { return 1.0; }
    double constant() const { return 0.0; }

    void count_arrival(std::size_t row, Time t) {
        std::vector<Time>& times = arrivals_[row];
        const auto stale = [&](Time a) { return nearest_ || a < t - window_.rule().longest_after; };
        times.erase(times.begin(), std::find_if_not(times.begin(), times.end(), stale));
        times.push_back(t);
    }
    // A spike now is logged as its time from the origin on, ps,
    double count_spike(NeuronId i, Time t) {
        forget_before(t);
        spikes_.push_back({t, i});
        return (t - origin_).in_picoseconds();
    }
    // and changes the weights of a row by that much per unit of eta.
    auto amounts(std::size_t row) const {
        return [this, &times = arrivals_[row]](double logged) {
            const Time spike = after(origin_, std::max(logged, 0.0));
            const auto reach = static_cast<std::uint64_t>(window_.rule().longest_after.count());
            double sum = 0.0;
            for (const Time arrival : times) {
                const Duration lag = spike - arrival;
                // None is negative, but in a log that a stranger wrote.
                if (static_cast<std::uint64_t>(lag.count()) <= reach) sum += window_(lag.ms());
            }
            return sum;
        };
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        std::vector<Time> times;
        std::vector<std::uint64_t> counts;
        for (const std::vector<Time>& row : self.arrivals_) {
            counts.push_back(row.size());
            times.insert(times.end(), row.begin(), row.end());
        }
        visit("origin", self.origin_);
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
                              (times.empty() || (times[0] >= Time{} && times.back() < now)),
                          "remembered arrivals are out of order");
        require_state(origin_ >= Time{} && origin_ <= now, "a log begins outside the run");
        require_state(
            std::is_sorted(spikes_.begin(), spikes_.end(),
                           [](const Spike& a, const Spike& b) { return a.time < b.time; }),
            "remembered spikes are out of order");
        for (const Spike& spike : spikes_)
            require_state(spike.time >= Time{} && spike.time < now &&
                              static_cast<std::size_t>(spike.id) < y_.size(),
                          "a remembered spike is late, or has no neuron");
    }

  private:
    static constexpr Duration longest_in_log = Duration::picoseconds(std::int64_t{1} << 52);

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
            y_[i] += window_((spike->time - now_).ms());
        }
        summed_ = true;
    }

    void assign(const std::vector<std::uint64_t>& counts, const std::vector<Time>& times) {
        std::size_t first = 0;
        for (std::size_t row = 0; row < arrivals_.size(); ++row) {
            require_state(counts[row] <= times.size() - first, "arrivals are missing");
            const auto from = times.begin() + static_cast<std::ptrdiff_t>(first);
            arrivals_[row].assign(from, from + static_cast<std::ptrdiff_t>(counts[row]));
            first += counts[row];
        }
        require_state(first == times.size(), "there are arrivals of no row");
        now_ = before_all;
    }

    WindowTable window_;
    bool nearest_;
    std::vector<std::vector<Time>> arrivals_;  // (n_rows,) recent ones, or the latest
    std::vector<Spike> spikes_;                // recent ones of the targets, by time
    std::vector<double> y_;                    // (n_post,)
    std::vector<NeuronId> summed_ids_;         // who has a share in y_
    std::vector<std::uint8_t> met_;            // (n_post,) 1 for those
    Time origin_;
    Time now_ = before_all;
    bool summed_ = false;
};

}  // namespace postdict
