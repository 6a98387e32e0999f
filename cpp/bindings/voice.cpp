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

#include "../voice/ear.hpp"
#include "../voice/gestures.hpp"
#include "../voice/syrinx.hpp"
#include "arrays.hpp"
#include "by_name.hpp"

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

std::unique_ptr<Voice> make_voice(const py::kwargs& kwargs) {
    ByName given(kwargs);
    SyrinxParameters s;
    given.into("rate", s.rate);
    given.into("oversampling", s.oversampling);
    given.into("gamma", s.gamma);
    given.into("travel_time", s.travel_time);
    given.into("reflection", s.reflection);
    given.into("glottis", s.glottis);
    given.into("beak", s.beak);
    given.into("compliance", s.compliance);
    given.into("cavity_loss", s.cavity_loss);
    given.into("radiation", s.radiation);
    GestureParameters g;
    given.into("pressure_profile", g.pressure_profile);
    given.into("tension_profile", g.tension_profile);
    given.into("pressure", g.pressure);
    given.into("tension", g.tension);
    given.into("pressure_at_rest", g.pressure_at_rest);
    given.into("tension_at_rest", g.tension_at_rest);
    given.finish();
    require(g.pressure_profile.size() == g.tension_profile.size(), "profiles need one length");
    require(g.pressure.size() == g.tension.size(), "amplitudes need one length");
    require(s.rate > 0.0 && s.oversampling > 0 && s.travel_time * s.rate * s.oversampling >= 3.0,
            "the trachea must be at least 3 steps long");
    return std::unique_ptr<Voice>(new Voice{Gestures(std::move(g)), Syrinx(s)});
}

std::unique_ptr<Listener> make_ear(const py::kwargs& kwargs) {
    ByName given(kwargs);
    EarParameters e;
    given.into("rate", e.rate);
    given.into("centres", e.centres);
    given.into("block", e.block);
    given.into("reference", e.reference);
    given.into("exponent", e.exponent);
    given.into("competition", e.competition);
    given.into("neighbours", e.neighbours);
    given.into("adaptation", e.adaptation);
    given.finish();
    require(!e.centres.empty() && e.block > 0, "an ear needs channels and a block");
    return std::unique_ptr<Listener>(new Listener{Ear(e)});
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
        .def(py::init(&make_voice))
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
        .def(py::init(&make_ear))
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
