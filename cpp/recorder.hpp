// What is recorded: spikes as they come, and samples of a variable at multiples of an interval.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "state.hpp"
#include "types.hpp"

namespace postdict {

struct SpikeRecord {
    std::vector<Time> times;  // ms
    std::vector<NeuronId> ids;
    bool on = true;

    void append(const std::vector<NeuronId>& fired, Time t) {
        times.insert(times.end(), fired.size(), t);
        ids.insert(ids.end(), fired.begin(), fired.end());
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit.growing("time", self.times);
        visit.growing("id", self.ids);
        visit("on", self.on);
    }
    void check_state(Time now, std::size_t n) const {
        postdict::check_state(times.size() == ids.size(), "recorded spikes lack a time or an id");
        for (std::size_t k = 0; k < times.size(); ++k) {
            postdict::check_state(times[k] >= (k == 0 ? 0.0 : times[k - 1]) && times[k] < now,
                                  "recorded spikes are out of order");
            postdict::check_state(static_cast<std::size_t>(ids[k]) < n,
                                  "a recorded spike has no neuron");
        }
    }
};

enum class Variable { weights, potential, current_e, current_i };

// Samples at 0, interval, 2 interval, ..., each of the state before the events of its instant.
// The memory is bounded: when it is full every second sample is dropped and the interval doubles,
// so that the samples always span the whole run.
class SampledRecorder {
  public:
    // ids: which neurons, or none for all the weights; width: numbers in a sample.
    SampledRecorder(Variable variable, std::size_t target, std::vector<NeuronId> ids,
                    std::size_t width, Time interval, std::size_t most_samples)
        : variable_(variable),
          target_(target),
          ids_(std::move(ids)),
          width_(width),
          most_samples_(most_samples),
          interval_(interval) {}

    Variable variable() const { return variable_; }
    std::size_t target() const { return target_; }
    const std::vector<NeuronId>& ids() const { return ids_; }
    std::size_t width() const { return width_; }

    std::size_t n_samples() const { return values_.size() / width_; }
    Time interval() const { return interval_; }
    const std::vector<double>& values() const { return values_; }  // (n_samples, width)
    Time next_time() const { return static_cast<double>(n_samples()) * interval_; }

    // Called at next_time(); `write(values)` appends one sample of `width` numbers.
    template <class Write>
    void sample(Time t, Write&& write) {
        if (n_samples() == most_samples_) thin();
        if (next_time() == t) write(values_);
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("interval", self.interval_);
        visit.growing("values", self.values_);
    }
    void check_state(Time now) const {
        postdict::check_state(interval_ > 0.0 && interval_ < never, "a sampling interval is wrong");
        postdict::check_state(values_.size() % width_ == 0 && n_samples() <= most_samples_,
                              "a recording has the wrong length");
        postdict::check_state(next_time() >= now, "a sample is missing");
    }

  private:
    void thin() {
        const std::size_t kept = (n_samples() + 1) / 2;
        for (std::size_t k = 1; k < kept; ++k)
            std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(2 * k * width_), width_,
                        values_.begin() + static_cast<std::ptrdiff_t>(k * width_));
        values_.resize(kept * width_);
        interval_ *= 2.0;
    }

    Variable variable_;
    std::size_t target_;
    std::vector<NeuronId> ids_;
    std::size_t width_;
    std::size_t most_samples_;
    Time interval_;  // ms
    std::vector<double> values_;
};

}  // namespace postdict
