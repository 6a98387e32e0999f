// What exists: populations, sources, projections, recorders. A simulation takes a copy and runs it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "neuron_lif_conductance.hpp"
#include "neuron_lif_delta.hpp"
#include "neuron_lif_exponential.hpp"
#include "projection_dense.hpp"
#include "projection_sparse.hpp"
#include "recorder.hpp"
#include "source_current.hpp"
#include "source_poisson.hpp"
#include "source_spike_times.hpp"
#include "source_trains.hpp"
#include "world_loop.hpp"

namespace postdict {

// Visited once per event and population, never per neuron.
using Neurons = std::variant<LifDelta, LifExponential, LifConductance>;

struct Population {
    std::string name;
    Neurons neurons;

    std::size_t size() const {
        return std::visit([](const auto& n) { return n.size(); }, neurons);
    }
    Inputs& inputs() {
        return std::visit([](auto& n) -> Inputs& { return n.inputs(); }, neurons);
    }
};

struct Poisson {
    std::size_t target;  // population
    PoissonSource source;
};

struct Current {
    std::size_t target;  // population
    CurrentSource source;
};

// What has no neurons and can be connected: given spikes, or drawn ones. Visited once per instant.
using Source = std::variant<SpikeTimesSource, PoissonTrains>;

// What can be connected as presynaptic: a population, or a source of spikes.
struct Emitter {
    enum class Kind { population, source } kind;
    std::size_t index;
    bool operator==(const Emitter&) const = default;
};

// Visited once per arrival of a spike, never per synapse.
using Synapses = std::variant<DenseProjection<double>, DenseProjection<float>,
                              SparseProjection<double>, SparseProjection<float>>;

// Projections whose synapses have delays of their own are sparse.
template <class Visit>
void visit_sparse(auto& synapses, Visit&& visit) {
    std::visit(
        [&](auto& layout) {
            if constexpr (requires { layout.delays(); }) visit(layout);
        },
        synapses);
}

struct Projection {
    Emitter pre;
    std::size_t post;                      // population
    std::optional<Duration> axonal_delay;  // none where the synapses have delays of their own
    Duration dendritic_delay;              // of what a plastic synapse sees of its target's spikes
    Synapses synapses;
    std::optional<std::size_t> rewarded_by;  // the world whose reward is the rule's modulator

    bool staggered() const { return !axonal_delay; }
    bool plastic() const {
        return std::visit([](const auto& s) { return s.plastic(); }, synapses);
    }
};

// A world that hears an emitter and drives a population.
struct ControlledWorld {
    Emitter motor;
    std::size_t sensor;  // population
    WorldLoop loop;
};

struct Network {
    std::uint64_t seed = 0;
    std::vector<Population> populations;
    std::vector<Poisson> poisson;
    std::vector<Current> currents;
    std::vector<Source> sources;
    std::vector<Projection> projections;
    std::vector<SampledRecorder> recorders;
    std::vector<ControlledWorld> worlds;
};

inline std::size_t source_size(const Source& source) {
    return std::visit([](const auto& s) { return s.size(); }, source);
}

inline const std::string& source_name(const Source& source) {
    return std::visit([](const auto& s) -> const std::string& { return s.name(); }, source);
}

inline std::size_t emitter_size(const Network& network, const Emitter& emitter) {
    return emitter.kind == Emitter::Kind::population ? network.populations[emitter.index].size()
                                                     : source_size(network.sources[emitter.index]);
}

}  // namespace postdict
