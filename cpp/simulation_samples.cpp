// What recorders sample of a simulation: potentials, currents and weights, as they were before the
// events of the sample's time.
#include <algorithm>
#include <cmath>

#include "simulation.hpp"

namespace postdict {

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
        for (const std::uint64_t which : sampling.which) {
            const auto i = static_cast<NeuronId>(which);
            if (sampling.variable == Variable::potential) {
                values.push_back(
                    std::visit([&](const auto& n) { return n.potential(i, t); }, neurons));
            } else {  // only neurons with currents are given a recorder of them
                values.push_back(std::get<LifExponential>(neurons).current(
                    i, t,
                    sampling.variable == Variable::current_i ? Sign::inhibitory
                                                             : Sign::excitatory));
            }
        }
    });
    schedule(StreamKind::recorder, index, recorder.next_time());
}

void Simulation::write_weights(const Sampling& sampling, std::vector<double>& values) const {
    if (!sampling.which.empty()) {
        std::visit(
            [&](const auto& synapses) {
                for (const std::uint64_t k : sampling.which) values.push_back(synapses.weight(k));
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
