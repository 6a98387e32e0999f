// The queue against a search through all slots.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "event_queue.hpp"
#include "random.hpp"

using postdict::EventQueue;
using postdict::never;
using postdict::Random;
using postdict::Time;

TEST_CASE("the top is the least (time, slot), whatever happened before") {
    Random random(1, "queue");
    constexpr std::uint32_t n = 37;
    EventQueue queue(n);
    std::vector<Time> times(n, never);
    CHECK(queue.top_time() == never);
    for (int step = 0; step < 20000; ++step) {
        const std::uint32_t slot = random.below(n);
        times[slot] = random.below(8) == 0
                          ? never
                          : Time::picoseconds(random.below(20));  // ties are frequent
        queue.set(slot, times[slot]);
        const auto least = std::min_element(times.begin(), times.end());
        REQUIRE(queue.top_time() == *least);
        REQUIRE(queue.top() == static_cast<std::size_t>(least - times.begin()));
    }
}

TEST_CASE("an empty queue never has an event") {
    CHECK(EventQueue(0).top_time() == never);
}
