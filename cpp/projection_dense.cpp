#include "projection_dense.hpp"

#include <cassert>
#include <cmath>
#include <utility>

namespace postdict {

DenseProjection::DenseProjection(DenseParameters p)
    : n_pre_(p.n_pre),
      n_post_(p.n_post),
      sign_(p.inhibitory ? -1.0 : 1.0),
      uniform_(p.uniform),
      w_max_(p.w_max),
      line_(p.axonal_delay),
      weights_(std::move(p.weights)),
      learning_(p.rule.has_value()) {
    assert(weights_.size() == (uniform_ ? 1 : n_pre_ * n_post_) && !(uniform_ && p.rule));
    if (p.rule) rule_.emplace(*p.rule, n_pre_, n_post_);
}

std::size_t DenseProjection::deliver(Time t, LifDelta& target) {
    const std::vector<NeuronId>& sources = line_.receive(t);
    for (const NeuronId j : sources) {
        if (uniform_) {
            target.receive_all(sign_ * weights_[0]);
            continue;
        }
        double* const row = weights_.data() + static_cast<std::size_t>(j) * n_post_;
        // The weight from before this arrival's depression is what it transmits.
        target.receive_row(row, sign_);
        if (!rule_) continue;
        rule_->on_arrival(j, t, [&](auto&& change) {
            if (!learning_) return;
            for (std::size_t i = 0; i < n_post_; ++i) row[i] = bounded(row[i] + change(i));
        });
    }
    return sources.size();
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
