// Sparse projections against dense ones, and several synapses of one pair.
#include <doctest/doctest.h>

#include <vector>

#include "ms.hpp"
#include "projection_dense.hpp"
#include "projection_sparse.hpp"
#include "random.hpp"

using postdict::after;
using postdict::DenseProjection;
using postdict::Inputs;
using postdict::NeuronId;
using postdict::Random;
using postdict::Rule;
using postdict::Sign;
using postdict::SparseParameters;
using postdict::SparseProjection;
using postdict::Time;
using postdict::TraceRule;
using postdict::operator""_ms;

namespace {

const Rule rule{TraceRule{1.0, -0.75, 0.05, 20.0, 10.0}, 0.02, false, false, 0.4};

}  // namespace

TEST_CASE("a full sparse projection does to the bit what a dense one does") {
    constexpr std::size_t n_pre = 4;
    constexpr std::size_t n_post = 5;
    const std::vector<double> weights(n_pre * n_post, 0.2);
    DenseProjection<double> dense({n_pre, n_post, weights, Sign::inhibitory, rule});
    SparseParameters parameters{n_pre,   n_post,           {},  {}, {1.0_ms}, {},
                                weights, Sign::inhibitory, rule};
    for (std::uint32_t j = 0; j <= n_pre; ++j) {
        parameters.first.push_back(j * n_post);
        parameters.source_first.push_back(j);
    }
    for (std::size_t k = 0; k < n_pre * n_post; ++k)
        parameters.targets.push_back(static_cast<NeuronId>(k % n_post));
    SparseProjection<double> sparse(parameters);

    Inputs first(n_post, Inputs::Channels::one);
    Inputs second(n_post, Inputs::Channels::one);
    Random random(4, "events");
    Time t;
    for (int event = 0; event < 20000; ++event) {
        t = after(t, 1e9 * random.exponential());
        if (random.below(2) == 0) {
            const auto j = static_cast<NeuronId>(random.below(n_pre));
            CHECK(dense.arrive(j, t, first) == sparse.arrive(j, t, second));
            for (std::size_t i = 0; i < n_post; ++i) REQUIRE(first.take(i) == second.take(i));
            first.clear();
            second.clear();
        } else {
            const auto i = static_cast<NeuronId>(random.below(n_post));
            dense.on_spike(i, t);
            sparse.on_spike(i, t);
        }
    }
    CHECK(dense.weights(t) == sparse.weights(t));
    for (std::size_t k = 0; k < n_pre * n_post; ++k)
        CHECK(sparse.weight(k, t) == dense.weight(k, t));
}

TEST_CASE("two synapses of one pair act as two") {
    SparseProjection<double> projection(
        {1, 2, {0, 3}, {0, 1}, {1.0_ms}, {0, 0, 1}, {0.25, 0.5, 1.0}, Sign::excitatory, {}});
    Inputs target(2, Inputs::Channels::one);
    CHECK(projection.arrive(0, 1.0_ms, target) == 3);
    CHECK(target.take(0) == 0.75);
    CHECK(target.take(1) == 1.0);
}

TEST_CASE("a plastic projection without a synapse takes spikes, and learns nothing") {
    Rule soft = rule;  // whose log is read where frames move
    soft.soft = true;
    SparseProjection<float> sparse(
        {2, 3, {0, 0, 0}, {0, 1, 2}, {1.0_ms}, {}, {}, Sign::inhibitory, soft});
    Inputs inputs(3, Inputs::Channels::one);
    Time t;
    for (int event = 0; event < 100; ++event) {
        t = after(t, 50e9);
        CHECK(sparse.arrive(0, t, inputs) == 0);
        sparse.on_spike(1, t);
    }
    CHECK(sparse.weights(t).empty());
}
