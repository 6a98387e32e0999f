// Lines with one delay, and with several: order, ties, and delays that round away.
#include <doctest/doctest.h>

#include <vector>

#include "delay_line.hpp"
#include "staggered_line.hpp"

using postdict::DelayLine;
using postdict::NeuronId;
using postdict::never;
using postdict::StaggeredLine;

TEST_CASE("an arrival is later than its spike even where the delay rounds away") {
    DelayLine line(1e-9);
    line.send(0, 1e12);
    CHECK(line.next_time() > 1e12);
}

TEST_CASE("spikes of one arrival come sorted by their source") {
    DelayLine line(1.0);
    for (const NeuronId i : {3, 0, 2}) line.send(i, 5.0);
    CHECK(line.receive(6.0) == std::vector<NeuronId>{0, 2, 3});
    CHECK(line.next_time() == never);
}

TEST_CASE("a spike moves from bundle to bundle, the shorter delay first") {
    const std::vector<double> delays{0.5, 2.0, 3.0, 0.25};  // source 0 has three, source 1 one
    StaggeredLine line;
    line.send(10.0, 0, 3, delays);
    line.send(10.25, 3, 4, delays);
    line.send(10.25, 4, 4, delays);  // a source without synapses
    CHECK(line.size() == 2);
    CHECK(line.next_time() == 10.5);
    CHECK(line.receive(10.5, delays) == std::vector<std::uint32_t>{0, 3});
    CHECK(line.size() == 1);
    CHECK(line.receive(12.0, delays) == std::vector<std::uint32_t>{1});
    CHECK(line.receive(13.0, delays) == std::vector<std::uint32_t>{2});
    CHECK(line.next_time() == never);
}
