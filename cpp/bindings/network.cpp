#include "../network.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <utility>

#include "arrays.hpp"

namespace postdict::bindings {

namespace {

// Values were checked where the Python objects were built; here only what would read past an end.
void require(bool holds, const char* rule) {
    if (!holds) throw std::invalid_argument(rule);
}

std::size_t emitter_size(const Network& network, const Emitter& emitter) {
    return emitter.kind == Emitter::Kind::population ? network.populations.at(emitter.index).size()
                                                     : network.spike_times.at(emitter.index).size();
}

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
                        double rate, double weight) {
    const std::size_t n = network.populations.at(population).size();
    network.poisson.push_back({population, PoissonSource(network.seed, name, n, rate, weight)});
    return network.poisson.size() - 1;
}

std::size_t add_spike_times(Network& network, std::size_t n, const Doubles& times, const Ids& ids) {
    require(times.size() == ids.size(), "times and ids need one length");
    std::vector<Spike> spikes;
    for (py::ssize_t k = 0; k < times.size(); ++k) {
        require(ids.at(k) >= 0 && ids.at(k) < static_cast<std::int64_t>(n),
                "ids must be in [0, n)");
        spikes.push_back({times.at(k), static_cast<NeuronId>(ids.at(k))});
    }
    network.spike_times.emplace_back(n, std::move(spikes));
    return network.spike_times.size() - 1;
}

std::size_t connect(Network& network, bool from_population, std::size_t pre, std::size_t post,
                    const Doubles& weights, double axonal_delay, bool inhibitory,
                    const std::optional<AntisymmetricParameters>& rule, double w_max) {
    const Emitter emitter{from_population ? Emitter::Kind::population : Emitter::Kind::spike_times,
                          pre};
    const std::size_t n_pre = emitter_size(network, emitter);
    const std::size_t n_post = network.populations.at(post).size();
    const bool one_for_all = weights.ndim() == 0;
    require(one_for_all ? !rule : weights.size() == static_cast<py::ssize_t>(n_pre * n_post),
            "weights need n_post x n_pre values or one");
    std::vector<double> stored = to_vector(weights);
    if (!one_for_all) stored = transposed(stored, n_post, n_pre);
    network.projections.push_back({emitter, post,
                                   DenseProjection({n_pre, n_post, std::move(stored), axonal_delay,
                                                    inhibitory, rule, w_max, one_for_all})});
    return network.projections.size() - 1;
}

std::size_t record_weights(Network& network, std::size_t projection, double interval,
                           std::size_t most_samples) {
    const std::size_t width = network.projections.at(projection).synapses.weights().size();
    network.recorders.emplace_back(Variable::weights, projection, std::vector<NeuronId>{}, width,
                                   interval, most_samples);
    return network.recorders.size() - 1;
}

std::size_t record_neurons(Network& network, std::size_t population, const std::string& variable,
                           const Ids& ids, double interval, std::size_t most_samples) {
    const std::size_t n = network.populations.at(population).size();
    for (py::ssize_t k = 0; k < ids.size(); ++k)
        require(ids.at(k) >= 0 && ids.at(k) < static_cast<std::int64_t>(n),
                "ids must be in [0, n)");
    const Variable what = variable == "v"     ? Variable::potential
                          : variable == "g_e" ? Variable::current_e
                                              : Variable::current_i;
    require(what == Variable::potential ||
                std::holds_alternative<LifExponential>(network.populations[population].neurons),
            "only neurons with exponential currents have g_e and g_i");
    network.recorders.emplace_back(what, population, to_ids(ids),
                                   static_cast<std::size_t>(ids.size()), interval, most_samples);
    return network.recorders.size() - 1;
}

}  // namespace

void bind_network(py::module_& module) {
    py::class_<AntisymmetricParameters>(module, "AntisymmetricParameters")
        .def(py::init(
                 [](double eta, double A_plus, double A_minus, double tau_plus, double tau_minus) {
                     return AntisymmetricParameters{eta, A_plus, A_minus, tau_plus, tau_minus};
                 }),
             py::arg("eta"), py::arg("A_plus"), py::arg("A_minus"), py::arg("tau_plus"),
             py::arg("tau_minus"));

    py::class_<Network>(module, "Network")
        .def(py::init([](std::uint64_t seed) {
                 Network network;
                 network.seed = seed;
                 return network;
             }),
             py::arg("seed"))
        .def("add_lif", &add_lif, py::arg("name"), py::arg("n"), py::arg("tau_m"),
             py::arg("v_rest"), py::arg("v_thresh"), py::arg("v_reset"), py::arg("tau_refrac"),
             py::arg("i_offset"), py::arg("v_min"), py::arg("v_init"), py::arg("subtract"))
        .def("add_lif_exponential", &add_lif_exponential, py::arg("name"), py::arg("n"),
             py::arg("tau_m"), py::arg("tau_syn_e"), py::arg("tau_syn_i"), py::arg("v_rest"),
             py::arg("v_thresh"), py::arg("v_reset"), py::arg("tau_refrac"), py::arg("i_offset"),
             py::arg("v_init"))
        .def("add_poisson", &add_poisson, py::arg("name"), py::arg("population"), py::arg("rate"),
             py::arg("weight"))
        .def("add_spike_times", &add_spike_times, py::arg("n"), py::arg("times"), py::arg("ids"))
        .def("connect", &connect, py::arg("from_population"), py::arg("pre"), py::arg("post"),
             py::arg("weights"), py::arg("axonal_delay"), py::arg("inhibitory"), py::arg("rule"),
             py::arg("w_max"))
        .def("record_weights", &record_weights, py::arg("projection"), py::arg("interval"),
             py::arg("most_samples"))
        .def("record_neurons", &record_neurons, py::arg("population"), py::arg("variable"),
             py::arg("ids"), py::arg("interval"), py::arg("most_samples"));
}

}  // namespace postdict::bindings
