// Spikes under way along one axonal delay. They leave in the order in which they entered, so a
// first-in-first-out buffer is the whole queue.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "state.hpp"
#include "types.hpp"

namespace postdict {

class DelayLine {
  public:
    explicit DelayLine(Duration delay) : delay_(delay) {}

    std::size_t size() const { return spikes_.size() - front_; }
    Time next_time() const { return size() == 0 ? never : spikes_[front_].time; }

    // Spikes of one instant are sent by id.
    void send(NeuronId id, Time t) { spikes_.push_back({t + delay_, id}); }

    // The sources of the spikes that arrive at t, sorted by id, one entry a spike; valid until the
    // next call.
    const std::vector<NeuronId>& receive(Time t) {
        arrived_.clear();
        while (next_time() == t) arrived_.push_back(spikes_[front_++].id);
        if (2 * front_ >= spikes_.size()) compact();
        return arrived_;
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit.growing(self.spikes_, self.front_, Column{"time", &Spike::time},
                      Column{"id", &Spike::id});
    }

    void check_state(Time now, std::size_t n_pre) const {
        Time last = now;
        for (std::size_t k = front_; k < spikes_.size(); ++k) {
            const Spike& spike = spikes_[k];
            require_state(spike.time >= last && spike.time < never &&
                              (k == front_ || !(spike < spikes_[k - 1])),
                          "spikes under way are out of order");
            require_state(static_cast<std::size_t>(spike.id) < n_pre,
                          "a spike under way has no source");
            last = spike.time;
        }
        // Later ones would be overtaken by the next that is sent.
        require_state(last == now || last <= now + delay_,
                      "a spike under way comes later than its delay");
    }

  private:
    void compact() {
        spikes_.erase(spikes_.begin(), spikes_.begin() + static_cast<std::ptrdiff_t>(front_));
        front_ = 0;
    }

    Duration delay_;             // > 0
    std::vector<Spike> spikes_;  // by arrival time; those before front_ have arrived
    std::size_t front_ = 0;
    std::vector<NeuronId> arrived_;
};

}  // namespace postdict
