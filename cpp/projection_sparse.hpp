// Synapses given one by one: compressed rows, each the synapses of one source that share a delay
// (a bundle), with one weight for all or one for each. Fixed, or plastic by a rule.
//
// Postsynaptic spikes reach the synapses through the log of `Plasticity`, which each bundle reads
// when it is visited; so no transposed index is needed. Memory: 4 bytes a target, 8 (or 4) a
// weight, 12 a bundle where delays differ, and 12 more where it is plastic.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "inputs.hpp"
#include "plastic_weights.hpp"
#include "rules.hpp"
#include "types.hpp"

namespace postdict {

struct SparseParameters {
    std::size_t n_pre;
    std::size_t n_post;
    std::vector<std::uint32_t> first;         // (n_bundles + 1,) where a bundle's synapses begin
    std::vector<std::uint32_t> source_first;  // (n_pre + 1,) where a source's bundles begin
    std::vector<Duration> delays;             // (n_bundles,), by source, rising; or (1,)
    std::vector<NeuronId> targets;            // (n_synapses,), sorted within a bundle
    std::vector<double> weights;              // mV, (n_synapses,), or (1,) where all share it
    Sign sign = Sign::excitatory;
    std::optional<Rule> rule;
};

template <class Real>
class SparseProjection : public PlasticWeights<SparseProjection<Real>, Real> {
  public:
    explicit SparseProjection(SparseParameters parameters);

    std::size_t n_pre() const { return source_first_.size() - 1; }
    std::size_t n_post() const { return n_post_; }
    std::size_t n_synapses() const { return targets_.size(); }

    // The bundles of source j, [first, last), and the delay of each where there is one per bundle.
    std::uint32_t first_bundle(NeuronId j) const { return source_first_[index(j)]; }
    std::uint32_t last_bundle(NeuronId j) const { return source_first_[index(j) + 1]; }
    const std::vector<Duration>& delays() const { return delays_; }
    const std::vector<std::uint32_t>& source_first() const { return source_first_; }

    // A spike reaches a bundle at t; returns how many synapses that were.
    std::size_t arrive_at(std::uint32_t bundle, Time t, Inputs& inputs);
    // The same by its source, which has one bundle where all share one delay.
    std::size_t arrive(NeuronId j, Time t, Inputs& inputs) {
        return arrive_at(first_bundle(j), t, inputs);
    }
    NeuronId source(std::size_t row) const;
    // Weights are (n_synapses,): a row is a bundle.
    std::pair<std::size_t, NeuronId> place(std::size_t k) const;
    template <class Visit>
    void each_place(Visit&& visit) const {
        for (std::size_t bundle = 0; bundle + 1 < first_.size(); ++bundle)
            for (std::size_t k = first_[bundle]; k < first_[bundle + 1]; ++k)
                visit(k, bundle, targets_[k]);
    }
    void read_log(std::size_t bundle);

    void check_rows() const;  // throws StateError where offsets, targets or delays are wrong

  private:
    using Base = PlasticWeights<SparseProjection<Real>, Real>;
    using Base::fluxes_;
    using Base::plasticity_;
    using Base::weights_;

    static std::size_t index(NeuronId j) { return static_cast<std::size_t>(j); }
    RowOfSynapses<Real> synapses(std::size_t bundle) {
        const std::size_t first = first_[bundle];
        // Not null, which would mean all targets in their order, where nobody is connected.
        static constexpr NeuronId nobody = 0;
        const NeuronId* const targets = targets_.empty() ? &nobody : targets_.data() + first;
        return {weights_.data() + first, targets, first_[bundle + 1] - first, first};
    }
    void transmit(std::uint32_t first, std::uint32_t last, Inputs& inputs) const;
    void transmit_and_learn(std::size_t bundle, Inputs& inputs);

    std::size_t n_post_;
    Sign sign_;
    std::vector<std::uint32_t> first_;
    std::vector<std::uint32_t> source_first_;
    std::vector<Duration> delays_;
    std::vector<NeuronId> targets_;
};

}  // namespace postdict
