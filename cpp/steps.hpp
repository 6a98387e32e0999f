// A piecewise constant signal: values[k] on [times[k], times[k + 1]), the last one for ever, and
// nothing before times[0].
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "types.hpp"

namespace postdict {

struct Steps {
    std::vector<Time> times;  // rising
    std::vector<double> values;

    static Steps constant(double value) { return {{Time{}}, {value}}; }

    bool is_constant() const { return times.size() == 1 && times[0] <= Time{}; }
    // How many steps have been taken at t, those at t included.
    std::size_t taken(Time t) const {
        return static_cast<std::size_t>(std::upper_bound(times.begin(), times.end(), t) -
                                        times.begin());
    }
    double after(std::size_t n_taken) const { return n_taken == 0 ? 0.0 : values[n_taken - 1]; }
    Time end(std::size_t n_taken) const { return n_taken < times.size() ? times[n_taken] : never; }
};

}  // namespace postdict
