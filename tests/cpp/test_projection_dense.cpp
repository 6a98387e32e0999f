#include <doctest/doctest.h>

#include <cmath>

#include "neuron_lif_delta.hpp"
#include "projection_dense.hpp"

using postdict::AntisymmetricParameters;
using postdict::DenseParameters;
using postdict::DenseProjection;
using postdict::LifDelta;
using postdict::LifParameters;
using postdict::never;

namespace {

const AntisymmetricParameters rule{0.1, 1.0, 0.5, 20.0, 10.0};

LifDelta one_target() {
    return LifDelta({{20.0}, {0.0}, {1.0}, {0.0}, {0.0}, {0.0}, {-never}, {0.0}, false});
}

// The weight change of one pair: an arrival at t_pre and a postsynaptic spike at t_post.
double change(double t_pre, double t_post) {
    DenseProjection projection({1, 1, {1.0}, 1.0, true, rule});
    LifDelta target = one_target();
    projection.line().send(0, t_pre - 1.0);
    if (t_post < t_pre) projection.on_spike(0, t_post);
    projection.deliver(t_pre, target);
    if (t_post >= t_pre) projection.on_spike(0, t_post);
    return projection.weights()[0] - 1.0;
}

}  // namespace

TEST_CASE("an isolated pair gives the window, and a coincidence counts once as lag 0+") {
    CHECK(change(100.0, 105.0) == doctest::Approx(0.1 * std::exp(-0.25)).epsilon(1e-13));
    CHECK(change(100.0, 97.0) == doctest::Approx(-0.05 * std::exp(-0.3)).epsilon(1e-13));
    CHECK(change(100.0, 100.0) == doctest::Approx(0.1).epsilon(1e-13));
}

TEST_CASE("an arrival transmits the weight from before its depression") {
    DenseProjection projection({1, 1, {0.5}, 1.0, true, rule});
    LifDelta target = one_target();
    projection.on_spike(0, 10.0);
    projection.line().send(0, 10.0);
    projection.line().send(0, 10.0);
    CHECK(projection.deliver(11.0, target) == 2);
    target.settle(11.0);
    const double step = 0.05 * std::exp(-0.1);
    CHECK(target.potential(0, 11.0) == doctest::Approx(-(0.5 + (0.5 - step))).epsilon(1e-13));
    CHECK(projection.weights()[0] == doctest::Approx(0.5 - 2 * step).epsilon(1e-13));
}

TEST_CASE("weights stay within their bounds, and stand still while learning is off") {
    DenseProjection projection({1, 1, {0.95}, 1.0, true, rule, 1.0});
    LifDelta target = one_target();
    projection.line().send(0, 0.0);
    projection.deliver(1.0, target);
    projection.set_learning(false);
    projection.on_spike(0, 1.0);
    CHECK(projection.weights()[0] == 0.95);
    projection.set_learning(true);
    projection.on_spike(0, 1.0);
    CHECK(projection.weights()[0] == 1.0);
}

TEST_CASE("an arrival is later than its spike even where the delay rounds away") {
    DenseProjection projection({1, 1, {1.0}, 1e-9, false, {}});
    projection.line().send(0, 1e12);
    CHECK(projection.line().next_time() > 1e12);
}
