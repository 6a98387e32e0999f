// The syrinx, its gestures, and the ear.
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "voice/ear.hpp"
#include "voice/gestures.hpp"
#include "voice/syrinx.hpp"

using postdict::DivergenceError;
using postdict::Ear;
using postdict::Gestures;
using postdict::Syrinx;
using postdict::SyrinxParameters;

namespace {

constexpr double rate = 20000.0;

SyrinxParameters parameters(std::uint32_t oversampling) {
    return {rate, oversampling, 4e4, 0.025 / 343.0, 0.65, 20.0, 500.0, 1.43e-10, 1e5, 5e6};
}

// 20 ms of a note whose pressure and tension rise from rest.
std::vector<double> note(std::uint32_t oversampling) {
    Syrinx syrinx(parameters(oversampling));
    std::vector<double> pressure, tension, sound(400);
    for (int n = 0; n < 400; ++n) {
        const double rise = std::min(1.0, n / 60.0);
        pressure.push_back(-0.1 + 0.25 * rise);
        tension.push_back(0.15 - 0.05 * rise);
    }
    syrinx.sing(pressure, tension, sound);
    return sound;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
    double difference = 0.0, size = 0.0;
    for (std::size_t k = 0; k < a.size(); ++k) {
        difference += (a[k] - b[k]) * (a[k] - b[k]);
        size += b[k] * b[k];
    }
    return std::sqrt(difference / size);
}

}  // namespace

TEST_CASE("the syrinx converges as its steps become finer") {
    const std::vector<double> exact = note(256);
    double before = distance(note(4), exact);
    for (const std::uint32_t oversampling : {8u, 16u, 32u}) {
        const double now = distance(note(oversampling), exact);
        MESSAGE("steps a sample " << oversampling << ", relative error " << now);
        CHECK(now < 0.25 * before);
        before = now;
    }
    // Of 8 steps a sample: a drift of phase, 1e-4 of the pitch.
    CHECK(distance(note(8), exact) < 0.05);
}

TEST_CASE("a syrinx without pressure is silent, one with pressure sounds") {
    Syrinx syrinx(parameters(8));
    std::vector<double> sound(2000);
    syrinx.sing(std::vector<double>(2000, -0.1), std::vector<double>(2000, 0.15), sound);
    CHECK(std::abs(sound[1999]) < 1e-9);
    syrinx.sing(std::vector<double>(2000, 0.15), std::vector<double>(2000, 0.15), sound);
    double loudest = 0.0;
    for (std::size_t k = 1000; k < 2000; ++k) loudest = std::max(loudest, std::abs(sound[k]));
    CHECK(loudest > 1e-2);
}

TEST_CASE("a syrinx that diverges says when, and does not go on") {
    Syrinx syrinx(parameters(8));
    std::vector<double> sound(100);
    syrinx.sing(std::vector<double>(100, -0.1), std::vector<double>(100, 0.15), sound);
    std::vector<double> pressure(100, -0.1);
    pressure[40] = 1e6;
    try {
        syrinx.sing(pressure, std::vector<double>(100, 0.15), sound);
        FAIL("it went on");
    } catch (const DivergenceError& error) {
        CHECK(error.sample == 140);
        CHECK(error.pressure == 1e6);
    }
    const std::vector<double> rest(100, -0.1);
    CHECK_THROWS_AS(syrinx.sing(rest, rest, sound), DivergenceError);
    Syrinx other(parameters(8));
    CHECK_THROWS_AS(other.sing(std::vector<double>(5, std::nan("")), std::vector<double>(5, 0.1),
                               std::span(sound).first(5)),
                    DivergenceError);
}

TEST_CASE("a tract that its steps are too long for diverges as labia do") {
    SyrinxParameters light = parameters(8);
    light.beak = 10.0;
    Syrinx syrinx(light);
    std::vector<double> sound(2000);
    const std::vector<double> pressure(2000, 0.15), tension(2000, 0.15);
    CHECK_THROWS_AS(syrinx.sing(pressure, tension, sound), DivergenceError);
    CHECK_THROWS_AS(syrinx.sing(pressure, tension, sound), DivergenceError);
}

TEST_CASE("gestures superpose, across calls") {
    Gestures gestures({{0.5, 1.0, 0.5}, {1.0, 1.0, 1.0}, {2.0, -1.0}, {0.1, 0.2}, -1.0, 0.0});
    gestures.add(0, 1);
    gestures.add(1, 2);
    std::vector<double> pressure(3), tension(3);
    gestures.take(pressure, tension);
    CHECK(pressure == std::vector<double>{-1.0, 0.0, 0.5});
    CHECK(tension[2] == doctest::Approx(0.3));
    gestures.take(pressure, tension);
    CHECK(pressure == std::vector<double>{-1.0, -1.5, -1.0});
    CHECK(tension == std::vector<double>{0.1 + 0.2, 0.2, 0.0});
}

TEST_CASE("a filter passes its own frequency, whatever the pieces in which sound comes") {
    const std::vector<double> centres{600.0, 1200.0, 2400.0, 4800.0};
    for (std::size_t c = 0; c < centres.size(); ++c) {
        std::vector<double> tone;
        for (int n = 0; n < 4000; ++n)
            tone.push_back(std::sin(2.0 * std::numbers::pi * centres[c] * n / rate));
        Ear ear({rate, centres, 20, 1.0, 1.0, 0.0, 0, 0.02});
        std::vector<double> levels;
        ear.hear(tone, levels);
        REQUIRE(levels.size() == 200 * 8);
        for (std::size_t k = 0; k < centres.size(); ++k) {
            const double power = levels[199 * 8 + k];
            if (k == c)
                CHECK(power == doctest::Approx(0.5).epsilon(0.02));
            else
                CHECK(power < 0.005);
        }
        Ear piecewise({rate, centres, 20, 1.0, 1.0, 0.0, 0, 0.02});
        std::vector<double> same;
        for (std::size_t begin = 0; begin < tone.size(); begin += 7)
            piecewise.hear(std::span(tone).subspan(begin, std::min<std::size_t>(7, 4000 - begin)),
                           same);
        CHECK(same == levels);
    }
}

TEST_CASE("onset channels answer to what is new and forget it; neighbours compete") {
    std::vector<double> tone;
    for (int n = 0; n < 8000; ++n)
        tone.push_back(std::sin(2.0 * std::numbers::pi * 2000.0 * n / rate));
    Ear ear({rate, {1000.0, 2000.0, 4000.0}, 20, 1.0, 0.3, 0.9, 1, 0.02});
    std::vector<double> levels;
    ear.hear(tone, levels);
    const auto at = [&](std::size_t ms, std::size_t column) { return levels[6 * ms + column]; };
    CHECK(at(5, 4) > 0.3);
    CHECK(at(390, 4) < 0.01 * at(5, 4));
    CHECK(at(390, 1) > 0.3);
    CHECK(at(390, 0) == 0.0);
    CHECK(at(390, 2) == 0.0);
}
