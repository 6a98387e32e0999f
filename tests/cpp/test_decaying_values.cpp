// Decaying values against closed forms.
#include <doctest/doctest.h>

#include <cmath>

#include "decaying_values.hpp"
#include "ms.hpp"

using postdict::DecayingValues;
using postdict::Time;
using postdict::operator""_ms;

TEST_CASE("a value decays in closed form, across moves of the frame and long silences") {
    for (const double gap : {0.1, 40.0, 700.0, 1e7}) {
        const Time then = Time::ms(gap);
        DecayingValues trace({1.0, 0.5}, {10.0});
        trace.advance(then);
        trace.scaled()[0] += 2.0 * trace.growth(0);
        const double expected = std::exp(-gap / 10.0) + 2.0;
        CHECK(trace.value(0, then) == doctest::Approx(expected).epsilon(1e-14));
        CHECK(trace.value(0, then + 3.0_ms) ==
              doctest::Approx(expected * std::exp(-0.3)).epsilon(1e-14));
        CHECK(trace.value(1, then) == doctest::Approx(0.5 * std::exp(-gap / 10.0)).epsilon(1e-14));
    }
}

TEST_CASE("each value may have its own time constant") {
    DecayingValues trace({1.0, 1.0}, {5.0, 50.0});
    for (double t = 100.0; t <= 1000.0; t += 100.0) trace.advance(Time::ms(t));
    CHECK(trace.value(0, 1000.0_ms) == doctest::Approx(std::exp(-200.0)).epsilon(1e-12));
    CHECK(trace.value(1, 1000.0_ms) == doctest::Approx(std::exp(-20.0)).epsilon(1e-12));
}
