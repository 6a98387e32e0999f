// What is integrated at once against one step after the other.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "conducting_history.hpp"
#include "random.hpp"

using postdict::Conducting;
using postdict::ConductingHistory;
using postdict::ConductingMembrane;
using postdict::Duration;
using postdict::Random;
using postdict::Station;
using postdict::Time;

namespace {

// Arrivals of excitation and inhibition, and where the membrane is by single steps.
struct Past {
    ConductingMembrane m;
    Conducting now;
    std::vector<Station> room = std::vector<Station>(ConductingHistory::longest);
    ConductingHistory history = {};
    Time t = {};
    double lost = 0.0;

    Past(const ConductingMembrane& membrane, const Conducting& start) : m(membrane), now(start) {
        history.begin(room.data(), here());
    }
    Station here() const { return {t, now.g_e, now.g_i, lost}; }
    void pass(double ms) {
        const Time later = t + Duration::ms(ms);
        const double s = (later - t).ms();
        lost += s / m.tau_m - now.g_e * m.tau_e / m.tau_m * std::expm1(-s / m.tau_e) -
                now.g_i * m.tau_i / m.tau_m * std::expm1(-s / m.tau_i);
        now = m.after(s, now);
        t = later;
    }
    void receive(double e, double inhibition) {
        now.g_e += e;
        now.g_i += inhibition;
        history.append(room.data(), here());
    }
    double potential(double u) const { return history.potential(room.data(), m, u, 0.0, here()); }
};

// Arrivals until the history is full, at `rate` (1/ms) on average; now and then long silence.
Past random_past(Random& random, double u, double rate, std::size_t n) {
    const double taus[] = {1.0, 4.0, 10.0, 20.0};
    Past past({taus[random.below(4)], taus[random.below(4)], taus[random.below(4)], 60.0, -20.0},
              {u, random.uniform(), random.uniform()});
    const double scale = std::pow(10.0, 2.0 * random.uniform() - 1.0);
    for (std::size_t k = 1; k < n; ++k) {
        past.pass((random.below(20) == 0 ? 30.0 : -std::log(1.0 - random.uniform())) / rate);
        past.receive(scale * random.uniform(), random.below(4) == 0 ? 2.0 * scale : 0.0);
    }
    past.pass(random.uniform() / rate);
    return past;
}

}  // namespace

TEST_CASE("a history gives what single steps give") {
    Random random(5, "histories");
    double worst = 0.0;
    for (int trial = 0; trial < 1000; ++trial) {
        const double u = 30.0 * random.uniform() - 20.0;
        const double rate = std::pow(10.0, 3.0 * random.uniform() - 1.5);
        const Past past =
            random_past(random, u, rate, 1 + random.below(ConductingHistory::longest));
        worst = std::max(worst, std::abs(past.potential(u) - past.now.u));
    }
    CHECK(worst < 60.0 * 1e-12);
}

TEST_CASE("what is forgotten does not matter, and what matters is not forgotten") {
    Random random(6, "histories");
    int n_forgetful = 0;
    for (int trial = 0; trial < 300; ++trial) {
        const double rate = std::pow(10.0, 3.0 * random.uniform() - 1.5);
        Past past = random_past(random, 0.0, rate, ConductingHistory::longest);
        const double before = past.potential(0.0);
        REQUIRE(past.history.full());
        const bool forgot = past.history.forget(past.room.data(), past.here());
        CHECK(forgot == !past.history.full());
        CHECK(past.potential(-5.0) ==
              doctest::Approx(forgot ? before : past.potential(-5.0)).epsilon(1e-12));
        if (forgot && past.history.size() > 1) CHECK(past.lost - past.room[1].lost < 40.0);
        n_forgetful += forgot;
    }
    CHECK(n_forgetful > 50);
    CHECK(n_forgetful < 290);
}
