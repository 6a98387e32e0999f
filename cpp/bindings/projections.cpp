// Rules and projections, dense and sparse, added to a network of the core.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <limits>
#include <optional>
#include <utility>

#include "../network.hpp"
#include "arrays.hpp"

namespace postdict::bindings {

namespace {

using MaybeRule = std::optional<Rule>;

std::size_t add(Network& network, const Emitter& pre, std::size_t post, double axonal_delay,
                double dendritic_delay, Synapses synapses) {
    network.projections.push_back({pre, post, axonal_delay, dendritic_delay, std::move(synapses)});
    return network.projections.size() - 1;
}

Emitter emitter(const Network& network, bool from_population, std::size_t index) {
    require(index < (from_population ? network.populations.size() : network.spike_times.size()),
            "the presynaptic part must be there");
    return {from_population ? Emitter::Kind::population : Emitter::Kind::spike_times, index};
}

std::size_t connect_dense(Network& network, bool from_population, std::size_t pre, std::size_t post,
                          const Doubles& weights, double axonal_delay, double dendritic_delay,
                          bool inhibitory, const MaybeRule& rule, bool single) {
    const Emitter from = emitter(network, from_population, pre);
    const std::size_t n_pre = emitter_size(network, from);
    const std::size_t n_post = network.populations.at(post).size();
    const bool uniform = weights.ndim() == 0;
    require(uniform ? !rule : weights.size() == static_cast<py::ssize_t>(n_pre * n_post),
            "weights need n_post x n_pre values or one");
    std::vector<double> stored = to_vector(weights);
    if (!uniform) stored = transposed(stored, n_post, n_pre);
    const DenseParameters parameters{n_pre, n_post, std::move(stored), inhibitory, rule, uniform};
    return add(network, from, post, axonal_delay, dendritic_delay,
               single ? Synapses(DenseProjection<float>(parameters))
                      : Synapses(DenseProjection<double>(parameters)));
}

// Offsets that rise from 0 to n.
std::vector<std::uint32_t> offsets(const Ids& given, std::size_t n) {
    require(given.size() > 0 && given.at(0) == 0 &&
                given.at(given.size() - 1) == static_cast<std::int64_t>(n) &&
                n < std::numeric_limits<std::uint32_t>::max(),
            "offsets must rise from 0 to the number of what they divide");
    for (py::ssize_t k = 1; k < given.size(); ++k)
        require(given.at(k) >= given.at(k - 1), "offsets must rise");
    return {given.data(), given.data() + given.size()};
}

std::size_t connect_sparse(Network& network, bool from_population, std::size_t pre,
                           std::size_t post, const Ids& first, const Ids& source_first,
                           const Doubles& delays, const Ids& targets, const Doubles& weights,
                           double dendritic_delay, bool inhibitory, const MaybeRule& rule,
                           bool single) {
    const Emitter from = emitter(network, from_population, pre);
    const std::size_t n_pre = emitter_size(network, from);
    const std::size_t n_post = network.populations.at(post).size();
    const auto n_bundles = static_cast<std::size_t>(std::max<py::ssize_t>(first.size(), 1)) - 1;
    const bool one_delay = delays.size() == 1;
    require(source_first.size() == static_cast<py::ssize_t>(n_pre + 1),
            "source_first needs n_pre + 1 values");
    require(
        delays.size() == static_cast<py::ssize_t>(n_bundles) || (one_delay && n_bundles == n_pre),
        "delays need one value, or one for each bundle");
    require(weights.size() == (weights.ndim() == 0 ? 1 : targets.size()) &&
                !(rule && weights.ndim() == 0),
            "weights need one value for each synapse, or one for all");
    const bool staggered = !one_delay || n_bundles != n_pre;
    const double axonal_delay = staggered ? std::numeric_limits<double>::quiet_NaN() : delays.at(0);
    SparseParameters parameters{n_pre,
                                n_post,
                                offsets(first, static_cast<std::size_t>(targets.size())),
                                offsets(source_first, n_bundles),
                                to_vector(delays),
                                to_ids(targets, n_post),
                                to_vector(weights),
                                inhibitory,
                                rule};
    return add(network, from, post, axonal_delay, dendritic_delay,
               single ? Synapses(SparseProjection<float>(std::move(parameters)))
                      : Synapses(SparseProjection<double>(std::move(parameters))));
}

Rule trace_rule(double eta, double w_max, bool nearest, bool soft, double spike_x, double arrival_y,
                double arrival, double tau_x, double tau_y) {
    return {TraceRule{spike_x, arrival_y, arrival, tau_x, tau_y}, eta, nearest, soft, w_max};
}

Rule sampled_rule(double eta, double w_max, bool nearest, bool soft, const Doubles& lags,
                  const Doubles& values) {
    require(lags.size() == values.size() && lags.size() > 1, "a window needs two knots");
    const double first = lags.at(0);
    const double last = lags.at(lags.size() - 1);
    return {WindowRule{SampledWindow{to_vector(lags), to_vector(values)}, std::max(0.0, -first),
                       std::max(0.0, last)},
            eta, nearest, soft, w_max};
}

Rule haas_rule(double eta, double w_max, bool nearest, bool soft, double A_plus, double A_minus,
               double alpha_plus, double alpha_minus, double beta, double stretch, double latency,
               double longest_before, double longest_after) {
    return {WindowRule{HaasWindow{A_plus, A_minus, alpha_plus, alpha_minus, beta, stretch, latency},
                       longest_before, longest_after},
            eta, nearest, soft, w_max};
}

}  // namespace

void bind_projections(py::module_& module, py::class_<Network>& network) {
    py::class_<Rule>(module, "Rule");
    module.def("trace_rule", &trace_rule, py::arg("eta"), py::arg("w_max"), py::arg("nearest"),
               py::arg("soft"), py::arg("spike_x"), py::arg("arrival_y"), py::arg("arrival"),
               py::arg("tau_x"), py::arg("tau_y"));
    module.def("sampled_rule", &sampled_rule, py::arg("eta"), py::arg("w_max"), py::arg("nearest"),
               py::arg("soft"), py::arg("lags"), py::arg("values"));
    module.def("haas_rule", &haas_rule, py::arg("eta"), py::arg("w_max"), py::arg("nearest"),
               py::arg("soft"), py::arg("A_plus"), py::arg("A_minus"), py::arg("alpha_plus"),
               py::arg("alpha_minus"), py::arg("beta"), py::arg("stretch"), py::arg("latency"),
               py::arg("longest_before"), py::arg("longest_after"));

    network
        .def("connect_dense", &connect_dense, py::arg("from_population"), py::arg("pre"),
             py::arg("post"), py::arg("weights"), py::arg("axonal_delay"),
             py::arg("dendritic_delay"), py::arg("inhibitory"), py::arg("rule"), py::arg("single"))
        .def("connect_sparse", &connect_sparse, py::arg("from_population"), py::arg("pre"),
             py::arg("post"), py::arg("first"), py::arg("source_first"), py::arg("delays"),
             py::arg("targets"), py::arg("weights"), py::arg("dendritic_delay"),
             py::arg("inhibitory"), py::arg("rule"), py::arg("single"));
}

}  // namespace postdict::bindings
