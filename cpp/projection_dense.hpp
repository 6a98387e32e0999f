// All-to-all synapses with one axonal delay: a matrix of weights stored source by source, so that
// an arrival reads one contiguous row; or one number for all pairs. Fixed, or plastic by a rule.
//
// Inhibitory weights are non-negative efficacies here and everywhere; `Inputs` gives them their
// sign.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "inputs.hpp"
#include "plastic_weights.hpp"
#include "rules.hpp"
#include "types.hpp"

namespace postdict {

struct DenseParameters {
    std::size_t n_pre;
    std::size_t n_post;
    std::vector<double> weights;  // mV, (n_pre, n_post), or (1,) where uniform
    Sign sign = Sign::excitatory;
    std::optional<Rule> rule;
    bool uniform = false;  // one weight for all pairs; fixed projections only
};

template <class Real>
class DenseProjection : public PlasticWeights<DenseProjection<Real>, Real> {
  public:
    explicit DenseProjection(const DenseParameters& parameters);

    std::size_t n_pre() const { return n_pre_; }
    std::size_t n_post() const { return n_post_; }
    bool uniform() const { return uniform_; }

    // A spike of source j arrives at t; returns how many synapses it reached.
    std::size_t arrive(NeuronId j, Time t, Inputs& inputs);
    NeuronId source(std::size_t row) const { return static_cast<NeuronId>(row); }
    // Weights are (n_pre, n_post): a row is a source.
    std::pair<std::size_t, NeuronId> place(std::size_t k) const {
        return {k / n_post_, static_cast<NeuronId>(k % n_post_)};
    }
    template <class Visit>
    void each_place(Visit&& visit) const {
        for (std::size_t j = 0; j < n_pre_; ++j)
            for (std::size_t i = 0; i < n_post_; ++i)
                visit(j * n_post_ + i, j, static_cast<NeuronId>(i));
    }
    void read_log(std::size_t j);

  private:
    using Base = PlasticWeights<DenseProjection<Real>, Real>;
    using Base::fluxes_;
    using Base::plasticity_;
    using Base::weights_;

    RowOfSynapses<Real> synapses(std::size_t j) { return {row(j), nullptr, n_post_, j * n_post_}; }
    Real* row(std::size_t j) { return weights_.data() + j * n_post_; }

    std::size_t n_pre_;
    std::size_t n_post_;
    Sign sign_;
    bool uniform_;
};

}  // namespace postdict
