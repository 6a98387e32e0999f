// The bounds at which a run stops: on spikes in memory, on spikes under way, on rates; and what the
// messages say is the largest.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "simulation.hpp"

namespace postdict {

namespace {

std::string reached(const std::string& limit, std::uint64_t value, Time t) {
    return limit + " = " + std::to_string(value) + " reached at t = " + std::to_string(t.ms()) +
           " ms; ";
}

}  // namespace

void Simulation::check_limits() {
    if (rules_can_fail_) check_rules();
    for (std::size_t p = 0; in_window_ && p < network_.populations.size(); ++p)
        if (too_fast(p))
            throw RateLimitError(
                "max_rate = " + std::to_string(limits_.rates[p]) +
                " Hz passed before t = " + std::to_string(time_.ms()) + " ms: population '" +
                network_.populations[p].name + "' fired " + std::to_string((*in_window_)[p]) +
                " spikes since t = " + std::to_string(in_window_->start().ms()) +
                " ms; weaken its input, strengthen its inhibition, or raise the limit "
                "(set_limits)");
    if (bounded_recorded_.grew_to(limits_.recorded_spikes, n_recorded_))
        throw LimitError(reached("max_recorded_spikes", limits_.recorded_spikes, time_) +
                         largest_recorded());
    if (bounded_pending_.grew_to(limits_.pending_spikes, n_pending_))
        throw LimitError(reached("max_pending_spikes", limits_.pending_spikes, time_) +
                         largest_pending());
}

std::string Simulation::described(const UpdateFailure& failure, NeuronId source,
                                  const Projection& projection) const {
    const auto [kind, index] = projection.pre;
    const std::string pre = kind == Emitter::Kind::population
                                ? network_.populations[index].name
                                : source_name(network_.sources[index]);
    return std::string(failure.update) + " = '" + failure.text + "' gave " +
           std::to_string(failure.result) + " at t = " + std::to_string(failure.time.ms()) +
           " ms for the synapse of '" + pre + "' " + std::to_string(source) + " onto '" +
           network_.populations[projection.post].name + "' " + std::to_string(failure.target) +
           ", whose weight was " + std::to_string(failure.weight) +
           " mV and stays; the run ends here, whole";
}

// An update that gave no number is known when its row is read; no later instant is begun then.
void Simulation::check_rules() {
    for (std::size_t p = 0; p < network_.projections.size(); ++p)
        std::visit(
            [&](auto& synapses) {
                if (!synapses.can_fail()) return;
                if (const auto failure = synapses.take_failure())
                    throw UpdateError(described(*failure, synapses.source(failure->row),
                                                network_.projections[p]));
            },
            network_.projections[p].synapses);
}

// "1.5 Hz on average"
std::string Simulation::mean_rate(std::size_t p) const {
    const auto size = static_cast<double>(network_.populations[p].size());
    return std::to_string(1e3 * static_cast<double>(n_spikes_[p]) / (size * time_.ms())) +
           " Hz on average";
}

std::string Simulation::largest_recorded() const {
    const auto fewer = [](const SpikeRecord& a, const SpikeRecord& b) {
        return a.times.size() < b.times.size();
    };
    const auto largest = std::max_element(spikes_.begin(), spikes_.end(), fewer);
    const auto p = static_cast<std::size_t>(largest - spikes_.begin());
    return std::to_string(largest->times.size()) + " of " + std::to_string(n_recorded_) +
           " come from population '" + network_.populations[p].name + "' (" + mean_rate(p) +
           "): record less (set_recording), weaken its input, or raise the limit (set_limits)";
}

std::string Simulation::largest_pending() const {
    // Along axons and dendrites, by whose spikes they are.
    std::vector<std::uint64_t> of_population(network_.populations.size(), 0);
    std::vector<std::uint64_t> of_sources(network_.sources.size(), 0);
    const auto of = [&](const Emitter& pre) -> std::uint64_t& {
        return (pre.kind == Emitter::Kind::population ? of_population : of_sources)[pre.index];
    };
    for (const AxonLine& line : ways_.lines) of(line.pre) += line.spikes.size();
    for (const StaggeredAxons& axons : ways_.staggered)
        of(network_.projections[axons.projection].pre) += axons.spikes.size();
    for (const DendriteLine& line : ways_.dendrites)
        of_population[network_.projections[line.projection].post] += line.spikes.size();

    std::uint64_t most = 0;
    std::string what;
    const auto compare = [&](std::uint64_t n, auto&& text) {
        if (n <= most) return;
        most = n;
        what = text();
    };
    for (std::size_t p = 0; p < of_population.size(); ++p)
        compare(of_population[p], [&] {
            return "spikes of population '" + network_.populations[p].name + "' on their way (" +
                   mean_rate(p) + "): weaken its input";
        });
    for (std::size_t s = 0; s < of_sources.size(); ++s)
        compare(of_sources[s], [&] {
            return "spikes of source '" + source_name(network_.sources[s]) +
                   "' on their way: shorten its delays";
        });
    for (const ControlledWorld& world : network_.worlds) {
        compare(world.loop.n_to_hear(), [&] {
            return "spikes that world '" + world.loop.name() +
                   "' has yet to hear: shorten its interval";
        });
        compare(world.loop.n_to_act(), [&] {
            return "values of answers of world '" + world.loop.name() +
                   "' that have yet to act: shorten its latency";
        });
    }
    return std::to_string(most) + " of " + std::to_string(n_pending_) + " are " + what +
           ", or raise the limit (set_limits)";
}

bool Simulation::too_fast(std::size_t p) {
    const auto size = static_cast<double>(network_.populations[p].size());
    return in_window_->passed(p, 1e-3 * limits_.rate_window.ms() * limits_.rates[p] * size);
}

void Simulation::set_limits(Limits limits) {
    const std::size_t n = network_.populations.size();
    const bool bounded = limits.bound_rates(n);
    const bool other_windows = !in_window_ || limits.rate_window != limits_.rate_window;
    limits_ = std::move(limits);
    if (!bounded) {
        in_window_.reset();
    } else if (other_windows) {
        in_window_.emplace(n, limits_.rate_window);
    }
    see_numbers();
}

// What is there already is no reason to stop.
void Simulation::see_numbers() {
    bounded_recorded_.see(n_recorded_);
    bounded_pending_.see(n_pending_);
    if (in_window_) in_window_->see_all();
}

}  // namespace postdict
