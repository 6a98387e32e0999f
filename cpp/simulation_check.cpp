// What must hold of a simulation, however it came to be: checked after a restore, and in debug
// builds after every instant.
#include <cmath>

#include "simulation.hpp"

namespace postdict {

// Each part's own rules, if every event before `now` has happened and none at it or after.
void Simulation::check_parts(Time now) const {
    require_state(time_ >= Time{} && time_ <= latest, "the time is out of range");
    if (in_window_) in_window_->check_state();
    for (std::size_t p = 0; p < network_.populations.size(); ++p) {
        const Population& population = network_.populations[p];
        std::visit([&](const auto& neurons) { neurons.check_state(now); }, population.neurons);
        spikes_[p].check_state(now, population.size());
    }
    for (const Poisson& poisson : network_.poisson) poisson.source.check_state(now);
    for (const Current& current : network_.currents) current.source.check_state(now);
    for (const Source& source : network_.sources)
        std::visit([&](const auto& s) { s.check_state(now); }, source);
    for (const Projection& projection : network_.projections) {
        const auto& targets = network_.populations[projection.post].neurons;
        const bool conducts = std::holds_alternative<LifConductance>(targets);
        std::visit(
            [&](const auto& s) {
                s.check_state(now);
                require_state(!conducts || s.all_nonnegative(), "a conductance is negative");
            },
            projection.synapses);
    }
    for (const AxonLine& line : ways_.lines)
        line.spikes.check_state(now, emitter_size(network_, line.pre));
    for (const StaggeredAxons& axons : ways_.staggered)
        visit_sparse(network_.projections[axons.projection].synapses, [&](const auto& s) {
            axons.spikes.check_state(now, s.source_first(), s.delays());
        });
    for (const DendriteLine& line : ways_.dendrites) {
        const Projection& projection = network_.projections[line.projection];
        line.spikes.check_state(now, network_.populations[projection.post].size());
    }
    for (const SampledRecorder& recorder : network_.recorders) recorder.check_state(now);
    for (const ControlledWorld& world : network_.worlds) world.loop.check_state(now);
}

std::uint64_t Simulation::n_recorded() const {
    std::uint64_t n = 0;
    for (const SpikeRecord& record : spikes_) n += record.times.size();
    return n;
}

std::uint64_t Simulation::n_pending() const {
    std::uint64_t n = 0;
    for (const AxonLine& line : ways_.lines) n += line.spikes.size();
    for (const StaggeredAxons& axons : ways_.staggered) n += axons.spikes.size();
    for (const DendriteLine& line : ways_.dendrites) n += line.spikes.size();
    for (const ControlledWorld& world : network_.worlds) n += world.loop.n_pending();
    return n;
}

void Simulation::check_invariants(Time now) const {
    check_parts(now);
    queue_.check();
    each_stream([&](std::size_t slot, Time next) {
        require_state(queue_.time(slot) == next, "the queue has another time for a stream");
    });
    require_state(n_recorded_ == n_recorded(), "recorded spikes are miscounted");
    require_state(n_pending_ == n_pending(), "spikes under way are miscounted");
    for (const Population& population : network_.populations)
        require_state(
            !std::visit([](const auto& n) { return n.inputs().touched(); }, population.neurons),
            "an input was left over by its instant");
    for (const Projection& projection : network_.projections)
        visit_sparse(projection.synapses, [](const auto& synapses) { synapses.check_rows(); });
}

void Simulation::check_invariants() const {
    check_invariants(time_);
}

}  // namespace postdict
