// A priority queue over slots: each slot holds the time of its own next event, or `never`, and the
// queue knows the earliest. An indexed binary heap of the slots that have a time, ordered by
// (time, slot), so that ties are decided by the slot's number and not by the history of the heap.
//
// Used twice: over the streams of a simulation (spikes under way, sources, populations, recorders),
// each of which has its own events in order already; and over those neurons of a population that
// may soon cross threshold by themselves, a handful whatever the population's size.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "state.hpp"
#include "types.hpp"

namespace postdict {

class EventQueue {
  public:
    explicit EventQueue(std::size_t n_slots) : place_(n_slots, absent) {}

    Time top_time() const { return heap_.empty() ? never : heap_[0].time; }
    std::size_t top() const { return heap_[0].slot; }
    // The earliest time but for the top's.
    Time second_time() const {
        Time second = heap_.size() > 1 ? heap_[1].time : never;
        if (heap_.size() > 2) second = std::min(second, heap_[2].time);
        return second;
    }

    std::size_t n_slots() const { return place_.size(); }
    std::size_t n_scheduled() const { return heap_.size(); }
    Time time(std::size_t slot) const {
        return place_[slot] == absent ? never : heap_[place_[slot]].time;
    }

    void set(std::size_t slot, Time time) {
        const std::uint32_t place = place_[slot];
        if (time == never) {
            if (place != absent) remove(place);
        } else if (place == absent) {
            heap_.emplace_back();
            rise(heap_.size() - 1, {time, static_cast<std::uint32_t>(slot)});
        } else if (time < heap_[place].time) {
            rise(place, {time, heap_[place].slot});
        } else if (time > heap_[place].time) {
            sink(place, {time, heap_[place].slot});
        }
    }

    // Throws StateError where the heap is out of order or does not know a slot's place.
    void check() const {
        for (std::size_t k = 0; k < heap_.size(); ++k) {
            require_state(heap_[k].time < never && place_[heap_[k].slot] == k &&
                              !heap_[k].before(heap_[(k - (k > 0)) / 2]),
                          "a queue is out of order");
        }
        const auto scheduled = [](std::uint32_t place) { return place != absent; };
        require_state(
            std::cmp_equal(std::count_if(place_.begin(), place_.end(), scheduled), heap_.size()),
            "a queue has lost a slot");
    }

    // Only the times are state: the order is made from them.
    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        std::vector<Time> times(self.n_slots());
        for (std::size_t slot = 0; slot < times.size(); ++slot) times[slot] = self.time(slot);
        visit("time", times);
        if constexpr (!std::is_const_v<Self>) self.assign(times);
    }

  private:
    static constexpr std::uint32_t absent = std::numeric_limits<std::uint32_t>::max();

    struct Entry {
        Time time;
        std::uint32_t slot;
        bool before(const Entry& other) const {
            return time < other.time || (time == other.time && slot < other.slot);
        }
    };

    void assign(const std::vector<Time>& times) {
        heap_.clear();
        std::fill(place_.begin(), place_.end(), absent);
        for (std::size_t slot = 0; slot < times.size(); ++slot) set(slot, times[slot]);
    }

    void put(const Entry& entry, std::size_t place) {
        heap_[place] = entry;
        place_[entry.slot] = static_cast<std::uint32_t>(place);
    }

    void remove(std::size_t place) {
        const Entry last = heap_.back();
        place_[heap_[place].slot] = absent;
        heap_.pop_back();
        if (place == heap_.size()) return;
        if (place > 0 && last.before(heap_[(place - 1) / 2])) {
            rise(place, last);
        } else {
            sink(place, last);
        }
    }

    void rise(std::size_t place, Entry entry) {
        while (place > 0) {
            const std::size_t parent = (place - 1) / 2;
            if (!entry.before(heap_[parent])) break;
            put(heap_[parent], place);
            place = parent;
        }
        put(entry, place);
    }

    void sink(std::size_t place, Entry entry) {
        for (std::size_t child = 2 * place + 1; child < heap_.size(); child = 2 * place + 1) {
            if (child + 1 < heap_.size() && heap_[child + 1].before(heap_[child])) ++child;
            if (!heap_[child].before(entry)) break;
            put(heap_[child], place);
            place = child;
        }
        put(entry, place);
    }

    std::vector<Entry> heap_;           // those that have a time, earliest first
    std::vector<std::uint32_t> place_;  // (n_slots,) where each stands in heap_
};

}  // namespace postdict
