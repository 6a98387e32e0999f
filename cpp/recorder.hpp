// What is recorded: spikes as they come, and samples of a variable at multiples of an interval or
// at given times.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "state.hpp"
#include "types.hpp"

namespace postdict {

// The spikes of a population with start <= time < stop, of all its neurons or of some.
struct SpikeRecord {
    std::vector<Time> times;
    std::vector<NeuronId> ids;
    bool on = true;
    Time start;
    Time stop = never;
    std::vector<std::uint64_t> chosen;  // (n,) 1 for who is recorded; empty for all

    // Returns how many of them it kept.
    std::size_t append(const std::vector<NeuronId>& fired, Time t) {
        if (!on || t < start || t >= stop) return 0;
        const std::size_t before = ids.size();
        if (chosen.empty()) {
            ids.insert(ids.end(), fired.begin(), fired.end());
        } else {
            std::copy_if(fired.begin(), fired.end(), std::back_inserter(ids),
                         [&](NeuronId i) { return chosen[static_cast<std::size_t>(i)] != 0; });
        }
        times.resize(ids.size(), t);
        return ids.size() - before;
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit.growing("time", self.times);
        visit.growing("id", self.ids);
        visit("on", self.on);
        visit("start", self.start);
        visit("stop", self.stop);
        visit.growing("chosen", self.chosen);
    }
    void check_state(Time now, std::size_t n) const {
        require_state(times.size() == ids.size(), "recorded spikes lack a time or an id");
        for (std::size_t k = 0; k < times.size(); ++k) {
            require_state(times[k] >= (k == 0 ? Time{} : times[k - 1]) && times[k] < now,
                          "recorded spikes are out of order");
            require_state(static_cast<std::size_t>(ids[k]) < n, "a recorded spike has no neuron");
        }
        require_state(chosen.empty() || chosen.size() == n, "a choice of neurons is wrong");
    }
};

enum class Variable {
    weights,
    weight_statistics,
    potential,
    current_e,
    current_i,
    conductance_e,
    conductance_i
};

// What to sample, when, and how much of it to keep.
struct Sampling {
    Variable variable;
    std::size_t target;                // population or projection
    std::vector<std::uint64_t> which;  // neurons or synapses; none for all the weights
    std::size_t width;                 // numbers in a sample
    Duration interval;                 // of samples at 0, interval, 2 interval, ...
    std::vector<Time> times;           // or rising, of each sample
    std::size_t most_samples;          // in memory
};

// Each sample shows the state from before the events of its instant. With an interval the memory is
// bounded: when it is full every second sample is dropped and the interval doubles, so that the
// samples always span the whole run; unless they are taken away as they come.
class SampledRecorder {
  public:
    explicit SampledRecorder(Sampling sampling)
        : sampling_(std::move(sampling)), interval_(sampling_.interval) {}

    const Sampling& sampling() const { return sampling_; }
    std::size_t width() const { return sampling_.width; }
    Duration interval() const { return interval_; }  // at present

    std::size_t n_samples() const { return values_.size() / width(); }
    const std::vector<double>& values() const { return values_; }  // (n_samples, width)
    // Of the k-th sample that is in memory, or of the next one.
    Time time_of(std::size_t k) const {
        const std::size_t number = n_taken_away_ + k;
        if (sampling_.times.empty())
            return number <= last_number() ? Time{} + interval_ * static_cast<std::int64_t>(number)
                                           : never;
        return number < sampling_.times.size() ? sampling_.times[number] : never;
    }
    Time next_time() const { return time_of(n_samples()); }

    // Called at next_time(); `write(values)` appends one sample of `width` numbers.
    template <class Write>
    void sample(Time t, Write&& write) {
        while (n_samples() >= sampling_.most_samples && sampling_.times.empty() && !streaming_)
            thin();
        if (next_time() == t) write(values_);
    }

    // While its samples are taken away, none is dropped.
    void set_streaming(bool on) { streaming_ = on; }
    std::vector<double> take_away() {
        n_taken_away_ += n_samples();
        return std::exchange(values_, {});
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("interval", self.interval_);
        visit("n_taken_away", self.n_taken_away_);
        visit.growing("values", self.values_);
    }
    void check_state(Time now) const {
        require_state(!sampling_.times.empty() ||
                          (interval_ > Duration{} && n_taken_away_ <= std::uint64_t{1} << 53),
                      "a sampling interval is wrong");
        require_state(values_.size() % width() == 0, "a recording has the wrong length");
        require_state(next_time() >= now, "a sample is missing");
    }

  private:
    // After it comes what no run reaches.
    std::uint64_t last_number() const {
        return static_cast<std::uint64_t>(((latest + longest) - Time{}).count() /
                                          interval_.count());
    }
    // Keeps those whose number since t = 0 is even.
    void thin() {
        std::size_t kept = 0;
        for (std::size_t k = n_taken_away_ % 2; k < n_samples(); k += 2, ++kept)
            std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(k * width()), width(),
                        values_.begin() + static_cast<std::ptrdiff_t>(kept * width()));
        values_.resize(kept * width());
        n_taken_away_ = (n_taken_away_ + 1) / 2;
        interval_ = interval_ * 2;
    }

    Sampling sampling_;
    Duration interval_;
    std::uint64_t n_taken_away_ = 0;
    std::vector<double> values_;
    bool streaming_ = false;
};

}  // namespace postdict
