// The synapses of a row, whatever the layout, and which logged spikes each has yet to take in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spike_log.hpp"
#include "types.hpp"

namespace postdict {

template <class Real>
struct RowOfSynapses {
    Real* weights;
    const NeuronId* targets;  // or null where they are all, in their order
    std::size_t n;
    std::size_t first;  // place of the first among all synapses
    std::size_t target(std::size_t s) const {
        return targets == nullptr ? s : static_cast<std::size_t>(targets[s]);
    }
};

// Calls use(synapse, entry) for the entries of the log from `seen` on; each synapse meets its own
// in their order. `chain` is scratch.
template <class Real, class Use>
void each_pending(const RowOfSynapses<Real>& row, const SpikeLog& log, std::uint32_t seen,
                  std::vector<std::uint32_t>& chain, Use&& use) {
    if (row.targets == nullptr) {
        for (std::uint32_t k = seen; k < log.size(); ++k)
            use(static_cast<std::size_t>(log[k].id), k);
        return;
    }
    if (seen == log.size()) return;
    for (std::size_t s = 0; s < row.n; ++s) {
        chain.clear();
        for (std::uint32_t k = log.latest(row.targets[s]); k != SpikeLog::none && k >= seen;
             k = log[k].previous)
            chain.push_back(k);
        for (auto k = chain.rbegin(); k != chain.rend(); ++k) use(s, *k);
    }
}

}  // namespace postdict
