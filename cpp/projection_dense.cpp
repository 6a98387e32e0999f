#include "projection_dense.hpp"

#include <cassert>
#include <cmath>
#include <utility>

namespace postdict {

DenseProjection::DenseProjection(DenseParameters p)
    : n_pre_(p.n_pre),
      n_post_(p.n_post),
      inhibitory_(p.inhibitory),
      uniform_(p.uniform),
      w_max_(p.w_max),
      line_(p.axonal_delay),
      weights_(std::move(p.weights)),
      learning_(p.rule.has_value()) {
    assert(weights_.size() == (uniform_ ? 1 : n_pre_ * n_post_) && !(uniform_ && p.rule));
    if (p.rule) rule_.emplace(*p.rule, n_pre_, n_post_);
}

void DenseProjection::on_spike(NeuronId post, Time t) {
    rule_->on_spike(post, t, [&](auto&& change) {
        if (!learning_) return;
        double* const column = weights_.data() + post;
        for (std::size_t j = 0; j < n_pre_; ++j)
            column[j * n_post_] = bounded(column[j * n_post_] + change(j));
    });
}

void DenseProjection::check_state(Time now) const {
    line_.check_state(now, n_pre_);
    for (const double weight : weights_)
        postdict::check_state(std::isfinite(weight) && (!rule_ || bounded(weight) == weight),
                              "a weight is out of its bounds");
    postdict::check_state(rule_.has_value() || !learning_, "a fixed projection learns");
    if (rule_) rule_->check_state(now);
}

}  // namespace postdict
