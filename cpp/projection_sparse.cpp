#include "projection_sparse.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace postdict {

template <class Real>
SparseProjection<Real>::SparseProjection(SparseParameters p)
    : n_post_(p.n_post),
      inhibitory_(p.inhibitory),
      first_(std::move(p.first)),
      source_first_(std::move(p.source_first)),
      delays_(std::move(p.delays)),
      targets_(std::move(p.targets)),
      weights_(p.weights.size()) {
    assert(source_first_.size() == p.n_pre + 1 && first_.back() == targets_.size());
    assert(weights_.size() == targets_.size() || (weights_.size() == 1 && !p.rule));
    if (p.rule) plasticity_.emplace(stored_in<Real>(*p.rule), first_.size() - 1, n_post_);
    set_weights(p.weights);
}

template <class Real>
std::size_t SparseProjection<Real>::arrive_at(std::uint32_t bundle, Time t, Inputs& inputs) {
    const std::uint32_t first = first_[bundle];
    const std::uint32_t last = first_[bundle + 1];
    if (!plasticity_) {
        transmit(first, last, inputs);
        return last - first;
    }
    plasticity_->advance(t, [this](std::size_t k) { read_log(k); });
    if (plasticity_->learning() && !plasticity_->accounting()) {
        transmit_and_learn(bundle, inputs);
    } else {
        read_log(bundle);
        transmit(first, last, inputs);
        change(bundle);
    }
    plasticity_->count_arrival(bundle, t);
    return last - first;
}

template <class Real>
void SparseProjection<Real>::transmit(std::uint32_t first, std::uint32_t last,
                                      Inputs& inputs) const {
    double* const sums = inputs.channel(inhibitory_);
    const double sign = Inputs::sign(inhibitory_);
    const NeuronId* const targets = targets_.data();
    if (weights_.size() == 1) {
        const double weight = sign * static_cast<double>(weights_[0]);
        for (std::uint32_t k = first; k < last; ++k) sums[targets[k]] += weight;
    } else {
        const Real* const weights = weights_.data();
        for (std::uint32_t k = first; k < last; ++k)
            sums[targets[k]] += sign * static_cast<double>(weights[k]);
    }
    inputs.touch({targets + first, targets + last});
}

// Each synapse takes in its pending spikes, transmits, and then changes by the arrival.
template <class Real>
void SparseProjection<Real>::transmit_and_learn(std::size_t bundle, Inputs& inputs) {
    Plasticity& plasticity = *plasticity_;
    double* const sums = inputs.channel(inhibitory_);
    const double sign = Inputs::sign(inhibitory_);
    const ArrivalChange change = plasticity.arrival_change();
    for (std::uint32_t k = first_[bundle]; k < first_[bundle + 1]; ++k) {
        const NeuronId i = targets_[k];
        const Real weight = plasticity.up_to_date(weights_[k], bundle, i);
        sums[i] += sign * static_cast<double>(weight);
        weights_[k] = plasticity.changed(weight, change(static_cast<std::size_t>(i)));
    }
    inputs.touch({targets_.data() + first_[bundle], targets_.data() + first_[bundle + 1]});
    plasticity_->mark_read(bundle);
}

template <class Real>
void SparseProjection<Real>::on_spike(NeuronId i, Time t) {
    plasticity_->advance(t, [this](std::size_t k) { read_log(k); });
    plasticity_->count_spike(i, t);
}

// What an arrival does apart from being transmitted, while fluxes are accounted.
template <class Real>
void SparseProjection<Real>::change(std::size_t bundle) {
    if (!plasticity_->accounting()) return;
    const ArrivalChange change = plasticity_->arrival_change();
    for (std::uint32_t k = first_[bundle]; k < first_[bundle + 1]; ++k) {
        const double amount = change(static_cast<std::size_t>(targets_[k]));
        fluxes_.add(k, amount);
        if (plasticity_->learning()) weights_[k] = plasticity_->changed(weights_[k], amount);
    }
}

template <class Real>
void SparseProjection<Real>::read_log(std::size_t bundle) {
    for (std::uint32_t k = first_[bundle]; k < first_[bundle + 1]; ++k) {
        if (plasticity_->accounting())
            plasticity_->read_synapse(bundle, targets_[k],
                                      [&](double amount) { fluxes_.add(k, amount); });
        weights_[k] = plasticity_->up_to_date(weights_[k], bundle, targets_[k]);
    }
    plasticity_->mark_read(bundle);
}

template <class Real>
Fluxes SparseProjection<Real>::fluxes() const {
    Fluxes present = fluxes_;
    if (plasticity_->accounting())
        for (std::size_t bundle = 0; bundle + 1 < first_.size(); ++bundle)
            for (std::uint32_t k = first_[bundle]; k < first_[bundle + 1]; ++k)
                plasticity_->read_synapse(bundle, targets_[k],
                                          [&](double amount) { present.add(k, amount); });
    return present;
}

template <class Real>
double SparseProjection<Real>::weight(std::size_t k) const {
    if (!plasticity_) return static_cast<double>(weights_[k]);
    const auto after = std::upper_bound(first_.begin(), first_.end(), k);
    const auto bundle = static_cast<std::size_t>(after - first_.begin()) - 1;
    return static_cast<double>(plasticity_->up_to_date(weights_[k], bundle, targets_[k]));
}

template <class Real>
std::vector<double> SparseProjection<Real>::weights() const {
    std::vector<double> present(weights_.begin(), weights_.end());
    if (plasticity_)
        for (std::size_t bundle = 0; bundle + 1 < first_.size(); ++bundle)
            for (std::uint32_t k = first_[bundle]; k < first_[bundle + 1]; ++k)
                present[k] =
                    static_cast<double>(plasticity_->up_to_date(weights_[k], bundle, targets_[k]));
    return present;
}

template <class Real>
void SparseProjection<Real>::set_weights(const std::vector<double>& weights) {
    assert(weights.size() == weights_.size());
    // What is pending belongs to the old weights, but for the fluxes.
    if (plasticity_) plasticity_->flush([this](std::size_t k) { read_log(k); });
    const double most = plasticity_ ? plasticity_->w_max() : never;
    std::transform(weights.begin(), weights.end(), weights_.begin(),
                   [=](double w) { return static_cast<Real>(std::min(w, most)); });
}

template <class Real>
void SparseProjection<Real>::set_learning(bool on) {
    plasticity_->flush([this](std::size_t k) { read_log(k); });
    plasticity_->set_learning(on);
}

template <class Real>
void SparseProjection<Real>::set_eta(double eta) {
    plasticity_->flush([this](std::size_t k) { read_log(k); });
    plasticity_->set_eta(eta);
}

template <class Real>
void SparseProjection<Real>::set_accounting(bool on) {
    plasticity_->flush([this](std::size_t k) { read_log(k); });
    plasticity_->set_accounting(on);
    fluxes_.begin(on ? weights_.size() : 0);
}

template <class Real>
void SparseProjection<Real>::check_state(Time now) const {
    for (const Real weight : weights_) {
        const auto w = static_cast<double>(weight);
        postdict::check_state(is_moderate(w) && (!plasticity_ || plasticity_->bounded(w) == w),
                              "a weight is out of its bounds");
    }
    if (!plasticity_) return;
    plasticity_->check_state(now);
    fluxes_.check_state(plasticity_->accounting() ? weights_.size() : 0);
}

template <class Real>
void SparseProjection<Real>::check_rows() const {
    for (const auto* offsets : {&first_, &source_first_})
        postdict::check_state(!offsets->empty() && offsets->front() == 0 &&
                                  std::is_sorted(offsets->begin(), offsets->end()),
                              "offsets do not rise");
    postdict::check_state(
        first_.back() == targets_.size() && source_first_.back() + 1 == first_.size(),
        "offsets do not end where the synapses do");
    for (std::size_t bundle = 0; bundle + 1 < first_.size(); ++bundle)
        postdict::check_state(std::is_sorted(targets_.begin() + first_[bundle],
                                             targets_.begin() + first_[bundle + 1]),
                              "the targets of a bundle are out of order");
    for (const NeuronId i : targets_)
        postdict::check_state(i >= 0 && index(i) < n_post_, "a synapse has no target");
    if (delays_.size() == 1) return;
    for (std::size_t j = 0; j < n_pre(); ++j)
        postdict::check_state(std::is_sorted(delays_.begin() + source_first_[j],
                                             delays_.begin() + source_first_[j + 1]),
                              "the delays of a source do not rise");
}

template class SparseProjection<double>;
template class SparseProjection<float>;

}  // namespace postdict
