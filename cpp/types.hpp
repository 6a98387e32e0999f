// The shared vocabulary: names of neurons, signs, spikes; see time.hpp for times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "time.hpp"

namespace postdict {

using NeuronId = std::int32_t;

inline constexpr double unbounded = std::numeric_limits<double>::infinity();

// What a synapse does to its target. Weights are non-negative efficacies; the sign is here.
enum class Sign : std::uint8_t { excitatory, inhibitory };

struct Spike {
    Time time;
    NeuronId id;
    auto operator<=>(const Spike&) const = default;  // by time, then id
};

}  // namespace postdict
