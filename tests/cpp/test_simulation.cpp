// Whole simulations: pauses, restoring, damaged states, samples, limits, rates.
#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "ms.hpp"
#include "simulation.hpp"

using namespace postdict;

namespace {

// Kicked neurons that inhibit themselves through plastic synapses, and are inhibited by a replay.
Network small_network() {
    Network network;
    network.seed = 5;
    const std::size_t n = 3;
    const auto all = [=](double value) { return std::vector<double>(n, value); };
    network.populations.push_back({"cells", LifDelta({{20.0},
                                                      all(0.0),
                                                      all(1.0),
                                                      all(0.0),
                                                      all(1.5),
                                                      all(0.4),
                                                      all(-unbounded),
                                                      all(0.0),
                                                      false})});
    const Rule rule{TraceRule{1.0, -0.9, 0.0, 20.0, 15.0}, 0.01, false, false, 0.5};
    const Rule window{
        WindowRule{SampledWindow{{-12.0, 0.0, 30.0}, {-1.0, 0.5, 0.0}}, 12.0_ms, 30.0_ms}, 0.01,
        false, true, 0.5};
    network.poisson.push_back(
        {0, PoissonSource(network.seed, "noise", n, Steps::constant(400.0), 0.3)});
    network.currents.push_back({0, CurrentSource({1}, {{300.0_ms, 500.0_ms}, {0.9, -0.2}})});
    network.sources.push_back(
        SpikeTimesSource("tutor", 2, {{5.0_ms, 0}, {5.0_ms, 1}, {700.0_ms, 1}}));
    const Emitter cells{Emitter::Kind::population, 0};
    const Emitter replay{Emitter::Kind::source, 0};
    network.projections.push_back(
        {cells, 0, 2.5_ms, 0.0_ms,
         DenseProjection<double>({n, n, std::vector<double>(n * n, 0.1), Sign::inhibitory, rule})});
    network.projections.push_back(
        {replay, 0, 1.0_ms, 0.0_ms,
         DenseProjection<double>({2, n, {0.2}, Sign::inhibitory, {}, true})});
    // Two bundles of source 0, one of source 2; the spikes of their targets come back later.
    network.projections.push_back({cells, 0, std::nullopt, 0.75_ms,
                                   SparseProjection<float>({n,
                                                            n,
                                                            {0, 2, 3, 5},
                                                            {0, 2, 2, 3},
                                                            {1.5_ms, 4.0_ms, 0.5_ms},
                                                            {0, 1, 2, 0, 0},
                                                            {0.1, 0.2, 0.3, 0.1, 0.4},
                                                            Sign::inhibitory,
                                                            window})});
    const auto record = [&](Variable variable, std::vector<std::uint64_t> which, std::size_t width,
                            Duration interval, std::size_t most) {
        network.recorders.emplace_back(
            Sampling{variable, 0, std::move(which), width, interval, {}, most});
    };
    record(Variable::weights, {}, n * n, 100.0_ms, 8);
    record(Variable::potential, {2}, 1, 50.0_ms, 100);
    record(Variable::weight_statistics, {}, 4, 70.0_ms, 100);
    network.recorders.emplace_back(
        Sampling{Variable::weights, 2, {1, 4}, 2, 0.0_ms, {33.0_ms, 777.0_ms}, 2});
    return network;
}

}  // namespace

TEST_CASE("pausing, saving and restoring change no bit") {
    Simulation whole(small_network(), {});
    CHECK(whole.run_until(2000.0_ms, never_stop));
    CHECK(whole.n_spikes(0) > 50);

    Simulation paused(small_network(), {});
    Random random(9, "pauses");
    for (double t = 0.0; t < 2000.0; t += 30.0 * random.exponential()) {
        paused.run_until(Time::ms(t), 1 + random.below(50));
        Simulation restored(small_network(), {});
        restored.restore(paused.state());
        CHECK(restored.state() == paused.state());
        paused = std::move(restored);
    }
    while (!paused.run_until(2000.0_ms, 17)) {
    }
    CHECK(paused.state() == whole.state());
}

TEST_CASE("a damaged state is refused") {
    Simulation source(small_network(), {});
    source.run_until(300.0_ms, never_stop);
    const State good = source.state();
    for (const auto& [name, values] : good) {
        State state = good;
        state.erase(name);
        CHECK_THROWS_AS(Simulation(small_network(), {}).restore(state), StateError);
    }
    State state = good;
    std::get<std::vector<double>>(state["projection0.weights"])[4] = 0.6;  // above w_max
    CHECK_THROWS_AS(Simulation(small_network(), {}).restore(state), StateError);
    state = good;
    std::get<std::vector<double>>(state["population0.excess.scaled"])[0] = unbounded;
    CHECK_THROWS_AS(Simulation(small_network(), {}).restore(state), StateError);
}

// Each of these once let time run backwards, or overflowed.
TEST_CASE("a state that would go wrong later is refused") {
    Simulation source(small_network(), {});
    while (std::get<std::vector<std::int64_t>>(source.state()["staggered0.sent"]).empty())
        source.run_until(source.time() + 1.0_ms, never_stop);
    const State good = source.state();
    const auto refuses = [&](const char* name, auto value) {
        State state = good;
        std::get<std::vector<decltype(value)>>(state[name]).back() = value;
        CHECK_THROWS_AS(Simulation(small_network(), {}).restore(state), StateError);
    };
    refuses("staggered0.sent", std::int64_t{0});
    refuses("line0.time", (source.time() + 3.0_ms).count());
    refuses("population0.held_until", (source.time() + 2.0_ms).count());
    refuses("time", std::numeric_limits<std::int64_t>::max() - 1);
    refuses("line0.time", std::numeric_limits<std::int64_t>::max() - 1);
    refuses("population0.stride", 1e-300);
    refuses("population0.excess.scaled", 1e200);
    refuses("projection1.weights", 1e200);
}

TEST_CASE("samples span the run however long it is") {
    Simulation simulation(small_network(), {});
    simulation.run_until(1000.0_ms, never_stop);
    const SampledRecorder& weights = simulation.recorder(0);  // 8 samples at the most
    CHECK(weights.time_of(1) == Time::ms(200.0));
    CHECK(weights.n_samples() == 6);  // 0, 200, ..., 1000
    CHECK(simulation.recorder(1).n_samples() == 21);
}

TEST_CASE("samples keep their times where some are taken away before others are dropped") {
    for (const int n_taken : {2, 3}) {
        std::vector<double> taken;
        SampledRecorder recorder(Sampling{Variable::potential, 0, {0}, 1, 10.0_ms, {}, 4});
        for (double t = 0.0; t < 200.0; t += 10.0) {
            if (recorder.next_time() != Time::ms(t)) continue;
            recorder.sample(Time::ms(t), [&](std::vector<double>& values) { values.push_back(t); });
            if (t == 10.0 * (n_taken - 1)) taken = recorder.take_away();
            for (std::size_t k = 0; k < recorder.n_samples(); ++k)
                CHECK(recorder.time_of(k).ms() == recorder.values()[k]);
        }
        CHECK(taken.size() == static_cast<std::size_t>(n_taken));
        CHECK(recorder.n_samples() > 1);
    }
}

TEST_CASE("a limit stops the run between two instants, whole") {
    Simulation limited(small_network(), {.recorded_spikes = 20});
    CHECK_THROWS_AS(limited.run_until(2000.0_ms, never_stop), LimitError);
    const std::size_t n = limited.spikes(0).times.size();
    CHECK(n >= 20);
    CHECK(n < 30);
    Simulation whole(small_network(), {});
    whole.run_until(limited.time(), never_stop);
    CHECK(whole.spikes(0).times == limited.spikes(0).times);
    CHECK(limited.state() == whole.state());
}

TEST_CASE("changing a rate is exact: the same rate changes nothing, zero is silent") {
    Simulation simulation(small_network(), {});
    simulation.run_until(100.0_ms, never_stop);
    const State before = simulation.state();
    simulation.set_rate(0, Steps::constant(400.0));
    CHECK(simulation.state() == before);
    simulation.set_rate(0, Steps::constant(0.0));
    simulation.run_until(600.0_ms, never_stop);
    const std::size_t n = simulation.spikes(0).times.size();
    simulation.run_until(900.0_ms, never_stop);
    CHECK(simulation.spikes(0).times.size() == n);
    simulation.set_rate(0, Steps::constant(400.0));
    simulation.run_until(1500.0_ms, never_stop);
    CHECK(simulation.spikes(0).times.size() > n);
}
