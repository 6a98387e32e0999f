// A window as polynomials over short cells of the lag: the window itself, to rounding, for a few
// multiplications instead of an exponential, a logarithm or a search.
//
// A cell is [k h, (k + 1) h) with h a power of two, so that where a lag lies in its cell is exact.
// In each a polynomial of degree 7 interpolates K at Chebyshev nodes. It is compared with K between
// the nodes; where they differ by more than `allowed` of the largest |K|, as at a jump or a kink,
// K itself is asked for.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

#include "rules.hpp"
#include "types.hpp"

namespace postdict {

class WindowTable {
  public:
    explicit WindowTable(WindowRule rule) : rule_(std::move(rule)) {
        const double support = (rule_.longest_before + rule_.longest_after).ms();
        const double h = nearest_power_of_two(std::max(support, shortest) / n_cells);
        per_cell_ = 1.0 / h;
        first_ = std::floor(-rule_.longest_before.ms() * per_cell_);
        const double last = std::floor(rule_.longest_after.ms() * per_cell_);
        cells_.resize(static_cast<std::size_t>(last - first_) + 1);
        double largest = 0.0;
        for (std::size_t k = 0; k < cells_.size(); ++k)
            for (const double x : checks) largest = std::max(largest, std::abs(rule_(lag(k, x))));
        for (std::size_t k = 0; k < cells_.size(); ++k) fit(k, allowed * largest);
        // What lies between nodes and checks would be missed.
        if (const auto* sampled = std::get_if<SampledWindow>(&rule_.window))
            for (const double knot : sampled->lags) {
                const double k = std::floor(knot * per_cell_) - first_;
                if (k >= 0.0 && k < static_cast<double>(cells_.size()))
                    cells_[static_cast<std::size_t>(k)].fits = false;
            }
    }

    // K at a lag (ms) from -longest_before to longest_after.
    double operator()(double lag) const {
        const double place = lag * per_cell_;
        const double cell = std::floor(place);
        const Cell& c = cells_[static_cast<std::size_t>(cell - first_)];
        if (!c.fits) return rule_(lag);
        const double x = 2.0 * (place - cell) - 1.0;
        const double x2 = x * x;
        const double low = (c.a[0] + c.a[1] * x) + (c.a[2] + c.a[3] * x) * x2;
        const double high = (c.a[4] + c.a[5] * x) + (c.a[6] + c.a[7] * x) * x2;
        return low + high * (x2 * x2);
    }

    const WindowRule& rule() const { return rule_; }

  private:
    static constexpr std::size_t n_terms = 8;
    static constexpr double n_cells = 1024.0;  // about
    static constexpr double shortest = 1e-3;   // ms, of a support
    static constexpr double allowed = 4e-15;   // the rounding of an exponential and a logarithm
    static constexpr std::array<double, 11> checks{-1.0, -0.9, -0.7, -0.5, -0.3, 0.1,
                                                   0.25, 0.45, 0.65, 0.85, 0.98};

    // Zeros of T_8, cos(pi (n + 1/2)/8).
    static constexpr std::array<double, n_terms> nodes{
        0.9807852804032304,  0.8314696123025452,  0.5555702330196022,  0.1950903220161283,
        -0.1950903220161283, -0.5555702330196022, -0.8314696123025452, -0.9807852804032304};

    struct Cell {
        std::array<double, n_terms> a{};  // of 1, x, x^2, ... with x from -1 to 1 in the cell
        bool fits = false;
    };

    // Nearest by its logarithm.
    static double nearest_power_of_two(double x) {
        int exponent = 0;
        const double mantissa = std::frexp(x, &exponent);  // from 1/2 to 1
        return std::ldexp(1.0, mantissa * mantissa < 0.5 ? exponent - 1 : exponent);
    }

    double lag(std::size_t k, double x) const {
        return (first_ + static_cast<double>(k) + 0.5 * (x + 1.0)) / per_cell_;
    }

    void fit(std::size_t k, double tolerance) {
        // T_m(x) as polynomials: coefficients by m and power.
        static constexpr std::array<std::array<double, n_terms>, n_terms> chebyshev{{
            {1, 0, 0, 0, 0, 0, 0, 0},
            {0, 1, 0, 0, 0, 0, 0, 0},
            {-1, 0, 2, 0, 0, 0, 0, 0},
            {0, -3, 0, 4, 0, 0, 0, 0},
            {1, 0, -8, 0, 8, 0, 0, 0},
            {0, 5, 0, -20, 0, 16, 0, 0},
            {-1, 0, 18, 0, -48, 0, 32, 0},
            {0, -7, 0, 56, 0, -112, 0, 64},
        }};
        std::array<double, n_terms> values{};
        for (std::size_t n = 0; n < n_terms; ++n) values[n] = rule_(lag(k, nodes[n]));
        Cell& cell = cells_[k];
        for (std::size_t m = 0; m < n_terms; ++m) {
            double sum = 0.0;
            for (std::size_t n = 0; n < n_terms; ++n) {
                double t = 0.0;  // T_m at the node
                for (std::size_t p = m + 1; p-- > 0;) t = t * nodes[n] + chebyshev[m][p];
                sum += values[n] * t;
            }
            sum *= (m == 0 ? 1.0 : 2.0) / n_terms;
            for (std::size_t p = 0; p <= m; ++p) cell.a[p] += sum * chebyshev[m][p];
        }
        cell.fits = true;
        for (const double x : checks) {
            const double at = lag(k, x);
            if (!(std::abs((*this)(at)-rule_(at)) <= tolerance)) {
                cell.fits = false;
                return;
            }
        }
    }

    WindowRule rule_;
    double per_cell_ = 1.0;  // 1/h
    double first_ = 0.0;     // k of the first cell
    std::vector<Cell> cells_;
};

}  // namespace postdict
