// The inner loops over dense rows. Each is compiled for several instruction sets where the platform
// can choose among them at run time; none contracts products and sums, so that all give equal bits.
#pragma once

#include <cstddef>

// The sanitizers are not up yet when the clones are chosen: CMakePresets.json turns these off
// there. POSTDICT_KERNELS names the one set to compile for, "avx2" say, to compare their bits.
#define POSTDICT_CLONES
#if defined(POSTDICT_KERNELS)
#undef POSTDICT_CLONES
#define POSTDICT_CLONES __attribute__((target(POSTDICT_KERNELS)))
#elif defined(__x86_64__) && defined(__GLIBC__) && defined(__has_attribute) && \
    !defined(POSTDICT_NO_CLONES)
#if __has_attribute(target_clones)
#undef POSTDICT_CLONES
#define POSTDICT_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#endif
#endif

namespace postdict::kernels {

// Asks for memory that is about to be visited out of order.
inline void prefetch([[maybe_unused]] const void* start, [[maybe_unused]] std::size_t n_bytes) {
#if defined(__GNUC__)
    const char* const bytes = static_cast<const char*>(start);
    for (std::size_t k = 0; k < n_bytes; k += 64) __builtin_prefetch(bytes + k, 1);
#endif
}

// sums[i] += sign * row[i]
void add_row(double* sums, const double* row, double sign, std::size_t n);
void add_row(double* sums, const float* row, double sign, std::size_t n);

// What `add_row` does, and after it row[i] = row[i] + constant + factor * y[i] within [0, w_max].
void add_row_and_learn(double* sums, double* row, double sign, const double* y, double factor,
                       double constant, double w_max, std::size_t n);
void add_row_and_learn(double* sums, float* row, double sign, const double* y, double factor,
                       double constant, double w_max, std::size_t n);

// row[i] = row[i] + traces[i] * (to - from[i]) within [0, w_max].
void follow(double* row, const double* traces, const double* from, double to, double w_max,
            std::size_t n);
void follow(float* row, const double* traces, const double* from, double to, double w_max,
            std::size_t n);

// traces[i] += (constant + factor * y[i]) * growth
void add_scaled(double* traces, const double* y, double factor, double constant, double growth,
                std::size_t n);

// next[i] = max(excess[i] + (sums[i] + all) * growth, floor[i] * growth), and whether any of it
// reaches near[i] * growth.
bool integrate(double* next, const double* excess, const double* sums, double all,
               const double* floor, const double* near, double growth, std::size_t n);

}  // namespace postdict::kernels
