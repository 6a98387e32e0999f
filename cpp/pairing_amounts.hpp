// What the pairings share that know by how much a spike or an arrival changes a weight, whatever
// the weight is: all that a spike leaves is its number in the log.
#pragma once

#include <cstddef>

namespace postdict {

struct AmountPairing {
    static constexpr bool by_amounts = true;
    void forget_last_logged() {}
    void forget_log() {}
    bool has_logged(std::size_t) const { return true; }
};

}  // namespace postdict
