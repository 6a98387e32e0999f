// A priority queue over slots: each slot holds the time of its own next event (or `never`), and the
// queue knows the earliest. An indexed binary heap, ordered by (time, slot), so that ties are
// decided by the slot's number and not by the history of the heap.
//
// Used twice: over the streams of a simulation (a delay line, a source, a population, a recorder),
// each of which has its own events in order already; and over the neurons of a driven population.
#pragma once

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

#include "state.hpp"
#include "types.hpp"

namespace postdict {

class EventQueue {
  public:
    explicit EventQueue(std::size_t n_slots)
        : time_(n_slots, never), heap_(n_slots), place_(n_slots) {
        std::iota(heap_.begin(), heap_.end(), 0U);
        std::iota(place_.begin(), place_.end(), 0U);
    }

    Time top_time() const { return heap_.empty() ? never : time_[heap_[0]]; }
    std::size_t top() const { return heap_[0]; }
    Time time(std::size_t slot) const { return time_[slot]; }

    void set(std::size_t slot, Time time) {
        assert(!std::isnan(time));
        const Time before = std::exchange(time_[slot], time);
        if (time < before) {
            rise(place_[slot]);
        } else if (time > before) {
            sink(place_[slot]);
        }
    }

    // Only the times are state: the order is made from them.
    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("time", self.time_);
        if constexpr (!std::is_const_v<Self>) self.rebuild();
    }

  private:
    void rebuild() {
        for (const Time time : time_)
            check_state(!std::isnan(time), "an event's time is not a number");
        std::sort(heap_.begin(), heap_.end(),
                  [this](std::uint32_t a, std::uint32_t b) { return earlier(a, b); });
        for (std::size_t place = 0; place < heap_.size(); ++place) put(heap_[place], place);
    }

    bool earlier(std::uint32_t a, std::uint32_t b) const {
        return time_[a] < time_[b] || (time_[a] == time_[b] && a < b);
    }

    void put(std::uint32_t slot, std::size_t place) {
        heap_[place] = slot;
        place_[slot] = static_cast<std::uint32_t>(place);
    }

    void rise(std::size_t place) {
        const std::uint32_t slot = heap_[place];
        while (place > 0) {
            const std::size_t parent = (place - 1) / 2;
            if (!earlier(slot, heap_[parent])) break;
            put(heap_[parent], place);
            place = parent;
        }
        put(slot, place);
    }

    void sink(std::size_t place) {
        const std::uint32_t slot = heap_[place];
        for (std::size_t child = 2 * place + 1; child < heap_.size(); child = 2 * place + 1) {
            if (child + 1 < heap_.size() && earlier(heap_[child + 1], heap_[child])) ++child;
            if (!earlier(heap_[child], slot)) break;
            put(heap_[child], place);
            place = child;
        }
        put(slot, place);
    }

    std::vector<Time> time_;            // (n_slots,) ms
    std::vector<std::uint32_t> heap_;   // (n_slots,) slots, earliest first
    std::vector<std::uint32_t> place_;  // (n_slots,) where each slot stands in heap_
};

}  // namespace postdict
