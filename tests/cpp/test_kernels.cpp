// The inner loops against plain arithmetic, bit by bit.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "kernels.hpp"
#include "random.hpp"

using postdict::Random;
namespace kernels = postdict::kernels;

namespace {

std::vector<double> numbers(Random& random, std::size_t n) {
    std::vector<double> result(n);
    for (double& x : result) x = 2.0 * random.uniform() - 1.0;
    return result;
}

}  // namespace

TEST_CASE("the loops give the bits of plain arithmetic at every length") {
    Random random(1, "kernels");
    for (std::size_t n = 0; n < 70; ++n) {
        const std::vector<double> y = numbers(random, n);
        const std::vector<double> near = numbers(random, n);
        std::vector<double> row = numbers(random, n);
        std::vector<double> sums = numbers(random, n);
        std::vector<double> expected_row(n);
        std::vector<double> expected_sums(n);
        std::vector<double> expected_next(n);
        bool expected_reached = false;
        for (std::size_t i = 0; i < n; ++i) {
            expected_sums[i] = sums[i] + -1.0 * row[i];
            expected_row[i] = std::min(std::max(row[i] + (0.01 + 0.3 * y[i]), 0.0), 0.5);
            expected_next[i] = std::max(y[i] + (expected_sums[i] + 0.25) * 1.7, near[i] * 1.7);
            expected_reached = expected_reached || expected_next[i] >= near[i] * 1.7;
        }
        kernels::add_row_and_learn(sums.data(), row.data(), -1.0, y.data(), 0.3, 0.01, 0.5, n);
        CHECK(row == expected_row);
        CHECK(sums == expected_sums);
        std::vector<double> next(n);
        CHECK(kernels::integrate(next.data(), y.data(), sums.data(), 0.25, near.data(), near.data(),
                                 1.7, n) == expected_reached);
        CHECK(next == expected_next);

        std::vector<double> traces = numbers(random, n);
        for (std::size_t i = 0; i < n; ++i) {
            expected_row[i] = std::min(std::max(row[i] + traces[i] * (0.3 - near[i]), 0.0), 0.5);
            expected_next[i] = traces[i] + (0.01 + 0.3 * y[i]) * 1.7;
        }
        kernels::follow(row.data(), traces.data(), near.data(), 0.3, 0.5, n);
        kernels::add_scaled(traces.data(), y.data(), 0.3, 0.01, 1.7, n);
        CHECK(row == expected_row);
        CHECK(traces == expected_next);
    }
}
