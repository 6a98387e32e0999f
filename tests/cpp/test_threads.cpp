// Simulations side by side, for the thread sanitizer.
#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "ms.hpp"
#include "networks.hpp"
#include "random.hpp"
#include "simulation.hpp"

using namespace postdict;

// For the thread sanitizer too: see docs/reliability.md.
TEST_CASE("simulations in threads share nothing, and give the bits of one after another") {
    const auto run = [](std::uint64_t number) {
        Random random(number, "threads");
        std::vector<std::uint8_t> noise(1'000);
        for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random.below(256));
        fuzz::Bytes bytes(noise.data(), noise.size());
        Simulation simulation(fuzz::network(bytes), {});
        simulation.run_until(30.0_ms, 1'000);
        Simulation restored(simulation);
        restored.restore(simulation.state());
        restored.run_until(60.0_ms, 1'000);
        return restored.state();
    };
    constexpr std::uint64_t n = 16;
    std::vector<State> states(n);
    std::vector<std::thread> threads;
    for (std::uint64_t first = 0; first < 4; ++first)
        threads.emplace_back([&, first] {
            for (std::uint64_t k = first; k < n; k += 4) states[k] = run(k);
        });
    for (std::thread& thread : threads) thread.join();
    for (std::uint64_t k = 0; k < n; ++k) CHECK(states[k] == run(k));
}
