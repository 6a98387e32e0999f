#include "projection_dense.hpp"

#include <cassert>
#include <cmath>

#include "kernels.hpp"

namespace postdict {

template <class Real>
DenseProjection<Real>::DenseProjection(const DenseParameters& p)
    : Base(p.weights.size()),
      n_pre_(p.n_pre),
      n_post_(p.n_post),
      sign_(p.sign),
      uniform_(p.uniform) {
    assert(weights_.size() == (uniform_ ? 1 : n_pre_ * n_post_) && !(uniform_ && p.rule));
    if (p.rule) this->set_rule(*p.rule, n_pre_, n_post_);
    this->set_weights(p.weights, Time{});
}

template <class Real>
std::size_t DenseProjection<Real>::arrive(NeuronId source, Time t, Inputs& inputs) {
    const auto j = static_cast<std::size_t>(source);
    if (uniform_) {
        inputs.add_all(static_cast<double>(weights_[0]), sign_);
        return n_post_;
    }
    if (!plasticity_) {
        inputs.add_row(row(j), sign_);
        return n_post_;
    }
    Plasticity& plasticity = *plasticity_;
    plasticity.advance(t, this->reader());
    read_log(j);
    // The weight from before this arrival's change is what it transmits.
    if (plasticity.plain() && !plasticity.soft()) {
        const ArrivalChange change = plasticity.arrival_change(j);
        kernels::add_row_and_learn(inputs.channel(sign_), row(j), Inputs::factor(sign_), change.y,
                                   change.factor, change.constant, plasticity.w_max(), n_post_);
        inputs.touch_all();
    } else {
        inputs.add_row(row(j), sign_);
        plasticity.arrive(j, synapses(j), fluxes_);
    }
    plasticity.count_arrival(j, t);
    return n_post_;
}

template <class Real>
void DenseProjection<Real>::read_log(std::size_t j) {
    Real* const weights = row(j);
    kernels::prefetch(weights, n_post_ * sizeof(Real));
    if (!plasticity_->plain() || plasticity_->soft())
        return plasticity_->read(j, synapses(j), fluxes_);
    plasticity_->read_row(j, [weights, w_max = plasticity_->w_max()](NeuronId i, double amount) {
        const double learned = static_cast<double>(weights[i]) + amount;
        weights[i] = static_cast<Real>(std::min(std::max(learned, 0.0), w_max));
    });
}

template class DenseProjection<double>;
template class DenseProjection<float>;

}  // namespace postdict
