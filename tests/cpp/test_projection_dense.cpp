// Dense projections: windows, bounds, precision, and when a row reads the log.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "ms.hpp"
#include "projection_dense.hpp"
#include "random.hpp"

using postdict::after;
using postdict::DenseParameters;
using postdict::DenseProjection;
using postdict::Inputs;
using postdict::NeuronId;
using postdict::never;
using postdict::Random;
using postdict::Rule;
using postdict::Sign;
using postdict::Time;
using postdict::TraceRule;
using postdict::operator""_ms;
using postdict::unbounded;

namespace {

Rule rule(double w_max = unbounded, bool soft = false) {
    return {TraceRule{1.0, -0.5, 0.0, 20.0, 10.0}, 0.1, false, soft, w_max};
}

Inputs inputs(std::size_t n) {
    return Inputs(n, Inputs::Channels::one);
}

// The weight change of one pair: an arrival at t_pre and a postsynaptic spike at t_post.
double change(Time t_pre, Time t_post) {
    DenseProjection<double> projection({1, 1, {1.0}, Sign::inhibitory, rule()});
    Inputs target = inputs(1);
    if (t_post < t_pre) projection.on_spike(0, t_post);
    projection.arrive(0, t_pre, target);
    if (t_post >= t_pre) projection.on_spike(0, t_post);
    return projection.weights(never)[0] - 1.0;
}

}  // namespace

TEST_CASE("an isolated pair gives the window, and a coincidence counts once as lag 0+") {
    CHECK(change(100.0_ms, 105.0_ms) == doctest::Approx(0.1 * std::exp(-0.25)).epsilon(1e-13));
    CHECK(change(100.0_ms, 97.0_ms) == doctest::Approx(-0.05 * std::exp(-0.3)).epsilon(1e-13));
    CHECK(change(100.0_ms, 100.0_ms) == doctest::Approx(0.1).epsilon(1e-13));
}

TEST_CASE("an arrival transmits the weight from before its depression") {
    DenseProjection<double> projection({1, 1, {0.5}, Sign::inhibitory, rule()});
    Inputs target = inputs(1);
    projection.on_spike(0, 10.0_ms);
    CHECK(projection.arrive(0, 11.0_ms, target) == 1);
    projection.arrive(0, 11.0_ms, target);
    const double step = 0.05 * std::exp(-0.1);
    CHECK(target.take(0) == doctest::Approx(-(0.5 + (0.5 - step))).epsilon(1e-13));
    CHECK(projection.weights(never)[0] == doctest::Approx(0.5 - 2 * step).epsilon(1e-13));
}

TEST_CASE("weights stay within their bounds, and stand still while learning is off") {
    DenseProjection<double> projection({1, 1, {0.95}, Sign::inhibitory, rule(1.0)});
    Inputs target = inputs(1);
    projection.arrive(0, 1.0_ms, target);
    projection.set_learning(false, 1.0_ms);
    projection.on_spike(0, 1.0_ms);
    CHECK(projection.weights(never)[0] == 0.95);
    projection.set_learning(true, 1.0_ms);
    projection.on_spike(0, 1.0_ms);
    CHECK(projection.weights(never)[0] == 1.0);
}

TEST_CASE("when a row reads the log changes no bit") {
    constexpr std::size_t n = 7;
    const DenseParameters parameters{n, n, std::vector<double>(n * n, 0.2), Sign::inhibitory,
                                     rule(0.35)};
    DenseProjection<double> deferred(parameters);
    DenseProjection<double> at_once(parameters);
    Inputs first = inputs(n);
    Inputs second = inputs(n);
    Random random(3, "events");
    Time t;
    for (int event = 0; event < 20000; ++event) {
        t = after(t, 1e9 * random.exponential());
        const auto who = static_cast<NeuronId>(random.below(n));
        if (random.below(3) == 0) {
            deferred.arrive(who, t, first);
            at_once.arrive(who, t, second);
            for (std::size_t i = 0; i < n; ++i) REQUIRE(first.take(i) == second.take(i));
        } else {
            deferred.on_spike(who, t);
            at_once.on_spike(who, t);
            at_once.set_learning(true, t);  // makes every row read
        }
        if (event % 100 == 0) REQUIRE(deferred.weights(t) == at_once.weights(t));
    }
    CHECK(deferred.weights(t) == at_once.weights(t));
}

TEST_CASE("when a row is brought to the present changes a weight with a third factor by rounding") {
    constexpr std::size_t n = 7;
    DenseParameters parameters{n, n, std::vector<double>(n * n, 0.2), Sign::inhibitory, rule(0.35)};
    postdict::Steps signal;
    for (int k = 0; k < 100; ++k) {
        signal.times.push_back(Time::ms(20.0 * k));
        signal.values.push_back(k % 3 == 0 ? -0.02 : 0.01 * (k % 5));
    }
    parameters.rule->third_factor = postdict::ThirdFactor{15.0, signal};
    DenseProjection<double> deferred(parameters);
    DenseProjection<double> at_once(parameters);
    Inputs target = inputs(n);
    Random random(3, "events");
    Time t;
    for (int event = 0; event < 20000; ++event) {
        t = after(t, 1e8 * random.exponential());
        const auto who = static_cast<NeuronId>(random.below(n));
        for (DenseProjection<double>* projection : {&deferred, &at_once}) {
            if (event % 3 == 0) {
                projection->arrive(who, t, target);
            } else {
                projection->on_spike(who, t);
            }
        }
        at_once.set_learning(true, t);  // brings every row to the present
        const std::vector<double> expected = at_once.weights(t);
        const std::vector<double> found = deferred.weights(t);
        for (std::size_t k = 0; k < n * n; ++k)
            REQUIRE(found[k] == doctest::Approx(expected[k]).epsilon(1e-11));
    }
}

TEST_CASE("weights in single precision obey a bound that it cannot hold") {
    DenseProjection<float> projection({1, 1, {0.1}, Sign::inhibitory, rule(0.1)});
    CHECK(projection.weights(never)[0] <= 0.1);
    Inputs target = inputs(1);
    projection.arrive(0, 1.0_ms, target);
    projection.on_spike(0, 1.0_ms);
    CHECK(projection.weights(never)[0] <= 0.1);
    CHECK(projection.weights(never)[0] == doctest::Approx(0.1));
}
