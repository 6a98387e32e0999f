#include "simulation.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace postdict {

namespace {

// The state from before the events of t.
double value(Variable variable, const Population& population, NeuronId i, Time t) {
    if (variable == Variable::potential)
        return std::visit([&](const auto& n) { return n.potential(i, t); }, population.neurons);
    // Only neurons with currents are given a recorder of them.
    return std::get<LifExponential>(population.neurons)
        .current(i, t, variable == Variable::current_i);
}

}  // namespace

Simulation::Simulation(Network network, Limits limits)
    : network_(std::move(network)),
      limits_(limits),
      queue_(n_slots()),
      spikes_(network_.populations.size()),
      from_population_(network_.populations.size()),
      from_spike_times_(network_.spike_times.size()),
      plastic_onto_(network_.populations.size()),
      n_spikes_(network_.populations.size(), 0) {
    for (std::size_t p = 0; p < network_.projections.size(); ++p) {
        const Projection& projection = network_.projections[p];
        const bool neurons = projection.pre.kind == Emitter::Kind::population;
        (neurons ? from_population_ : from_spike_times_)[projection.pre.index].push_back(p);
        if (projection.synapses.plastic()) plastic_onto_[projection.post].push_back(p);
    }
    fill_queue();
}

void Simulation::fill_queue() {
    for (std::size_t r = 0; r < network_.recorders.size(); ++r)
        queue_.set(r, network_.recorders[r].next_time());
    for (std::size_t p = 0; p < network_.projections.size(); ++p)
        queue_.set(projection_slot(p), network_.projections[p].synapses.line().next_time());
    for (std::size_t s = 0; s < network_.poisson.size(); ++s)
        queue_.set(poisson_slot(s), network_.poisson[s].source.next_time());
    for (std::size_t s = 0; s < network_.spike_times.size(); ++s)
        queue_.set(spike_times_slot(s), network_.spike_times[s].next_time());
    for (std::size_t p = 0; p < network_.populations.size(); ++p)
        std::visit([&](const auto& n) { queue_.set(population_slot(p), n.next_time()); },
                   network_.populations[p].neurons);
}

bool Simulation::run_until(Time end, std::uint64_t most_instants) {
    if (broken_)
        throw std::logic_error("this simulation stopped inside an instant and cannot go on");
    while (queue_.top_time() < end) {
        time_ = queue_.top_time();
        if (most_instants-- == 0) {
            sample_due();
            return false;
        }
        check_limits();
        instant(time_);
    }
    time_ = std::max(time_, end);
    sample_due();
    return true;
}

// A sample due at the present is of the state from before its events: it can be taken now.
void Simulation::sample_due() {
    while (!network_.recorders.empty() && queue_.top_time() == time_ &&
           queue_.top() < network_.recorders.size())
        sample(queue_.top(), time_);
}

void Simulation::check_limits() {
    const bool recorded = n_recorded_ >= limits_.recorded_spikes;
    if (!recorded && n_pending_ < limits_.pending_spikes) return;
    const auto busiest = static_cast<std::size_t>(
        std::max_element(n_spikes_.begin(), n_spikes_.end()) - n_spikes_.begin());
    const Population& population = network_.populations[busiest];
    const double rate = 1e3 * static_cast<double>(n_spikes_[busiest]) /
                        (static_cast<double>(population.size()) * time_);
    throw LimitError(
        (recorded ? "max_recorded_spikes = " + std::to_string(limits_.recorded_spikes) + " reached"
                  : "max_pending_spikes = " + std::to_string(limits_.pending_spikes) + " reached") +
        " at t = " + std::to_string(time_) + " ms; most spikes come from population '" +
        population.name + "' (" + std::to_string(rate) +
        " Hz on average): weaken its input, or raise the limit" +
        (recorded ? ", or record less (set_recording)" : ""));
}

void Simulation::instant(Time t) {
    broken_ = true;  // until it is complete
    while (queue_.top_time() == t) take(queue_.top(), t);
    for (std::size_t p = 0; p < network_.populations.size(); ++p)
        std::visit(
            [&](auto& neurons) {
                if (neurons.touched()) settle(p, neurons, t);
            },
            network_.populations[p].neurons);
    broken_ = false;
}

void Simulation::take(std::size_t slot, Time t) {
    if (slot < projection_slot(0)) {
        sample(slot, t);
    } else if (slot < poisson_slot(0)) {
        Projection& projection = network_.projections[slot - projection_slot(0)];
        Population& target = network_.populations[projection.post];
        const std::size_t n_arrivals = std::visit(
            [&](auto& neurons) { return projection.synapses.deliver(t, neurons); }, target.neurons);
        queue_.set(slot, projection.synapses.line().next_time());
        n_pending_ -= n_arrivals;
        n_synaptic_events_ += n_arrivals * target.size();
    } else if (slot < spike_times_slot(0)) {
        Poisson& poisson = network_.poisson[slot - poisson_slot(0)];
        std::visit([&](auto& neurons) { poisson.source.kick(neurons); },
                   network_.populations[poisson.target].neurons);
        queue_.set(slot, poisson.source.next_time());
        n_synaptic_events_ += 1;
    } else if (slot < population_slot(0)) {
        const std::size_t s = slot - spike_times_slot(0);
        send(from_spike_times_[s], network_.spike_times[s].fire(t), t);
        queue_.set(slot, network_.spike_times[s].next_time());
    } else {
        std::visit(
            [&](auto& neurons) {
                neurons.cross(t);
                queue_.set(slot, neurons.next_time());
            },
            network_.populations[slot - population_slot(0)].neurons);
    }
}

void Simulation::sample(std::size_t index, Time t) {
    SampledRecorder& recorder = network_.recorders[index];
    recorder.sample(t, [&](std::vector<double>& values) {
        if (recorder.variable() == Variable::weights) {
            const auto& weights = network_.projections[recorder.target()].synapses.weights();
            values.insert(values.end(), weights.begin(), weights.end());
        } else {
            for (const NeuronId i : recorder.ids())
                values.push_back(
                    value(recorder.variable(), network_.populations[recorder.target()], i, t));
        }
    });
    queue_.set(index, recorder.next_time());
}

template <class N>
void Simulation::settle(std::size_t p, N& neurons, Time t) {
    const std::vector<NeuronId>& fired = neurons.settle(t);
    queue_.set(population_slot(p), neurons.next_time());
    if (fired.empty()) return;
    n_spikes_[p] += fired.size();
    if (spikes_[p].on) {
        spikes_[p].append(fired, t);
        n_recorded_ += fired.size();
    }
    send(from_population_[p], fired, t);
    for (const std::size_t plastic : plastic_onto_[p])
        for (const NeuronId i : fired) network_.projections[plastic].synapses.on_spike(i, t);
}

void Simulation::send(const std::vector<std::size_t>& projections,
                      const std::vector<NeuronId>& fired, Time t) {
    for (const std::size_t p : projections) {
        DelayLine& line = network_.projections[p].synapses.line();
        for (const NeuronId i : fired) line.send(i, t);
        queue_.set(projection_slot(p), line.next_time());
        n_pending_ += fired.size();
    }
}

void Simulation::set_rate(std::size_t s, double rate) {
    network_.poisson[s].source.set_rate(rate, time_);
    queue_.set(poisson_slot(s), network_.poisson[s].source.next_time());
}

template <class Self, class Visitor>
void Simulation::fields(Self& self, Visitor& visit) {
    const auto each = [&](const char* name, auto& parts, auto&& member) {
        for (std::size_t k = 0; k < parts.size(); ++k)
            visit(name + std::to_string(k), member(parts[k]));
    };
    visit("time", self.time_);
    visit("n_synaptic_events", self.n_synaptic_events_);
    for (std::size_t p = 0; p < self.network_.populations.size(); ++p)
        std::visit([&](auto& neurons) { visit("population" + std::to_string(p), neurons); },
                   self.network_.populations[p].neurons);
    each("n_spikes", self.n_spikes_, [](auto& n) -> auto& { return n; });
    each("spikes", self.spikes_, [](auto& record) -> auto& { return record; });
    each("poisson", self.network_.poisson, [](auto& p) -> auto& { return p.source; });
    each("spike_times", self.network_.spike_times, [](auto& s) -> auto& { return s; });
    each("projection", self.network_.projections, [](auto& p) -> auto& { return p.synapses; });
    each("recorder", self.network_.recorders, [](auto& r) -> auto& { return r; });
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
    check_state(time_ >= 0.0 && time_ < never, "the time is negative or not finite");
    n_recorded_ = 0;
    n_pending_ = 0;
    for (std::size_t p = 0; p < network_.populations.size(); ++p) {
        const Population& population = network_.populations[p];
        std::visit([&](const auto& neurons) { neurons.check_state(time_); }, population.neurons);
        spikes_[p].check_state(time_, population.size());
        n_recorded_ += spikes_[p].times.size();
    }
    for (const Poisson& poisson : network_.poisson) poisson.source.check_state(time_);
    for (const SpikeTimesSource& source : network_.spike_times) source.check_state(time_);
    for (const Projection& projection : network_.projections) {
        projection.synapses.check_state(time_);
        n_pending_ += projection.synapses.line().size();
    }
    for (const SampledRecorder& recorder : network_.recorders) recorder.check_state(time_);
    fill_queue();
}

}  // namespace postdict
