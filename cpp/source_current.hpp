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
    // each: (steps, n) mV, one for each of n neurons, which are sorted then; or empty.
    CurrentSource(std::vector<NeuronId> ids, Steps current, std::vector<double> each = {})
        : ids_(std::move(ids)), current_(std::move(current)), each_(std::move(each)) {
        std::sort(ids_.begin(), ids_.end());
    }

    // Another current from now on, whose steps before now have been taken.
    void set(Steps current, std::vector<double> each, Time now) {
        current_ = std::move(current);
        each_ = std::move(each);
        taken_ = static_cast<std::uint64_t>(
            std::lower_bound(current_.times.begin(), current_.times.end(), now) -
            current_.times.begin());
    }

    const std::vector<NeuronId>& ids() const { return ids_; }
    Time next_time() const { return current_.end(taken_); }
    // Takes the step at next_time().
    void step() { ++taken_; }
    // What a neuron receives at present, mV.
    double value(NeuronId i) const {
        const auto place = std::lower_bound(ids_.begin(), ids_.end(), i);
        if (place == ids_.end() || *place != i) return 0.0;
        if (each_.empty() || taken_ == 0) return current_.after(taken_);
        const auto k = static_cast<std::size_t>(place - ids_.begin());
        return each_[(taken_ - 1) * ids_.size() + k];
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("taken", self.taken_);
        visit.growing("times", self.current_.times);
        visit.growing("values", self.current_.values);
        visit.growing("each", self.each_);
    }
    void check_state(Time now) const {
        require_state(current_.times.size() == current_.values.size() &&
                          (each_.empty() || each_.size() == current_.times.size() * ids_.size()),
                      "a current has not one value for each step");
        for (std::size_t k = 0; k < current_.times.size(); ++k)
            require_state(is_moderate(current_.values[k]) && current_.times[k] < never &&
                              (k == 0 || current_.times[k - 1] <= current_.times[k]),
                          "a current is not finite, or its times fall");
        require_state(std::all_of(each_.begin(), each_.end(), is_moderate),
                      "a current is not finite");
        require_state(taken_ <= current_.times.size() && next_time() >= now &&
                          (taken_ == 0 || current_.times[taken_ - 1] < now),
                      "a current stands at the wrong step");
    }

  private:
    std::vector<NeuronId> ids_;  // sorted
    Steps current_;              // mV
    std::vector<double> each_;   // (steps, n) mV, instead of its values
    std::uint64_t taken_ = 0;
};

}  // namespace postdict
