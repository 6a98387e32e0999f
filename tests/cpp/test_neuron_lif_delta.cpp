// Neurons with delta synapses: closed forms, and the order within an instant.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "ms.hpp"
#include "neuron_lif_delta.hpp"

using postdict::LifDelta;
using postdict::LifParameters;
using postdict::NeuronId;
using postdict::never;
using postdict::Sign;
using postdict::Time;
using postdict::operator""_ms;
using postdict::unbounded;

namespace {

LifParameters one_neuron() {
    return {{20.0}, {0.0}, {1.0}, {0.0}, {0.0}, {0.0}, {-unbounded}, {0.0}, false};
}

std::vector<NeuronId> kick(LifDelta& neurons, Time t, double weight) {
    neurons.inputs().add(0, weight, Sign::excitatory);
    return neurons.settle(t);
}

// When the next neuron crosses by itself: horizons, at which nothing happens, lie before.
Time next_crossing(LifDelta& neurons) {
    while (true) {
        const Time t = neurons.next_time();
        neurons.cross(t);
        if (neurons.inputs().touched()) return t;
    }
}

}  // namespace

TEST_CASE("a kick decays with tau_m and the threshold includes equality") {
    LifDelta neurons(one_neuron());
    CHECK(kick(neurons, 5.0_ms, 0.6).empty());
    CHECK(neurons.potential(0, 15.0_ms) == doctest::Approx(0.6 * std::exp(-0.5)).epsilon(1e-14));
    CHECK(kick(neurons, 1000.0_ms, 1.0 - neurons.potential(0, 1000.0_ms)).size() == 1);
    CHECK(neurons.potential(0, 1000.0_ms) == 0.0);
}

TEST_CASE("the sum of an instant's arrivals is what is tested") {
    LifDelta neurons(one_neuron());
    neurons.inputs().add(0, 1.5, Sign::excitatory);
    neurons.inputs().add(0, 0.75, Sign::inhibitory);
    CHECK(neurons.settle(1.0_ms).empty());
    CHECK(neurons.potential(0, 1.0_ms) == doctest::Approx(0.75));
}

TEST_CASE("v_min clips the sum") {
    LifParameters parameters = one_neuron();
    parameters.v_min = {-0.5};
    LifDelta neurons(parameters);
    neurons.inputs().add_all(3.0, Sign::inhibitory);
    neurons.settle(1.0_ms);
    CHECK(neurons.potential(0, 1.0_ms) == doctest::Approx(-0.5).epsilon(1e-14));
}

TEST_CASE("reset by subtraction fires until V is below threshold") {
    LifParameters parameters = one_neuron();
    parameters.subtract = true;
    LifDelta neurons(parameters);
    CHECK(kick(neurons, 1.0_ms, 3.25).size() == 3);
    CHECK(neurons.potential(0, 1.0_ms) == doctest::Approx(0.25));
    CHECK_THROWS_AS(kick(neurons, 2.0_ms, 1e12), std::overflow_error);
}

TEST_CASE("refractory neurons ignore input until the end, which counts") {
    LifParameters parameters = one_neuron();
    parameters.tau_refrac = {2.0};
    parameters.v_reset = {-0.5};
    LifDelta neurons(parameters);
    CHECK(kick(neurons, 1.0_ms, 1.0).size() == 1);
    CHECK(kick(neurons, 2.9_ms, 5.0).empty());
    CHECK(neurons.potential(0, 2.9_ms) == -0.5);
    CHECK(neurons.potential(0, 4.0_ms) == doctest::Approx(-0.5 * std::exp(-1.0 / 20.0)));
    CHECK(kick(neurons, 3.0_ms, 1.5).size() == 1);
}

TEST_CASE("constant drive gives the exact interval, refractoriness included") {
    LifParameters parameters = one_neuron();
    parameters.i_offset = {2.0};
    parameters.tau_refrac = {3.0};
    LifDelta neurons(parameters);
    const double interval = 20.0 * std::log(2.0);
    double expected = interval;
    for (int k = 0; k < 200; ++k) {
        const Time t = next_crossing(neurons);
        // Each spike is told to the nearest picosecond, and none passes that on.
        REQUIRE(std::abs(t.ms() - expected) < 0.501e-9);
        REQUIRE(neurons.settle(t).size() == 1);
        expected += interval + 3.0;
    }
}

TEST_CASE("inhibition at the instant of a crossing prevents it") {
    LifParameters parameters = one_neuron();
    parameters.i_offset = {2.0};
    LifDelta neurons(parameters);
    const Time t = next_crossing(neurons);
    neurons.inputs().add(0, 0.25, Sign::inhibitory);
    CHECK(neurons.settle(t).empty());
    CHECK(next_crossing(neurons).ms() ==
          doctest::Approx(t.ms() + 20.0 * std::log(1.25)).epsilon(1e-10));
}

TEST_CASE("excitation at the instant of a crossing makes it no second spike") {
    LifParameters parameters = one_neuron();
    parameters.i_offset = {2.0};
    LifDelta neurons(parameters);
    const Time t = next_crossing(neurons);
    neurons.inputs().add(0, 0.25, Sign::excitatory);
    CHECK(neurons.settle(t).size() == 1);
    CHECK(std::abs(next_crossing(neurons).ms() - 40.0 * std::log(2.0)) < 0.501e-9);
}

TEST_CASE("a single kick settles as an instant of its own") {
    LifDelta one(one_neuron());
    LifDelta other(one_neuron());
    for (Time t = 0.7_ms; t < 100.0_ms; t = t + 0.7_ms)
        CHECK(kick(one, t, 0.15) == other.settle_kick(0, 0.15, t));
    CHECK(one.potential(0, 100.0_ms) == other.potential(0, 100.0_ms));
}

TEST_CASE("a change of drive bends V and moves the crossing") {
    LifDelta neurons(one_neuron());
    CHECK(neurons.next_time() == never);
    neurons.set_drive(0, 2.0, 5.0_ms);
    CHECK(neurons.potential(0, 5.0_ms) == doctest::Approx(0.0));
    neurons.set_drive(0, 1.5, 7.0_ms);
    const double v = 2.0 * -std::expm1(-2.0 / 20.0);
    CHECK(neurons.potential(0, 7.0_ms) == doctest::Approx(v).epsilon(1e-13));
    CHECK(next_crossing(neurons).ms() ==
          doctest::Approx(7.0 + 20.0 * std::log((1.5 - v) / 0.5)).epsilon(1e-10));
}

TEST_CASE("many driven neurons cross in order, wherever the horizons lie") {
    constexpr std::size_t n = 300;
    const auto all = [](double value) { return std::vector<double>(n, value); };
    std::vector<double> drive;
    for (std::size_t i = 0; i < n; ++i) drive.push_back(1.01 + 0.002 * static_cast<double>(i));
    for (const bool shared : {true, false}) {
        std::vector<double> tau_m = shared ? std::vector<double>{20.0} : all(20.0);
        LifDelta neurons({tau_m, all(0.0), all(1.0), all(0.0), all(0.0), drive, all(-unbounded),
                          all(0.0), false});
        for (std::size_t i = n; i-- > 0;) {
            const Time t = next_crossing(neurons);
            if (t > 38.0_ms) break;  // the first ones fire again before the last ones
            const std::vector<NeuronId> fired = neurons.settle(t);
            REQUIRE(fired == std::vector<NeuronId>{static_cast<NeuronId>(i)});
            REQUIRE(t.ms() == doctest::Approx(20.0 * std::log(drive[i] / (drive[i] - 1.0))));
        }
    }
}
