// One value for each neuron of a population; where all are equal, reading one touches one cache
// line for the whole population.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "time.hpp"

namespace postdict {

class PerNeuron {
  public:
    explicit PerNeuron(std::vector<double> values)
        : values_(std::move(values)), mask_(all_equal() ? 0 : ~std::size_t{0}) {}

    std::size_t size() const { return values_.size(); }
    bool shared() const { return mask_ == 0; }
    double operator[](std::size_t i) const { return values_[i & mask_]; }
    const double* data() const { return values_.data(); }  // (n,)

    bool any(auto&& holds) const { return std::any_of(values_.begin(), values_.end(), holds); }

    void set(std::size_t i, double value) {
        values_[i] = value;
        if (shared() && values_.size() > 1) mask_ = ~std::size_t{0};
    }

  private:
    bool all_equal() const {
        return std::adjacent_find(values_.begin(), values_.end(), std::not_equal_to<>()) ==
               values_.end();
    }

    std::vector<double> values_;
    std::size_t mask_;
};

inline std::vector<double> plus(std::vector<double> a, const std::vector<double>& b) {
    std::transform(a.begin(), a.end(), b.begin(), a.begin(), std::plus<>());
    return a;
}

inline std::vector<double> minus(std::vector<double> a, const std::vector<double>& b) {
    std::transform(a.begin(), a.end(), b.begin(), a.begin(), std::minus<>());
    return a;
}

inline std::vector<Duration> durations(const std::vector<double>& ms) {
    std::vector<Duration> result;
    for (const double value : ms) result.push_back(Duration::ms(value));
    return result;
}

inline bool any_positive(const std::vector<Duration>& durations) {
    return std::any_of(durations.begin(), durations.end(),
                       [](Duration d) { return d > Duration{}; });
}

// The end of a stride (ms) of the neurons of a population that may fire by themselves.
inline Time horizon_after(Time t, double stride) {
    constexpr Time last = latest + longest;  // which no run reaches; never is for no horizon
    return std::clamp(after(t, stride * picoseconds_per_ms), t + picosecond, last);
}

// A threshold's lower neighbourhood: what stays below it needs no exact test.
inline double slightly_below(double gap) {
    return gap - 1e-9 * (1.0 + std::abs(gap));
}

inline std::vector<double> slightly_below(std::vector<double> gap) {
    for (double& value : gap) value = slightly_below(value);
    return gap;
}

}  // namespace postdict
