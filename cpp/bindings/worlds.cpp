// Worlds in Python: what they are given, and what they answer, in arrays; added to a network.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <chrono>
#include <cmath>
#include <utility>

#include "../network.hpp"
#include "arrays.hpp"
#include "by_name.hpp"
#include "python_world.hpp"

namespace postdict::bindings {

namespace {

py::object in_python(const Heard& heard, Readout readout) {
    const auto size = [](const auto& span) { return static_cast<py::ssize_t>(span.size()); };
    if (readout == Readout::rates) {
        py::array_t<double> rates(size(heard.values));
        std::copy(heard.values.begin(), heard.values.end(), rates.mutable_data());
        return rates;
    }
    if (readout == Readout::counts) {
        py::array_t<std::int64_t> counts(size(heard.values));
        std::transform(heard.values.begin(), heard.values.end(), counts.mutable_data(),
                       [](double n) { return static_cast<std::int64_t>(n); });
        return counts;
    }
    py::array_t<double> times(size(heard.spikes));
    py::array_t<std::int64_t> ids(size(heard.spikes));
    for (std::size_t k = 0; k < heard.spikes.size(); ++k) {
        times.mutable_data()[k] = heard.spikes[k].time.ms();
        ids.mutable_data()[k] = heard.spikes[k].id;
    }
    return py::make_tuple(times, ids);
}

std::string type_name(const py::handle& given) {
    return py::str(py::type::handle_of(given).attr("__name__"));
}

Readout readout_named(const std::string& name) {
    if (name == "counts") return Readout::counts;
    if (name == "rates") return Readout::rates;
    require(name == "spikes", "there is no such readout");
    return Readout::spikes;
}

Drive drive_named(const std::string& name) {
    if (name == "current") return Drive::current;
    if (name == "rates") return Drive::rates;
    if (name == "kicks") return Drive::kicks;
    require(name == "spikes", "there is no such drive");
    return Drive::spikes;
}

void add_world(Network& network, std::string name, const py::kwargs& kwargs) {
    ByName given(kwargs);
    const bool from_population = given.take_as<bool>("from_population");
    const Emitter motor{from_population ? Emitter::Kind::population : Emitter::Kind::source,
                        given.take_as<std::size_t>("motor")};
    const auto sensor = given.take_as<std::size_t>("sensor");
    LoopSettings settings;
    settings.name = std::move(name);
    given.into("interval", settings.interval);
    given.into("latency", settings.latency);
    settings.readout = readout_named(given.take_as<std::string>("readout"));
    given.into("tau", settings.tau);
    settings.drive = drive_named(given.take_as<std::string>("drive"));
    given.into("weight", settings.weight);
    settings.world =
        std::make_shared<PythonWorld>(settings.name, given.take("step"), given.take("reward"),
                                      settings.readout, settings.drive, settings.weight);
    given.finish();
    require(settings.interval > Duration{} && settings.latency >= Duration{},
            "steps need an interval, and answers come later");
    require(settings.readout != Readout::rates || settings.tau > 0.0, "rates need a time constant");
    require(motor.index < (from_population ? network.populations.size() : network.sources.size()),
            "who is heard must be there");
    settings.n_motor = emitter_size(network, motor);
    settings.n_sensor = network.populations.at(sensor).size();
    network.worlds.push_back({motor, sensor, WorldLoop(std::move(settings), network.seed)});
}

}  // namespace

Answer PythonWorld::step(Time t, const Heard& heard) {
    const py::gil_scoped_acquire locked;
    const py::object motor = in_python(heard, readout_);
    const auto started = std::chrono::steady_clock::now();
    const py::object given = step_(motor);
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    Answer answer = converted(given, t);
    if (!reward_.is_none()) answer.reward = reward_().cast<double>();
    return answer;
}

Answer PythonWorld::converted(const py::object& given, Time t) const {
    if (drive_ != Drive::spikes) {
        const py::array_t<double> values = numbers(given, "answer", t);
        return {{values.data(), values.data() + values.size()}, {}, {}};
    }
    const bool pair =
        py::isinstance<py::tuple>(given) && (py::len(given) == 2 || py::len(given) == 3);
    if (!pair)
        throw py::type_error(
            about(name_, t,
                  "its answer must be a tuple (times, ids) or (times, ids, weights), got " +
                      type_name(given)));
    const py::tuple parts(given);
    const py::array_t<double> times = numbers(parts[0], "times", t);
    const py::array_t<double> ids = numbers(parts[1], "ids", t);
    const py::array_t<double> weights =
        parts.size() == 3 ? numbers(parts[2], "weights", t) : py::array_t<double>(0);
    if (times.size() != ids.size() || (parts.size() == 3 && weights.size() != times.size()))
        throw py::value_error(about(name_, t, "its times, ids and weights must have one length"));
    Answer answer;
    for (py::ssize_t k = 0; k < times.size(); ++k) {
        const double id = ids.data()[k];
        if (id != std::floor(id))
            throw py::value_error(about(name_, t, "its ids must be whole numbers"));
        if (!(std::abs(id) < 2147483648.0))
            throw py::value_error(about(name_, t, "its ids must be below 2**31"));
        const double ms = times.data()[k];
        if (!(std::abs(ms) <= latest.ms()))
            throw py::value_error(about(
                name_, t,
                "its spikes must have finite times below 9e+09 ms, got " + shown(ms) + " ms"));
        // The time of the present may have been rounded in ms.
        answer.kicks.push_back({Time::ms(std::max(ms, -longest.ms())), static_cast<NeuronId>(id),
                                parts.size() == 3 ? weights.data()[k] : weight_});
    }
    return answer;
}

py::array_t<double> PythonWorld::numbers(const py::handle& given, const char* what, Time t) const {
    const auto refuse = [&](const std::string& got) {
        throw py::type_error(about(name_, t,
                                   std::string("its ") + what +
                                       " must be an array of numbers with 1 dimension, got " +
                                       got));
    };
    if (py::isinstance<py::array>(given) && py::hasattr(given, "mask"))
        refuse("a masked one; fill it first");
    const py::array array = py::array::ensure(given);
    if (!array) {
        PyErr_Clear();
        refuse(type_name(given));
    }
    const char kind = array.dtype().kind();
    if (kind != 'f' && kind != 'i' && kind != 'u' && kind != 'b')
        refuse(given.is_none() ? "None" : std::string(py::str(array.dtype())) + " values");
    if (array.ndim() != 1) refuse(std::string(py::str(array.attr("shape"))) + " as its shape");
    return Doubles::ensure(array);
}

void bind_worlds(py::class_<Network>& network) {
    network.def("add_world", &add_world, py::arg("name"));
}

}  // namespace postdict::bindings
