#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "neuron_lif_delta.hpp"

using postdict::LifDelta;
using postdict::LifParameters;
using postdict::NeuronId;
using postdict::never;

namespace {

LifParameters one_neuron() {
    return {{20.0}, {0.0}, {1.0}, {0.0}, {0.0}, {0.0}, {-never}, {0.0}, false};
}

std::vector<NeuronId> kick(LifDelta& neurons, double t, double weight) {
    neurons.receive(0, weight, false);
    return neurons.settle(t);
}

}  // namespace

TEST_CASE("a kick decays with tau_m and the threshold includes equality") {
    LifDelta neurons(one_neuron());
    CHECK(kick(neurons, 5.0, 0.6).empty());
    CHECK(neurons.potential(0, 15.0) == doctest::Approx(0.6 * std::exp(-0.5)).epsilon(1e-14));
    CHECK(kick(neurons, 1000.0, 1.0 - neurons.potential(0, 1000.0)).size() == 1);
    CHECK(neurons.potential(0, 1000.0) == 0.0);
}

TEST_CASE("the sum of an instant's arrivals is what is tested") {
    LifDelta neurons(one_neuron());
    neurons.receive(0, 1.5, false);
    neurons.receive(0, 0.75, true);
    CHECK(neurons.settle(1.0).empty());
    CHECK(neurons.potential(0, 1.0) == doctest::Approx(0.75));
}

TEST_CASE("v_min clips the sum") {
    LifParameters parameters = one_neuron();
    parameters.v_min = {-0.5};
    LifDelta neurons(parameters);
    neurons.receive_all(3.0, true);
    neurons.settle(1.0);
    CHECK(neurons.potential(0, 1.0) == doctest::Approx(-0.5).epsilon(1e-14));
}

TEST_CASE("reset by subtraction fires until V is below threshold") {
    LifParameters parameters = one_neuron();
    parameters.subtract = true;
    LifDelta neurons(parameters);
    CHECK(kick(neurons, 1.0, 3.25).size() == 3);
    CHECK(neurons.potential(0, 1.0) == doctest::Approx(0.25));
    CHECK_THROWS_AS(kick(neurons, 2.0, 1e12), std::overflow_error);
}

TEST_CASE("refractory neurons ignore input until the end, which counts") {
    LifParameters parameters = one_neuron();
    parameters.tau_refrac = {2.0};
    parameters.v_reset = {-0.5};
    LifDelta neurons(parameters);
    CHECK(kick(neurons, 1.0, 1.0).size() == 1);
    CHECK(kick(neurons, 2.9, 5.0).empty());
    CHECK(neurons.potential(0, 2.9) == -0.5);
    CHECK(neurons.potential(0, 4.0) == doctest::Approx(-0.5 * std::exp(-1.0 / 20.0)));
    CHECK(kick(neurons, 3.0, 1.5).size() == 1);
}

TEST_CASE("constant drive gives the exact interval, refractoriness included") {
    LifParameters parameters = one_neuron();
    parameters.i_offset = {2.0};
    parameters.tau_refrac = {3.0};
    LifDelta neurons(parameters);
    const double interval = 20.0 * std::log(2.0);
    double expected = interval;
    for (int k = 0; k < 200; ++k) {
        const double t = neurons.next_time();
        REQUIRE(t == doctest::Approx(expected).epsilon(1e-13));
        neurons.cross(t);
        REQUIRE(neurons.settle(t).size() == 1);
        expected += interval + 3.0;
    }
}

TEST_CASE("inhibition at the instant of a crossing prevents it") {
    LifParameters parameters = one_neuron();
    parameters.i_offset = {2.0};
    LifDelta neurons(parameters);
    const double t = neurons.next_time();
    neurons.cross(t);
    neurons.receive(0, 0.25, true);
    CHECK(neurons.settle(t).empty());
    CHECK(neurons.next_time() == doctest::Approx(t + 20.0 * std::log(1.25)).epsilon(1e-13));
}
