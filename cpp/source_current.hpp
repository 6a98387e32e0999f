// A step current into some neurons of a population: it adds to their v_inf.
#pragma once

#include <cmath>
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
        : ids_(std::move(ids)), current_(std::move(current)) {}

    Time next_time() const { return current_.end(taken_); }

    template <class Neurons>
    void step(Time t, Neurons& target) {
        const double before = current_.after(taken_);
        const double change = current_.after(++taken_) - before;
        if (change == 0.0) return;
        for (const NeuronId i : ids_) target.shift_drive(i, change, t);
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("taken", self.taken_);
    }
    void check_state(Time now) const {
        postdict::check_state(taken_ <= current_.times.size() && next_time() >= now &&
                                  (taken_ == 0 || current_.times[taken_ - 1] < now),
                              "a current stands at the wrong step");
    }

  private:
    std::vector<NeuronId> ids_;
    Steps current_;  // mV
    std::uint64_t taken_ = 0;
};

}  // namespace postdict
