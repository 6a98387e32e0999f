// Special values, and errors against long double where that is longer than double. Errors against
// many digits: tests/test_elementary.py.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "elementary.hpp"
#include "random.hpp"

namespace elementary = postdict::elementary;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double values[] = {0.0,    -0.0,     1.0,       -1.0,   2.0,           -2.0,
                             3.0,    -3.0,     0.5,       -0.5,   1.5,           1e308,
                             -1e308, infinite, -infinite, nan,    0x1p-1074,     0x1p-1022,
                             0x1p53, 0x1p60,   -0x1p-70,  0x1p70, 1.0 + 0x1p-52, -745.2,
                             -745.0, 709.7,    709.8,     712.0};

// The same, NaN and signs of zeros included, or a unit in the last place apart.
bool agree(double ours, double theirs) {
    if (std::isnan(ours) || std::isnan(theirs)) return std::isnan(ours) && std::isnan(theirs);
    if (ours == theirs) return std::signbit(ours) == std::signbit(theirs);
    return std::isfinite(theirs) && std::nextafter(theirs, ours) == ours;
}

}  // namespace

TEST_CASE("special values are those of C") {
    for (const double x : values) {
        CAPTURE(x);
        CHECK(agree(elementary::exp(x), std::exp(x)));
        CHECK(agree(elementary::expm1(x), std::expm1(x)));
        CHECK(agree(elementary::log(x), std::log(x)));
        for (const double y : values) {
            CAPTURE(y);
            CHECK(agree(elementary::pow(x, y), std::pow(x, y)));
        }
    }
}

TEST_CASE("what is exact is exact") {
    CHECK(elementary::exp(0.0) == 1.0);
    CHECK(elementary::log(1.0) == 0.0);
    CHECK(elementary::cos(0.0) == 1.0);
    for (int n = -1022; n < 1024; ++n) CHECK(elementary::pow(2.0, n) == std::ldexp(1.0, n));
    for (int n = 0; n < 30; ++n) CHECK(elementary::pow(n, 3.0) == n * n * n);
}

TEST_CASE("exp and log undo each other, and sines and cosines lie on the circle") {
    postdict::Random random(1, "elementary");
    for (int n = 0; n < 10000; ++n) {
        const double x = 100.0 * random.uniform() - 50.0;
        CHECK(elementary::log(elementary::exp(x)) ==
              doctest::Approx(x).epsilon(1e-15 * std::max(1.0, 1.0 / std::abs(x))));
        CHECK(elementary::expm1(x) == doctest::Approx(elementary::exp(x) - 1.0).epsilon(1e-12));
        const double sine = elementary::sin(x), cosine = elementary::cos(x);
        CHECK(std::abs(sine * sine + cosine * cosine - 1.0) < 4e-16);
    }
}
