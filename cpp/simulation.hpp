// What happens: the clock and the event loop.
//
// Every stream of events (spikes under way on a line, a source, a population's predicted crossings,
// a recorder) keeps its own events in order and has one slot in the queue with the time of its next
// one. All that is due at one time, the same picosecond, is one instant, and is taken in this
// order:
//
//   1. recorders sample the state from before the instant;
//   2. arrivals, line by line and within one by source id and projection: a synapse transmits the
//      weight it has, then its rule changes it by what it knows from before the instant;
//   3. spikes that come back along dendrites potentiate;
//   4. Poisson kicks; replayed spikes; predicted crossings, which put V at threshold; step
//   currents;
//   5. population by population, the summed arrivals act: clip, threshold, reset;
//   6. neurons that fired are recorded, sent on their way, and potentiate their synapses.
//
// What worlds do to sensors belongs to 4. The worlds themselves are asked between two instants:
// after all events before a control step's time, and before those at it.
//
// Delays are positive, a picosecond at least, so nothing that an instant causes belongs to it.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "activity_limits.hpp"
#include "event_queue.hpp"
#include "network.hpp"
#include "pathways.hpp"
#include "recorder.hpp"
#include "slots.hpp"
#include "state.hpp"
#include "types.hpp"

namespace postdict {

inline constexpr std::uint64_t instants_a_step = 1000;  // what a world's step counts for

inline constexpr std::uint64_t never_stop = std::numeric_limits<std::uint64_t>::max();

class Simulation {
  public:
    Simulation(Network network, Limits limits);

    // All events before this time have happened, none at it or after.
    Time time() const { return time_; }

    // Runs the events in [time, end); stops early, between two instants, after `most_instants` and
    // then returns false. Where it stops changes no result.
    bool run_until(Time end, std::uint64_t most_instants);

    const SpikeRecord& spikes(std::size_t population) const { return spikes_[population]; }
    // Changes what is recorded from now on; `take_spikes` empties what is kept.
    SpikeRecord& recording(std::size_t population) { return spikes_[population]; }
    SpikeRecord take_spikes(std::size_t population);

    const Population& population(std::size_t p) const { return network_.populations[p]; }
    const Source& source(std::size_t s) const { return network_.sources[s]; }
    double potential(std::size_t population, NeuronId id) const {
        return std::visit([&](const auto& neurons) { return neurons.potential(id, time_); },
                          network_.populations[population].neurons);
    }
    const Synapses& synapses(std::size_t projection) const {
        return network_.projections[projection].synapses;
    }
    std::vector<double> weights(std::size_t projection) const;  // present
    void set_weights(std::size_t projection, const std::vector<double>& weights);
    void set_learning(std::size_t projection, bool on);
    void set_eta(std::size_t projection, double eta);
    void set_accounting(std::size_t projection, bool on);
    // Of a rule with a third factor; its steps before now have been taken.
    void set_modulator(std::size_t projection, const Steps& signal);
    Fluxes fluxes(std::size_t projection) const;                        // present
    void set_potential(std::size_t population, NeuronId id, double v);  // below threshold
    void set_current(std::size_t current, const Steps& steps, const std::vector<double>& each);
    const CurrentSource& current(std::size_t c) const { return network_.currents[c].source; }
    // As `PoissonSource` takes them; of a source of kicks, or of trains that are connected.
    void set_rate(std::size_t poisson, const Steps& rate, const std::vector<double>& each = {});
    void set_train_rate(std::size_t source, const Steps& rate, const std::vector<double>& each);
    const PoissonSource& poisson(std::size_t s) const { return network_.poisson[s].source; }
    // Other random numbers from now on, of every source.
    void reseed(std::uint64_t seed);
    void append_spikes(std::size_t source, const std::vector<Spike>& spikes);
    // A world's first answer, as if it were asked at the present.
    void answer(std::size_t world, const Answer& given);
    World& world(std::size_t w) const { return network_.worlds.at(w).loop.world(); }
    void set_limits(Limits limits);
    const SampledRecorder& recorder(std::size_t index) const { return network_.recorders[index]; }
    SampledRecorder& recorder(std::size_t index) { return network_.recorders[index]; }

    // Work done so far: kicks, and arrivals times the synapses that each one reached.
    std::uint64_t n_synaptic_events() const { return n_synaptic_events_; }
    // Spikes of a population so far, recorded or not.
    std::uint64_t n_spikes(std::size_t population) const { return n_spikes_[population]; }

    // Throws StateError where the parts contradict each other: for tests, and done after every
    // instant where POSTDICT_CHECKS is defined.
    void check_invariants() const;

    State state() const;
    void restore(const State& state);  // of a simulation of an equal network; throws StateError

  private:
    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit);
    void check_parts(Time now) const;
    void check_invariants(Time now) const;
    std::uint64_t n_recorded() const;
    std::uint64_t n_pending() const;

    Slots slots() const;
    // Calls use(slot, time of its next event) for every stream.
    template <class Use>
    void each_stream(Use&& use) const;
    void fill_queue();
    void schedule(StreamKind kind, std::size_t index, Time next) {
        queue_.set(slots_.of(kind, index), next);
    }
    bool run_instants(Time end, std::uint64_t& most_instants, bool after_step);
    Time next_step() const;
    void take_steps(Time t);
    void check_limits();
    void check_rules();
    std::string described(const UpdateFailure& failure, NeuronId source,
                          const Projection& projection) const;
    std::string mean_rate(std::size_t population) const;
    std::string largest_recorded() const;
    std::string largest_pending() const;
    bool too_fast(std::size_t population);
    void see_numbers();
    std::uint64_t kicks(std::size_t poisson, Time end, std::uint64_t most_instants);
    void instant(Time t);
    void take(const Stream& stream, Time t);
    void sample_due();
    void sample(std::size_t recorder, Time t);
    void write_weights(const Sampling& sampling, std::vector<double>& values) const;
    void kick(std::size_t poisson);
    void replay(std::size_t source, Time t);
    void step(std::size_t current, Time t);
    void drive(std::size_t population, NeuronId id, Time t);
    void act(std::size_t world, Time t);
    void hear(const Emitter& emitter, const std::vector<NeuronId>& fired, Time t);
    void arrive(std::size_t line, Time t);
    void arrive_staggered(std::size_t line, Time t);
    void come_back(std::size_t dendrite, Time t);
    void cross(std::size_t population, Time t);
    void settle(std::size_t population, Time t);
    void fire(std::size_t population, const std::vector<NeuronId>& fired, Time t);
    void send(const Exits& exits, const std::vector<NeuronId>& fired, Time t);

    Network network_;
    Limits limits_;
    Pathways ways_;
    Slots slots_;
    Time time_;
    EventQueue queue_;
    std::vector<SpikeRecord> spikes_;  // by population
    std::uint64_t n_recorded_ = 0;
    std::uint64_t n_pending_ = 0;
    BoundedNumber bounded_recorded_;
    BoundedNumber bounded_pending_;
    std::uint64_t n_synaptic_events_ = 0;
    std::vector<std::uint64_t> n_spikes_;      // by population
    std::optional<SpikesInWindow> in_window_;  // where there is a bound on the rate
    bool rules_can_fail_ = false;              // an update of a rule may give no number
    bool broken_ = false;                      // an instant was not completed
};

template <class Use>
void Simulation::each_stream(Use&& use) const {
    using enum StreamKind;
    const auto each = [&](StreamKind kind, const auto& parts, auto&& next_time) {
        for (std::size_t k = 0; k < parts.size(); ++k) use(slots_.of(kind, k), next_time(parts[k]));
    };
    const auto spikes = [](const auto& way) { return way.spikes.next_time(); };
    const auto of_source = [](const auto& part) { return part.source.next_time(); };
    const auto itself = [](const auto& part) { return part.next_time(); };
    each(StreamKind::recorder, network_.recorders, itself);
    each(line, ways_.lines, spikes);
    each(staggered, ways_.staggered, spikes);
    each(dendrite, ways_.dendrites, spikes);
    each(StreamKind::poisson, network_.poisson, of_source);
    each(StreamKind::source, network_.sources,
         [&](const auto& s) { return std::visit(itself, s); });
    each(StreamKind::population, network_.populations,
         [&](const auto& p) { return std::visit(itself, p.neurons); });
    each(StreamKind::current, network_.currents, of_source);
    each(StreamKind::world, network_.worlds, [](const auto& w) { return w.loop.next_time(); });
}

}  // namespace postdict
