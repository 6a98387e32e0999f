// A simulation of the core: run without the lock of the interpreter, read and changed with it; a
// second thread is refused.
#include "../simulation.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "arrays.hpp"
#include "python_world.hpp"

namespace postdict::bindings {

namespace {

// The lock is released while the core runs, so another Python thread could reach the same object:
// it is told so instead. Different simulations share nothing but worlds in Python that their user
// gave to several, and run side by side.
class SharedSimulation {
  public:
    SharedSimulation(const Network& network, Limits limits) : simulation_(network, limits) {}

    class Use {
      public:
        explicit Use(SharedSimulation& shared) : shared_(shared) {
            if (shared_.in_use_.exchange(true))
                throw std::runtime_error(
                    "this Simulation is running in another thread, or asks the world "
                    "that looks into it");
        }
        ~Use() { shared_.in_use_ = false; }
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;
        Simulation* operator->() const { return &shared_.simulation_; }

      private:
        SharedSimulation& shared_;
    };

    Use use() { return Use(*this); }

  private:
    Simulation simulation_;
    std::atomic<bool> in_use_ = false;
};

// The time that a whole number of picoseconds is; a number of ms may stand between two.
bool run_until(SharedSimulation& shared, std::int64_t end, std::uint64_t most_instants) {
    const auto simulation = shared.use();
    // Nothing in the core touches a Python object but a PythonWorld, which takes the lock again.
    const py::gil_scoped_release released;
    return simulation->run_until(Time::picoseconds(end), most_instants);
}

const PythonWorld& python_world(const Simulation& simulation, std::size_t world) {
    return dynamic_cast<const PythonWorld&>(simulation.world(world));
}

// An end of a window of time, which may be infinite, or out of all range.
Time border(double ms) {
    if (ms > latest.ms()) return never;
    return ms < 0.0 ? Time{} : Time::ms(ms);
}

// Recorded spikes with start <= time < stop, sorted by (time, id) as they were recorded.
std::pair<py::array_t<double>, py::array_t<std::int64_t>> spikes(SharedSimulation& shared,
                                                                 std::size_t population,
                                                                 double start, double stop) {
    const auto simulation = shared.use();
    const SpikeRecord& record = simulation->spikes(population);
    const auto first = std::lower_bound(record.times.begin(), record.times.end(), border(start));
    const auto last = std::lower_bound(first, record.times.end(), border(stop));
    const auto from = record.ids.begin() + (first - record.times.begin());
    const auto n = last - first;
    py::array_t<std::int64_t> ids(n);
    std::copy(from, from + n, ids.mutable_data());
    return {in_ms({first, last}), std::move(ids)};
}

// Values by weight, in the order of Python: dense (n_post, n_pre), sparse (n_synapses,), or ()
// where one stands for all.
py::array_t<double> by_weight(const Synapses& synapses, const std::vector<double>& values) {
    return std::visit(
        [&](const auto& layout) -> py::array_t<double> {
            if constexpr (requires { layout.uniform(); }) {
                const std::vector<py::ssize_t> scalar;
                if (layout.uniform()) return to_array<double>(values).reshape(scalar);
                return to_array<double>(transposed(values, layout.n_pre(), layout.n_post()))
                    .reshape({static_cast<py::ssize_t>(layout.n_post()),
                              static_cast<py::ssize_t>(layout.n_pre())});
            } else {
                return to_array<double>(values);
            }
        },
        synapses);
}

py::array_t<double> weights(SharedSimulation& shared, std::size_t projection) {
    const auto simulation = shared.use();
    return by_weight(simulation->synapses(projection), simulation->weights(projection));
}

// Potentiation and depression so far; empty where they are not accounted.
std::pair<py::array_t<double>, py::array_t<double>> fluxes(SharedSimulation& shared,
                                                           std::size_t projection) {
    const auto simulation = shared.use();
    const Synapses& synapses = simulation->synapses(projection);
    require(std::visit([](const auto& layout) { return layout.accounting(); }, synapses),
            "fluxes are not accounted");
    const Fluxes present = simulation->fluxes(projection);
    return {by_weight(synapses, present.potentiation), by_weight(synapses, present.depression)};
}

void set_weights(SharedSimulation& shared, std::size_t projection, const Doubles& weights) {
    const auto simulation = shared.use();
    std::vector<double> stored = to_vector(weights);
    std::visit(
        [&](const auto& synapses) {
            require(stored.size() == synapses.n_weights(), "weights must keep their form");
            if constexpr (requires { synapses.uniform(); })
                if (!synapses.uniform())
                    stored = transposed(stored, synapses.n_post(), synapses.n_pre());
        },
        simulation->synapses(projection));
    simulation->set_weights(projection, stored);
}

using Samples = std::pair<py::array_t<double>, py::array_t<double>>;

Samples samples(const SampledRecorder& recorder, std::size_t first_sample,
                const std::vector<double>& values) {
    const std::size_t n = values.size() / recorder.width();
    py::array_t<double> times(static_cast<py::ssize_t>(n));
    for (std::size_t k = 0; k < n; ++k)
        times.mutable_at(static_cast<py::ssize_t>(k)) = recorder.time_of(first_sample + k).ms();
    return {std::move(times),
            to_array<double>(values).reshape(
                {static_cast<py::ssize_t>(n), static_cast<py::ssize_t>(recorder.width())})};
}

// Times (n_samples,) and values (n_samples, width) of one recorder, weights in the core's order.
Samples recorded(SharedSimulation& shared, std::size_t index) {
    const auto simulation = shared.use();
    const SampledRecorder& recorder = simulation->recorder(index);
    return samples(recorder, 0, recorder.values());
}

// The same, of what is then no longer kept.
Samples take_samples(SharedSimulation& shared, std::size_t index) {
    const auto simulation = shared.use();
    SampledRecorder& recorder = simulation->recorder(index);
    const Samples result = samples(recorder, 0, recorder.values());
    recorder.take_away();
    return result;
}

// Recorded spikes that are then no longer kept.
std::pair<py::array_t<double>, py::array_t<std::int64_t>> take_spikes(SharedSimulation& shared,
                                                                      std::size_t population) {
    const SpikeRecord taken = shared.use()->take_spikes(population);
    return {in_ms(taken.times), to_array<std::int64_t>(taken.ids)};
}

void set_recording(SharedSimulation& shared, std::size_t population, bool on, double start,
                   double stop, const std::optional<Ids>& ids) {
    const auto simulation = shared.use();
    const std::size_t n = simulation->population(population).size();
    std::vector<std::uint64_t> chosen;
    if (ids) {
        chosen.assign(n, 0);
        for (const NeuronId i : to_ids(*ids, n)) chosen[static_cast<std::size_t>(i)] = 1;
    }
    SpikeRecord& recording = simulation->recording(population);
    recording.on = on;
    recording.start = border(start);
    recording.stop = border(stop);
    recording.chosen = std::move(chosen);
}

// What the search for threshold crossings cost a population whose V is continuous.
std::map<std::string, std::uint64_t> search_work(SharedSimulation& shared, std::size_t population) {
    const auto simulation = shared.use();
    const SearchWork* const found = std::visit(
        [](const auto& neurons) -> const SearchWork* {
            if constexpr (requires { neurons.work(); }) return &neurons.work();
            return nullptr;
        },
        simulation->population(population).neurons);
    require(found != nullptr, "only neurons with exponential synapses are searched");
    const SearchWork& work = *found;
    return {{"excited", work.n_excited},
            {"dismissed", work.n_dismissed},
            {"looks", work.n_looks},
            {"searches", work.n_searches},
            {"found", work.n_found}};
}

py::array_t<double> potentials(SharedSimulation& shared, std::size_t population, const Ids& ids) {
    const auto simulation = shared.use();
    py::array_t<double> result(ids.size());
    for (py::ssize_t k = 0; k < ids.size(); ++k)
        result.mutable_at(k) = simulation->potential(population, static_cast<NeuronId>(ids.at(k)));
    return result;
}

void set_potentials(SharedSimulation& shared, std::size_t population, const Ids& ids,
                    const Doubles& potentials) {
    const auto simulation = shared.use();
    const std::vector<NeuronId> who = to_ids(ids, simulation->population(population).size());
    require(potentials.size() == ids.size(), "potentials need one value for each neuron");
    for (std::size_t k = 0; k < who.size(); ++k)
        simulation->set_potential(population, who[k], potentials.data()[k]);
}

// Rates as a source takes them: its neurons have rates of their own from the start, or never.
Signals rates_of(const PoissonSource& source, const Doubles& times, const Doubles& rates) {
    require(source.has_own_rates() == (rates.ndim() == 2), "rates must keep their form");
    return to_signals(times, rates, source.size());
}

StateArrays state(SharedSimulation& shared) {
    return to_arrays(shared.use()->state());
}

// `max_rates`: by population, or empty where none is bounded.
Limits limits(std::uint64_t max_recorded_spikes, std::uint64_t max_pending_spikes,
              std::vector<double> max_rates, double max_rate_window) {
    const Duration window = Duration::ms(max_rate_window);
    require(window > Duration{}, "the window of a rate must have a length");
    return Limits{max_recorded_spikes, max_pending_spikes, std::move(max_rates), window};
}

void restore(SharedSimulation& shared, const StateArrays& arrays) {
    shared.use()->restore(to_state(arrays));
}

}  // namespace

void bind_simulation(py::module_& module) {
    auto& limit = py::register_exception<LimitError>(module, "LimitError", PyExc_RuntimeError);
    py::register_exception<RateLimitError>(module, "RateLimitError", limit.ptr());
    py::register_exception_translator([](std::exception_ptr thrown) {
        try {
            if (thrown) std::rethrow_exception(thrown);
        } catch (const UpdateError& error) {
            PyErr_SetString(PyExc_FloatingPointError, error.what());
        }
    });

    py::class_<SharedSimulation>(module, "Simulation")
        .def(py::init([](const Network& network, std::uint64_t max_recorded_spikes,
                         std::uint64_t max_pending_spikes, std::vector<double> max_rates,
                         double max_rate_window) {
                 return std::make_unique<SharedSimulation>(
                     network, limits(max_recorded_spikes, max_pending_spikes, std::move(max_rates),
                                     max_rate_window));
             }),
             py::arg("network"), py::arg("max_recorded_spikes"), py::arg("max_pending_spikes"),
             py::arg("max_rates") = std::vector<double>(),
             py::arg("max_rate_window") = Limits{}.rate_window.ms())
        .def(
            "set_limits",
            [](SharedSimulation& s, std::uint64_t max_recorded_spikes,
               std::uint64_t max_pending_spikes, std::vector<double> max_rates,
               double max_rate_window) {
                s.use()->set_limits(limits(max_recorded_spikes, max_pending_spikes,
                                           std::move(max_rates), max_rate_window));
            },
            py::arg("max_recorded_spikes"), py::arg("max_pending_spikes"),
            py::arg("max_rates") = std::vector<double>(),
            py::arg("max_rate_window") = Limits{}.rate_window.ms())
        .def_property_readonly("time", [](SharedSimulation& s) { return s.use()->time().ms(); })
        .def_property_readonly("picoseconds",
                               [](SharedSimulation& s) { return s.use()->time().count(); })
        .def_property_readonly("n_synaptic_events",
                               [](SharedSimulation& s) { return s.use()->n_synaptic_events(); })
        .def("run_until", &run_until, py::arg("end"), py::arg("most_instants"))
        .def("spikes", &spikes, py::arg("population"), py::arg("start"), py::arg("stop"))
        .def(
            "n_spikes",
            [](SharedSimulation& s, std::size_t population) {
                return s.use()->n_spikes(population);
            },
            py::arg("population"))
        .def("set_recording", &set_recording, py::arg("population"), py::arg("on"),
             py::arg("start"), py::arg("stop"), py::arg("ids"))
        .def("take_spikes", &take_spikes, py::arg("population"))
        .def("search_work", &search_work, py::arg("population"))
        .def("potentials", &potentials, py::arg("population"), py::arg("ids"))
        .def("weights", &weights, py::arg("projection"))
        .def("set_weights", &set_weights, py::arg("projection"), py::arg("weights"))
        .def(
            "set_learning",
            [](SharedSimulation& s, std::size_t projection, bool on) {
                s.use()->set_learning(projection, on);
            },
            py::arg("projection"), py::arg("on"))
        .def(
            "set_eta",
            [](SharedSimulation& s, std::size_t projection, double eta) {
                s.use()->set_eta(projection, eta);
            },
            py::arg("projection"), py::arg("eta"))
        .def(
            "set_accounting",
            [](SharedSimulation& s, std::size_t projection, bool on) {
                s.use()->set_accounting(projection, on);
            },
            py::arg("projection"), py::arg("on"))
        .def("fluxes", &fluxes, py::arg("projection"))
        .def(
            "set_modulator",
            [](SharedSimulation& s, std::size_t projection, const Doubles& times,
               const Doubles& values) {
                const auto simulation = s.use();
                require(std::visit([](const auto& layout) { return layout.modulated(); },
                                   simulation->synapses(projection)),
                        "the rule has no third factor");
                simulation->set_modulator(projection, to_signals(times, values, 1).mean);
            },
            py::arg("projection"), py::arg("times"), py::arg("values"))
        .def(
            "set_rate",
            [](SharedSimulation& s, std::size_t poisson, const Doubles& times,
               const Doubles& rates) {
                const auto simulation = s.use();
                const Signals given = rates_of(simulation->poisson(poisson), times, rates);
                simulation->set_rate(poisson, given.mean, given.each);
            },
            py::arg("poisson"), py::arg("times"), py::arg("rates"))
        .def(
            "set_train_rate",
            [](SharedSimulation& s, std::size_t source, const Doubles& times,
               const Doubles& rates) {
                const auto simulation = s.use();
                const auto* trains = std::get_if<PoissonTrains>(&simulation->source(source));
                require(trains != nullptr, "only Poisson trains have a rate");
                const Signals given = rates_of(trains->source(), times, rates);
                simulation->set_train_rate(source, given.mean, given.each);
            },
            py::arg("source"), py::arg("times"), py::arg("rates"))
        .def(
            "set_current",
            [](SharedSimulation& s, std::size_t current, const Doubles& times,
               const Doubles& values) {
                const auto simulation = s.use();
                const std::size_t n = simulation->current(current).ids().size();
                const Signals given = to_signals(times, values, n);
                simulation->set_current(current, given.mean, given.each);
            },
            py::arg("current"), py::arg("times"), py::arg("values"))
        .def("set_potentials", &set_potentials, py::arg("population"), py::arg("ids"),
             py::arg("potentials"))
        .def(
            "reseed", [](SharedSimulation& s, std::uint64_t seed) { s.use()->reseed(seed); },
            py::arg("seed"))
        .def(
            "append_spikes",
            [](SharedSimulation& s, std::size_t source, const Doubles& times, const Ids& ids) {
                const auto simulation = s.use();
                simulation->append_spikes(
                    source, to_spikes(times, ids, source_size(simulation->source(source)),
                                      simulation->time()));
            },
            py::arg("source"), py::arg("times"), py::arg("ids"))
        .def(
            "sampling_interval",
            [](SharedSimulation& s, std::size_t recorder) {
                return s.use()->recorder(recorder).interval().ms();
            },
            py::arg("recorder"))
        .def(
            "set_streaming",
            [](SharedSimulation& s, std::size_t recorder, bool on) {
                s.use()->recorder(recorder).set_streaming(on);
            },
            py::arg("recorder"), py::arg("on"))
        .def("take_samples", &take_samples, py::arg("recorder"))
        .def("recorded", &recorded, py::arg("recorder"))
        .def(
            "answer",
            [](SharedSimulation& s, std::size_t world, const py::object& given) {
                const auto simulation = s.use();
                const PythonWorld& python = python_world(*simulation.operator->(), world);
                simulation->answer(world, python.converted(given, simulation->time()));
            },
            py::arg("world"), py::arg("given"))
        .def(
            "world_seconds",
            [](SharedSimulation& s, std::size_t world) {
                const auto simulation = s.use();
                return python_world(*simulation.operator->(), world).seconds();
            },
            py::arg("world"))
        .def("state", &state)
        .def("restore", &restore, py::arg("state"));
}

}  // namespace postdict::bindings
