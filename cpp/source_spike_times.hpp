// Replays given spikes, as if a population of that size had fired them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "state.hpp"
#include "types.hpp"

namespace postdict {

class SpikeTimesSource {
  public:
    // spikes: sorted by (time, id).
    SpikeTimesSource(std::string name, std::size_t n, std::vector<Spike> spikes)
        : name_(std::move(name)), n_(n), spikes_(std::move(spikes)) {}

    const std::string& name() const { return name_; }
    std::size_t size() const { return n_; }
    Time next_time() const { return next_ < spikes_.size() ? spikes_[next_].time : never; }

    // The neurons that fire at t, sorted, one entry a spike; valid until the next call.
    const std::vector<NeuronId>& fire(Time t) {
        fired_.clear();
        while (next_time() == t) fired_.push_back(spikes_[next_++].id);
        return fired_;
    }

    // More spikes, sorted by (time, id), none before the present.
    void append(const std::vector<Spike>& more) {
        const auto middle = static_cast<std::ptrdiff_t>(spikes_.size());
        spikes_.insert(spikes_.end(), more.begin(), more.end());
        std::inplace_merge(spikes_.begin() + static_cast<std::ptrdiff_t>(next_),
                           spikes_.begin() + middle, spikes_.end());
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("next", self.next_);
    }
    void check_state(Time now) const {
        require_state(next_ <= spikes_.size() && next_time() >= now &&
                          (next_ == 0 || spikes_[next_ - 1].time < now),
                      "a source stands at the wrong spike");
    }

  private:
    std::string name_;
    std::size_t n_;
    std::vector<Spike> spikes_;
    std::uint64_t next_ = 0;
    std::vector<NeuronId> fired_;
};

}  // namespace postdict
