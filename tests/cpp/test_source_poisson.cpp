// Poisson sources: rates in steps, very high rates, restoring.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "ms.hpp"
#include "source_poisson.hpp"

using postdict::never;
using postdict::PoissonSource;
using postdict::State;
using postdict::StateReader;
using postdict::StateWriter;
using postdict::Steps;
using postdict::Time;
using postdict::operator""_ms;

namespace {

std::vector<Time> kicks(PoissonSource& source, Time end) {
    std::vector<Time> times;
    while (source.next_time() < end) {
        times.push_back(source.next_time());
        source.kick();
    }
    return times;
}

}  // namespace

TEST_CASE("a rate in equal steps is the constant rate, and counts follow the rate") {
    PoissonSource constant(7, "noise", 10, Steps::constant(50.0), 0.1);
    PoissonSource steps(7, "noise", 10, {{0.0_ms, 400.0_ms, 900.0_ms}, {50.0, 50.0, 50.0}}, 0.1);
    const std::vector<Time> expected = kicks(constant, 2000.0_ms);
    const std::vector<Time> times = kicks(steps, 2000.0_ms);
    REQUIRE(times.size() == expected.size());
    for (std::size_t k = 0; k < times.size(); ++k)
        CHECK(std::abs((times[k] - expected[k]).count()) <= 3);

    PoissonSource pulse(8, "noise", 10, {{1000.0_ms, 3000.0_ms, 4000.0_ms}, {40.0, 80.0, 0.0}},
                        0.1);
    CHECK(kicks(pulse, 1000.0_ms).empty());
    const double n_first = static_cast<double>(kicks(pulse, 3000.0_ms).size());  // 800 expected
    const double n_second = static_cast<double>(kicks(pulse, never).size());     // 800 expected
    CHECK(std::abs(n_first - 800.0) < 5.0 * std::sqrt(800.0));
    CHECK(std::abs(n_second - 800.0) < 5.0 * std::sqrt(800.0));
}

TEST_CASE("time goes on however high the rate is") {
    PoissonSource source(7, "noise", 10, {{0.0_ms, 1.0_ms}, {0.0, 1e40}}, 0.1);
    for (int k = 0; k < 100; ++k) {
        const Time before = source.next_time();
        source.kick();
        REQUIRE(source.next_time() > before);
    }
}

TEST_CASE("a source that is saved and restored anywhere goes on with the same bits") {
    PoissonSource whole(9, "noise", 10, {{0.0_ms, 60.0_ms}, {100.0, 300.0}}, 0.1);
    PoissonSource restored = whole;
    for (int k = 0; k < 100; ++k) {
        State state;
        StateWriter write(state);
        PoissonSource::fields(static_cast<const PoissonSource&>(restored), write);
        restored = PoissonSource(9, "noise", 10, Steps::constant(1.0), 0.1);
        StateReader read(state);
        PoissonSource::fields(restored, read);
        REQUIRE(restored.next_time() == whole.next_time());
        CHECK(restored.kick().who == whole.kick().who);
    }
}

TEST_CASE("rates of each neuron share the kicks as they share the sum") {
    // Steps of three neurons, the second of them never, the first only from 1 s on.
    PoissonSource source(7, "noise", 3, {{0.0_ms, 1000.0_ms}, {20.0, 40.0}}, 0.1,
                         {0.0, 0.0, 60.0, 90.0, 0.0, 30.0}, {5, 1, 2});
    double first = 0.0, third = 0.0, third_before = 0.0;
    while (source.next_time() < 11000.0_ms) {
        const postdict::Time t = source.next_time();
        const auto who = source.kick().who;
        CHECK((who == 2 || (who == 5 && t >= 1000.0_ms)));
        first += who == 5;
        third += who == 2 && t >= 1000.0_ms;
        third_before += t < 1000.0_ms;
    }
    CHECK(third_before == doctest::Approx(60.0).epsilon(0.4));
    CHECK(first == doctest::Approx(900.0).epsilon(0.15));
    CHECK(third == doctest::Approx(300.0).epsilon(0.25));
}
