// The shared vocabulary: time, names of neurons, spikes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace postdict {

using Time = double;  // ms since the start of the simulation; equal doubles are one instant
using NeuronId = std::int32_t;

inline constexpr Time never = std::numeric_limits<Time>::infinity();

// What a synapse does to its target. Weights are non-negative efficacies; the sign is here.
enum class Sign : std::uint8_t { excitatory, inhibitory };

struct Spike {
    Time time;  // ms
    NeuronId id;
    bool operator==(const Spike&) const = default;
};

}  // namespace postdict
