// Streams of random numbers: what they depend on, and their distributions.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "random.hpp"

using postdict::Random;

TEST_CASE("a stream depends on seed and name alone") {
    Random a(7, "exploration");
    Random again(7, "exploration");
    Random other_name(7, "explorations");
    Random other_seed(8, "exploration");
    const std::uint64_t first = a.bits();
    CHECK(again.bits() == first);
    CHECK(other_name.bits() != first);
    CHECK(other_seed.bits() != first);
}

TEST_CASE("moments and ranges of the distributions") {
    Random random(3, "moments");
    constexpr int n = 200000;
    double sum = 0.0;
    double sum_of_squares = 0.0;
    std::vector<int> counts(7, 0);
    for (int k = 0; k < n; ++k) {
        const double x = random.exponential();
        REQUIRE(x >= 0.0);
        sum += x;
        sum_of_squares += x * x;
        const double u = random.uniform();
        REQUIRE((u >= 0.0 && u < 1.0));
        ++counts[random.below(7)];
    }
    CHECK(sum / n == doctest::Approx(1.0).epsilon(0.01));
    CHECK(sum_of_squares / n == doctest::Approx(2.0).epsilon(0.03));
    for (const int count : counts) CHECK(count == doctest::Approx(n / 7.0).epsilon(0.03));
}
