// What the fuzzers do with their bytes; they throw `Finding` where the engine does not keep its
// word.
#pragma once

#include <stdexcept>

#include "bytes.hpp"

namespace fuzz {

struct Finding : std::logic_error {
    using std::logic_error::logic_error;
};

inline void expect(bool holds, const char* rule) {
    if (!holds) throw Finding(rule);
}

// A random network, and a random program of calls on it; done twice, with other pauses.
void run_calls(Bytes bytes);
// A valid state, altered: it is refused, or restored to something that runs.
void run_restore(Bytes bytes);

}  // namespace fuzz
