// A network of the core, made part by part: populations, sources, recorders; arrays are checked.
#include "../network.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <utility>

#include "arrays.hpp"
#include "by_name.hpp"

namespace postdict::bindings {

namespace {

// What all models have.
template <class Parameters>
void read_membrane(ByName& given, Parameters& p) {
    given.into("tau_m", p.tau_m);
    given.into("v_rest", p.v_rest);
    given.into("v_thresh", p.v_thresh);
    given.into("v_reset", p.v_reset);
    given.into("tau_refrac", p.tau_refrac);
    given.into("i_offset", p.i_offset);
    given.into("v_init", p.v_init);
}

std::size_t add(Network& network, std::string name, Neurons neurons) {
    network.populations.push_back({std::move(name), std::move(neurons)});
    return network.populations.size() - 1;
}

std::size_t add_lif(Network& network, std::string name, std::size_t n, const py::kwargs& kwargs) {
    LifParameters p;
    ByName given(kwargs);
    read_membrane(given, p);
    given.into("v_min", p.v_min);
    given.into("subtract", p.subtract);
    given.finish();
    require(n > 0 && (p.tau_m.size() == 1 || p.tau_m.size() == n), "tau_m needs n values or one");
    for (const std::vector<double>* values :
         {&p.v_rest, &p.v_thresh, &p.v_reset, &p.tau_refrac, &p.i_offset, &p.v_min, &p.v_init})
        require(values->size() == n, "a parameter needs n values");
    return add(network, std::move(name), LifDelta(p));
}

std::size_t add_lif_exponential(Network& network, std::string name, std::size_t n,
                                const py::kwargs& kwargs) {
    LifExponentialParameters p;
    ByName given(kwargs);
    read_membrane(given, p);
    given.into("tau_syn_e", p.tau_syn_e);
    given.into("tau_syn_i", p.tau_syn_i);
    given.finish();
    for (const std::vector<double>* values :
         {&p.tau_m, &p.tau_syn_e, &p.tau_syn_i, &p.v_rest, &p.v_thresh, &p.v_reset, &p.tau_refrac,
          &p.i_offset, &p.v_init})
        require(n > 0 && values->size() == n, "a parameter needs n values");
    return add(network, std::move(name), LifExponential(p));
}

std::size_t add_lif_conductance(Network& network, std::string name, std::size_t n,
                                const py::kwargs& kwargs) {
    LifConductanceParameters p;
    ByName given(kwargs);
    read_membrane(given, p);
    given.into("tau_syn_e", p.tau_syn_e);
    given.into("tau_syn_i", p.tau_syn_i);
    given.into("e_rev_e", p.e_rev_e);
    given.into("e_rev_i", p.e_rev_i);
    given.finish();
    for (const std::vector<double>* values :
         {&p.tau_m, &p.tau_syn_e, &p.tau_syn_i, &p.e_rev_e, &p.e_rev_i, &p.v_rest, &p.v_thresh,
          &p.v_reset, &p.tau_refrac, &p.i_offset, &p.v_init})
        require(n > 0 && values->size() == n, "a parameter needs n values");
    return add(network, std::move(name), LifConductance(p));
}

// `ids` are of those that are kicked, in the order of their rates; none for all.
std::size_t add_poisson(Network& network, const std::string& name, std::size_t population,
                        const Doubles& times, const Doubles& rates, double weight,
                        const std::optional<Ids>& ids) {
    const std::size_t n_all = network.populations.at(population).size();
    std::vector<NeuronId> chosen;
    if (ids) chosen = to_ids(*ids, n_all);
    require(!ids || !chosen.empty(), "somebody must be kicked");
    const std::size_t n = ids ? chosen.size() : n_all;
    auto [mean, each] = to_signals(times, rates, n);
    network.poisson.push_back({population, PoissonSource(network.seed, name, n, std::move(mean),
                                                         weight, std::move(each), chosen)});
    return network.poisson.size() - 1;
}

std::size_t add_poisson_trains(Network& network, const std::string& name, std::size_t n,
                               const Doubles& times, const Doubles& rates) {
    require(n > 0, "a source needs neurons");
    auto [mean, each] = to_signals(times, rates, n);
    network.sources.emplace_back(
        PoissonTrains(network.seed, name, n, std::move(mean), std::move(each)));
    return network.sources.size() - 1;
}

std::size_t add_current(Network& network, std::size_t population, const Ids& ids,
                        const Doubles& times, const Doubles& values) {
    const std::size_t n = network.populations.at(population).size();
    auto [mean, each] = to_signals(times, values, static_cast<std::size_t>(ids.size()));
    network.currents.push_back(
        {population, CurrentSource(to_ids(ids, n), std::move(mean), std::move(each))});
    return network.currents.size() - 1;
}

std::size_t add_spike_times(Network& network, std::string name, std::size_t n, const Doubles& times,
                            const Ids& ids) {
    network.sources.emplace_back(SpikeTimesSource(std::move(name), n, to_spikes(times, ids, n)));
    return network.sources.size() - 1;
}

Variable variable_named(const std::string& name) {
    if (name == "weights") return Variable::weights;
    if (name == "weight_statistics") return Variable::weight_statistics;
    if (name == "v") return Variable::potential;
    if (name == "i_e") return Variable::current_e;
    if (name == "i_i") return Variable::current_i;
    require(name == "g_e" || name == "g_i", "there is no such variable");
    return name == "g_e" ? Variable::conductance_e : Variable::conductance_i;
}

bool has(const Neurons& neurons, Variable variable) {
    if (variable == Variable::current_e || variable == Variable::current_i)
        return std::holds_alternative<LifExponential>(neurons);
    if (variable == Variable::conductance_e || variable == Variable::conductance_i)
        return std::holds_alternative<LifConductance>(neurons);
    return true;
}

void record(Network& network, const py::kwargs& kwargs) {
    Sampling sampling;
    ByName given(kwargs);
    sampling.variable = variable_named(given.take_as<std::string>("variable"));
    given.into("target", sampling.target);
    const auto which = given.take_as<Ids>("which");
    given.into("interval", sampling.interval);
    given.into("times", sampling.times);
    given.into("most_samples", sampling.most_samples);
    given.finish();
    const bool statistics = sampling.variable == Variable::weight_statistics;
    std::size_t n = 0;
    if (sampling.variable == Variable::weights || statistics) {
        n = std::visit([](const auto& s) { return s.n_weights(); },
                       network.projections.at(sampling.target).synapses);
        require(n > 0, "the projection has no synapses, so no weights to record");
        sampling.width = statistics ? 4 : n;
    } else {
        const Population& population = network.populations.at(sampling.target);
        n = population.size();
        require(which.size() > 0, "which neurons must be said");
        require(has(population.neurons, sampling.variable), "these neurons have no such variable");
    }
    require(n > 0 && (!statistics || which.size() == 0),
            "statistics are of all the weights, of which there must be one");
    for (py::ssize_t k = 0; k < which.size(); ++k) {
        require(which.at(k) >= 0 && which.at(k) < static_cast<std::int64_t>(n),
                "what is recorded must be there");
        sampling.which.push_back(static_cast<std::uint64_t>(which.at(k)));
    }
    if (!sampling.which.empty()) sampling.width = sampling.which.size();
    require(sampling.interval > Duration{} || !sampling.times.empty(),
            "samples need an interval or times");
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
        .def("add_lif", &add_lif, py::arg("name"), py::arg("n"))
        .def("add_lif_exponential", &add_lif_exponential, py::arg("name"), py::arg("n"))
        .def("add_lif_conductance", &add_lif_conductance, py::arg("name"), py::arg("n"))
        .def("add_poisson", &add_poisson, py::arg("name"), py::arg("population"), py::arg("times"),
             py::arg("rates"), py::arg("weight"), py::arg("ids") = py::none())
        .def("add_poisson_trains", &add_poisson_trains, py::arg("name"), py::arg("n"),
             py::arg("times"), py::arg("rates"))
        .def("add_current", &add_current, py::arg("population"), py::arg("ids"), py::arg("times"),
             py::arg("values"))
        .def("add_spike_times", &add_spike_times, py::arg("name"), py::arg("n"), py::arg("times"),
             py::arg("ids"))
        .def("record", &record);
    bind_projections(module, network);
    bind_worlds(network);
}

}  // namespace postdict::bindings
