// What has arrived at a membrane with two conductances since its potential was last known, and the
// potential that follows from it.
//
// As long as V surely stays below threshold nobody needs it: arrivals are only written down, each
// with the conductances that it leaves, and all are integrated at once when V is asked for, many
// pieces side by side. What lies more than `forgotten` before the end, in L (see
// `conducting_membrane.hpp`), is left out: exp(-L) of it is below rounding. And what lies less far
// back needs fewer digits.
#pragma once

#include <cstddef>

#include "conducting_membrane.hpp"
#include "types.hpp"

namespace postdict {

struct Station {
    Time at;
    double g_e, g_i;  // in units of the leak, from `at` on, with what arrived there
    double lost;      // L up to `at`, from any time that all stations share
};

// Where its stations are is known to whom it belongs: they take room, and are rarely read.
class ConductingHistory {
  public:
    static constexpr std::size_t longest = 64;

    std::size_t size() const { return size_; }
    bool full() const { return size_ == longest; }

    // From here on nothing is needed of what was before.
    void begin(Station* stations, const Station& station) {
        write(stations[0], station);
        size_ = 1;
    }
    // Not earlier than the last. There must be room.
    void append(Station* stations, const Station& station) { write(stations[size_++], station); }
    // Leaves out what `now` has forgotten; false where that is nothing.
    bool forget(Station* stations, const Station& now);

    // u now, which is u `start` ms after the first station and had no influence before.
    double potential(const Station* stations, const ConductingMembrane& membrane, double u,
                     double start, const Station& now) const;

  private:
    // Number by number: what was just computed one by one would have to wait to be read as a whole.
    static void write(Station& place, const Station& station) {
        place.at = station.at;
        place.g_e = station.g_e;
        place.g_i = station.g_i;
        place.lost = station.lost;
    }

    std::size_t size_ = 0;
};

}  // namespace postdict
