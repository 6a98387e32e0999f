// Worlds in the loop, without Python: pauses, exceptions, damaged states, kicks at rates.
#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "ms.hpp"
#include "simulation.hpp"

using namespace postdict;

namespace {

// Answers with a running sum of what it heard; throws at one of its steps.
class Adder : public World {
  public:
    explicit Adder(Drive drive, int bad_step = -1) : drive_(drive), bad_step_(bad_step) {}
    Answer step(Time t, const Heard& heard) override {
        if (n_++ == bad_step_) throw std::runtime_error("no");
        for (const double value : heard.values) sum_ += value;
        for (const Spike& spike : heard.spikes) sum_ += 0.1 * (t - spike.time).ms();
        last_ = t;
        if (drive_ == Drive::spikes) return {{}, {{t + 4.5_ms, 1, 0.3}, {t + 3.5_ms, 0, -0.2}}};
        // Bounded: what must hold is checked after every instant, over all spikes.
        const double level = 1.0 + std::sin(0.1 * sum_);
        return {{drive_ == Drive::rates ? 200.0 * level : level, 0.3}, {}};
    }
    double sum_ = 0.0;
    Time last_;

  private:
    Drive drive_;
    int bad_step_;
    int n_ = 0;
};

Network network(Readout readout, Drive drive, const std::shared_ptr<World>& world) {
    Network made;
    made.seed = 11;
    const auto both = [](double value) { return std::vector<double>(2, value); };
    for (const char* name : {"motor", "sensor"})
        made.populations.push_back({name, LifDelta({{20.0},
                                                    both(0.0),
                                                    both(1.0),
                                                    both(0.0),
                                                    both(0.0),
                                                    both(0.0),
                                                    both(-unbounded),
                                                    both(0.0),
                                                    false})});
    made.poisson.push_back({0, PoissonSource(made.seed, "noise", 2, Steps::constant(500.0), 0.3)});
    made.worlds.push_back(
        {{Emitter::Kind::population, 0},
         1,
         WorldLoop({"adder", 2, 2, 5.0_ms, 2.5_ms, readout, 15.0, drive, 0.4, world}, made.seed)});
    return made;
}

}  // namespace

TEST_CASE("worlds change no bit where a run pauses, is saved and restored") {
    for (const Readout readout : {Readout::counts, Readout::rates, Readout::spikes}) {
        for (const Drive drive : {Drive::current, Drive::rates, Drive::kicks, Drive::spikes}) {
            const auto other = std::make_shared<Adder>(drive);
            Simulation whole(network(readout, drive, other), {});
            CHECK(whole.run_until(500.0_ms, never_stop));
            CHECK(whole.n_spikes(0) > 20);
            CHECK(other->last_ == Time::ms(495.0));  // the step at 500 belongs to the next run

            const auto world = std::make_shared<Adder>(drive);
            Simulation paused(network(readout, drive, world), {});
            Random random(9, "pauses");
            for (double t = 0.0; t < 500.0; t += 20.0 * random.exponential()) {
                paused.run_until(Time::ms(t), 1 + random.below(2000));
                Simulation restored(network(readout, drive, world), {});
                restored.restore(paused.state());
                CHECK(restored.state() == paused.state());
                paused = std::move(restored);
            }
            while (!paused.run_until(500.0_ms, 17)) {
            }
            CHECK(paused.state() == whole.state());
            CHECK(world->sum_ == other->sum_);
        }
    }
}

TEST_CASE("a world that throws leaves the simulation whole before its step") {
    const auto world = std::make_shared<Adder>(Drive::current, 9);
    Simulation simulation(network(Readout::rates, Drive::current, world), {});
    CHECK_THROWS_AS(simulation.run_until(500.0_ms, never_stop), std::runtime_error);
    CHECK(simulation.time() == Time::ms(50.0));
    simulation.check_invariants();
    simulation.run_until(500.0_ms, never_stop);
    Simulation whole(
        network(Readout::rates, Drive::current, std::make_shared<Adder>(Drive::current)), {});
    whole.run_until(500.0_ms, never_stop);
    CHECK(simulation.state() == whole.state());
}

TEST_CASE("a damaged state of a world is refused") {
    const auto fresh = [] {
        return Simulation(
            network(Readout::spikes, Drive::spikes, std::make_shared<Adder>(Drive::spikes)), {});
    };
    Simulation source = fresh();
    while (std::get<std::vector<std::int64_t>>(source.state()["world0.heard.time"]).empty() ||
           std::get<std::vector<std::int64_t>>(source.state()["world0.kick.time"]).empty())
        source.run_until(source.time() + 0.3_ms, never_stop);
    const State good = source.state();
    fresh().restore(good);
    const auto refuses = [&](const char* name, auto value) {
        State state = good;
        std::get<std::vector<decltype(value)>>(state[name]).back() = value;
        CHECK_THROWS_AS(fresh().restore(state), StateError);
    };
    refuses("world0.n_steps", std::uint64_t{0});
    refuses("world0.n_steps", std::uint64_t{1000});
    refuses("world0.heard.time", (source.time() + 1.0_ms).count());
    refuses("world0.heard.id", std::int64_t{2});
    refuses("world0.kick.time", std::int64_t{0});
    refuses("world0.kick.id", std::int64_t{2});
    refuses("world0.kick.weight", 1e200);
    refuses("world0.source.left", -1.0);
    refuses("world0.source.next", std::int64_t{0});
    for (const auto& [name, values] : good) {
        State state = good;
        state.erase(name);
        CHECK_THROWS_AS(fresh().restore(state), StateError);
    }
}

TEST_CASE("kicks at rates are Poisson, and who is kicked follows the rates") {
    RatesSource source(3, "world", 4);
    CHECK(source.next_time() == never);
    source.set_rates({0.0, 30.0, 0.0, 10.0}, 0.0_ms);
    std::vector<double> n(4, 0.0);
    while (source.next_time() < 1000000.0_ms) n[static_cast<std::size_t>(source.kick())] += 1.0;
    CHECK(n[0] == 0.0);
    CHECK(n[2] == 0.0);
    CHECK(n[1] == doctest::Approx(30000.0).epsilon(0.03));
    CHECK(n[3] == doctest::Approx(10000.0).epsilon(0.05));
    const Time next = source.next_time();
    source.set_rates({0.0, 15.0, 5.0, 0.0},
                     1000000.0_ms);  // half as fast: what is left takes twice as long
    CHECK((source.next_time() - Time::ms(1e6)).ms() ==
          doctest::Approx(2.0 * (next - Time::ms(1e6)).ms()));
    source.set_rates({0.0, 0.0, 0.0, 0.0}, 1000000.0_ms);
    CHECK(source.next_time() == never);
}
