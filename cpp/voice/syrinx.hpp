// A bird's voice: labia, trachea and upper vocal tract, after Mindlin and coworkers (Amador, Perl,
// Mindlin & Margoliash 2013, Nature 495:59), written from the equations.
//
// Labia, in the normal form of their bifurcations; x is their midpoint, y its velocity over gamma:
//     x' = gamma y
//     y' = gamma (-p - k x + x^2 - x^3 - (x + 1) x y)
// p is pressure and k tension, both as bifurcation parameters without a unit. The sign of p is that
// in which pressure makes sound: without it the labia rest at x >= 0, damped; where it drives the
// rest position into -1 < x < 0 the damping is negative and they oscillate.
//
// Trachea, a tube of one-way travel time T = L/c with the reflection r at its open end:
//     inside = y - r inside(t - 2T),   out(t) = (1 - r) inside(t - T)
//
// Upper vocal tract (oropharyngeal-esophageal cavity), a Helmholtz resonator as a circuit: the
// glottis' inertance M_g leads to the cavity (compliance C_h and loss R_h in series), from where
// the beak's inertance M_b leads to its radiation resistance R_b; q is the charge of C_h:
//     q' = i_g - i_b
//     M_g i_g' = out - q/C_h - R_h (i_g - i_b)
//     M_b i_b' = q/C_h + R_h (i_g - i_b) - R_b i_b
// and the sound is i_b R_b. It falls as 1/frequency^3 above its resonance (near 3 kHz), so that
// what the oscillator has above 10 kHz is weak (1e-5 of the power) and is left to alias.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "../state.hpp"

namespace postdict {

struct SyrinxParameters {
    double rate;                 // Hz, of pressure, tension and sound
    std::uint32_t oversampling;  // integration steps a sample
    double gamma;                // 1/s
    double travel_time;          // s, T
    double reflection;           // r
    double glottis, beak;        // inertances M_g, M_b
    double compliance;           // C_h
    double cavity_loss;          // R_h
    double radiation;            // R_b
};

// The labia moved beyond what the equations hold for, or to what is not a number; or the steps are
// too long for the tract, and its sound grows without bound.
struct DivergenceError : std::runtime_error {
    DivergenceError(std::uint64_t sample_, double pressure_, double tension_)
        : std::runtime_error("the syrinx diverges"),
          sample(sample_),
          pressure(pressure_),
          tension(tension_) {}
    std::uint64_t sample;  // counted from the first that this voice sang
    double pressure, tension;
};

class Syrinx {
  public:
    explicit Syrinx(const SyrinxParameters& parameters);

    // From one sample to the next pressure and tension are straight lines, integrated by the
    // classical Runge-Kutta method. Throws DivergenceError within the step that diverges, and from
    // then on; the three have one length.
    void sing(std::span<const double> pressure, std::span<const double> tension,
              std::span<double> sound);

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("x", self.labia_.x);
        visit("y", self.labia_.y);
        visit("charge", self.tract_.q);
        visit("glottis", self.tract_.glottis);
        visit("beak", self.tract_.beak);
        visit("inside", self.inside_);
        visit("present", self.present_);
        visit("pressure", self.pressure_);
        visit("tension", self.tension_);
        visit("out_before", self.out_before_);
        visit("n_samples", self.n_samples_);
        visit("started", self.started_);
    }
    void check_state() const {
        require_state(present_ < inside_.size(), "a trachea stands outside itself");
        require_state(is_moderate(labia_.x) && is_moderate(labia_.y), "the labia are not finite");
        require_state(is_moderate(tract_.q) && is_moderate(tract_.glottis) &&
                          is_moderate(tract_.beak) && is_moderate(out_before_) &&
                          std::all_of(inside_.begin(), inside_.end(), is_moderate),
                      "the air of a voice is not finite");
        require_state(is_moderate(pressure_) && is_moderate(tension_), "a muscle is not finite");
    }

  private:
    struct Labia {
        double x, y;
    };
    struct Tract {
        double q, glottis, beak;
    };
    // A point between stored values of the trachea, by the cubic through the four around it.
    struct Tap {
        std::size_t first = 0;  // the newest of the four, in steps before the present
        double weights[4] = {};
    };
    static Tap tap(double steps);

    Labia labia_slope(Labia now, double pressure, double tension) const;
    Tract tract_slope(Tract now, double pressure) const;
    void step(double pressure, double tension, double next_pressure, double next_tension);
    double stored(const Tap& where) const;

    SyrinxParameters p_;
    double dt_;  // s
    Tap echo_, out_, out_half_;
    Labia labia_;
    Tract tract_{0.0, 0.0, 0.0};
    std::vector<double> inside_;  // the past of the trachea, a ring; its size is a power of two
    std::uint64_t present_ = 0;
    double pressure_ = 0.0, tension_ = 0.0;  // of the sample before
    double out_before_ = 0.0;
    std::uint64_t n_samples_ = 0;
    bool started_ = false;
};

}  // namespace postdict
