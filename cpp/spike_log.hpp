// Postsynaptic spikes that some rows of synapses have not been told of yet (see `Plasticity`), each
// linked to the one of its neuron before it.
#pragma once

#include <cstdint>
#include <vector>

#include "types.hpp"

namespace postdict {

class SpikeLog {
  public:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    struct Entry {
        double number;           // by which the rule knows it: a factor, or its time
        NeuronId id;             // who fired
        std::uint32_t previous;  // its spike before this one, or `none`
    };

    explicit SpikeLog(std::size_t n) : latest_(n, none) {}

    std::size_t n() const { return latest_.size(); }
    std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }
    const Entry& operator[](std::size_t k) const { return entries_[k]; }
    std::uint32_t latest(NeuronId i) const { return latest_[static_cast<std::size_t>(i)]; }

    void append(NeuronId i, double number) {
        std::uint32_t& latest = latest_[static_cast<std::size_t>(i)];
        entries_.push_back({number, i, latest});
        latest = size() - 1;
    }

    void clear() {
        for (const Entry& entry : entries_) latest_[static_cast<std::size_t>(entry.id)] = none;
        entries_.clear();
    }

  private:
    std::vector<Entry> entries_;         // in the order of time
    std::vector<std::uint32_t> latest_;  // (n,) entry of each neuron's last spike, or `none`
};

}  // namespace postdict
