#include "conducting_history.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "conducting_quadrature.hpp"
#include "elementary.hpp"
#include "kernels.hpp"

namespace postdict {

namespace {

using namespace quadrature;

constexpr double forgotten = 40.0;       // exp(-40) of a thousand volts is below rounding
constexpr std::size_t lanes = 8;         // pieces are integrated in multiples of this
constexpr std::size_t side_by_side = 2;  // as many stretches as are quicker one by one
constexpr std::size_t most_pieces = 2 * ConductingHistory::longest;

// Longest extents (the larger of kappa and 4 theta). By the bound in `conducting_membrane.hpp` the
// error is, of max|e_x|,
//
//     `exact`, n = 7 up to 3/4, 11 above:         3e-14
//     where L >= 12 follows, n = 7 up to 1.8:     1.6e-8, of which exp(-12) makes 1e-13
//     where L >= 20 follows, n = 5 up to 1.8:     5e-5, of which exp(-20) makes 1e-13
constexpr double longest_short = 0.75;
constexpr double longest_piece = 1.8;
constexpr double most_in_one = 8.0;  // pieces between two stations
constexpr double few_digits = 20.0;
constexpr double some_digits = 12.0;

// Pieces that are integrated by one rule, side by side: u at the end is u at the start times
// `kept`, and `gained`.
struct Pieces {
    std::size_t n = 0;
    std::array<double, most_pieces + lanes> h, g_e, g_i;  // ms; at the start
    std::array<double, most_pieces + lanes> kept, gained;

    std::uint8_t add(double duration, double e, double i) {
        h[n] = duration;
        g_e[n] = e;
        g_i[n] = i;
        return static_cast<std::uint8_t>(n++);
    }
    void fill_up() {
        for (std::size_t k = n; k % lanes != 0; ++k) h[k] = g_e[k] = g_i[k] = 0.0;
    }
};

template <std::size_t n, std::size_t n_growth, std::size_t n_loss, std::size_t... node>
[[gnu::always_inline]] inline void integrate(const ConductingMembrane& m, const Rule<n>& rule,
                                             const Exponentials<n_growth, n_loss>& by, Pieces& p,
                                             std::index_sequence<node...>) {
    const double* __restrict const h = p.h.data();
    const double* __restrict const start_e = p.g_e.data();
    const double* __restrict const start_i = p.g_i.data();
    double* __restrict const all_kept = p.kept.data();
    double* __restrict const all_gained = p.gained.data();
    const double per_tau_e = 1.0 / m.tau_e;
    const double per_tau_i = 1.0 / m.tau_i;
    const double per_tau_m = 1.0 / m.tau_m;
    const double ratio_e = m.tau_e * per_tau_m;
    const double ratio_i = m.tau_i * per_tau_m;
    const std::size_t n_pieces = (p.n + lanes - 1) / lanes * lanes;
    for (std::size_t k = 0; k < n_pieces; ++k) {
        const double s_e = h[k] * per_tau_e;
        const double s_i = h[k] * per_tau_i;
        const double leak = h[k] * per_tau_m;
        const double end_e = s_e * polynomial(by.growth, s_e);
        const double end_i = s_i * polynomial(by.growth, s_i);
        const double g_e = start_e[k] / (1.0 + end_e);
        const double g_i = start_i[k] / (1.0 + end_i);
        const double charge_e = g_e * ratio_e;
        const double charge_i = g_i * ratio_i;
        const double pull_e = g_e * m.e_e;
        const double pull_i = g_i * m.e_i;
        double gained = 0.0;
        const auto take = [&](double place, double weight) __attribute__((always_inline)) {
            const double y_e = s_e * place;
            const double y_i = s_i * place;
            const double x_e = y_e * polynomial(by.growth, y_e);
            const double x_i = y_i * polynomial(by.growth, y_i);
            const double lost = leak * place + charge_e * x_e + charge_i * x_i;
            const double kept = 1.0 - lost * polynomial(by.loss, lost);
            gained += weight * kept * (pull_e * (1.0 + x_e) + pull_i * (1.0 + x_i));
        };
        (take(rule.node[node], rule.weight[node]), ...);
        const double lost = leak + charge_e * end_e + charge_i * end_i;
        all_kept[k] = 1.0 - lost * polynomial(by.loss, lost);
        all_gained[k] = gained * leak;
    }
}

template <std::size_t n, class By>
[[gnu::always_inline]] inline void integrate(const ConductingMembrane& m, const Rule<n>& rule,
                                             const By& by, Pieces& p) {
    integrate(m, rule, by, p, std::make_index_sequence<n>());
}

struct Place {
    std::uint8_t rule, piece;
};

// By digits that are needed, and by extent.
struct Sorted {
    std::array<Pieces, 4> by_rule;
    enum Kind : std::uint8_t { few, some, exact_short, exact_long };

    // A piece that loses `follows` after its end.
    Place add(double follows, double extent, double h, double g_e, double g_i) {
        const Kind kind = follows >= few_digits     ? few
                          : follows >= some_digits  ? some
                          : extent <= longest_short ? exact_short
                                                    : exact_long;
        return {kind, by_rule[kind].add(h, g_e, g_i)};
    }
};

POSTDICT_CLONES void integrate_few(const ConductingMembrane& m, Pieces& p) {
    integrate(m, five, to_seven_digits, p);
}
POSTDICT_CLONES void integrate_some(const ConductingMembrane& m, Pieces& p) {
    integrate(m, seven, to_eleven_digits, p);
}
POSTDICT_CLONES void integrate_short(const ConductingMembrane& m, Pieces& p) {
    integrate(m, seven, for_seven, p);
}
POSTDICT_CLONES void integrate_long(const ConductingMembrane& m, Pieces& p) {
    integrate(m, eleven, for_eleven, p);
}

void integrate(const ConductingMembrane& m, Sorted& sorted) {
    for (Pieces& p : sorted.by_rule) p.fill_up();
    if (sorted.by_rule[Sorted::few].n > 0) integrate_few(m, sorted.by_rule[Sorted::few]);
    if (sorted.by_rule[Sorted::some].n > 0) integrate_some(m, sorted.by_rule[Sorted::some]);
    if (sorted.by_rule[Sorted::exact_short].n > 0)
        integrate_short(m, sorted.by_rule[Sorted::exact_short]);
    if (sorted.by_rule[Sorted::exact_long].n > 0)
        integrate_long(m, sorted.by_rule[Sorted::exact_long]);
}

double ms(Duration duration) {
    return duration.in_picoseconds() * one_picosecond;
}

struct Stretch {
    double h, g_e, g_i;  // ms; at its start
};

class Extent {
  public:
    explicit Extent(const ConductingMembrane& m)
        : per_tau_m_(1.0 / m.tau_m), shortest_(4.0 / std::min(m.tau_e, m.tau_i)) {}
    double operator()(double g_e, double g_i, double h) const {
        return h * std::max((1.0 + g_e + g_i) * per_tau_m_, shortest_);
    }

  private:
    double per_tau_m_, shortest_;  // 1/ms
};

// Of the first n stations, up to `now`.
double potential(const Station* stations, std::size_t n, const ConductingMembrane& m, double u,
                 double start, const Station& now) {
    const auto stretch = [&](std::size_t k, const Station& end) {  // from station k to the next
        const Station& s = stations[k];
        const double h = ms(end.at - s.at);
        if (k > 0 || start == 0.0) return Stretch{h, s.g_e, s.g_i};
        return Stretch{h - start, s.g_e * elementary::exp(-start / m.tau_e),
                       s.g_i * elementary::exp(-start / m.tau_i)};
    };
    if (n <= side_by_side) {
        for (std::size_t k = 0; k < n; ++k) {
            const auto [h, g_e, g_i] = stretch(k, k + 1 < n ? stations[k + 1] : now);
            u = m.after(h, {u, g_e, g_i}).u;
        }
        return u;
    }
    // Backwards, since what follows a piece tells how many digits of it count.
    Sorted sorted;
    std::array<Place, most_pieces> order;
    std::size_t n_pieces = 0;
    const Extent extent(m);
    for (std::size_t k = n; k-- > 0;) {
        const Station& end = k + 1 < n ? stations[k + 1] : now;
        double follows = now.lost - end.lost;
        if (follows >= forgotten) break;
        const auto [h, g_e, g_i] = stretch(k, end);
        const double size = extent(g_e, g_i, h);
        if (size <= longest_piece && n_pieces < most_pieces) {
            order[n_pieces++] = sorted.add(follows, size, h, g_e, g_i);
            continue;
        }
        const double parts = std::ceil(size / longest_piece);
        if (!(parts <= most_in_one) || static_cast<double>(n_pieces) + parts > most_pieces) {
            // Long silence, or conductances without measure.
            if (k > 0) u = potential(stations, k, m, u, start, stations[k]);
            u = m.after(h, {u, g_e, g_i}).u;
            break;
        }
        const double part = h / parts;
        for (double j = parts - 1.0; j >= 0.0; --j) {
            const double e = g_e * elementary::exp(-j * part / m.tau_e);
            const double i = g_i * elementary::exp(-j * part / m.tau_i);
            order[n_pieces++] = sorted.add(follows, extent(e, i, part), part, e, i);
            follows += part / m.tau_m;  // at least
        }
    }
    integrate(m, sorted);
    while (n_pieces > 0) {
        const auto [kind, k] = order[--n_pieces];
        u = u * sorted.by_rule[kind].kept[k] + sorted.by_rule[kind].gained[k];
    }
    return u;
}

}  // namespace

bool ConductingHistory::forget(Station* stations, const Station& now) {
    const auto is_forgotten = [&](const Station& s) { return now.lost - s.lost >= forgotten; };
    const Station* const kept =
        std::partition_point(stations + 1, stations + size_, is_forgotten) - 1;
    const auto first = static_cast<std::size_t>(kept - stations);
    if (first == 0) return false;
    std::copy(stations + first, stations + size_, stations);
    size_ -= first;
    return true;
}

double ConductingHistory::potential(const Station* stations, const ConductingMembrane& m, double u,
                                    double start, const Station& now) const {
    return postdict::potential(stations, size_, m, u, start, now);
}

}  // namespace postdict
