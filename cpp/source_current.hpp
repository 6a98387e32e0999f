// A step current into some neurons of a population: it adds to their v_inf.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "state.hpp"
#include "steps.hpp"
#include "types.hpp"

namespace postdict {

class CurrentSource {
  public:
    CurrentSource(std::vector<NeuronId> ids, Steps current)
        : ids_(std::move(ids)), current_(std::move(current)) {
        std::sort(ids_.begin(), ids_.end());
    }

    const std::vector<NeuronId>& ids() const { return ids_; }
    Time next_time() const { return current_.end(taken_); }
    // Takes the step at next_time().
    void step() { ++taken_; }
    // What a neuron receives at present, mV.
    double value(NeuronId i) const {
        return std::binary_search(ids_.begin(), ids_.end(), i) ? current_.after(taken_) : 0.0;
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("taken", self.taken_);
    }
    void check_state(Time now) const {
        require_state(taken_ <= current_.times.size() && next_time() >= now &&
                          (taken_ == 0 || current_.times[taken_ - 1] < now),
                      "a current stands at the wrong step");
    }

  private:
    std::vector<NeuronId> ids_;  // sorted
    Steps current_;              // mV
    std::uint64_t taken_ = 0;
};

}  // namespace postdict
