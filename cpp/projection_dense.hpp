// All-to-all synapses with one axonal delay: a matrix of weights stored source by source, so that
// an arrival reads one contiguous row; or one number for all pairs. Fixed, or plastic by a rule.
//
// Inhibitory weights are non-negative efficacies here and everywhere; `Inputs` gives them their
// sign. Real is the type in which weights are stored; all arithmetic is in double.
#pragma once

#include <optional>
#include <vector>

#include "fluxes.hpp"
#include "inputs.hpp"
#include "plasticity.hpp"
#include "rules.hpp"
#include "types.hpp"

namespace postdict {

struct DenseParameters {
    std::size_t n_pre;
    std::size_t n_post;
    std::vector<double> weights;  // mV, (n_pre, n_post), or (1,) where uniform
    bool inhibitory = false;
    std::optional<Rule> rule;
    bool uniform = false;  // one weight for all pairs; fixed projections only
};

template <class Real>
class DenseProjection {
  public:
    explicit DenseProjection(const DenseParameters& parameters);

    std::size_t n_pre() const { return n_pre_; }
    std::size_t n_post() const { return n_post_; }
    bool plastic() const { return plasticity_.has_value(); }
    bool uniform() const { return uniform_; }
    std::size_t n_weights() const { return weights_.size(); }

    // A spike of source j arrives at t; returns how many synapses it reached.
    std::size_t arrive(NeuronId j, Time t, Inputs& inputs);
    // A postsynaptic spike, after the arrivals of its instant.
    void on_spike(NeuronId i, Time t);

    std::vector<double> weights() const;  // present, (n_pre, n_post) or (1,)
    double weight(std::size_t k) const;   // the k-th of them
    void set_weights(const std::vector<double>& weights);
    void set_learning(bool on);
    void set_eta(double eta);
    // From now on, or no longer; what was accounted before is forgotten.
    void set_accounting(bool on);
    bool accounting() const { return plasticity_ && plasticity_->accounting(); }
    Fluxes fluxes() const;  // present, by weight

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("weights", self.weights_);
        if (!self.plasticity_) return;
        visit("plasticity", *self.plasticity_);
        visit("fluxes", self.fluxes_);
    }
    void check_state(Time now) const;

  private:
    Real* row(std::size_t j) { return weights_.data() + j * n_post_; }
    void read_log(std::size_t j);

    std::size_t n_pre_;
    std::size_t n_post_;
    bool inhibitory_;
    bool uniform_;
    std::vector<Real> weights_;  // raw: what the log still holds is not in them
    std::optional<Plasticity> plasticity_;
    Fluxes fluxes_;  // likewise raw
};

}  // namespace postdict
