// exp, expm1, log, pow, sin and cos whose bits are ours.
//
// Those of the C libraries differ in the last bit between vendors, versions and processors, and a
// spike that moves by a bit moves all that follow. These use + - * / and integers only, which IEEE
// 754 fixes to the last bit, and no fused multiply-add: equal bits on every machine. Each is within
// 0.8 units in the last place of the true value (tests/test_elementary.py). Special values are
// those of C's annex F.
//
// exp: x = k ln2/128 + r with |r| <= ln2/256, so that exp(x) = 2^(k/128) exp(r): a table of 128 and
// a short polynomial (Tang 1989, ACM Trans Math Softw 15:144). log: x = 2^k z, and z = (1 + r)/c
// for one of 128 short numbers c, so that log(x) = k ln2 - log(c) + log(1 + r) (Tang 1990, ACM
// Trans Math Softw 16:378). Parts that are too long for a double are kept as two.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace postdict::elementary {

namespace parts {

// The two halves of a number that needs more than 53 bits; |low| is at most half a unit of high.
struct Pair {
    double high;
    double low;
};

inline constexpr std::size_t n_entries = 128;

// 2^(j/128) = high (1 + low).
struct PowerOfTwo {
    double high;
    double low;
};

// A short c near 1/z for the z of one cell, and -log(c) with high a multiple of 2^-42.
struct Logarithm {
    double c;
    double high;
    double low;
};

extern const std::array<PowerOfTwo, n_entries> powers;
extern const std::array<Logarithm, n_entries> logarithms;

inline constexpr double per_ln2 = 0x1.71547652b82fep+7;  // 128/ln2
// ln2/128: 32 bits, so that k times it is exact, and the rest.
inline constexpr double step_high = 0x1.62e42feep-8;
inline constexpr double step_low = 0x1.a39ef35793c76p-40;
// ln2: a multiple of 2^-42, so that k ln2 - log(c) is exact, and the rest.
inline constexpr double ln2_high = 0x1.62e42fefa38p-1;
inline constexpr double ln2_low = 0x1.ef35793c7673p-45;

// Added and taken away, it rounds to a whole number, which then stands in the last bits.
inline constexpr double rounder = 0x1.8p52;

// x = k ln2/128 + r, with k in the last bits of `k`.
struct Reduced {
    std::uint64_t k;
    double r;
};

inline Reduced reduced(double x) {
    const double shifted = x * per_ln2 + rounder;
    const double k = shifted - rounder;
    return {std::bit_cast<std::uint64_t>(shifted), (x - k * step_high) - k * step_low};
}

// exp(r) - 1 + low, |r| <= ln2/256.
inline double short_expm1(double r, double low) {
    const double r2 = r * r;
    return (r + low) + r2 * ((0.5 + r * (1.0 / 6.0)) + r2 * (1.0 / 24.0 + r * (1.0 / 120.0)));
}

// 2^(k/128) rounded, for results in the range of normal numbers.
inline double scale(std::uint64_t k) {
    const auto bits = std::bit_cast<std::uint64_t>(powers[k % n_entries].high);
    return std::bit_cast<double>(bits + ((k / n_entries) << 52));
}

double exp_of_extremes(double x);
double expm1_of_extremes(double x);

// The upper 12 bits: sign and exponent.
inline std::uint32_t top(double x) {
    return static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(x) >> 52);
}

inline constexpr std::uint32_t tiny = 0x3c9;   // 2^-54
inline constexpr std::uint32_t large = 0x408;  // 512

// log(1 + r) = r + r^2 times this, |r| <= 2^-7.
inline double log_tail(double r) {
    const double r2 = r * r;
    const double low = (-0.5 + r * (1.0 / 3.0)) + r2 * (-0.25 + r * 0.2);
    const double high = (-1.0 / 6.0 + r * (1.0 / 7.0)) + r2 * (-0.125);
    return low + (r2 * r2) * high;
}

// Cells of z from 0.6875 to 1.375, so that the two beside 1 can have c = 1.
inline constexpr std::uint64_t lowest_z = 0x3fe6000000000000;

double log_of_extremes(double x);

}  // namespace parts

inline double exp(double x) {
    using namespace parts;
    if ((top(x) & 0x7ff) - tiny >= large - tiny) return exp_of_extremes(x);
    const Reduced part = reduced(x);
    const double s = scale(part.k);
    return s + s * short_expm1(part.r, powers[part.k % n_entries].low);
}

// exp(x) - 1
inline double expm1(double x) {
    using namespace parts;
    if (x > -0.2 && x < 0.2) {
        if (x == 0.0) return x;  // with its sign
        const double x2 = x * x;
        const double x4 = x2 * x2;
        const double first =
            (1.0 / 6.0 + x * (1.0 / 24.0)) + x2 * (1.0 / 120.0 + x * (1.0 / 720.0));
        const double second =
            (1.0 / 5040.0 + x * (1.0 / 40320.0)) + x2 * (1.0 / 362880.0 + x * (1.0 / 3628800.0));
        const double third = 1.0 / 39916800.0 + x * (1.0 / 479001600.0);
        return x + (0.5 * x2 + (x2 * x) * (first + x4 * (second + x4 * third)));
    }
    if ((top(x) & 0x7ff) >= large) return expm1_of_extremes(x);
    const Reduced part = reduced(x);
    const double s = scale(part.k);
    const double high = s - 1.0;
    const double taken = high - s;  // and what was lost in it
    const double lost = (s - (high - taken)) + (-1.0 - taken);
    return high + (lost + s * short_expm1(part.r, powers[part.k % n_entries].low));
}

inline double log(double x) {
    using namespace parts;
    // Positive, normal and finite.
    if (top(x) - 1 >= 0x7ff - 1) return log_of_extremes(x);
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const std::uint64_t above = bits - lowest_z;
    const auto exponent = static_cast<double>(static_cast<std::int64_t>(above) >> 52);
    const Logarithm& cell = logarithms[(above >> 45) % n_entries];
    const std::uint64_t mantissa = bits - (above & 0xfff0000000000000);
    const auto z = std::bit_cast<double>(mantissa);
    // Both products are exact.
    const auto z_high = std::bit_cast<double>(mantissa & 0xffffffff00000000);
    const double r_high = z_high * cell.c - 1.0;
    const double r_low = (z - z_high) * cell.c;
    const double r = r_high + r_low;
    const double known = exponent * ln2_high + cell.high;
    const double sum = known + r;
    const double lost = (known - sum) + r_high + r_low;
    return sum + (((exponent * ln2_low + cell.low) + lost) + (r * r) * log_tail(r));
}

double pow(double x, double y);

// Of |x| up to 2^20.
double sin(double x);
double cos(double x);

}  // namespace postdict::elementary
