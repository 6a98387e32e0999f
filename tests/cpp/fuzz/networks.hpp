// Small random networks with every kind of part, from bytes. What Python would refuse is not made.
#pragma once

#include "bytes.hpp"
#include "network.hpp"

namespace fuzz {

postdict::Network network(Bytes& bytes);
postdict::Steps steps(Bytes& bytes, double low, double high);
// Sorted spikes of n neurons, none before `earliest`.
std::vector<postdict::Spike> spikes(Bytes& bytes, std::size_t n, postdict::Time earliest);

}  // namespace fuzz
