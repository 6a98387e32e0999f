#include "source_filter.hpp"

#include <numbers>

#include "elementary.hpp"

namespace postdict {

namespace {

constexpr double faintest = -120.0;                  // dB, at and below which a source is off
constexpr double uniform_size = 1.7320508075688772;  // half-width of uniform noise of variance 1

double amplitude(double level) {
    return level > faintest ? elementary::pow(10.0, 0.05 * level) : 0.0;
}

}  // namespace

double SourceFilter::voiced(double f0, double centre, double bandwidth) const {
    // sin(h phi) by its recurrence: one sine and one cosine a sample, whatever the pitch.
    const double angle = 2.0 * std::numbers::pi * phase_;
    const double twice_cosine = 2.0 * elementary::cos(angle);
    double before = 0.0, sine = elementary::sin(angle);
    const double per_half = 2.0 / bandwidth;
    const double per_fade = 1.0 / (p_.fade_to - p_.fade_from);
    double sum = 0.0;
    for (double f = f0; f < p_.fade_to; f += f0) {
        const double off = (f - centre) * per_half;
        const double x = 1.0 + off * off;
        double a = std::max(p_.floor, 1.0 / std::sqrt(x * std::sqrt(x)));
        if (f > p_.fade_from) a *= (p_.fade_to - f) * per_fade;
        sum += a * sine;
        const double next = twice_cosine * sine - before;
        before = sine;
        sine = next;
    }
    return sum;
}

void SourceFilter::sing(std::span<const double> postures, std::span<const double> gate,
                        std::span<double> sound) {
    for (std::size_t n = 0; n < sound.size(); ++n) {
        const double* const posture = postures.data() + n * n_muscles;
        const double f0 = elementary::exp(posture[0]);
        phase_ += f0 / p_.rate;
        phase_ -= std::floor(phase_);
        const double centre = posture[3], bandwidth = elementary::exp(posture[4]);
        const double white = uniform_size * (2.0 * noise_.uniform() - 1.0);
        double value = 0.0, breath = 0.0;
        if (gate[n] > 0.0) {
            const double tone = amplitude(posture[1]);
            if (tone > 0.0) value = gate[n] * tone * voiced(f0, centre, bandwidth);
            breath = gate[n] * amplitude(posture[2]) * white;
        }
        const double turn = std::numbers::pi * centre / p_.rate;
        const double g = elementary::sin(turn) / elementary::cos(turn);
        const double damping = bandwidth / centre;
        sound[n] = value + bands_[1].pass(bands_[0].pass(breath, g, damping), g, damping);
    }
}

}  // namespace postdict
