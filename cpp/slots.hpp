// The slots of a simulation's queue: one for each stream of events, in the order in which one
// instant takes them, kind by kind.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace postdict {

enum class StreamKind : std::uint8_t {
    recorder,
    line,
    staggered,
    dendrite,
    poisson,
    source,
    population,
    current,
    world
};
inline constexpr std::size_t n_stream_kinds = 9;

struct Stream {
    StreamKind kind;
    std::size_t index;  // among the streams of its kind
};

class Slots {
  public:
    // How many streams there are of each kind.
    explicit Slots(const std::array<std::size_t, n_stream_kinds>& numbers) {
        for (std::size_t kind = 0; kind < n_stream_kinds; ++kind) {
            first_[kind] = streams_.size();
            for (std::size_t k = 0; k < numbers[kind]; ++k)
                streams_.push_back({static_cast<StreamKind>(kind), k});
        }
    }

    std::size_t size() const { return streams_.size(); }
    const Stream& operator[](std::size_t slot) const { return streams_[slot]; }
    std::size_t of(StreamKind kind, std::size_t index) const {
        return first_[static_cast<std::size_t>(kind)] + index;
    }

  private:
    std::array<std::size_t, n_stream_kinds> first_;
    std::vector<Stream> streams_;  // by slot
};

}  // namespace postdict
