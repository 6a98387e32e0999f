// The voice and the ear. Both keep their state from call to call.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../ear.hpp"
#include "../gestures.hpp"
#include "../syrinx.hpp"
#include "arrays.hpp"

namespace postdict::bindings {

namespace {

struct Voice {
    Gestures gestures;
    Syrinx syrinx;
    std::mutex busy{};  // one voice sings one song: a second thread waits
};

struct Listener {
    Ear ear;
    std::mutex busy{};
};

py::array_t<double> matrix(const std::vector<double>& values, std::size_t n_columns) {
    py::array_t<double> result({values.size() / n_columns, n_columns});
    std::copy(values.begin(), values.end(), result.mutable_data());
    return result;
}

std::unique_ptr<Voice> make_voice(double rate, std::uint32_t oversampling, double gamma,
                                  double travel_time, double reflection, double glottis,
                                  double beak, double compliance, double cavity_loss,
                                  double radiation, const Doubles& pressure_profile,
                                  const Doubles& tension_profile, const Doubles& pressure,
                                  const Doubles& tension, double pressure_at_rest,
                                  double tension_at_rest) {
    require(pressure_profile.size() == tension_profile.size(), "profiles need one length");
    require(pressure.size() == tension.size(), "amplitudes need one length");
    require(rate > 0.0 && oversampling > 0 && travel_time * rate * oversampling >= 3.0,
            "the trachea must be at least 3 steps long");
    const SyrinxParameters syrinx{rate,    oversampling, gamma,      travel_time, reflection,
                                  glottis, beak,         compliance, cavity_loss, radiation};
    return std::unique_ptr<Voice>(new Voice{
        Gestures(to_vector(pressure_profile), to_vector(tension_profile), to_vector(pressure),
                 to_vector(tension), pressure_at_rest, tension_at_rest),
        Syrinx(syrinx)});
}

// Gestures that begin among the next n samples, then these: sound, pressure and tension.
py::tuple sing(Voice& voice, const Ids& onsets, const Ids& ids, std::size_t n) {
    require(onsets.size() == ids.size(), "onsets and ids need one length");
    const std::vector<NeuronId> who = to_ids(ids, voice.gestures.size());
    const std::vector<NeuronId> when = to_ids(onsets, n);
    std::vector<double> pressure(n), tension(n), sound(n);
    {
        // The arguments were copied; until the results are handed over no Python object is touched.
        py::gil_scoped_release unlocked;
        const std::lock_guard alone(voice.busy);
        for (std::size_t k = 0; k < who.size(); ++k) voice.gestures.add(who[k], when[k]);
        voice.gestures.take(pressure, tension);
        voice.syrinx.sing(pressure, tension, sound);
    }
    return py::make_tuple(to_array<double>(sound), to_array<double>(pressure),
                          to_array<double>(tension));
}

py::array_t<double> hear(Listener& listener, const Doubles& sound) {
    const std::vector<double> samples = to_vector(sound);
    // One that is not a number would stay in the filters for good.
    require(std::all_of(samples.begin(), samples.end(), is_moderate), "sound must be finite");
    std::vector<double> levels;
    {
        py::gil_scoped_release unlocked;  // as above
        const std::lock_guard alone(listener.busy);
        listener.ear.hear(samples, levels);
    }
    return matrix(levels, 2 * listener.ear.n_channels());
}

// Returns what a part is in a saved state; the part stays, so that what is refused changes nothing.
template <class Part>
Part restored(Part part, std::string_view name, const State& state) {
    StateReader reader(state);
    reader(name, part);
    part.check_state();
    return part;
}

std::unique_ptr<Voice> copy_of(Voice& voice) {
    const std::lock_guard alone(voice.busy);
    return std::unique_ptr<Voice>(new Voice{voice.gestures, voice.syrinx});
}

std::unique_ptr<Listener> copy_of_ear(Listener& listener) {
    const std::lock_guard alone(listener.busy);
    return std::unique_ptr<Listener>(new Listener{listener.ear});
}

StateArrays state_of(Voice& voice) {
    const std::lock_guard alone(voice.busy);
    State state;
    StateWriter writer(state);
    writer("gestures", voice.gestures);
    writer("syrinx", voice.syrinx);
    return to_arrays(state);
}

StateArrays state_of_ear(Listener& listener) {
    const std::lock_guard alone(listener.busy);
    State state;
    StateWriter writer(state);
    writer("ear", listener.ear);
    return to_arrays(state);
}

}  // namespace

void bind_voice(py::module_& module) {
    static const py::handle divergence =
        py::exception<DivergenceError>(module, "DivergenceError", PyExc_ArithmeticError).release();
    py::register_exception_translator([](std::exception_ptr raised) {
        try {
            if (raised) std::rethrow_exception(raised);
        } catch (const DivergenceError& error) {
            const py::tuple what = py::make_tuple(error.sample, error.pressure, error.tension);
            PyErr_SetObject(divergence.ptr(), what.ptr());
        }
    });
    py::class_<Voice>(module, "Voice")
        .def(py::init(&make_voice), py::kw_only(), py::arg("rate"), py::arg("oversampling"),
             py::arg("gamma"), py::arg("travel_time"), py::arg("reflection"), py::arg("glottis"),
             py::arg("beak"), py::arg("compliance"), py::arg("cavity_loss"), py::arg("radiation"),
             py::arg("pressure_profile"), py::arg("tension_profile"), py::arg("pressure"),
             py::arg("tension"), py::arg("pressure_at_rest"), py::arg("tension_at_rest"))
        .def("sing", &sing, py::arg("onsets"), py::arg("ids"), py::arg("n"))
        .def("copy", &copy_of)
        .def("state", &state_of)
        .def(
            "restore",
            [](Voice& voice, const StateArrays& arrays) {
                const State state = to_state(arrays);
                const std::lock_guard alone(voice.busy);
                Syrinx syrinx = restored(voice.syrinx, "syrinx", state);
                Gestures gestures = restored(voice.gestures, "gestures", state);
                voice.syrinx = std::move(syrinx);
                voice.gestures = std::move(gestures);
            },
            py::arg("state"));
    py::class_<Listener>(module, "Ear")
        .def(py::init([](double rate, const Doubles& centres, std::size_t block, double reference,
                         double exponent, double competition, std::size_t neighbours,
                         double adaptation) {
                 require(centres.size() > 0 && block > 0, "an ear needs channels and a block");
                 const EarParameters ear{rate,     to_vector(centres), block,      reference,
                                         exponent, competition,        neighbours, adaptation};
                 return std::unique_ptr<Listener>(new Listener{Ear(ear)});
             }),
             py::kw_only(), py::arg("rate"), py::arg("centres"), py::arg("block"),
             py::arg("reference"), py::arg("exponent"), py::arg("competition"),
             py::arg("neighbours"), py::arg("adaptation"))
        .def("hear", &hear, py::arg("sound"))
        .def("copy", &copy_of_ear)
        .def("state", &state_of_ear)
        .def(
            "restore",
            [](Listener& listener, const StateArrays& arrays) {
                const State state = to_state(arrays);
                const std::lock_guard alone(listener.busy);
                listener.ear = restored(listener.ear, "ear", state);
            },
            py::arg("state"));
}

}  // namespace postdict::bindings
