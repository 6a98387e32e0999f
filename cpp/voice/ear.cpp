#include "ear.hpp"

#include <algorithm>
#include <numbers>

#include "elementary.hpp"

namespace postdict {

Ear::Ear(const EarParameters& parameters)
    : n_(parameters.centres.size()),
      block_(parameters.block),
      reference_(parameters.reference),
      exponent_(parameters.exponent),
      competition_(parameters.competition),
      neighbours_(parameters.neighbours),
      forget_(elementary::exp(-static_cast<double>(parameters.block) /
                              (parameters.rate * parameters.adaptation))),
      real_(n_stages * n_, 0.0),
      imaginary_(n_stages * n_, 0.0),
      energy_(n_, 0.0),
      level_(n_, 0.0),
      adapted_(n_, 0.0) {
    for (const double f : parameters.centres) {
        const double bandwidth = 1.019 * 24.7 * (1.0 + 4.37e-3 * f);
        const double radius =
            elementary::exp(-2.0 * std::numbers::pi * bandwidth / parameters.rate);
        const double angle = 2.0 * std::numbers::pi * f / parameters.rate;
        pole_real_.push_back(radius * elementary::cos(angle));
        pole_imaginary_.push_back(radius * elementary::sin(angle));
        // A real tone has half of its amplitude at +f; a stage has the gain 1/(1 - radius) there.
        gain_.push_back(2.0 * elementary::pow(1.0 - radius, static_cast<double>(n_stages)));
    }
}

void Ear::filter(double sample) {
    for (std::size_t stage = 0; stage < n_stages; ++stage) {
        double* const real = real_.data() + stage * n_;
        double* const imaginary = imaginary_.data() + stage * n_;
        const double* const in_real = stage ? real - n_ : nullptr;
        const double* const in_imaginary = stage ? imaginary - n_ : nullptr;
        for (std::size_t c = 0; c < n_; ++c) {
            const double re = pole_real_[c] * real[c] - pole_imaginary_[c] * imaginary[c];
            const double im = pole_real_[c] * imaginary[c] + pole_imaginary_[c] * real[c];
            real[c] = re + (in_real ? in_real[c] : gain_[c] * sample);
            imaginary[c] = im + (in_imaginary ? in_imaginary[c] : 0.0);
        }
    }
    const double* const real = real_.data() + (n_stages - 1) * n_;
    const double* const imaginary = imaginary_.data() + (n_stages - 1) * n_;
    for (std::size_t c = 0; c < n_; ++c)
        energy_[c] += real[c] * real[c] + imaginary[c] * imaginary[c];
}

double Ear::above_neighbours(std::size_t c) const {
    const std::size_t first = c - std::min(c, neighbours_);
    const std::size_t last = std::min(n_, c + neighbours_ + 1);
    double sum = 0.0;
    for (std::size_t k = first; k < last; ++k) sum += level_[k];
    return std::max(0.0, level_[c] - competition_ * sum / static_cast<double>(last - first));
}

void Ear::tell(std::vector<double>& levels) {
    const std::size_t row = levels.size();
    levels.resize(row + 2 * n_);
    for (std::size_t c = 0; c < n_; ++c) {
        const double power = 0.5 * energy_[c] / static_cast<double>(block_);
        level_[c] = elementary::pow(power / reference_, exponent_);
        energy_[c] = 0.0;
    }
    for (std::size_t c = 0; c < n_; ++c) {
        const double sustained = above_neighbours(c);
        levels[row + c] = sustained;
        levels[row + n_ + c] = std::max(0.0, sustained - adapted_[c]);
        adapted_[c] = sustained + forget_ * (adapted_[c] - sustained);
    }
    n_in_block_ = 0;
}

void Ear::hear(std::span<const double> sound, std::vector<double>& levels) {
    for (const double sample : sound) {
        filter(sample);
        if (++n_in_block_ == block_) tell(levels);
    }
}

}  // namespace postdict
