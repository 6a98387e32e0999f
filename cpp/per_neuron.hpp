// One value for each neuron of a population; where all are equal, reading one touches one cache
// line for the whole population.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

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

// A threshold's lower neighbourhood: what stays below it needs no exact test.
inline double slightly_below(double gap) {
    return gap - 1e-9 * (1.0 + std::abs(gap));
}

inline std::vector<double> slightly_below(std::vector<double> gap) {
    for (double& value : gap) value = slightly_below(value);
    return gap;
}

}  // namespace postdict
