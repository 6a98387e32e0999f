// Steps against short ones, the bound and the search for crossings against fine grids.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "conducting_membrane.hpp"
#include "random.hpp"

using postdict::Conducting;
using postdict::ConductingMembrane;
using postdict::Random;
using postdict::unbounded;

namespace {

// In steps so short that four points leave nothing, whatever the conductances.
Conducting in_short_steps(const ConductingMembrane& m, Conducting now, double s, int n) {
    for (int k = 0; k < n; ++k) now = m.after(s / n, now);
    return now;
}

ConductingMembrane membrane(Random& random) {
    const double taus[] = {1.0, 4.0, 10.0, 10.0, 30.0};
    const double reversals[] = {-20.0, -5.0, 0.0, 5.0};
    return {taus[random.below(5)], taus[random.below(5)], taus[random.below(5)],
            40.0 + 30.0 * random.uniform(), reversals[random.below(4)]};
}

}  // namespace

TEST_CASE("one step is as many short ones") {
    Random random(3, "membranes");
    double worst = 0.0;
    for (int trial = 0; trial < 2000; ++trial) {
        const ConductingMembrane m = membrane(random);
        const double size = std::pow(10.0, 4.0 * random.uniform() - 2.0);
        const Conducting start{-20.0 + 30.0 * random.uniform(), size * random.uniform(),
                               size * random.uniform()};
        const double s = std::pow(10.0, 5.0 * random.uniform() - 3.0);
        const double rate = (1.0 + start.g_e + start.g_i) / m.tau_m + 1.0 / m.tau_e + 1.0 / m.tau_i;
        const int n = 1 + static_cast<int>(40.0 * s * rate);
        if (n > 20000) continue;
        const Conducting once = m.after(s, start);
        const Conducting often = in_short_steps(m, start, s, n);
        worst = std::max(worst, std::abs(once.u - often.u) / m.e_e);
        CHECK(once.g_e == doctest::Approx(often.g_e).epsilon(1e-10));
        CHECK(once.g_i == doctest::Approx(often.g_i).epsilon(1e-10));
    }
    CHECK(worst < 1e-12);
}

TEST_CASE("conductances without bound, and long silence") {
    const ConductingMembrane m{20.0, 5.0, 10.0, 60.0, -20.0};
    // Where nothing else counts V is held where the two conductances balance.
    const Conducting held = m.after(0.5, {0.0, 2e5, 2e5});
    const double e = held.g_e, i = held.g_i;
    CHECK(held.u == doctest::Approx((e * 60.0 - i * 20.0) / (1.0 + e + i)).epsilon(1e-3));
    CHECK(held.u ==
          doctest::Approx(in_short_steps(m, {0.0, 2e5, 2e5}, 0.5, 200000).u).epsilon(1e-11));
    CHECK(m.after(1e8, {5.0, 3.0, 2.0}).u < 1e-18);
    CHECK(m.after(400.0, {5.0, 1e-30, 0.0}).u == doctest::Approx(5.0 * std::exp(-20.0)));
    const ConductingMembrane slow{1.0, 1e6, 0.1, 60.0, -20.0};
    CHECK(slow.after(1e5, {0.0, 1.0, 1.0}).u ==
          doctest::Approx(60.0 * std::exp(-0.1) / (1.0 + std::exp(-0.1))).epsilon(1e-5));
    const Conducting there = m.after(1e-9, {5.0, 3.0, 2.0});
    CHECK(m.after(-1e-9, there).u == doctest::Approx(5.0).epsilon(1e-15));
}

TEST_CASE("neither bound nor search misses a crossing that a fine grid sees") {
    Random random(2, "membranes");
    int n_crossings = 0;
    int n_dismissed = 0;
    for (int trial = 0; trial < 4000; ++trial) {
        const ConductingMembrane m = membrane(random);
        const double gap = random.below(4) == 0 ? -3.0 : 10.0;
        const Conducting start{gap - 8.0 * random.uniform(), 3.0 * random.uniform(),
                               6.0 * random.uniform()};
        const double width = 0.05 + 4.0 * random.uniform();
        double seen = unbounded;
        Conducting now = start;
        for (int k = 1; k <= 400 && seen == unbounded; ++k) {
            now = m.after(width / 400, now);
            if (now.u >= gap) seen = width / 400 * k;
        }
        const bool dismissed = m.stays_below(start, gap, width);
        n_dismissed += dismissed;
        if (dismissed) CHECK(seen == unbounded);
        if (m.stays_below(start, gap)) CHECK(seen == unbounded);
        const double found = m.crossing_within(start, gap, width);
        if (seen < unbounded) CHECK(found <= seen);
        if (found == unbounded) continue;
        ++n_crossings;
        CHECK(found <= width);
        CHECK(m.after(found, start).u == doctest::Approx(gap).epsilon(1e-11));
        CHECK(m.after(0.999 * found, start).u < gap);
    }
    CHECK(n_crossings > 500);
    CHECK(n_dismissed > 500);
}

TEST_CASE("a potential that only just reaches threshold is found, one that just does not is not") {
    const ConductingMembrane m{20.0, 2.0, 8.0, 60.0, -20.0};
    const Conducting start{0.0, 2.0, 0.5};
    double peak = 0.0;
    for (double s = 0.0; s < 8.0; s += 1e-4) peak = std::max(peak, m.after(s, start).u);
    const double found = m.crossing_within(start, peak - 1e-7, 8.0);
    REQUIRE(found < unbounded);
    CHECK(m.after(found, start).u == doctest::Approx(peak - 1e-7).epsilon(1e-12));
    CHECK(m.crossing_within(start, peak + 1e-7, 8.0) == unbounded);
}
