// What arrives at a population within one instant, summed neuron by neuron before it acts.
//
// Delta synapses need one sum, in which inhibition is subtracted; currents with two time constants
// need two. Weights of inhibition are non-negative everywhere; here is where they get their sign.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
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
    static double factor(Sign sign) { return sign == Sign::inhibitory ? -1.0 : 1.0; }

    void add(NeuronId i, double weight, Sign sign) {
        channel(sign)[i] += factor(sign) * weight;
        touch(i);
    }
    // Of a signed weight, as kicks have it.
    void kick(NeuronId i, double weight) {
        add(i, std::abs(weight), weight < 0.0 ? Sign::inhibitory : Sign::excitatory);
    }
    void add_all(double weight, Sign sign) {
        all_[second(sign)] += factor(sign) * weight;
        touch_all();
    }
    template <class Real>
    void add_row(const Real* row, Sign sign) {  // row: (n,)
        kernels::add_row(channel(sign), row, factor(sign), size());
        touch_all();
    }

    // For those who add by themselves: the sums, (n,), to which signed numbers are added, and the
    // note of who received any.
    double* channel(Sign sign) {
        used_[second(sign)] = true;
        return sums_[second(sign)].data();
    }
    void touch_all() { all_touched_ = true; }
    void touch(NeuronId i) { touched_.push_back(i); }
    void touch(std::span<const NeuronId> ids) {
        touched_.insert(touched_.end(), ids.begin(), ids.end());
    }

    bool touched() const { return all_touched_ || !touched_.empty(); }
    bool all_touched() const { return all_touched_; }
    // Who received any where not all did, in no order; a neuron may stand here more than once, and
    // has nothing left the second time.
    const std::vector<NeuronId>& who() const { return touched_; }

    // The sum of one neuron's arrivals, which is 0 from then on but for what all received.
    double take(std::size_t i, Sign sign = Sign::excitatory) {
        const bool place = second(sign);
        // A channel that nothing came by is not worth a look into memory.
        return (used_[place] ? std::exchange(sums_[place][i], 0.0) : 0.0) + all_[place];
    }
    const double* sums() const { return sums_[0].data(); }
    double all() const { return all_[0]; }

    // Ends the instant for those whose sums were taken one by one,
    void clear_touched() {
        touched_.clear();
        all_touched_ = false;
        all_[0] = all_[1] = 0.0;
        used_[0] = used_[1] = false;
    }
    // or for all.
    void clear() {
        for (const bool place : {false, true})
            if (used_[place]) std::fill(sums_[place].begin(), sums_[place].end(), 0.0);
        clear_touched();
    }

  private:
    bool second(Sign sign) const { return two_ && sign == Sign::inhibitory; }

    bool two_;
    std::vector<double> sums_[2];  // (n,) mV: all or excitation, inhibition
    double all_[2] = {0.0, 0.0};   // mV, what every neuron receives beside its sum
    bool used_[2] = {false, false};
    std::vector<NeuronId> touched_;
    bool all_touched_ = false;
};

}  // namespace postdict
