// Saving and restoring: each struct lists its state once, in a static `fields(self, visit)`, and
// the two visitors here write that list into named arrays or read it back. What a visitor reads may
// come from a damaged file, so it checks presence, type and length; each struct then checks its
// values in `check_state(now)`.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "types.hpp"

namespace postdict {

using StateArray =
    std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::uint64_t>>;
using State = std::map<std::string, StateArray>;

struct StateError : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

inline void check_state(bool holds, std::string_view rule) {
    if (!holds) throw StateError("the saved state is damaged: " + std::string(rule));
}

// Whether a number is finite, and far enough from the largest double that products are too. What
// users may give is smaller by far.
inline bool is_moderate(double value) {
    return std::abs(value) <= 1e150;
}

class StateWriter {
  public:
    explicit StateWriter(State& state, std::string prefix = "")
        : state_(state), prefix_(std::move(prefix)) {}

    void operator()(std::string_view name, double value) { put(name, std::vector{value}); }
    void operator()(std::string_view name, bool value) {
        put(name, std::vector<std::int64_t>{value ? 1 : 0});
    }
    void operator()(std::string_view name, std::uint64_t value) { put(name, std::vector{value}); }
    void operator()(std::string_view name, const std::array<std::uint64_t, 4>& value) {
        put(name, std::vector<std::uint64_t>(value.begin(), value.end()));
    }
    void operator()(std::string_view name, const std::vector<double>& value) { put(name, value); }
    void operator()(std::string_view name, const std::vector<float>& value) {
        put(name, std::vector<double>(value.begin(), value.end()));
    }
    template <std::unsigned_integral T>
    void operator()(std::string_view name, const std::vector<T>& value) {
        put(name, std::vector<std::uint64_t>(value.begin(), value.end()));
    }
    void growing(std::string_view name, const std::vector<double>& value) { put(name, value); }
    void growing(std::string_view name, const std::vector<std::uint64_t>& value) {
        put(name, value);
    }
    void growing(std::string_view name, const std::vector<NeuronId>& value) {
        put(name, std::vector<std::int64_t>(value.begin(), value.end()));
    }

    template <class Part>
        requires requires(const Part& part, StateWriter& visit) { Part::fields(part, visit); }
    void operator()(std::string_view name, const Part& part) {
        StateWriter nested(state_, prefix_ + std::string(name) + ".");
        Part::fields(part, nested);
    }

  private:
    template <class Array>
    void put(std::string_view name, Array&& array) {
        state_[prefix_ + std::string(name)] = std::forward<Array>(array);
    }

    State& state_;
    std::string prefix_;
};

class StateReader {
  public:
    explicit StateReader(const State& state, std::string prefix = "")
        : state_(state), prefix_(std::move(prefix)) {}

    void operator()(std::string_view name, double& value) { value = get<double>(name, 1)[0]; }
    void operator()(std::string_view name, bool& value) {
        const std::int64_t stored = get<std::int64_t>(name, 1)[0];
        postdict::check_state(stored == 0 || stored == 1, full(name) + " must be 0 or 1");
        value = stored == 1;
    }
    void operator()(std::string_view name, std::uint64_t& value) {
        value = get<std::uint64_t>(name, 1)[0];
    }
    void operator()(std::string_view name, std::array<std::uint64_t, 4>& value) {
        const auto& stored = get<std::uint64_t>(name, value.size());
        std::copy(stored.begin(), stored.end(), value.begin());
    }
    // A vector whose length the network fixes; `growing` reads one of any length.
    void operator()(std::string_view name, std::vector<double>& value) {
        value = get<double>(name, value.size());
    }
    void operator()(std::string_view name, std::vector<float>& value) {
        const auto& stored = get<double>(name, value.size());
        std::transform(stored.begin(), stored.end(), value.begin(), [&](double x) {
            const auto narrow = static_cast<float>(x);
            postdict::check_state(static_cast<double>(narrow) == x,
                                  full(name) + " must hold single precision");
            return narrow;
        });
    }
    template <std::unsigned_integral T>
    void operator()(std::string_view name, std::vector<T>& value) {
        const auto& stored = get<std::uint64_t>(name, value.size());
        std::transform(stored.begin(), stored.end(), value.begin(), [&](std::uint64_t x) {
            postdict::check_state(x <= std::numeric_limits<T>::max(),
                                  full(name) + " holds a number that is too large");
            return static_cast<T>(x);
        });
    }
    void growing(std::string_view name, std::vector<double>& value) {
        value = get<double>(name, any_length);
    }
    void growing(std::string_view name, std::vector<std::uint64_t>& value) {
        value = get<std::uint64_t>(name, any_length);
    }
    void growing(std::string_view name, std::vector<NeuronId>& value) {
        const auto& stored = get<std::int64_t>(name, any_length);
        value.clear();
        for (const std::int64_t id : stored) {
            postdict::check_state(id >= 0 && id <= std::numeric_limits<NeuronId>::max(),
                                  full(name) + " must hold neuron ids");
            value.push_back(static_cast<NeuronId>(id));
        }
    }

    template <class Part>
        requires requires(Part& part, StateReader& visit) { Part::fields(part, visit); }
    void operator()(std::string_view name, Part& part) {
        StateReader nested(state_, full(name) + ".");
        Part::fields(part, nested);
    }

  private:
    static constexpr std::size_t any_length = static_cast<std::size_t>(-1);

    std::string full(std::string_view name) const { return prefix_ + std::string(name); }

    template <class T>
    const std::vector<T>& get(std::string_view name, std::size_t length) const {
        const auto found = state_.find(full(name));
        postdict::check_state(found != state_.end(), full(name) + " is missing");
        const auto* array = std::get_if<std::vector<T>>(&found->second);
        postdict::check_state(array != nullptr, full(name) + " has the wrong type");
        postdict::check_state(length == any_length || array->size() == length,
                              full(name) + " must have length " + std::to_string(length) +
                                  ", got " + std::to_string(array->size()));
        return *array;
    }

    const State& state_;
    std::string prefix_;
};

}  // namespace postdict
