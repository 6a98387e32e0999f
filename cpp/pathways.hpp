// Spikes under way: along axons to synapses, and back along dendrites to those that learn.
//
// Projections of one emitter with one delay share a line: a spike enters and leaves it once,
// however many projections it reaches. A projection whose synapses have delays of their own has a
// staggered line. Dendritic delays concern plastic projections alone.
#pragma once

#include <cstddef>
#include <vector>

#include "delay_line.hpp"
#include "network.hpp"
#include "staggered_line.hpp"

namespace postdict {

struct AxonLine {
    Emitter pre;
    Duration delay;
    std::vector<std::size_t> projections;
    DelayLine spikes;
};

struct StaggeredAxons {
    std::size_t projection;
    StaggeredLine spikes;
};

struct DendriteLine {
    std::size_t projection;
    DelayLine spikes;
};

// What one emitter's spikes enter.
struct Exits {
    std::vector<std::size_t> lines;
    std::vector<std::size_t> staggered;
};

struct Pathways {
    explicit Pathways(const Network& network);

    std::vector<AxonLine> lines;
    std::vector<StaggeredAxons> staggered;
    std::vector<DendriteLine> dendrites;

    std::vector<Exits> from_population;
    std::vector<Exits> from_sources;
    // Plastic projections onto a population: those that see its spikes at once, and the dendrites
    // that carry them to the others.
    std::vector<std::vector<std::size_t>> plastic_onto;
    std::vector<std::vector<std::size_t>> dendrites_from;
};

}  // namespace postdict
