#include "projection_dense.hpp"

#include <cassert>
#include <cmath>

#include "kernels.hpp"

namespace postdict {

template <class Real>
DenseProjection<Real>::DenseProjection(const DenseParameters& p)
    : n_pre_(p.n_pre),
      n_post_(p.n_post),
      inhibitory_(p.inhibitory),
      uniform_(p.uniform),
      weights_(p.weights.size()) {
    assert(weights_.size() == (uniform_ ? 1 : n_pre_ * n_post_) && !(uniform_ && p.rule));
    if (p.rule) plasticity_.emplace(stored_in<Real>(*p.rule), n_pre_, n_post_);
    set_weights(p.weights);
}

template <class Real>
std::size_t DenseProjection<Real>::arrive(NeuronId source, Time t, Inputs& inputs) {
    const auto j = static_cast<std::size_t>(source);
    if (uniform_) {
        inputs.add_all(static_cast<double>(weights_[0]), inhibitory_);
        return n_post_;
    }
    if (!plasticity_) {
        inputs.add_row(row(j), inhibitory_);
        return n_post_;
    }
    Plasticity& plasticity = *plasticity_;
    plasticity.advance(t, [this](std::size_t k) { read_log(k); });
    read_log(j);
    const ArrivalChange change = plasticity.arrival_change();
    if (plasticity.accounting())
        for (std::size_t i = 0; i < n_post_; ++i) fluxes_.add(j * n_post_ + i, change(i));
    // The weight from before this arrival's change is what it transmits.
    if (plasticity.learning() && !plasticity.soft()) {
        kernels::add_row_and_learn(inputs.channel(inhibitory_), row(j), Inputs::sign(inhibitory_),
                                   change.y, change.factor, change.constant, plasticity.w_max(),
                                   n_post_);
        inputs.touch_all();
    } else {
        inputs.add_row(row(j), inhibitory_);
        if (plasticity.learning())
            for (std::size_t i = 0; i < n_post_; ++i)
                row(j)[i] = plasticity.changed(row(j)[i], change(i));
    }
    plasticity.count_arrival(j, t);
    return n_post_;
}

template <class Real>
void DenseProjection<Real>::on_spike(NeuronId i, Time t) {
    plasticity_->advance(t, [this](std::size_t k) { read_log(k); });
    plasticity_->count_spike(i, t);
}

template <class Real>
void DenseProjection<Real>::read_log(std::size_t j) {
    Real* const weights = row(j);
    if (plasticity_->accounting()) {
        plasticity_->read_row(j, [&](NeuronId i, double amount) {
            fluxes_.add(j * n_post_ + static_cast<std::size_t>(i), amount);
            if (plasticity_->learning()) weights[i] = plasticity_->changed(weights[i], amount);
        });
    } else if (plasticity_->soft()) {
        plasticity_->read_row(j, [&](NeuronId i, double amount) {
            weights[i] = plasticity_->changed(weights[i], amount);
        });
    } else {
        plasticity_->read_row(
            j, [weights, w_max = plasticity_->w_max()](NeuronId i, double amount) {
                const double learned = static_cast<double>(weights[i]) + amount;
                weights[i] = static_cast<Real>(std::min(std::max(learned, 0.0), w_max));
            });
    }
}

template <class Real>
double DenseProjection<Real>::weight(std::size_t k) const {
    if (!plasticity_) return static_cast<double>(weights_[k]);
    return static_cast<double>(
        plasticity_->up_to_date(weights_[k], k / n_post_, static_cast<NeuronId>(k % n_post_)));
}

template <class Real>
std::vector<double> DenseProjection<Real>::weights() const {
    std::vector<double> present(weights_.size());
    for (std::size_t k = 0; k < present.size(); ++k) present[k] = weight(k);
    return present;
}

template <class Real>
void DenseProjection<Real>::set_weights(const std::vector<double>& weights) {
    assert(weights.size() == weights_.size());
    // What is pending belongs to the old weights, but for the fluxes.
    if (plasticity_) plasticity_->flush([this](std::size_t k) { read_log(k); });
    const double most = plasticity_ ? plasticity_->w_max() : never;
    std::transform(weights.begin(), weights.end(), weights_.begin(),
                   [=](double w) { return static_cast<Real>(std::min(w, most)); });
}

template <class Real>
Fluxes DenseProjection<Real>::fluxes() const {
    Fluxes present = fluxes_;
    if (plasticity_->accounting())
        for (std::size_t k = 0; k < weights_.size(); ++k)
            plasticity_->read_synapse(k / n_post_, static_cast<NeuronId>(k % n_post_),
                                      [&](double amount) { present.add(k, amount); });
    return present;
}

template <class Real>
void DenseProjection<Real>::set_learning(bool on) {
    plasticity_->flush([this](std::size_t k) { read_log(k); });
    plasticity_->set_learning(on);
}

template <class Real>
void DenseProjection<Real>::set_eta(double eta) {
    plasticity_->flush([this](std::size_t k) { read_log(k); });
    plasticity_->set_eta(eta);
}

template <class Real>
void DenseProjection<Real>::set_accounting(bool on) {
    plasticity_->flush([this](std::size_t k) { read_log(k); });
    plasticity_->set_accounting(on);
    fluxes_.begin(on ? weights_.size() : 0);
}

template <class Real>
void DenseProjection<Real>::check_state(Time now) const {
    for (const Real weight : weights_) {
        const auto w = static_cast<double>(weight);
        postdict::check_state(is_moderate(w) && (!plasticity_ || plasticity_->bounded(w) == w),
                              "a weight is out of its bounds");
    }
    if (!plasticity_) return;
    plasticity_->check_state(now);
    fluxes_.check_state(plasticity_->accounting() ? weights_.size() : 0);
}

template class DenseProjection<double>;
template class DenseProjection<float>;

}  // namespace postdict
