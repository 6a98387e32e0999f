// Rules and projections, dense and sparse, added to a network of the core.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "../network.hpp"
#include "arrays.hpp"
#include "by_name.hpp"

namespace postdict::bindings {

namespace {

// What both layouts have.
struct Connection {
    Emitter pre;
    std::size_t n_pre;
    std::size_t post;
    std::size_t n_post;
    Duration dendritic_delay;
    Sign sign;
    std::optional<Rule> rule;
    std::optional<std::size_t> rewarded_by;
    bool single;
};

Connection read_connection(ByName& given, const Network& network) {
    Connection c;
    const bool from_population = given.take_as<bool>("from_population");
    c.pre.kind = from_population ? Emitter::Kind::population : Emitter::Kind::source;
    given.into("pre", c.pre.index);
    require(c.pre.index < (from_population ? network.populations.size() : network.sources.size()),
            "the presynaptic part must be there");
    c.n_pre = emitter_size(network, c.pre);
    given.into("post", c.post);
    c.n_post = network.populations.at(c.post).size();
    given.into("dendritic_delay", c.dendritic_delay);
    c.sign = given.take_as<bool>("inhibitory") ? Sign::inhibitory : Sign::excitatory;
    given.into("rule", c.rule);
    given.into("rewarded_by", c.rewarded_by);
    require(!c.rewarded_by || (c.rule && c.rule->third_factor),
            "a reward is for a rule with a third factor");
    given.into("single", c.single);
    return c;
}

std::size_t add(Network& network, const Connection& c, std::optional<Duration> axonal_delay,
                Synapses synapses) {
    network.projections.push_back(
        {c.pre, c.post, axonal_delay, c.dendritic_delay, std::move(synapses), c.rewarded_by});
    return network.projections.size() - 1;
}

std::size_t connect_dense(Network& network, const py::kwargs& kwargs) {
    ByName given(kwargs);
    const Connection c = read_connection(given, network);
    const auto weights = given.take_as<Doubles>("weights");
    const auto axonal_delay = to_delay(given.take_as<double>("axonal_delay"));
    given.finish();
    const bool uniform = weights.ndim() == 0;
    require(uniform ? !c.rule : weights.size() == static_cast<py::ssize_t>(c.n_pre * c.n_post),
            "weights need n_post x n_pre values or one");
    std::vector<double> stored = to_vector(weights);
    if (!uniform) stored = transposed(stored, c.n_post, c.n_pre);
    const DenseParameters parameters{c.n_pre, c.n_post, std::move(stored), c.sign, c.rule, uniform};
    return add(network, c, axonal_delay,
               c.single ? Synapses(DenseProjection<float>(parameters))
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

std::size_t connect_sparse(Network& network, const py::kwargs& kwargs) {
    ByName given(kwargs);
    const Connection c = read_connection(given, network);
    const auto first = given.take_as<Ids>("first");
    const auto source_first = given.take_as<Ids>("source_first");
    std::vector<Duration> delays;
    for (const double delay : to_vector(given.take_as<Doubles>("delays")))
        delays.push_back(to_delay(delay));
    const auto targets = given.take_as<Ids>("targets");
    const auto weights = given.take_as<Doubles>("weights");
    given.finish();
    const auto n_bundles = static_cast<std::size_t>(std::max<py::ssize_t>(first.size(), 1)) - 1;
    const bool one_delay = delays.size() == 1;
    require(source_first.size() == static_cast<py::ssize_t>(c.n_pre + 1),
            "source_first needs n_pre + 1 values");
    require(delays.size() == n_bundles || (one_delay && n_bundles == c.n_pre),
            "delays need one value, or one for each bundle");
    require(weights.size() == (weights.ndim() == 0 ? 1 : targets.size()) &&
                !(c.rule && weights.ndim() == 0),
            "weights need one value for each synapse, or one for all");
    std::optional<Duration> axonal_delay;
    if (one_delay && n_bundles == c.n_pre) axonal_delay = delays[0];
    SparseParameters parameters{c.n_pre,
                                c.n_post,
                                offsets(first, static_cast<std::size_t>(targets.size())),
                                offsets(source_first, n_bundles),
                                std::move(delays),
                                to_ids(targets, c.n_post),
                                to_vector(weights),
                                c.sign,
                                c.rule};
    return add(network, c, axonal_delay,
               c.single ? Synapses(SparseProjection<float>(std::move(parameters)))
                        : Synapses(SparseProjection<double>(std::move(parameters))));
}

// From pairs of the name of an operation and its number: a constant, or the index of a variable.
std::vector<ExpressionStep> to_steps_of_expression(const py::object& given) {
    std::vector<ExpressionStep> steps;
    for (const auto& [name, number] : given.cast<std::vector<std::pair<std::string, double>>>()) {
        const auto found = std::find(operation_names.begin(), operation_names.end(), name);
        require(found != operation_names.end(), "there is no such operation");
        const auto operation = static_cast<Operation>(found - operation_names.begin());
        if (operation == Operation::variable) {
            require(number >= 0.0 && number < 1e6, "there is no such variable");
            steps.push_back({operation, 0.0, static_cast<std::size_t>(number)});
        } else {
            steps.push_back({operation, number});
        }
    }
    return steps;
}

// What all rules have, and the numbers of its kind.
Rule make_rule(const py::kwargs& kwargs) {
    ByName given(kwargs);
    Rule rule;
    given.into("eta", rule.eta);
    given.into("w_max", rule.w_max);
    given.into("nearest", rule.nearest);
    given.into("soft", rule.soft);
    const auto third_factor = given.take("third_factor");
    if (!third_factor.is_none()) {
        const auto [tau, times, values] = third_factor.cast<std::tuple<double, Doubles, Doubles>>();
        require(tau > 0.0, "traces need a time constant");
        rule.third_factor = ThirdFactor{tau, to_signals(times, values, 1).mean};
    }
    const auto kind = given.take_as<std::string>("kind");
    if (kind == "traces") {
        TraceRule traces;
        given.into("spike_x", traces.spike_x);
        given.into("arrival_y", traces.arrival_y);
        given.into("arrival", traces.arrival);
        given.into("tau_x", traces.tau_x);
        given.into("tau_y", traces.tau_y);
        rule.kind = traces;
    } else if (kind == "triplets") {
        TripletRule triplets;
        given.into("spike_x", triplets.spike_x);
        given.into("spike_xy", triplets.spike_xy);
        given.into("arrival_y", triplets.arrival_y);
        given.into("arrival_yx", triplets.arrival_yx);
        given.into("tau_x", triplets.tau_x);
        given.into("tau_y", triplets.tau_y);
        given.into("tau_x2", triplets.tau_x2);
        given.into("tau_y2", triplets.tau_y2);
        rule.kind = triplets;
    } else if (kind == "custom") {
        CustomRule custom;
        given.into("tau_pre", custom.tau_pre);
        given.into("tau_post", custom.tau_post);
        custom.set = given.take_as<std::vector<bool>>("set");
        custom.on_arrival = to_steps_of_expression(given.take("on_arrival"));
        custom.on_spike = to_steps_of_expression(given.take("on_spike"));
        given.into("arrival_text", custom.arrival_text);
        given.into("spike_text", custom.spike_text);
        require(custom.set.size() == custom.tau_pre.size() + custom.tau_post.size(),
                "every trace is raised or set");
        rule.kind = std::move(custom);
    } else {
        WindowRule pairs;
        given.into("longest_before", pairs.longest_before);
        given.into("longest_after", pairs.longest_after);
        if (kind == "samples") {
            SampledWindow window;
            given.into("lags", window.lags);
            given.into("values", window.values);
            require(window.lags.size() == window.values.size() && window.lags.size() > 1,
                    "a window needs two knots");
            pairs.window = std::move(window);
        } else {
            require(kind == "haas", "there is no such kind of rule");
            HaasWindow window;
            given.into("A_plus", window.A_plus);
            given.into("A_minus", window.A_minus);
            given.into("alpha_plus", window.alpha_plus);
            given.into("alpha_minus", window.alpha_minus);
            given.into("beta", window.beta);
            given.into("stretch", window.stretch);
            given.into("latency", window.latency);
            pairs.window = window;
        }
        rule.kind = std::move(pairs);
    }
    given.finish();
    return rule;
}

}  // namespace

void bind_projections(py::module_& module, py::class_<Network>& network) {
    py::class_<Rule>(module, "Rule").def(py::init(&make_rule));
    network.def("connect_dense", &connect_dense).def("connect_sparse", &connect_sparse);
}

}  // namespace postdict::bindings
