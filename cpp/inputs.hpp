// What arrives at a population within one instant, summed neuron by neuron before it acts.
//
// Delta synapses need one sum, in which inhibition is subtracted; currents with two time constants
// need two. Weights of inhibition are non-negative everywhere; here is where they get their sign.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "kernels.hpp"
#include "types.hpp"

namespace postdict {

class Inputs {
  public:
    enum class Channels { one, two };

    Inputs(std::size_t n, Channels channels)
        : two_(channels == Channels::two), sums_{std::vector<double>(n, 0.0), {}} {
        if (two_) sums_[1].assign(n, 0.0);
    }

    std::size_t size() const { return sums_[0].size(); }
    static double sign(bool inhibitory) { return inhibitory ? -1.0 : 1.0; }

    void add(NeuronId i, double weight, bool inhibitory) {
        channel(inhibitory)[i] += sign(inhibitory) * weight;
        touch(i);
    }
    void add_all(double weight, bool inhibitory) {
        all_[two_ && inhibitory] += sign(inhibitory) * weight;
        touch_all();
    }
    template <class Real>
    void add_row(const Real* row, bool inhibitory) {  // row: (n,)
        kernels::add_row(channel(inhibitory), row, sign(inhibitory), size());
        touch_all();
    }

    // For those who add by themselves: the sums, (n,), to which signed numbers are added, and the
    // note of who received any.
    double* channel(bool inhibitory) { return sums_[two_ && inhibitory].data(); }
    void touch_all() { all_touched_ = true; }
    void touch(NeuronId i) {
        sorted_ = sorted_ && (touched_.empty() || touched_.back() <= i);
        touched_.push_back(i);
    }

    bool touched() const { return all_touched_ || !touched_.empty(); }
    bool all_touched() const { return all_touched_; }
    // Who received any where not all did, sorted; a neuron may stand here more than once.
    const std::vector<NeuronId>& who() {
        if (!sorted_) std::sort(touched_.begin(), touched_.end());
        sorted_ = true;
        return touched_;
    }

    // The sum of one neuron's arrivals, which is 0 from then on but for what all received.
    double take(std::size_t i, bool inhibitory = false) {
        const bool second = two_ && inhibitory;
        return std::exchange(sums_[second][i], 0.0) + all_[second];
    }
    const double* sums() const { return sums_[0].data(); }
    double all() const { return all_[0]; }

    // Ends the instant for those whose sums were taken one by one,
    void clear_touched() {
        touched_.clear();
        sorted_ = true;
        all_touched_ = false;
        all_[0] = all_[1] = 0.0;
    }
    // or for all.
    void clear() {
        clear_touched();
        for (std::vector<double>& sums : sums_) std::fill(sums.begin(), sums.end(), 0.0);
    }

  private:
    bool two_;
    std::vector<double> sums_[2];  // (n,) mV: all or excitation, inhibition
    double all_[2] = {0.0, 0.0};   // mV, what every neuron receives beside its sum
    std::vector<NeuronId> touched_;
    bool sorted_ = true;
    bool all_touched_ = false;
};

}  // namespace postdict
