// The only border between numpy and the core: arrays in are checked, contiguous copies; arrays out
// own their memory. Matrices are (post, pre) on the Python side and source by source in the core.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "../network.hpp"
#include "../state.hpp"
#include "../steps.hpp"
#include "../types.hpp"

namespace postdict::bindings {

namespace py = pybind11;

using Doubles = py::array_t<double, py::array::c_style | py::array::forcecast>;
using Ids = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;

template <class T>
std::vector<T> to_vector(const py::array_t<T, py::array::c_style | py::array::forcecast>& array) {
    return std::vector<T>(array.data(), array.data() + array.size());
}

// Values were checked where the Python objects were built; here only what would read past an end.
inline void require(bool holds, const char* rule) {
    if (!holds) throw std::invalid_argument(rule);
}

inline std::vector<NeuronId> to_ids(const Ids& array, std::size_t n) {
    const auto inside = [=](std::int64_t i) { return i >= 0 && i < static_cast<std::int64_t>(n); };
    require(std::all_of(array.data(), array.data() + array.size(), inside),
            "ids must be in [0, n)");
    return std::vector<NeuronId>(array.data(), array.data() + array.size());
}

// ms, each rounded to a picosecond here.
inline std::vector<Time> to_times(const Doubles& ms) {
    std::vector<Time> times;
    times.reserve(static_cast<std::size_t>(ms.size()));
    std::transform(ms.data(), ms.data() + ms.size(), std::back_inserter(times),
                   [](double t) { return Time::ms(t); });
    return times;
}

inline py::array_t<double> in_ms(std::span<const Time> times) {
    py::array_t<double> result(static_cast<py::ssize_t>(times.size()));
    std::transform(times.begin(), times.end(), result.mutable_data(),
                   [](Time t) { return t.ms(); });
    return result;
}

// A delay: positive, a picosecond at least.
inline Duration to_delay(double ms) {
    const Duration delay = Duration::ms(ms);
    require(delay > Duration{}, "a delay must be at least a picosecond, 1e-09 ms");
    return delay;
}

// Sorted by (time, id): times that differ in ms may be one picosecond. None is before `earliest`,
// which is a time whose ms may have been rounded up.
inline std::vector<Spike> to_spikes(const Doubles& ms, const Ids& ids, std::size_t n,
                                    Time earliest = before_all) {
    require(ms.size() == ids.size(), "times and ids need one length");
    const std::vector<NeuronId> who = to_ids(ids, n);
    const std::vector<Time> times = to_times(ms);
    std::vector<Spike> spikes;
    for (std::size_t k = 0; k < who.size(); ++k)
        spikes.push_back({std::max(times[k], earliest), who[k]});
    std::sort(spikes.begin(), spikes.end());
    return spikes;
}

inline Steps to_steps(const Doubles& times, const Doubles& values) {
    require(times.size() == values.size() && times.size() > 0,
            "times and values need one length, at least 1");
    return {to_times(times), to_vector(values)};
}

// One signal for all (steps,), or one for each of n (steps, n), which come with their mean.
struct Signals {
    Steps mean;
    std::vector<double> each;
};

inline Signals to_signals(const Doubles& times, const Doubles& values, std::size_t n) {
    if (values.ndim() == 1) return {to_steps(times, values), {}};
    require(values.ndim() == 2 && times.size() > 0 && values.shape(0) == times.size() &&
                values.shape(1) == static_cast<py::ssize_t>(n),
            "signals need one value for each time and each of those who get them");
    Signals result{{to_times(times), {}}, to_vector(values)};
    for (std::size_t k = 0; k < result.mean.times.size(); ++k) {
        double sum = 0.0;
        for (std::size_t i = 0; i < n; ++i) sum += result.each[k * n + i];
        result.mean.values.push_back(sum / static_cast<double>(n));
    }
    return result;
}

template <class To, class From>
py::array_t<To> to_array(const std::vector<From>& values) {
    py::array_t<To> result(static_cast<py::ssize_t>(values.size()));
    std::copy(values.begin(), values.end(), result.mutable_data());
    return result;
}

// A saved state by name, as the core holds it and as numpy does.
using StateArrays = std::map<std::string, py::array>;

inline StateArrays to_arrays(const State& state) {
    StateArrays result;
    for (const auto& [name, values] : state)
        std::visit(
            [&, &key = name](const auto& vector) {
                using T = typename std::decay_t<decltype(vector)>::value_type;
                result.emplace(key, to_array<T>(vector));
            },
            values);
    return result;
}

inline State to_state(const StateArrays& arrays) {
    State state;
    for (const auto& [name, array] : arrays) {
        if (py::isinstance<py::array_t<double>>(array)) {
            state.emplace(name, to_vector<double>(array));
        } else if (py::isinstance<py::array_t<std::int64_t>>(array)) {
            state.emplace(name, to_vector<std::int64_t>(array));
        } else if (py::isinstance<py::array_t<std::uint64_t>>(array)) {
            state.emplace(name, to_vector<std::uint64_t>(array));
        } else {
            throw StateError("the saved state is damaged: " + name + " has the wrong type");
        }
    }
    return state;
}

inline std::vector<double> transposed(std::span<const double> matrix, std::size_t n_rows,
                                      std::size_t n_columns) {
    std::vector<double> result(matrix.size());
    for (std::size_t r = 0; r < n_rows; ++r)
        for (std::size_t c = 0; c < n_columns; ++c)
            result[c * n_rows + r] = matrix[r * n_columns + c];
    return result;
}

void bind_projections(py::module_& module, py::class_<Network>& network);
void bind_worlds(py::class_<Network>& network);

}  // namespace postdict::bindings
