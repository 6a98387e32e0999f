// What recorders sample of a simulation: potentials, currents, conductances and weights, as they
// were before the events of the sample's time.
#include <algorithm>
#include <cmath>

#include "simulation.hpp"

namespace postdict {

namespace {

// Only neurons that have a variable are given a recorder of it.
double value(const Neurons& neurons, Variable variable, NeuronId i, Time t) {
    switch (variable) {
        case Variable::current_e:
            return std::get<LifExponential>(neurons).current(i, t, Sign::excitatory);
        case Variable::current_i:
            return std::get<LifExponential>(neurons).current(i, t, Sign::inhibitory);
        case Variable::conductance_e:
            return std::get<LifConductance>(neurons).conductance(i, t, Sign::excitatory);
        case Variable::conductance_i:
            return std::get<LifConductance>(neurons).conductance(i, t, Sign::inhibitory);
        default:
            return std::visit([&](const auto& n) { return n.potential(i, t); }, neurons);
    }
}

}  // namespace

// A sample due at the present is of the state from before its events: it can be taken now.
void Simulation::sample_due() {
    while (!network_.recorders.empty() && queue_.top_time() == time_ &&
           slots_[queue_.top()].kind == StreamKind::recorder)
        sample(slots_[queue_.top()].index, time_);
}

void Simulation::sample(std::size_t index, Time t) {
    SampledRecorder& recorder = network_.recorders[index];
    const Sampling& sampling = recorder.sampling();
    // The state from before the events of t.
    recorder.sample(t, [&](std::vector<double>& values) {
        if (sampling.variable == Variable::weights ||
            sampling.variable == Variable::weight_statistics) {
            write_weights(sampling, values);
            return;
        }
        const Neurons& neurons = network_.populations[sampling.target].neurons;
        for (const std::uint64_t which : sampling.which)
            values.push_back(value(neurons, sampling.variable, static_cast<NeuronId>(which), t));
    });
    schedule(StreamKind::recorder, index, recorder.next_time());
}

void Simulation::write_weights(const Sampling& sampling, std::vector<double>& values) const {
    if (!sampling.which.empty()) {
        std::visit(
            [&](const auto& synapses) {
                for (const std::uint64_t k : sampling.which)
                    values.push_back(synapses.weight(k, time_));
            },
            synapses(sampling.target));
        return;
    }
    const std::vector<double> present = weights(sampling.target);
    if (sampling.variable == Variable::weights) {
        values.insert(values.end(), present.begin(), present.end());
        return;
    }
    const auto n = static_cast<double>(present.size());
    double mean = 0.0;
    for (const double w : present) mean += w / n;
    double variance = 0.0;
    for (const double w : present) variance += (w - mean) * (w - mean) / n;
    const auto [least, largest] = std::minmax_element(present.begin(), present.end());
    values.insert(values.end(), {mean, std::sqrt(variance), *least, *largest});
}

}  // namespace postdict
