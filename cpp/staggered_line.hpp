// Spikes under way to the bundles of a sparse projection whose synapses have delays of their own.
// A spike is one entry, which moves on from bundle to bundle of its source, the shorter delay
// first.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "state.hpp"
#include "types.hpp"

namespace postdict {

class StaggeredLine {
  public:
    std::size_t size() const { return heap_.size(); }
    Time next_time() const { return heap_.empty() ? never : heap_.front().arrival; }

    // A spike at `sent` whose first bundle and the one behind its last are given.
    void send(Time sent, std::uint32_t first, std::uint32_t last,
              const std::vector<Duration>& delays) {
        if (first < last) push({sent + delays[first], sent, first, last});
    }

    // The bundles that are reached at t, rising, one entry an arrival; valid until the next call.
    const std::vector<std::uint32_t>& receive(Time t, const std::vector<Duration>& delays) {
        reached_.clear();
        while (next_time() == t) {
            std::pop_heap(heap_.begin(), heap_.end(), later);
            const Entry entry = heap_.back();
            heap_.pop_back();
            reached_.push_back(entry.bundle);
            send(entry.sent, entry.bundle + 1, entry.last, delays);
        }
        std::sort(reached_.begin(), reached_.end());
        return reached_;
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        std::size_t first = 0;
        visit.growing(self.heap_, first, Column{"arrival", &Entry::arrival},
                      Column{"sent", &Entry::sent}, Column{"bundle", &Entry::bundle});
    }

    // source_first: where each source's bundles begin, and the number of bundles.
    void check_state(Time now, const std::vector<std::uint32_t>& source_first,
                     const std::vector<Duration>& delays) const {
        require_state(std::is_heap(heap_.begin(), heap_.end(), later),
                      "spikes under way are out of order");
        for (const Entry& entry : heap_) {
            require_state(entry.arrival >= now && entry.arrival < never && entry.sent >= Time{} &&
                              entry.sent <= now,
                          "a spike under way is late");
            require_state(entry.bundle < source_first.back(), "a spike under way has no synapses");
            require_state(entry.arrival == entry.sent + delays[entry.bundle],
                          "a spike under way comes at another time than it should");
        }
    }
    // After a restore, of entries that were checked: where each spike's way ends.
    void find_last(const std::vector<std::uint32_t>& source_first) {
        for (Entry& entry : heap_)
            entry.last = *std::upper_bound(source_first.begin(), source_first.end(), entry.bundle);
    }

  private:
    struct Entry {
        Time arrival;
        Time sent;
        std::uint32_t bundle;
        std::uint32_t last;
    };

    static bool later(const Entry& a, const Entry& b) {
        return a.arrival > b.arrival || (a.arrival == b.arrival && a.bundle > b.bundle);
    }
    void push(const Entry& entry) {
        heap_.push_back(entry);
        std::push_heap(heap_.begin(), heap_.end(), later);
    }

    std::vector<Entry> heap_;  // earliest first
    std::vector<std::uint32_t> reached_;
};

}  // namespace postdict
