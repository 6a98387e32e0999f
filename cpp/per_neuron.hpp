// One value for each neuron of a population; where all are equal, reading one touches one cache
// line for the whole population.
#pragma once

#include <algorithm>
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

}  // namespace postdict
