// The bytes that a fuzzer makes, read as choices and numbers; zeros when they are used up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fuzz {

class Bytes {
  public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}

    bool empty() const { return left_ == 0; }
    std::uint8_t byte() {
        if (left_ == 0) return 0;
        --left_;
        return *data_++;
    }
    std::size_t below(std::size_t n) {
        const std::size_t value = byte();
        return (n > 256 ? value << 8 | byte() : value) % n;
    }
    bool coin() { return (byte() & 1) != 0; }
    double one_of(const std::vector<double>& values) { return values[below(values.size())]; }
    // From low to high in 256 steps.
    double between(double low, double high) { return low + (high - low) * byte() / 255.0; }
    std::uint64_t word() {
        std::uint64_t value = 0;
        for (int k = 0; k < 8; ++k) value = value << 8 | byte();
        return value;
    }

  private:
    const std::uint8_t* data_;
    std::size_t left_;
};

}  // namespace fuzz
