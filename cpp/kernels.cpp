#include "kernels.hpp"

#include <algorithm>

namespace postdict::kernels {

namespace {

// Bodies shared by both precisions; inlined into every clone, so that each is compiled anew.
template <class Real>
[[gnu::always_inline]] inline void add(double* __restrict sums, const Real* __restrict row,
                                       double sign, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) sums[i] += sign * static_cast<double>(row[i]);
}

template <class Real>
[[gnu::always_inline]] inline void add_and_learn(double* __restrict sums, Real* __restrict row,
                                                 double sign, const double* __restrict y,
                                                 double factor, double constant, double w_max,
                                                 std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        const double w = static_cast<double>(row[i]);
        sums[i] += sign * w;
        const double learned = w + (constant + factor * y[i]);
        row[i] = static_cast<Real>(std::min(std::max(learned, 0.0), w_max));
    }
}

template <class Real>
[[gnu::always_inline]] inline void bring(Real* __restrict row, const double* __restrict traces,
                                         const double* __restrict from, double to, double w_max,
                                         std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        const double changed = static_cast<double>(row[i]) + traces[i] * (to - from[i]);
        row[i] = static_cast<Real>(std::min(std::max(changed, 0.0), w_max));
    }
}

}  // namespace

POSTDICT_CLONES void add_row(double* sums, const double* row, double sign, std::size_t n) {
    add(sums, row, sign, n);
}

POSTDICT_CLONES void add_row(double* sums, const float* row, double sign, std::size_t n) {
    add(sums, row, sign, n);
}

POSTDICT_CLONES void add_row_and_learn(double* sums, double* row, double sign, const double* y,
                                       double factor, double constant, double w_max,
                                       std::size_t n) {
    add_and_learn(sums, row, sign, y, factor, constant, w_max, n);
}

POSTDICT_CLONES void add_row_and_learn(double* sums, float* row, double sign, const double* y,
                                       double factor, double constant, double w_max,
                                       std::size_t n) {
    add_and_learn(sums, row, sign, y, factor, constant, w_max, n);
}

POSTDICT_CLONES void follow(double* row, const double* traces, const double* from, double to,
                            double w_max, std::size_t n) {
    bring(row, traces, from, to, w_max, n);
}

POSTDICT_CLONES void follow(float* row, const double* traces, const double* from, double to,
                            double w_max, std::size_t n) {
    bring(row, traces, from, to, w_max, n);
}

POSTDICT_CLONES void add_scaled(double* __restrict traces, const double* __restrict y,
                                double factor, double constant, double growth, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) traces[i] += (constant + factor * y[i]) * growth;
}

POSTDICT_CLONES bool integrate(double* __restrict next, const double* __restrict excess,
                               const double* __restrict sums, double all,
                               const double* __restrict floor, const double* __restrict near,
                               double growth, std::size_t n) {
    int reached = 0;
    for (std::size_t i = 0; i < n; ++i) {
        next[i] = std::max(excess[i] + (sums[i] + all) * growth, floor[i] * growth);
        reached |= static_cast<int>(next[i] >= near[i] * growth);
    }
    return reached != 0;
}

}  // namespace postdict::kernels
