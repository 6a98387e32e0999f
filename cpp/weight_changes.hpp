// What is done with what a rule says of the synapses of a row: it acts on their weights at once.
// Rules with a third factor have `TraceChanges` instead, with the same functions.
#pragma once

#include <algorithm>
#include <cstdint>

#include "fluxes.hpp"
#include "row_of_synapses.hpp"

namespace postdict {

struct Bounds {
    double w_max;  // mV
    bool soft;

    double bounded(double weight) const { return std::min(std::max(weight, 0.0), w_max); }
    // What an amount is worth to a weight.
    double scaled(double weight, double amount) const {
        if (soft) amount *= (amount > 0.0 ? w_max - weight : weight) / w_max;
        return amount;
    }
};

// Who acts: a spike by its entry in the log, or the arrival that is handled.
inline constexpr std::uint32_t this_arrival = SpikeLog::none;

template <class Real>
class WeightChanges {
  public:
    // fluxes: null where nothing is accounted.
    WeightChanges(const RowOfSynapses<Real>& row, Bounds bounds, bool learning, Fluxes* fluxes)
        : row_(row), bounds_(bounds), learning_(learning), fluxes_(fluxes) {}

    // A weight as who acts finds it,
    double weight(std::size_t s, std::uint32_t) const {
        return static_cast<double>(row_.weights[s]);
    }
    // changed by an amount,
    void add(std::size_t s, std::uint32_t, double amount) const {
        if (fluxes_ != nullptr) fluxes_->add(row_.first + s, amount);
        if (!learning_) return;
        const auto w = static_cast<double>(row_.weights[s]);
        row_.weights[s] = static_cast<Real>(bounds_.bounded(w + bounds_.scaled(w, amount)));
    }
    // or replaced.
    void put(std::size_t s, std::uint32_t, double w, double next) const {
        if (fluxes_ != nullptr) fluxes_->add(row_.first + s, next - w);
        if (learning_) row_.weights[s] = static_cast<Real>(bounds_.bounded(next));
    }
    // Several are, none of them twice: n at place(k), by entry(k), from w[k] to next[k].
    template <class Place, class Entry, class Next>
    void put_each(std::size_t n, const Place& place, const Entry& entry, const double* w,
                  const Next& next) const {
        if (learning_ && fluxes_ == nullptr) {
            for (std::size_t k = 0; k < n; ++k)
                row_.weights[place(k)] = static_cast<Real>(bounds_.bounded(next[k]));
        } else {
            for (std::size_t k = 0; k < n; ++k) put(place(k), entry(k), w[k], next[k]);
        }
    }

  private:
    RowOfSynapses<Real> row_;
    Bounds bounds_;
    bool learning_;
    Fluxes* fluxes_;
};

}  // namespace postdict
