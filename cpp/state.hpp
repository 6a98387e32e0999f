// Saving and restoring: each struct lists its state once, in a static `fields(self, visit)`, and
// the two visitors here write that list into named arrays or read it back; of a vector of structs
// each member is an array. What a visitor reads may
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
#include <type_traits>
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

inline void require_state(bool holds, std::string_view rule) {
    if (!holds) throw StateError("the saved state is damaged: " + std::string(rule));
}

// Whether a number is finite, and far enough from the largest double that products are too. What
// users may give is smaller by far.
inline bool is_moderate(double value) {
    return std::abs(value) <= 1e150;
}

// A member of the structs in a vector, and the name under which its values are one array.
template <class Struct, class T>
struct Column {
    std::string_view name;
    T Struct::* member;
};
template <class Struct, class T>
Column(const char*, T Struct::*) -> Column<Struct, T>;
// As what a value is stored: times are picoseconds, and ids whole numbers too.
template <class T>
using Stored = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;
inline double stored(double value) {
    return value;
}
inline std::int64_t stored(Time time) {
    return time.count();
}
inline std::int64_t stored(std::integral auto id) {
    return static_cast<std::int64_t>(id);
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
    void operator()(std::string_view name, Time value) { put(name, std::vector{value.count()}); }
    void operator()(std::string_view name, Duration value) {
        put(name, std::vector{value.count()});
    }
    void operator()(std::string_view name, const std::vector<Time>& value) { growing(name, value); }
    void growing(std::string_view name, const std::vector<Time>& value) {
        std::vector<std::int64_t> counts;
        for (const Time time : value) counts.push_back(time.count());
        put(name, std::move(counts));
    }
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
    // Structs from `first` on, column by column.
    template <class Struct, class... T>
    void growing(const std::vector<Struct>& rows, std::size_t first, Column<Struct, T>... columns) {
        const auto put_column = [&]<class U>(const Column<Struct, U>& column) {
            std::vector<Stored<U>> values;
            values.reserve(rows.size() - first);
            for (std::size_t k = first; k < rows.size(); ++k)
                values.push_back(stored(rows[k].*column.member));
            put(column.name, std::move(values));
        };
        (put_column(columns), ...);
    }
    template <class Struct, class... T>
    void operator()(const std::vector<Struct>& rows, Column<Struct, T>... columns) {
        growing(rows, 0, columns...);
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
        require_state(stored == 0 || stored == 1, full(name) + " must be 0 or 1");
        value = stored == 1;
    }
    void operator()(std::string_view name, std::uint64_t& value) {
        value = get<std::uint64_t>(name, 1)[0];
    }
    void operator()(std::string_view name, Time& value) {
        value = time(name, get<std::int64_t>(name, 1)[0]);
    }
    void operator()(std::string_view name, Duration& value) {
        const std::int64_t count = get<std::int64_t>(name, 1)[0];
        require_state(count >= 0 && count <= latest.count(), full(name) + " is no duration");
        value = Duration::picoseconds(count);
    }
    void operator()(std::string_view name, std::vector<Time>& value) {
        read_times(name, value, value.size());
    }
    void growing(std::string_view name, std::vector<Time>& value) {
        read_times(name, value, any_length);
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
            require_state(static_cast<double>(narrow) == x,
                          full(name) + " must hold single precision");
            return narrow;
        });
    }
    template <std::unsigned_integral T>
    void operator()(std::string_view name, std::vector<T>& value) {
        const auto& stored = get<std::uint64_t>(name, value.size());
        std::transform(stored.begin(), stored.end(), value.begin(), [&](std::uint64_t x) {
            require_state(x <= std::numeric_limits<T>::max(),
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
            require_state(id >= 0 && id <= std::numeric_limits<NeuronId>::max(),
                          full(name) + " must hold neuron ids");
            value.push_back(static_cast<NeuronId>(id));
        }
    }
    // Structs of any number, which then begin at `first`, column by column; all of one length.
    template <class Struct, class... T>
    void growing(std::vector<Struct>& rows, std::size_t& first, Column<Struct, T>... columns) {
        first = 0;
        std::size_t length = any_length;
        const auto measure = [&]<class U>(const Column<Struct, U>& column) {
            length = get<Stored<U>>(column.name, length).size();
        };
        (measure(columns), ...);
        std::vector<Struct> stored(length);
        (*this)(stored, columns...);
        rows = std::move(stored);
    }
    // Structs whose number the network fixes.
    template <class Struct, class... T>
    void operator()(std::vector<Struct>& rows, Column<Struct, T>... columns) {
        (get_column(rows, columns), ...);
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

    // A time that sums with durations do not carry out of range.
    Time time(std::string_view name, std::int64_t count) const {
        const Time read = Time::picoseconds(count);
        require_state(read == never || read == before_all ||
                          (read <= latest + longest && read >= Time{} - longest),
                      full(name) + " is out of range");
        return read;
    }
    void read_times(std::string_view name, std::vector<Time>& value, std::size_t length) const {
        const auto& counts = get<std::int64_t>(name, length);
        value.clear();
        for (const std::int64_t count : counts) value.push_back(time(name, count));
    }

    template <class Struct, class T>
    void get_column(std::vector<Struct>& rows, const Column<Struct, T>& column) const {
        const auto& stored = get<Stored<T>>(column.name, rows.size());
        for (std::size_t k = 0; k < stored.size(); ++k) {
            if constexpr (std::is_integral_v<T>)
                require_state(stored[k] >= 0 && stored[k] <= std::numeric_limits<NeuronId>::max(),
                              full(column.name) + " must hold ids");
            if constexpr (std::is_same_v<T, Time>) {
                rows[k].*column.member = time(column.name, stored[k]);
            } else {
                rows[k].*column.member = static_cast<T>(stored[k]);
            }
        }
    }

    template <class T>
    const std::vector<T>& get(std::string_view name, std::size_t length) const {
        const auto found = state_.find(full(name));
        require_state(found != state_.end(), full(name) + " is missing");
        const auto* array = std::get_if<std::vector<T>>(&found->second);
        require_state(array != nullptr, full(name) + " has the wrong type");
        require_state(length == any_length || array->size() == length,
                      full(name) + " must have length " + std::to_string(length) + ", got " +
                          std::to_string(array->size()));
        return *array;
    }

    const State& state_;
    std::string prefix_;
};

}  // namespace postdict
