// Windows as polynomials against the windows themselves.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "ms.hpp"
#include "window_table.hpp"

using postdict::Duration;
using postdict::HaasWindow;
using postdict::operator""_ms;
using postdict::SampledWindow;
using postdict::WindowRule;
using postdict::WindowTable;

namespace {

// The largest difference over many lags, in units of the largest |K|.
double largest_difference(const WindowRule& rule) {
    const WindowTable table(rule);
    double difference = 0.0;
    double largest = 0.0;
    const double support = (rule.longest_before + rule.longest_after).ms();
    for (int k = 0; k <= 100'000; ++k) {
        const double lag = -rule.longest_before.ms() + support * k / 100'000.0;
        difference = std::max(difference, std::abs(table(lag) - rule(lag)));
        largest = std::max(largest, std::abs(rule(lag)));
    }
    return difference / largest;
}

}  // namespace

TEST_CASE("the measured windows are met to rounding, stretched, moved and steep") {
    const std::vector<HaasWindow> windows{{1.0, 0.527, 1.0998, 0.9434, 10.0, 1.0, 0.0},
                                          {1.0, 0.896, 0.8965, 1.3313, 10.0, 1.0, 5.0},
                                          {1.0, 1.097, 1.3984, 1.6327, 16.0, 1.0, 0.0},
                                          {1.0, 1.0, 1.0, 1.0, 10.0, 3.8, -2.0},
                                          {-1.0, 2.0, 1.0, 1.0, 2.5, 1.0, 0.0}};
    for (const HaasWindow& window : windows) {
        const Duration reach = Duration::ms(65.0 * window.stretch);
        CHECK(largest_difference({window, reach, reach}) < 1e-14);
    }
}

TEST_CASE("jumps, kinks and peaks that are narrower than a cell are met exactly") {
    const SampledWindow jump{{-20.0, 0.0, 0.0, 30.0}, {0.0, -1.0, 1.0, 0.0}};
    CHECK(largest_difference({jump, 20.0_ms, 30.0_ms}) < 1e-14);
    const SampledWindow peak{{-5.0, 9.99, 10.0, 10.01, 40.0}, {0.0, 0.0, 1.0, 0.0, 0.0}};
    const WindowTable table({peak, 5.0_ms, 40.0_ms});
    CHECK(table(10.0) == 1.0);
    CHECK(table(9.995) == doctest::Approx(0.5));
    CHECK(table(-5.0) == 0.0);
    CHECK(table(40.0) == 0.0);
    const SampledWindow late{{5.0, 6.0}, {1.0, 1.0}};  // nothing before lag 5
    const WindowTable after({late, 0.0_ms, 6.0_ms});
    CHECK(after(0.0) == 0.0);
    CHECK(after(4.999) == 0.0);
    CHECK(after(5.0) == 1.0);
    CHECK(after(6.0) == 1.0);
}
