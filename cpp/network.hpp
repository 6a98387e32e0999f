// What exists: populations, sources, projections, recorders. A simulation takes a copy and runs it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "neuron_lif_delta.hpp"
#include "neuron_lif_exponential.hpp"
#include "projection_dense.hpp"
#include "recorder.hpp"
#include "source_poisson.hpp"
#include "source_spike_times.hpp"

namespace postdict {

// Visited once per event and population, never per neuron.
using Neurons = std::variant<LifDelta, LifExponential>;

struct Population {
    std::string name;
    Neurons neurons;

    std::size_t size() const {
        return std::visit([](const auto& n) { return n.size(); }, neurons);
    }
};

struct Poisson {
    std::size_t target;  // population
    PoissonSource source;
};

// What can be connected as presynaptic: a population, or a source that replays spikes.
struct Emitter {
    enum class Kind { population, spike_times } kind;
    std::size_t index;
    bool operator==(const Emitter&) const = default;
};

struct Projection {
    Emitter pre;
    std::size_t post;  // population
    DenseProjection synapses;
};

struct Network {
    std::uint64_t seed = 0;
    std::vector<Population> populations;
    std::vector<Poisson> poisson;
    std::vector<SpikeTimesSource> spike_times;
    std::vector<Projection> projections;
    std::vector<SampledRecorder> recorders;
};

}  // namespace postdict
