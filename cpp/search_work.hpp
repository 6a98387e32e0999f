// How much work the search for crossings of a population was, since it was built or loaded.
#pragma once

#include <cstdint>

namespace postdict {

struct SearchWork {
    std::uint64_t n_excited = 0;    // arrivals that raised V's course, summed by instant
    std::uint64_t n_dismissed = 0;  // of these, by the bound
    std::uint64_t n_looks = 0;      // neurons bounded at horizons
    std::uint64_t n_searches = 0;   // crossings searched for
    std::uint64_t n_found = 0;      // and found before the horizon
};

}  // namespace postdict
