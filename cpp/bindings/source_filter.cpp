// The voice that is a source and a filter. It keeps its state from call to call.
#include "../voice/source_filter.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "../voice/muscles.hpp"
#include "arrays.hpp"

namespace postdict::bindings {

namespace {

struct SourceFilterVoice {
    Muscles muscles;
    SourceFilter source;
    std::mutex busy{};  // one voice sings one song: a second thread waits
};

std::unique_ptr<SourceFilterVoice> make_voice(double rate, double floor, double fade_from,
                                              double fade_to, const Doubles& course,
                                              const Doubles& postures, const Doubles& at_first,
                                              std::uint64_t seed) {
    require(postures.ndim() == 2 && postures.shape(1) == SourceFilter::n_muscles &&
                at_first.size() == SourceFilter::n_muscles,
            "postures need five muscles");
    return std::unique_ptr<SourceFilterVoice>(
        new SourceFilterVoice{Muscles(to_vector(course), to_vector(postures),
                                      SourceFilter::n_muscles, to_vector(at_first)),
                              SourceFilter({rate, floor, fade_from, fade_to}, seed)});
}

// Gestures that begin among the next n samples, then these: sound, postures and gate.
py::tuple sing(SourceFilterVoice& voice, const Ids& onsets, const Ids& ids, std::size_t n) {
    require(onsets.size() == ids.size(), "onsets and ids need one length");
    const std::vector<NeuronId> who = to_ids(ids, voice.muscles.size());
    const std::vector<NeuronId> when = to_ids(onsets, n);
    std::vector<double> postures(n * SourceFilter::n_muscles), gate(n), sound(n);
    {
        // The arguments were copied; until the results are handed over no Python object is touched.
        py::gil_scoped_release unlocked;
        const std::lock_guard alone(voice.busy);
        for (std::size_t k = 0; k < who.size(); ++k)
            voice.muscles.add(who[k], static_cast<std::size_t>(when[k]));
        voice.muscles.take(postures, gate);
        voice.source.sing(postures, gate, sound);
    }
    py::array_t<double> rows({n, SourceFilter::n_muscles});
    std::copy(postures.begin(), postures.end(), rows.mutable_data());
    return py::make_tuple(to_array<double>(sound), std::move(rows), to_array<double>(gate));
}

template <class Part>
Part restored(Part part, std::string_view name, const State& state) {
    StateReader reader(state);
    reader(name, part);
    part.check_state();
    return part;
}

}  // namespace

void bind_source_filter(py::module_& module) {
    py::class_<SourceFilterVoice>(module, "SourceFilterVoice")
        .def(py::init(&make_voice), py::kw_only(), py::arg("rate"), py::arg("floor"),
             py::arg("fade_from"), py::arg("fade_to"), py::arg("course"), py::arg("postures"),
             py::arg("at_first"), py::arg("seed"))
        .def("sing", &sing, py::arg("onsets"), py::arg("ids"), py::arg("n"))
        .def("copy",
             [](SourceFilterVoice& voice) {
                 const std::lock_guard alone(voice.busy);
                 return std::unique_ptr<SourceFilterVoice>(
                     new SourceFilterVoice{voice.muscles, voice.source});
             })
        .def("state",
             [](SourceFilterVoice& voice) {
                 const std::lock_guard alone(voice.busy);
                 State state;
                 StateWriter writer(state);
                 writer("muscles", voice.muscles);
                 writer("source", voice.source);
                 return to_arrays(state);
             })
        .def(
            "restore",
            [](SourceFilterVoice& voice, const StateArrays& arrays) {
                const State state = to_state(arrays);
                const std::lock_guard alone(voice.busy);
                Muscles muscles = restored(voice.muscles, "muscles", state);
                SourceFilter source = restored(voice.source, "source", state);
                voice.muscles = std::move(muscles);
                voice.source = std::move(source);
            },
            py::arg("state"));
}

}  // namespace postdict::bindings
