// The bound and the search for crossings against fine grids.
#include <doctest/doctest.h>

#include <cmath>

#include "first_crossing.hpp"
#include "random.hpp"

using postdict::crossing_within;
using postdict::Membrane;
using postdict::Random;
using postdict::unbounded;
using postdict::UpperBound;

TEST_CASE("neither bound nor search misses a crossing that a fine grid sees") {
    Random random(2, "membranes");
    const double taus[] = {1.0, 4.0, 9.9, 10.0, 10.1, 30.0};
    int n_crossings = 0;
    for (int trial = 0; trial < 3000; ++trial) {
        const Membrane m(10.0, taus[random.below(6)], taus[random.below(6)]);
        const double gap = random.below(4) == 0 ? -0.3 : 1.0;
        const double u = gap - 1.2 * random.uniform();
        const double g_e = 12.0 * random.uniform();
        const double g_i = -12.0 * random.uniform();
        const double width = 0.1 + 3.0 * random.uniform();
        double seen = unbounded;
        double most = u;
        for (double s = 0.0; s <= width; s += width / 400) {
            const double v = m.course(s, u, g_e, g_i).v;
            most = std::max(most, v);
            if (v >= gap && seen == unbounded) seen = s;
        }
        CHECK(UpperBound(m, width)(u, g_e, g_i) >= most - 1e-12);
        const double found = crossing_within(m, u, g_e, g_i, gap, width);
        if (seen < unbounded) CHECK(found <= seen);
        if (found == unbounded) continue;
        ++n_crossings;
        CHECK(found <= width);
        CHECK(m.course(found, u, g_e, g_i).v == doctest::Approx(gap).epsilon(1e-11));
        CHECK(m.course(0.999 * found, u, g_e, g_i).v < gap);
    }
    CHECK(n_crossings > 500);
}
