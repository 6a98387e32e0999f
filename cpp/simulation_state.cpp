// What a user changes between runs, and saving and restoring.
#include <utility>

#include "simulation.hpp"

namespace postdict {

SpikeRecord Simulation::take_spikes(std::size_t p) {
    SpikeRecord taken;
    std::swap(taken.times, spikes_[p].times);
    std::swap(taken.ids, spikes_[p].ids);
    n_recorded_ -= taken.times.size();
    return taken;
}

std::vector<double> Simulation::weights(std::size_t p) const {
    return std::visit([&](const auto& s) { return s.weights(time_); }, synapses(p));
}

void Simulation::set_weights(std::size_t p, const std::vector<double>& weights) {
    std::visit([&](auto& s) { s.set_weights(weights, time_); }, network_.projections[p].synapses);
}

void Simulation::set_learning(std::size_t p, bool on) {
    std::visit([&](auto& s) { s.set_learning(on, time_); }, network_.projections[p].synapses);
}

void Simulation::set_eta(std::size_t p, double eta) {
    std::visit([&](auto& s) { s.set_eta(eta, time_); }, network_.projections[p].synapses);
}

void Simulation::set_accounting(std::size_t p, bool on) {
    std::visit([&](auto& s) { s.set_accounting(on, time_); }, network_.projections[p].synapses);
}

Fluxes Simulation::fluxes(std::size_t p) const {
    return std::visit([&](const auto& s) { return s.fluxes(time_); }, synapses(p));
}

void Simulation::set_modulator(std::size_t p, const Steps& signal) {
    std::visit([&](auto& s) { s.set_modulator(signal, time_); }, network_.projections[p].synapses);
}

void Simulation::set_potential(std::size_t p, NeuronId id, double v) {
    std::visit(
        [&](auto& neurons) {
            neurons.set_potential(id, v, time_);
            schedule(StreamKind::population, p, neurons.next_time());
        },
        network_.populations[p].neurons);
}

void Simulation::set_current(std::size_t c, const Steps& steps, const std::vector<double>& each) {
    Current& current = network_.currents[c];
    current.source.set(steps, each, time_);
    for (const NeuronId i : current.source.ids()) drive(current.target, i, time_);
    schedule(StreamKind::current, c, current.source.next_time());
}

void Simulation::set_train_rate(std::size_t s, const Steps& rate, const std::vector<double>& each) {
    auto& trains = std::get<PoissonTrains>(network_.sources[s]);
    trains.source().set_rate(rate, each, time_);
    schedule(StreamKind::source, s, trains.next_time());
}

void Simulation::reseed(std::uint64_t seed) {
    for (Poisson& poisson : network_.poisson) poisson.source.reseed(seed, time_);
    for (Source& source : network_.sources)
        if (auto* trains = std::get_if<PoissonTrains>(&source))
            trains->source().reseed(seed, time_);
    for (ControlledWorld& world : network_.worlds) world.loop.reseed(seed, time_);
    fill_queue();
}

void Simulation::set_rate(std::size_t s, const Steps& rate, const std::vector<double>& each) {
    network_.poisson[s].source.set_rate(rate, each, time_);
    schedule(StreamKind::poisson, s, network_.poisson[s].source.next_time());
}

void Simulation::append_spikes(std::size_t s, const std::vector<Spike>& spikes) {
    auto& source = std::get<SpikeTimesSource>(network_.sources[s]);
    source.append(spikes);
    schedule(StreamKind::source, s, source.next_time());
}

void Simulation::answer(std::size_t w, const Answer& given) {
    WorldLoop& loop = network_.worlds[w].loop;
    const std::size_t n_before = loop.n_pending();
    loop.answer(given, time_);
    n_pending_ += loop.n_pending() - n_before;
    schedule(StreamKind::world, w, loop.next_time());
}

template <class Self, class Visitor>
void Simulation::fields(Self& self, Visitor& visit) {
    const auto each = [&](const char* name, auto& parts, auto&& member) {
        for (std::size_t k = 0; k < parts.size(); ++k)
            visit(name + std::to_string(k), member(parts[k]));
    };
    const auto each_variant = [&](const char* name, auto& parts, auto&& member) {
        for (std::size_t k = 0; k < parts.size(); ++k)
            std::visit([&](auto& part) { visit(name + std::to_string(k), part); },
                       member(parts[k]));
    };
    visit("time", self.time_);
    visit("n_synaptic_events", self.n_synaptic_events_);
    each_variant("population", self.network_.populations,
                 [](auto& p) -> auto& { return p.neurons; });
    each("n_spikes", self.n_spikes_, [](auto& n) -> auto& { return n; });
    if (self.in_window_) visit("rate_window", *self.in_window_);
    each("spikes", self.spikes_, [](auto& record) -> auto& { return record; });
    each("poisson", self.network_.poisson, [](auto& p) -> auto& { return p.source; });
    each("current", self.network_.currents, [](auto& c) -> auto& { return c.source; });
    each_variant("source", self.network_.sources, [](auto& s) -> auto& { return s; });
    each_variant("projection", self.network_.projections,
                 [](auto& p) -> auto& { return p.synapses; });
    each("line", self.ways_.lines, [](auto& line) -> auto& { return line.spikes; });
    each("staggered", self.ways_.staggered, [](auto& line) -> auto& { return line.spikes; });
    each("dendrite", self.ways_.dendrites, [](auto& line) -> auto& { return line.spikes; });
    each("recorder", self.network_.recorders, [](auto& r) -> auto& { return r; });
    each("world", self.network_.worlds, [](auto& w) -> auto& { return w.loop; });
}

State Simulation::state() const {
    if (broken_)
        throw std::logic_error("this simulation stopped inside an instant and cannot be saved");
    State state;
    StateWriter visit(state);
    fields(*this, visit);
    return state;
}

void Simulation::restore(const State& state) {
    StateReader visit(state);
    fields(*this, visit);
    check_parts(time_);
    n_recorded_ = n_recorded();
    n_pending_ = n_pending();
    for (StaggeredAxons& axons : ways_.staggered)
        visit_sparse(network_.projections[axons.projection].synapses,
                     [&](const auto& s) { axons.spikes.find_last(s.source_first()); });
    fill_queue();
    see_numbers();
}

}  // namespace postdict
