// Time is a whole number of picoseconds, so that sums of delays are exact and what coincides on
// paper coincides in a run, whenever it comes: (t + 1.2 ms) + 1.2 ms is t + 2.4 ms.
//
// Points of time and the durations between them are types of their own; durations have a sign. Both
// are made from ms here and turned back into ms here, and nowhere else. 64 bits reach 106 days;
// what comes from outside is kept below `latest` and `longest`, so that no sum of them overflows.
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace postdict {

inline constexpr double picoseconds_per_ms = 1e9;
inline constexpr double one_picosecond = 1.0 / picoseconds_per_ms;  // ms, of remainders below it

// The number of ms that is nearest to a whole number of picoseconds: 0.3, not 0.30000000000000004.
double in_ms(std::int64_t picoseconds);

class Duration {
  public:
    constexpr Duration() = default;
    static constexpr Duration picoseconds(std::int64_t n) { return Duration(n); }
    // Rounded to a picosecond. Throws std::invalid_argument beyond `longest`.
    static Duration ms(double ms);

    constexpr std::int64_t count() const { return count_; }
    double ms() const { return in_ms(count_); }
    // As a double, for closed forms; exact up to 2.5 hours.
    double in_picoseconds() const { return static_cast<double>(count_); }

    constexpr auto operator<=>(const Duration&) const = default;
    constexpr Duration operator-() const { return Duration(-count_); }
    constexpr Duration operator+(Duration other) const { return Duration(count_ + other.count_); }
    constexpr Duration operator*(std::int64_t n) const { return Duration(n * count_); }

  private:
    explicit constexpr Duration(std::int64_t count) : count_(count) {}

    std::int64_t count_ = 0;
};

inline constexpr Duration picosecond = Duration::picoseconds(1);
inline constexpr Duration longest = Duration::picoseconds(100'000'000'000'000'000);  // 1e8 ms

// By which a closed form divides durations.
class TimeConstant {
  public:
    explicit constexpr TimeConstant(double ms) : picoseconds_(ms * picoseconds_per_ms) {}
    double in_picoseconds() const { return picoseconds_; }
    double ms() const { return picoseconds_ / picoseconds_per_ms; }
    friend double operator/(Duration duration, TimeConstant tau) {
        return duration.in_picoseconds() / tau.picoseconds_;
    }

  private:
    double picoseconds_;
};

class Time {
  public:
    constexpr Time() = default;  // the start of the simulation
    static constexpr Time picoseconds(std::int64_t n) { return Time(n); }
    // Rounded to a picosecond. Throws std::invalid_argument beyond `latest`, or as long before 0.
    static Time ms(double ms);

    constexpr std::int64_t count() const { return count_; }
    double ms() const { return in_ms(count_); }

    constexpr auto operator<=>(const Time&) const = default;
    constexpr Duration operator-(Time other) const {
        return Duration::picoseconds(count_ - other.count_);
    }
    constexpr Time operator+(Duration d) const { return Time(count_ + d.count()); }
    constexpr Time operator-(Duration d) const { return Time(count_ - d.count()); }

  private:
    explicit constexpr Time(std::int64_t count) : count_(count) {}

    std::int64_t count_ = 0;
};

inline constexpr Time latest = Time::picoseconds(9'000'000'000'000'000'000);  // 9e9 ms, 104 days
inline constexpr Time never = Time::picoseconds(std::numeric_limits<std::int64_t>::max());
inline constexpr Time before_all = Time::picoseconds(std::numeric_limits<std::int64_t>::min());

// A time that a closed form gives as an offset >= 0 from a recent one, in picoseconds: rounded
// here, once. What lies beyond `latest`, which no run reaches, is never.
inline Time after(Time origin, double picoseconds) {
    constexpr auto reach = static_cast<double>(latest.count());
    if (!(picoseconds < reach)) return never;
    const auto whole = static_cast<std::uint64_t>(static_cast<std::int64_t>(picoseconds + 0.5));
    const std::uint64_t sum = static_cast<std::uint64_t>(origin.count()) + whole;
    return sum > static_cast<std::uint64_t>(latest.count())
               ? never
               : Time::picoseconds(static_cast<std::int64_t>(sum));
}

inline double in_ms(std::int64_t picoseconds) {
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    constexpr std::int64_t per_ms = 1'000'000'000;
    const auto plain = static_cast<double>(picoseconds);
    // Up to here both numbers are exact, and a quotient is rounded once.
    if (picoseconds <= exact && picoseconds >= -exact) return plain / picoseconds_per_ms;
    if (picoseconds == never.count()) return std::numeric_limits<double>::infinity();
    if (picoseconds < 0)
        return picoseconds == before_all.count() ? -std::numeric_limits<double>::infinity()
                                                 : -in_ms(-picoseconds);
    // Beyond, in whole numbers of the last bit of the result, half to even.
    const std::int64_t whole = picoseconds / per_ms;
    const int bits = 52 - std::ilogb(static_cast<double>(whole));
    const std::int64_t rest = (picoseconds % per_ms) << bits;
    std::int64_t units = (whole << bits) + rest / per_ms;
    const std::int64_t left = 2 * (rest % per_ms);
    if (left > per_ms || (left == per_ms && units % 2 != 0)) ++units;
    return std::ldexp(static_cast<double>(units), -bits);
}

// The nearest whole number of picoseconds, half away from 0; ms are within `latest`.
inline std::int64_t nearest_picoseconds(double ms) {
    const double whole = std::floor(ms);  // what is left is exact, and so is its rounding
    return static_cast<std::int64_t>(whole) * 1'000'000'000 +
           static_cast<std::int64_t>(std::floor((ms - whole) * picoseconds_per_ms + 0.5));
}

inline Duration Duration::ms(double ms) {
    if (!(std::abs(ms) <= longest.ms()))
        throw std::invalid_argument("a duration must be at most 1e+08 ms");
    return Duration(nearest_picoseconds(ms));
}

inline Time Time::ms(double ms) {
    if (!(ms <= latest.ms() && ms >= -longest.ms()))
        throw std::invalid_argument("a time must be at most 9e+09 ms");
    return Time(nearest_picoseconds(ms));
}

}  // namespace postdict
