// Lines with one delay, and with several: order, ties, exact sums.
#include <doctest/doctest.h>

#include <vector>

#include "delay_line.hpp"
#include "ms.hpp"
#include "staggered_line.hpp"

using postdict::DelayLine;
using postdict::Duration;
using postdict::NeuronId;
using postdict::never;
using postdict::StaggeredLine;
using postdict::Time;
using postdict::operator""_ms;
using postdict::picosecond;

TEST_CASE("an arrival is later by exactly the delay, however late it is") {
    for (const double t : {0.0, 33.0, 1e4, 8.6e9}) {
        DelayLine twice(1.2_ms);
        DelayLine once(2.4_ms);
        twice.send(0, Time::ms(t));
        twice.send(0, twice.next_time());
        once.send(0, Time::ms(t));
        CHECK(twice.receive(Time::ms(t) + 1.2_ms).size() == 1);
        CHECK(twice.next_time() == once.next_time());
        DelayLine shortest(picosecond);
        shortest.send(0, Time::ms(t));
        CHECK(shortest.next_time() - Time::ms(t) == picosecond);
    }
}

TEST_CASE("spikes of one arrival come by their source, as they were sent") {
    DelayLine line(1.0_ms);
    for (const NeuronId i : {0, 2, 3}) line.send(i, 5.0_ms);
    CHECK(line.receive(6.0_ms) == std::vector<NeuronId>{0, 2, 3});
    CHECK(line.next_time() == never);
}

TEST_CASE("a spike moves from bundle to bundle, the shorter delay first") {
    const std::vector<Duration> delays{0.5_ms, 2.0_ms, 3.0_ms,
                                       0.25_ms};  // source 0 has three, source 1 one
    StaggeredLine line;
    line.send(10.0_ms, 0, 3, delays);
    line.send(10.25_ms, 3, 4, delays);
    line.send(10.25_ms, 4, 4, delays);  // a source without synapses
    CHECK(line.size() == 2);
    CHECK(line.next_time() == Time::ms(10.5));
    CHECK(line.receive(10.5_ms, delays) == std::vector<std::uint32_t>{0, 3});
    CHECK(line.size() == 1);
    CHECK(line.receive(12.0_ms, delays) == std::vector<std::uint32_t>{1});
    CHECK(line.receive(13.0_ms, delays) == std::vector<std::uint32_t>{2});
    CHECK(line.next_time() == never);
}
