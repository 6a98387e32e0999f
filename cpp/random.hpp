// Random numbers whose bits are ours: xoshiro256++ (Blackman & Vigna 2021), seeded by SplitMix64
// from (seed, name), so that every object has a stream of its own and adding one changes no other.
// The distributions are written here because those of the standard library differ between vendors.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "elementary.hpp"
#include "state.hpp"
#include "time.hpp"

namespace postdict {

// The name of a stream that takes the place of another from a time on.
inline std::string reseeded(std::string_view name, Time now) {
    return std::string(name) + '\n' + std::to_string(now.count());
}

class Random {
  public:
    Random(std::uint64_t seed, std::string_view name) {
        std::uint64_t mixed = splitmix(seed);
        std::uint64_t state = mixed ^ fnv1a(name);
        for (std::uint64_t& word : state_) word = splitmix(state);
    }

    std::uint64_t bits() {
        const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    // In [0, 1), every multiple of 2^-53 equally likely.
    double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

    // Mean 1, never negative, never infinite.
    double exponential() { return -elementary::log(1.0 - uniform()); }

    // In [0, n), exactly uniform (Lemire 2019: multiply, reject the few that would be too many).
    std::uint32_t below(std::uint32_t n) {
        std::uint64_t product = (bits() >> 32) * n;
        if (static_cast<std::uint32_t>(product) < n) {
            const std::uint32_t surplus = (0U - n) % n;
            while (static_cast<std::uint32_t>(product) < surplus) product = (bits() >> 32) * n;
        }
        return static_cast<std::uint32_t>(product >> 32);
    }

    void check_state() const {
        require_state(state_ != std::array<std::uint64_t, 4>{}, "a random stream is all zeros");
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("random", self.state_);
    }

  private:
    static std::uint64_t splitmix(std::uint64_t& state) {
        std::uint64_t z = (state += 0x9e3779b97f4a7c15U);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }

    static std::uint64_t fnv1a(std::string_view text) {
        std::uint64_t hash = 0xcbf29ce484222325U;
        for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
        return hash;
    }

    std::array<std::uint64_t, 4> state_;
};

}  // namespace postdict
