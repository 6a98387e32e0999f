// All-to-all synapses with one axonal delay: a matrix of weights stored source by source, so that
// an arrival reads one contiguous row; or one number for all pairs. Fixed, or plastic by a rule.
//
// Inhibitory weights are non-negative efficacies here and everywhere; the sign stands in one place.
#pragma once

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "delay_line.hpp"
#include "rule_antisymmetric.hpp"
#include "types.hpp"

namespace postdict {

struct DenseParameters {
    std::size_t n_pre;
    std::size_t n_post;
    std::vector<double> weights;  // mV, (n_pre, n_post), or (1,) where uniform
    double axonal_delay;          // ms
    bool inhibitory = false;
    std::optional<AntisymmetricParameters> rule;
    double w_max = std::numeric_limits<double>::infinity();  // mV, of plastic weights
    bool uniform = false;  // one weight for all pairs; fixed projections only
};

class DenseProjection {
  public:
    explicit DenseProjection(DenseParameters parameters);

    std::size_t n_pre() const { return n_pre_; }
    std::size_t n_post() const { return n_post_; }
    bool plastic() const { return rule_.has_value(); }
    bool uniform() const { return uniform_; }

    DelayLine& line() { return line_; }
    const DelayLine& line() const { return line_; }

    // Delivers what arrives at t; returns how many spikes that were.
    template <class Neurons>
    std::size_t deliver(Time t, Neurons& target);
    // A postsynaptic spike, after the arrivals of its instant.
    void on_spike(NeuronId post, Time t);

    const std::vector<double>& weights() const { return weights_; }  // (n_pre, n_post) or (1,)
    void set_weights(std::vector<double> weights) { weights_ = std::move(weights); }
    bool learning() const { return learning_; }
    void set_learning(bool on) { learning_ = on; }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("line", self.line_);
        visit("weights", self.weights_);
        visit("learning", self.learning_);
        if (self.rule_) visit("rule", *self.rule_);
    }
    void check_state(Time now) const;

  private:
    double bounded(double weight) const { return std::min(std::max(weight, 0.0), w_max_); }

    std::size_t n_pre_;
    std::size_t n_post_;
    bool inhibitory_;
    bool uniform_;
    double w_max_;
    DelayLine line_;
    std::vector<double> weights_;
    std::optional<AntisymmetricRule> rule_;
    bool learning_;  // a rule whose learning is off still follows the spikes
};

template <class Neurons>
std::size_t DenseProjection::deliver(Time t, Neurons& target) {
    const std::vector<NeuronId>& sources = line_.receive(t);
    for (const NeuronId j : sources) {
        if (uniform_) {
            target.receive_all(weights_[0], inhibitory_);
            continue;
        }
        double* const row = weights_.data() + static_cast<std::size_t>(j) * n_post_;
        // The weight from before this arrival's depression is what it transmits.
        target.receive_row(row, inhibitory_);
        if (!rule_) continue;
        rule_->on_arrival(j, t, [&](auto&& change) {
            if (!learning_) return;
            for (std::size_t i = 0; i < n_post_; ++i) row[i] = bounded(row[i] + change(i));
        });
    }
    return sources.size();
}

}  // namespace postdict
