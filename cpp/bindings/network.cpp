// A network of the core, made part by part: populations, sources, recorders; arrays are checked.
#include "../network.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <utility>

#include "arrays.hpp"

namespace postdict::bindings {

namespace {

std::size_t add_lif(Network& network, std::string name, std::size_t n, const Doubles& tau_m,
                    const Doubles& v_rest, const Doubles& v_thresh, const Doubles& v_reset,
                    const Doubles& tau_refrac, const Doubles& i_offset, const Doubles& v_min,
                    const Doubles& v_init, bool subtract) {
    const auto size = static_cast<py::ssize_t>(n);
    require(n > 0 && (tau_m.size() == 1 || tau_m.size() == size), "tau_m needs n values or one");
    for (const Doubles* values :
         {&v_rest, &v_thresh, &v_reset, &tau_refrac, &i_offset, &v_min, &v_init})
        require(values->size() == size, "a parameter needs n values");
    LifParameters parameters{to_vector(tau_m),   to_vector(v_rest),     to_vector(v_thresh),
                             to_vector(v_reset), to_vector(tau_refrac), to_vector(i_offset),
                             to_vector(v_min),   to_vector(v_init),     subtract};
    network.populations.push_back({std::move(name), LifDelta(parameters)});
    return network.populations.size() - 1;
}

std::size_t add_lif_exponential(Network& network, std::string name, std::size_t n,
                                const Doubles& tau_m, const Doubles& tau_syn_e,
                                const Doubles& tau_syn_i, const Doubles& v_rest,
                                const Doubles& v_thresh, const Doubles& v_reset,
                                const Doubles& tau_refrac, const Doubles& i_offset,
                                const Doubles& v_init) {
    for (const Doubles* values : {&tau_m, &tau_syn_e, &tau_syn_i, &v_rest, &v_thresh, &v_reset,
                                  &tau_refrac, &i_offset, &v_init})
        require(n > 0 && values->size() == static_cast<py::ssize_t>(n),
                "a parameter needs n values");
    LifExponentialParameters parameters{
        to_vector(tau_m),      to_vector(tau_syn_e), to_vector(tau_syn_i),
        to_vector(v_rest),     to_vector(v_thresh),  to_vector(v_reset),
        to_vector(tau_refrac), to_vector(i_offset),  to_vector(v_init)};
    network.populations.push_back({std::move(name), LifExponential(parameters)});
    return network.populations.size() - 1;
}

std::size_t add_poisson(Network& network, const std::string& name, std::size_t population,
                        const Doubles& times, const Doubles& rates, double weight) {
    const std::size_t n = network.populations.at(population).size();
    network.poisson.push_back(
        {population, PoissonSource(network.seed, name, n, to_steps(times, rates), weight)});
    return network.poisson.size() - 1;
}

std::size_t add_current(Network& network, std::size_t population, const Ids& ids,
                        const Doubles& times, const Doubles& values) {
    const std::size_t n = network.populations.at(population).size();
    network.currents.push_back(
        {population, CurrentSource(to_ids(ids, n), to_steps(times, values))});
    return network.currents.size() - 1;
}

std::size_t add_spike_times(Network& network, std::string name, std::size_t n, const Doubles& times,
                            const Ids& ids) {
    network.spike_times.emplace_back(std::move(name), n, to_spikes(times, ids, n));
    return network.spike_times.size() - 1;
}

Variable variable_named(const std::string& name) {
    if (name == "weights") return Variable::weights;
    if (name == "weight_statistics") return Variable::weight_statistics;
    if (name == "v") return Variable::potential;
    require(name == "g_e" || name == "g_i", "there is no such variable");
    return name == "g_e" ? Variable::current_e : Variable::current_i;
}

void record(Network& network, const std::string& name, std::size_t target, const Ids& which,
            double interval, const Doubles& times, std::size_t most_samples) {
    const Variable variable = variable_named(name);
    Sampling sampling{variable, target, {}, 1, interval, to_vector(times), most_samples};
    std::size_t n = 0;
    if (variable == Variable::weights || variable == Variable::weight_statistics) {
        n = std::visit([](const auto& s) { return s.n_weights(); },
                       network.projections.at(target).synapses);
        require(n > 0, "the projection has no synapses, so no weights to record");
        sampling.width = variable == Variable::weight_statistics ? 4 : n;
    } else {
        n = network.populations.at(target).size();
        require(which.size() > 0, "which neurons must be said");
        require(variable == Variable::potential ||
                    std::holds_alternative<LifExponential>(network.populations[target].neurons),
                "only neurons with exponential currents have g_e and g_i");
    }
    require(n > 0 && (variable != Variable::weight_statistics || which.size() == 0),
            "statistics are of all the weights, of which there must be one");
    for (py::ssize_t k = 0; k < which.size(); ++k) {
        require(which.at(k) >= 0 && which.at(k) < static_cast<std::int64_t>(n),
                "what is recorded must be there");
        sampling.which.push_back(static_cast<std::uint64_t>(which.at(k)));
    }
    if (!sampling.which.empty()) sampling.width = sampling.which.size();
    require(interval > 0.0 || times.size() > 0, "samples need an interval or times");
    network.recorders.emplace_back(std::move(sampling));
}

}  // namespace

void bind_network(py::module_& module) {
    auto network = py::class_<Network>(module, "Network");
    network
        .def(py::init([](std::uint64_t seed) {
                 Network made;
                 made.seed = seed;
                 return made;
             }),
             py::arg("seed"))
        .def("add_lif", &add_lif, py::arg("name"), py::arg("n"), py::arg("tau_m"),
             py::arg("v_rest"), py::arg("v_thresh"), py::arg("v_reset"), py::arg("tau_refrac"),
             py::arg("i_offset"), py::arg("v_min"), py::arg("v_init"), py::arg("subtract"))
        .def("add_lif_exponential", &add_lif_exponential, py::arg("name"), py::arg("n"),
             py::arg("tau_m"), py::arg("tau_syn_e"), py::arg("tau_syn_i"), py::arg("v_rest"),
             py::arg("v_thresh"), py::arg("v_reset"), py::arg("tau_refrac"), py::arg("i_offset"),
             py::arg("v_init"))
        .def("add_poisson", &add_poisson, py::arg("name"), py::arg("population"), py::arg("times"),
             py::arg("rates"), py::arg("weight"))
        .def("add_current", &add_current, py::arg("population"), py::arg("ids"), py::arg("times"),
             py::arg("values"))
        .def("add_spike_times", &add_spike_times, py::arg("name"), py::arg("n"), py::arg("times"),
             py::arg("ids"))
        .def("record", &record, py::arg("variable"), py::arg("target"), py::arg("which"),
             py::arg("interval"), py::arg("times"), py::arg("most_samples"));
    bind_projections(module, network);
    bind_worlds(network);
}

}  // namespace postdict::bindings
