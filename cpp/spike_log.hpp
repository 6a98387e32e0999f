// Postsynaptic spikes that some rows of synapses have not been told of yet (see `Plasticity`), each
// linked to the one of its neuron before it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "state.hpp"
#include "types.hpp"

namespace postdict {

class SpikeLog {
  public:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    struct Entry {
        double number;  // by which the rule knows it: a factor, or its time from an origin on
        NeuronId id;    // who fired
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

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        std::size_t first = 0;
        visit.growing(self.entries_, first, Column{"number", &Entry::number},
                      Column{"id", &Entry::id});
        if constexpr (!std::is_const_v<Self>) self.link();
    }
    void check_state() const {
        for (const Entry& entry : entries_)
            require_state(is_moderate(entry.number), "a logged spike is not finite");
    }

  private:
    void link() {
        std::fill(latest_.begin(), latest_.end(), none);
        const bool known = std::all_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
            return static_cast<std::size_t>(entry.id) < n();
        });
        if (!known) entries_.clear();
        require_state(known, "a logged spike has no neuron");
        for (std::uint32_t k = 0; k < size(); ++k)
            entries_[k].previous =
                std::exchange(latest_[static_cast<std::size_t>(entries_[k].id)], k);
    }

    std::vector<Entry> entries_;         // in the order of time
    std::vector<std::uint32_t> latest_;  // (n,) entry of each neuron's last spike, or `none`
};

}  // namespace postdict
