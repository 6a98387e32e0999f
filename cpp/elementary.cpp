#include "elementary.hpp"

#include <array>
#include <cassert>
#include <cmath>

namespace postdict::elementary {

namespace parts {

namespace {

constexpr Pair sum_of(double a, double b) {  // exactly; |a| >= |b| is not needed
    const double s = a + b;
    const double b_in_s = s - a;
    return {s, (a - (s - b_in_s)) + (b - b_in_s)};
}

constexpr Pair product_of(double a, double b) {  // exactly
    constexpr double splitter = 0x1p27 + 1.0;
    const double ca = splitter * a, cb = splitter * b;
    const double a1 = ca - (ca - a), b1 = cb - (cb - b);
    const double a2 = a - a1, b2 = b - b1;
    const double p = a * b;
    return {p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2};
}

constexpr Pair added(Pair a, Pair b) {
    const Pair s = sum_of(a.high, b.high);
    return sum_of(s.high, s.low + (a.low + b.low));
}

constexpr Pair multiplied(Pair a, Pair b) {
    const Pair p = product_of(a.high, b.high);
    return sum_of(p.high, p.low + (a.high * b.low + a.low * b.high));
}

constexpr Pair divided(Pair a, Pair b) {
    const double first = a.high / b.high;
    const Pair taken = multiplied({first, 0.0}, b);
    const Pair rest = added(a, {-taken.high, -taken.low});
    const double second = rest.high / b.high;
    const Pair taken_again = multiplied({second, 0.0}, b);
    const double third = added(rest, {-taken_again.high, -taken_again.low}).high / b.high;
    return added(sum_of(first, second), {third, 0.0});
}

constexpr Pair ln2{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

constexpr std::array<PowerOfTwo, n_entries> made_powers() {
    // exp(ln2/128) by its series, and its powers.
    const Pair x{ln2.high / 128.0, ln2.low / 128.0};
    Pair root{1.0, 0.0};
    for (int n = 14; n >= 1; --n)
        root = added({1.0, 0.0}, divided(multiplied(x, root), {static_cast<double>(n), 0.0}));
    std::array<PowerOfTwo, n_entries> entries{};
    Pair power{1.0, 0.0};
    for (PowerOfTwo& entry : entries) {
        entry = {power.high, power.low / power.high};
        power = multiplied(power, root);
    }
    return entries;
}

constexpr std::array<Logarithm, n_entries> made_logarithms() {
    // log(c) = 2 (q + q^3/3 + q^5/5 + ...) with q = (c - 1)/(c + 1).
    std::array<Pair, 24> odd{};
    for (std::size_t n = 0; n < odd.size(); ++n)
        odd[n] = divided({1.0, 0.0}, {static_cast<double>(2 * n + 1), 0.0});
    std::array<Logarithm, n_entries> entries{};
    for (std::size_t j = 0; j < n_entries; ++j) {
        const auto first = std::bit_cast<double>(lowest_z + (j << 45));
        const auto last = std::bit_cast<double>(lowest_z + ((j + 1) << 45));
        if (first == 1.0 || last == 1.0) {
            entries[j] = {1.0, 0.0, 0.0};
            continue;
        }
        // 10 bits behind the point.
        const double c =
            static_cast<double>(static_cast<std::int64_t>(2.0 / (first + last) * 1024.0 + 0.5)) /
            1024.0;
        const Pair q = divided({c - 1.0, 0.0}, {c + 1.0, 0.0});
        const Pair q2 = multiplied(q, q);
        Pair sum = odd.back();
        for (std::size_t n = odd.size() - 1; n-- > 0;) sum = added(multiplied(sum, q2), odd[n]);
        const Pair log_c = multiplied({2.0 * q.high, 2.0 * q.low}, sum);
        const double units = -log_c.high * 0x1p42;
        const double high =
            static_cast<double>(static_cast<std::int64_t>(units + (units < 0.0 ? -0.5 : 0.5))) *
            0x1p-42;
        entries[j] = {c, high, added({-log_c.high, -log_c.low}, {-high, 0.0}).high};
    }
    return entries;
}

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// exp(x + low) where the result may be beyond the normal numbers: halves of its scale by turns.
double scaled_exp(double x, double low) {
    if (x > 709.8) return infinite;
    if (x < -745.2) return 0.0;
    const Reduced part = reduced(x);
    const std::size_t j = part.k % n_entries;
    const double mantissa =
        powers[j].high + powers[j].high * short_expm1(part.r + low, powers[j].low);
    const auto k = static_cast<std::int32_t>(part.k & 0xffffffff);
    return std::ldexp(mantissa, (k - static_cast<std::int32_t>(j)) / 128);
}

}  // namespace

constinit const std::array<PowerOfTwo, n_entries> powers = made_powers();
constinit const std::array<Logarithm, n_entries> logarithms = made_logarithms();

double exp_of_extremes(double x) {
    if ((top(x) & 0x7ff) < tiny) return 1.0 + x;
    return x != x ? x : scaled_exp(x, 0.0);
}

double expm1_of_extremes(double x) {
    if (x != x) return x;
    return x < 0.0 ? -1.0 : exp_of_extremes(x);
}

double log_of_extremes(double x) {
    if (x == 0.0) return -infinite;
    if (x != x || x == infinite) return x;
    if (x < 0.0) return not_a_number;
    return log(x * 0x1p52) - 52.0 * ln2.high;  // subnormal
}

namespace {

// log of a positive, finite number, to about 68 bits.
Pair long_log(double x) {
    double below = 0.0;
    if (top(x) == 0) {
        x *= 0x1p52;
        below = -52.0;
    }
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const std::uint64_t above = bits - lowest_z;
    const double exponent = static_cast<double>(static_cast<std::int64_t>(above) >> 52) + below;
    const Logarithm& cell = logarithms[(above >> 45) % n_entries];
    const std::uint64_t mantissa = bits - (above & 0xfff0000000000000);
    const auto z = std::bit_cast<double>(mantissa);
    const auto z_high = std::bit_cast<double>(mantissa & 0xffffffff00000000);
    const Pair r = sum_of(z_high * cell.c - 1.0, (z - z_high) * cell.c);
    // log(1 + r) = r - r^2/2 + r^3/3 - ..., of which only the first two terms need two halves.
    const auto r_short =
        std::bit_cast<double>(std::bit_cast<std::uint64_t>(r.high) & 0xfffffffff8000000);
    const double half = 0.5 * r_short * r_short;  // exactly
    const double half_low = 0.5 * (r.high - r_short) * (r.high + r_short) + r.high * r.low;
    const double square = r.high * r.high;
    const double rest =
        (square * r.high) *
        ((1.0 / 3.0 + r.high * -0.25) +
         square * ((0.2 + r.high * (-1.0 / 6.0)) + square * (1.0 / 7.0 + r.high * -0.125)));
    const Pair known = sum_of(exponent * ln2_high + cell.high, r.high);
    const Pair sum = sum_of(known.high, -half);
    return sum_of(sum.high, sum.low + (known.low + (r.low + (rest - half_low) +
                                                    (exponent * ln2_low + cell.low))));
}

enum class Whole { no, even, odd };

Whole wholeness(double y) {
    if (std::floor(y) != y) return Whole::no;
    return std::abs(y) < 0x1p53 && static_cast<std::int64_t>(y) % 2 != 0 ? Whole::odd : Whole::even;
}

// |x|^y without the sign of x.
double positive_power(double x, double y) {
    if (x == 0.0 || x == infinite) return (x == 0.0) == (y > 0.0) ? 0.0 : infinite;
    if (!(std::abs(y) < 0x1p64)) {  // infinite among them
        if (x == 1.0) return 1.0;
        return (x < 1.0) == (y > 0.0) ? 0.0 : infinite;
    }
    if (std::abs(y) < 0x1p-64) return 1.0;
    const Pair l = long_log(x);
    const Pair product = product_of(l.high, y);
    return scaled_exp(product.high, product.low + l.low * y);
}

}  // namespace

}  // namespace parts

double pow(double x, double y) {
    using namespace parts;
    if (x == 1.0 || y == 0.0) return 1.0;
    if (x != x || y != y) return x + y;
    if (!std::signbit(x)) return positive_power(x, y);
    const Whole whole = wholeness(y);
    if (whole == Whole::no && x != 0.0 && x != -infinite) return not_a_number;
    const double power = positive_power(-x, y);
    return whole == Whole::odd ? -power : power;
}

namespace {

struct Turned {
    std::int64_t quarter;  // how many quarter turns were taken away
    parts::Pair angle;     // what is left, at most an eighth
};

Turned turned(double x) {
    assert(std::abs(x) <= 0x1p20);
    // pi/2 in three parts, the first two of 32 bits: their products with a quarter are exact.
    constexpr double first = 0x1.921fb544p+0;
    constexpr double second = 0x1.0b4611a6p-34;
    constexpr double third = 0x1.3198a2e037073p-69;
    const double shifted = x * 0x1.45f306dc9c883p-1 + parts::rounder;
    const double k = shifted - parts::rounder;
    const parts::Pair left = parts::sum_of(x - k * first, -(k * second));
    return {static_cast<std::int64_t>(k), parts::sum_of(left.high, left.low - k * third)};
}

// Taylor's polynomials: of the terms left out the first is below 3e-18.
double sine_of(parts::Pair angle) {
    const double x = angle.high, x2 = x * x;
    const double p =
        -1.0 / 6 +
        x2 * (1.0 / 120 +
              x2 * (-1.0 / 5040 +
                    x2 * (1.0 / 362880 +
                          x2 * (-1.0 / 39916800 +
                                x2 * (1.0 / 6227020800 + x2 * (-1.0 / 1307674368000 +
                                                               x2 * (1.0 / 355687428096000)))))));
    return x + (angle.low * (1.0 - 0.5 * x2) + (x2 * x) * p);
}

double cosine_of(parts::Pair angle) {
    const double x = angle.high, x2 = x * x;
    const double p =
        1.0 / 24 +
        x2 * (-1.0 / 720 +
              x2 * (1.0 / 40320 +
                    x2 * (-1.0 / 3628800 +
                          x2 * (1.0 / 479001600 + x2 * (-1.0 / 87178291200 +
                                                        x2 * (1.0 / 20922789888000 +
                                                              x2 * (-1.0 / 6402373705728000)))))));
    const double half = 0.5 * x2;
    const double high = 1.0 - half;
    return high + (((1.0 - high) - half) + ((x2 * x2) * p - x * angle.low));
}

double at_quarter(std::int64_t quarter, parts::Pair angle) {
    const double value = quarter % 2 == 0 ? sine_of(angle) : cosine_of(angle);
    return (quarter & 2) == 0 ? value : -value;
}

}  // namespace

double sin(double x) {
    const Turned part = turned(x);
    return at_quarter(part.quarter, part.angle);
}

double cos(double x) {
    const Turned part = turned(x);
    return at_quarter(part.quarter + 1, part.angle);
}

}  // namespace postdict::elementary
