// A bird's voice as a source and a filter: what is physics in a syrinx is an assumption here.
//
// Voiced sound is a row of harmonics of the fundamental f0, each with the amplitude that a single
// resonance (centre f_c, bandwidth b) and what lies beyond the ear's reach leave of it,
//     a_h = max(floor, [1 + ((h f0 - f_c)/(b/2))^2]^(-3/4)) * fade(h f0)
// where fade falls from 1 to 0 between two frequencies, so that nothing is left to alias; unvoiced
// sound is white noise through two equal band-passes (state-variable filters, trapezoidal) at f_c
// with bandwidth b. Both have a level of their own, in dB. The phase runs on through silence and
// through changes of pitch, so that there are no clicks.
//
// Postures of the muscles: log f0, level of the harmonics, level of the noise (dB), f_c (Hz), log
// b.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "../random.hpp"
#include "../state.hpp"

namespace postdict {

struct SourceFilterParameters {
    double rate;                // Hz
    double floor;               // of a harmonic's amplitude, far from the resonance
    double fade_from, fade_to;  // Hz
};

class SourceFilter {
  public:
    static constexpr std::size_t n_muscles = 5;

    SourceFilter(const SourceFilterParameters& parameters, std::uint64_t seed)
        : p_(parameters), noise_(seed, "voice") {}

    // Postures, (n_samples, n_muscles); gate, (n_samples,), between 0 and 1.
    void sing(std::span<const double> postures, std::span<const double> gate,
              std::span<double> sound);

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("phase", self.phase_);
        visit("first_band", self.bands_[0].band);
        visit("first_low", self.bands_[0].low);
        visit("second_band", self.bands_[1].band);
        visit("second_low", self.bands_[1].low);
        visit("noise", self.noise_);
    }
    void check_state() const {
        require_state(phase_ >= 0.0 && phase_ < 1.0, "a phase is not between 0 and 1");
        for (const Band& b : bands_)
            require_state(is_moderate(b.band) && is_moderate(b.low),
                          "a filter of a voice is not finite");
        noise_.check_state();
    }

  private:
    // The two integrators of a state-variable filter (Zavalishin's, which stays stable while its
    // coefficients move).
    struct Band {
        static constexpr double inaudible = 1e-30;
        double band = 0.0, low = 0.0;
        double pass(double in, double g, double damping) {
            const double high = (in - (damping + g) * band - low) / (1.0 + g * (g + damping));
            const double middle = g * high + band;
            const double bottom = g * middle + low;
            band = g * high + middle;
            low = g * middle + bottom;
            // Silence is exact, and no processor slows down over what is left of a breath.
            if (std::abs(band) + std::abs(low) < inaudible) band = low = 0.0;
            return damping * middle;
        }
    };

    double voiced(double f0, double centre, double bandwidth) const;

    SourceFilterParameters p_;
    double phase_ = 0.0;  // in periods of the fundamental
    std::array<Band, 2> bands_;
    Random noise_;
};

}  // namespace postdict
