// The voice that is a source and a filter, and the muscles that gestures share.
#include <doctest/doctest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "voice/muscles.hpp"
#include "voice/source_filter.hpp"

using postdict::Muscles;
using postdict::SourceFilter;
using postdict::State;
using postdict::StateReader;
using postdict::StateWriter;

namespace {

constexpr double rate = 20000.0;
const std::vector<double> course{0.25, 1.0, 1.0, 0.25};

std::vector<double> sung(SourceFilter& voice, const std::vector<double>& posture, std::size_t n) {
    std::vector<double> postures, sound(n);
    for (std::size_t k = 0; k < n; ++k)
        postures.insert(postures.end(), posture.begin(), posture.end());
    voice.sing(postures, std::vector<double>(n, 1.0), sound);
    return sound;
}

// Amplitude of a sound at one frequency, over whole periods of 10 Hz.
double amplitude(const std::vector<double>& sound, double frequency) {
    std::complex<double> sum = 0.0;
    for (std::size_t k = 0; k < sound.size(); ++k) {
        const double angle = 2.0 * std::numbers::pi * frequency * static_cast<double>(k) / rate;
        sum += sound[k] * std::polar(1.0, -angle);
    }
    return 2.0 * std::abs(sum) / static_cast<double>(sound.size());
}

}  // namespace

TEST_CASE("muscles stand at the mean of what gestures ask for, and stay where they were") {
    Muscles muscles(course, {1.0, 10.0, 3.0, 20.0}, 2, {0.0, 0.0});
    muscles.add(0, 1);
    muscles.add(1, 2);
    std::vector<double> postures(2 * 8), gate(8);
    muscles.take(postures, gate);
    CHECK(gate == std::vector<double>{0.0, 0.25, 1.0, 1.0, 1.0, 0.25, 0.0, 0.0});
    CHECK(postures[0] == 0.0);  // before the first gesture
    CHECK(postures[2] == 1.0);
    CHECK(postures[4] == doctest::Approx((1.0 * 1.0 + 0.25 * 3.0) / 1.25));
    CHECK(postures[6] == doctest::Approx(2.0));
    CHECK(postures[7] == doctest::Approx(15.0));
    CHECK(postures[10] == 3.0);
    CHECK(postures[14] == 3.0);  // after the last
}

TEST_CASE("muscles do not depend on how their time is cut") {
    Muscles whole(course, {1.0, 2.0}, 1, {1.0}), cut = whole;
    whole.add(1, 0);
    whole.add(0, 3);
    cut.add(1, 0);
    std::vector<double> a(9), gate_a(9), b(9), gate_b(9);
    whole.take(a, gate_a);
    cut.take(std::span(b).first(3), std::span(gate_b).first(3));
    cut.add(0, 0);
    cut.take(std::span(b).last(6), std::span(gate_b).last(6));
    CHECK(a == b);
    CHECK(gate_a == gate_b);
}

TEST_CASE("harmonics have the amplitudes of the equation") {
    SourceFilter voice({rate, 0.01, 8500.0, 9500.0}, 1);
    const double centre = 3000.0, bandwidth = 1500.0;
    const std::vector<double> posture{std::log(1000.0), 0.0, -200.0, centre, std::log(bandwidth)};
    const std::vector<double> sound = sung(voice, posture, 20000);
    for (int h = 1; h <= 9; ++h) {
        const double off = (1000.0 * h - centre) / (0.5 * bandwidth);
        double expected = std::max(0.01, std::pow(1.0 + off * off, -0.75));
        if (h == 9) expected *= 0.5;  // in the middle of the fade
        CHECK(amplitude(sound, 1000.0 * h) == doctest::Approx(expected).epsilon(1e-6));
    }
    CHECK(amplitude(sound, 1500.0) < 1e-6);
}

TEST_CASE("noise stands where its bands stand, and is the seed's") {
    SourceFilter voice({rate, 0.01, 8500.0, 9500.0}, 1), other({rate, 0.01, 8500.0, 9500.0}, 2);
    const std::vector<double> posture{std::log(700.0), -200.0, 0.0, 4000.0, std::log(800.0)};
    const std::vector<double> sound = sung(voice, posture, 40000);
    const auto power = [&](double from, double to) {
        double sum = 0.0;
        for (double f = from; f < to; f += 10.0) sum += std::pow(amplitude(sound, f), 2);
        return sum;
    };
    CHECK(power(3500.0, 4500.0) > 20.0 * power(1500.0, 2500.0));
    CHECK(power(3500.0, 4500.0) > 20.0 * power(6500.0, 7500.0));
    CHECK(sung(other, posture, 40000) != sound);
}

TEST_CASE("a voice goes on from its state") {
    SourceFilter voice({rate, 0.01, 8500.0, 9500.0}, 3);
    const std::vector<double> posture{std::log(700.0), 0.0, -6.0, 4000.0, std::log(800.0)};
    sung(voice, posture, 100);
    State state;
    StateWriter writer(state);
    writer("voice", voice);
    const std::vector<double> expected = sung(voice, posture, 100);
    SourceFilter again({rate, 0.01, 8500.0, 9500.0}, 4);
    StateReader reader(state);
    reader("voice", again);
    again.check_state();
    CHECK(sung(again, posture, 100) == expected);

    state["voice.phase"] = std::vector<double>{1.5};
    reader("voice", again);
    CHECK_THROWS_AS(again.check_state(), postdict::StateError);
}
