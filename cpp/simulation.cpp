// The event loop: which instant is next, what belongs to it, and what each kind of event does.
#include "simulation.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace postdict {

Simulation::Simulation(Network network, Limits limits)
    : network_(std::move(network)),
      limits_(std::move(limits)),
      ways_(network_),
      slots_(slots()),
      queue_(slots_.size()),
      spikes_(network_.populations.size()),
      n_spikes_(network_.populations.size(), 0) {
    const std::size_t n = network_.populations.size();
    if (limits_.bound_rates(n)) in_window_.emplace(n, limits_.rate_window);
    for (const Projection& projection : network_.projections)
        rules_can_fail_ = rules_can_fail_ || std::visit([](const auto& s) { return s.can_fail(); },
                                                        projection.synapses);
    fill_queue();
}

Slots Simulation::slots() const {
    return Slots({network_.recorders.size(), ways_.lines.size(), ways_.staggered.size(),
                  ways_.dendrites.size(), network_.poisson.size(), network_.sources.size(),
                  network_.populations.size(), network_.currents.size(), network_.worlds.size()});
}

void Simulation::fill_queue() {
    each_stream([&](std::size_t slot, Time next) { queue_.set(slot, next); });
}

bool Simulation::run_until(Time end, std::uint64_t most_instants) {
    if (broken_)
        throw std::logic_error("this simulation stopped inside an instant and cannot go on");
    bool after_step = false;
    while (true) {
        const Time step = next_step();
        if (!run_instants(std::min(step, end), most_instants, after_step)) return false;
        if (step >= end) return true;
        if (most_instants == 0) return false;
        check_limits();
        take_steps(step);
        most_instants -= std::min(most_instants, instants_a_step);
        // No run stops between a step and what follows at once, so that a simulation whose time is
        // that of a step has not taken it.
        after_step = queue_.top_time() == step;
    }
}

Time Simulation::next_step() const {
    Time next = never;
    for (const ControlledWorld& world : network_.worlds)
        next = std::min(next, world.loop.next_step());
    return next;
}

void Simulation::take_steps(Time t) {
    for (std::size_t w = 0; w < network_.worlds.size(); ++w) {
        WorldLoop& loop = network_.worlds[w].loop;
        if (loop.next_step() != t) continue;
        const std::size_t n_before = loop.n_pending();
        const std::optional<double> reward = loop.step();
        for (std::size_t p = 0; reward && p < network_.projections.size(); ++p)
            if (network_.projections[p].rewarded_by == w)
                std::visit([&](auto& s) { s.set_modulator(Steps::constant(*reward), t); },
                           network_.projections[p].synapses);
        n_pending_ += loop.n_pending();
        n_pending_ -= n_before;
        schedule(StreamKind::world, w, loop.next_time());
    }
}

bool Simulation::run_instants(Time end, std::uint64_t& most_instants, bool after_step) {
    while (queue_.top_time() < end) {
        time_ = queue_.top_time();
        if (after_step) {
            most_instants = std::max<std::uint64_t>(most_instants, 1);
            after_step = false;
        } else {
            if (most_instants == 0) {
                sample_due();
                return false;
            }
            check_limits();
        }
        const Stream& first = slots_[queue_.top()];
        broken_ = true;  // until the instant is complete
        if (first.kind == StreamKind::poisson && queue_.second_time() > time_) {
            most_instants -= kicks(first.index, std::min(end, queue_.second_time()), most_instants);
        } else {
            instant(time_);
            --most_instants;
        }
        broken_ = false;
#ifdef POSTDICT_CHECKS
        check_invariants(time_ + picosecond);
#endif
    }
    time_ = std::max(time_, end);
    sample_due();
    if (rules_can_fail_) check_rules();
    return true;
}

// Kicks of one source, each an instant of its own, up to the next event of any other stream: most
// instants of a network that explores. Returns how many there were.
std::uint64_t Simulation::kicks(std::size_t index, Time end, std::uint64_t most_instants) {
    Poisson& poisson = network_.poisson[index];
    PoissonSource& source = poisson.source;
    const std::size_t p = poisson.target;
    std::uint64_t n = 0;
    std::visit(
        [&](auto& neurons) {
            bool anybody_fired = false;
            while (!anybody_fired && n < most_instants && source.next_time() < end) {
                time_ = source.next_time();
                const auto [who, weight] = source.kick();
                const std::vector<NeuronId>& fired = neurons.settle_kick(who, weight, time_);
                ++n;
                end = std::min(end, neurons.next_time());
                anybody_fired = !fired.empty();
                if (anybody_fired) fire(p, fired, time_);
            }
            schedule(StreamKind::population, p, neurons.next_time());
        },
        network_.populations[p].neurons);
    schedule(StreamKind::poisson, index, source.next_time());
    n_synaptic_events_ += n;
    return n;
}

void Simulation::instant(Time t) {
    while (queue_.top_time() == t) take(slots_[queue_.top()], t);
    for (std::size_t p = 0; p < network_.populations.size(); ++p) settle(p, t);
}

void Simulation::take(const Stream& stream, Time t) {
    switch (stream.kind) {
        case StreamKind::recorder:
            return sample(stream.index, t);
        case StreamKind::line:
            return arrive(stream.index, t);
        case StreamKind::staggered:
            return arrive_staggered(stream.index, t);
        case StreamKind::dendrite:
            return come_back(stream.index, t);
        case StreamKind::poisson:
            return kick(stream.index);
        case StreamKind::source:
            return replay(stream.index, t);
        case StreamKind::population:
            return cross(stream.index, t);
        case StreamKind::current:
            return step(stream.index, t);
        case StreamKind::world:
            return act(stream.index, t);
    }
}

void Simulation::kick(std::size_t index) {
    Poisson& poisson = network_.poisson[index];
    const auto [who, weight] = poisson.source.kick();
    network_.populations[poisson.target].inputs().kick(who, weight);
    schedule(StreamKind::poisson, index, poisson.source.next_time());
    n_synaptic_events_ += 1;
}

void Simulation::replay(std::size_t index, Time t) {
    std::visit(
        [&](auto& source) {
            const std::vector<NeuronId>& fired = source.fire(t);
            send(ways_.from_sources[index], fired, t);
            hear({Emitter::Kind::source, index}, fired, t);
            schedule(StreamKind::source, index, source.next_time());
        },
        network_.sources[index]);
}

void Simulation::step(std::size_t index, Time t) {
    Current& current = network_.currents[index];
    current.source.step();
    for (const NeuronId i : current.source.ids()) drive(current.target, i, t);
    schedule(StreamKind::current, index, current.source.next_time());
}

// Currents onto a neuron are summed anew over all sources, so that one that is over leaves no
// rounding behind.
void Simulation::drive(std::size_t p, NeuronId i, Time t) {
    double sum = 0.0;
    for (const Current& current : network_.currents)
        if (current.target == p) sum += current.source.value(i);
    for (const ControlledWorld& world : network_.worlds)
        if (world.sensor == p) sum += world.loop.current(i);
    std::visit(
        [&](auto& neurons) {
            neurons.set_drive(i, sum, t);
            schedule(StreamKind::population, p, neurons.next_time());
        },
        network_.populations[p].neurons);
}

void Simulation::act(std::size_t w, Time t) {
    ControlledWorld& world = network_.worlds[w];
    Inputs& inputs = network_.populations[world.sensor].inputs();
    const std::size_t n_before = world.loop.n_pending();
    n_synaptic_events_ += world.loop.act(t, inputs, [&](NeuronId i) { drive(world.sensor, i, t); });
    n_pending_ -= n_before - world.loop.n_pending();
    schedule(StreamKind::world, w, world.loop.next_time());
}

void Simulation::hear(const Emitter& emitter, const std::vector<NeuronId>& fired, Time t) {
    for (ControlledWorld& world : network_.worlds) {
        if (world.motor != emitter) continue;
        world.loop.hear(fired, t);
        n_pending_ += fired.size();
    }
}

void Simulation::arrive(std::size_t index, Time t) {
    AxonLine& line = ways_.lines[index];
    const std::vector<NeuronId>& sources = line.spikes.receive(t);
    for (const std::size_t p : line.projections) {
        Projection& projection = network_.projections[p];
        Inputs& inputs = network_.populations[projection.post].inputs();
        n_synaptic_events_ += std::visit(
            [&](auto& synapses) {
                std::size_t n_reached = 0;
                for (const NeuronId j : sources) n_reached += synapses.arrive(j, t, inputs);
                return n_reached;
            },
            projection.synapses);
    }
    n_pending_ -= sources.size();
    schedule(StreamKind::line, index, line.spikes.next_time());
}

void Simulation::arrive_staggered(std::size_t index, Time t) {
    StaggeredAxons& axons = ways_.staggered[index];
    Projection& projection = network_.projections[axons.projection];
    Inputs& inputs = network_.populations[projection.post].inputs();
    const std::size_t n_before = axons.spikes.size();
    visit_sparse(projection.synapses, [&](auto& synapses) {
        for (const std::uint32_t bundle : axons.spikes.receive(t, synapses.delays()))
            n_synaptic_events_ += synapses.arrive_at(bundle, t, inputs);
    });
    n_pending_ -= n_before - axons.spikes.size();
    schedule(StreamKind::staggered, index, axons.spikes.next_time());
}

void Simulation::come_back(std::size_t index, Time t) {
    DendriteLine& line = ways_.dendrites[index];
    const std::vector<NeuronId>& fired = line.spikes.receive(t);
    std::visit(
        [&](auto& synapses) {
            for (const NeuronId i : fired) synapses.on_spike(i, t);
        },
        network_.projections[line.projection].synapses);
    n_pending_ -= fired.size();
    schedule(StreamKind::dendrite, index, line.spikes.next_time());
}

void Simulation::cross(std::size_t p, Time t) {
    std::visit(
        [&](auto& neurons) {
            neurons.cross(t);
            schedule(StreamKind::population, p, neurons.next_time());
        },
        network_.populations[p].neurons);
}

void Simulation::settle(std::size_t p, Time t) {
    std::visit(
        [&](auto& neurons) {
            if (!neurons.inputs().touched()) return;
            const std::vector<NeuronId>& fired = neurons.settle(t);
            schedule(StreamKind::population, p, neurons.next_time());
            if (!fired.empty()) fire(p, fired, t);
        },
        network_.populations[p].neurons);
}

void Simulation::fire(std::size_t p, const std::vector<NeuronId>& fired, Time t) {
    n_spikes_[p] += fired.size();
    if (in_window_) in_window_->count(p, fired.size(), t);
    n_recorded_ += spikes_[p].append(fired, t);
    send(ways_.from_population[p], fired, t);
    hear({Emitter::Kind::population, p}, fired, t);
    for (const std::size_t d : ways_.dendrites_from[p]) {
        for (const NeuronId i : fired) ways_.dendrites[d].spikes.send(i, t);
        schedule(StreamKind::dendrite, d, ways_.dendrites[d].spikes.next_time());
        n_pending_ += fired.size();
    }
    for (const std::size_t plastic : ways_.plastic_onto[p])
        std::visit(
            [&](auto& synapses) {
                for (const NeuronId i : fired) synapses.on_spike(i, t);
            },
            network_.projections[plastic].synapses);
}

void Simulation::send(const Exits& exits, const std::vector<NeuronId>& fired, Time t) {
    for (const std::size_t k : exits.lines) {
        DelayLine& spikes = ways_.lines[k].spikes;
        for (const NeuronId i : fired) spikes.send(i, t);
        schedule(StreamKind::line, k, spikes.next_time());
        n_pending_ += fired.size();
    }
    for (const std::size_t k : exits.staggered) {
        StaggeredAxons& axons = ways_.staggered[k];
        const std::size_t n_before = axons.spikes.size();
        visit_sparse(network_.projections[axons.projection].synapses, [&](const auto& synapses) {
            for (const NeuronId j : fired)
                axons.spikes.send(t, synapses.first_bundle(j), synapses.last_bundle(j),
                                  synapses.delays());
        });
        schedule(StreamKind::staggered, k, axons.spikes.next_time());
        n_pending_ += axons.spikes.size() - n_before;
    }
}

}  // namespace postdict
