#include "projection_sparse.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace postdict {

template <class Real>
SparseProjection<Real>::SparseProjection(SparseParameters p)
    : Base(p.weights.size()),
      n_post_(p.n_post),
      sign_(p.sign),
      first_(std::move(p.first)),
      source_first_(std::move(p.source_first)),
      delays_(std::move(p.delays)),
      targets_(std::move(p.targets)) {
    assert(source_first_.size() == p.n_pre + 1 && first_.back() == targets_.size());
    assert(weights_.size() == targets_.size() || (weights_.size() == 1 && !p.rule));
    if (p.rule) this->set_rule(*p.rule, first_.size() - 1, n_post_);
    this->set_weights(p.weights, Time{});
}

template <class Real>
std::size_t SparseProjection<Real>::arrive_at(std::uint32_t bundle, Time t, Inputs& inputs) {
    const std::uint32_t first = first_[bundle];
    const std::uint32_t last = first_[bundle + 1];
    if (!plasticity_) {
        transmit(first, last, inputs);
        return last - first;
    }
    plasticity_->advance(t, this->reader());
    if (plasticity_->plain()) {
        transmit_and_learn(bundle, inputs);
    } else {
        read_log(bundle);
        transmit(first, last, inputs);
        plasticity_->arrive(bundle, synapses(bundle), fluxes_);
    }
    plasticity_->count_arrival(bundle, t);
    return last - first;
}

template <class Real>
void SparseProjection<Real>::transmit(std::uint32_t first, std::uint32_t last,
                                      Inputs& inputs) const {
    double* const sums = inputs.channel(sign_);
    const double factor = Inputs::factor(sign_);
    const NeuronId* const targets = targets_.data();
    if (weights_.size() == 1) {
        const double weight = factor * static_cast<double>(weights_[0]);
        for (std::uint32_t k = first; k < last; ++k) sums[targets[k]] += weight;
    } else {
        const Real* const weights = weights_.data();
        for (std::uint32_t k = first; k < last; ++k)
            sums[targets[k]] += factor * static_cast<double>(weights[k]);
    }
    inputs.touch({targets + first, targets + last});
}

// Each synapse takes in its pending spikes, transmits, and then changes by the arrival.
template <class Real>
void SparseProjection<Real>::transmit_and_learn(std::size_t bundle, Inputs& inputs) {
    Plasticity& plasticity = *plasticity_;
    double* const sums = inputs.channel(sign_);
    const double factor = Inputs::factor(sign_);
    const ArrivalChange change = plasticity.arrival_change(bundle);
    for (std::uint32_t k = first_[bundle]; k < first_[bundle + 1]; ++k) {
        const NeuronId i = targets_[k];
        const Real weight = plasticity.up_to_date(weights_[k], bundle, i);
        sums[i] += factor * static_cast<double>(weight);
        weights_[k] = plasticity.changed(weight, change(static_cast<std::size_t>(i)));
    }
    inputs.touch({targets_.data() + first_[bundle], targets_.data() + first_[bundle + 1]});
    plasticity_->mark_read(bundle);
}

template <class Real>
void SparseProjection<Real>::read_log(std::size_t bundle) {
    plasticity_->read(bundle, synapses(bundle), fluxes_);
}

template <class Real>
std::pair<std::size_t, NeuronId> SparseProjection<Real>::place(std::size_t k) const {
    const auto after = std::upper_bound(first_.begin(), first_.end(), k);
    return {static_cast<std::size_t>(after - first_.begin()) - 1, targets_[k]};
}

template <class Real>
NeuronId SparseProjection<Real>::source(std::size_t row) const {
    const auto after = std::upper_bound(source_first_.begin(), source_first_.end(), row);
    return static_cast<NeuronId>(after - source_first_.begin()) - 1;
}

template <class Real>
void SparseProjection<Real>::check_rows() const {
    for (const auto* offsets : {&first_, &source_first_})
        require_state(!offsets->empty() && offsets->front() == 0 &&
                          std::is_sorted(offsets->begin(), offsets->end()),
                      "offsets do not rise");
    require_state(first_.back() == targets_.size() && source_first_.back() + 1 == first_.size(),
                  "offsets do not end where the synapses do");
    for (std::size_t bundle = 0; bundle + 1 < first_.size(); ++bundle)
        require_state(std::is_sorted(targets_.begin() + first_[bundle],
                                     targets_.begin() + first_[bundle + 1]),
                      "the targets of a bundle are out of order");
    for (const NeuronId i : targets_)
        require_state(i >= 0 && index(i) < n_post_, "a synapse has no target");
    if (delays_.size() == 1) return;
    for (std::size_t j = 0; j < n_pre(); ++j)
        require_state(std::is_sorted(delays_.begin() + source_first_[j],
                                     delays_.begin() + source_first_[j + 1]),
                      "the delays of a source do not rise");
}

template class SparseProjection<double>;
template class SparseProjection<float>;

}  // namespace postdict
