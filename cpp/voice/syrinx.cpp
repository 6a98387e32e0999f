#include "syrinx.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace postdict {

namespace {

// Oscillations stay within |x| < 2 for pressures and tensions of song; far beyond lies no labium.
constexpr double furthest = 10.0;
constexpr double fastest = 100.0;
// No tract that follows such labia comes near; it is what an ear takes.
constexpr double loudest = 1e100;

}  // namespace

Syrinx::Syrinx(const SyrinxParameters& parameters)
    : p_(parameters),
      dt_(1.0 / (parameters.rate * parameters.oversampling)),
      // At the end of a step the newest stored value is that of its beginning.
      echo_(tap(2.0 * parameters.travel_time / dt_ - 1.0)),
      out_(tap(parameters.travel_time / dt_ - 1.0)),
      out_half_(tap(parameters.travel_time / dt_ - 0.5)),
      labia_{0.0, 0.0},
      inside_(std::bit_ceil(echo_.first + 4), 0.0) {}

Syrinx::Tap Syrinx::tap(double steps) {
    const double first = std::max(0.0, std::floor(steps) - 1.0);
    const double s = steps - first;
    Tap result;
    result.first = static_cast<std::size_t>(first);
    result.weights[0] = (s - 1.0) * (s - 2.0) * (s - 3.0) / -6.0;
    result.weights[1] = s * (s - 2.0) * (s - 3.0) / 2.0;
    result.weights[2] = s * (s - 1.0) * (s - 3.0) / -2.0;
    result.weights[3] = s * (s - 1.0) * (s - 2.0) / 6.0;
    return result;
}

double Syrinx::stored(const Tap& where) const {
    const std::size_t mask = inside_.size() - 1;  // counting back wraps around
    double sum = 0.0;
    for (std::size_t k = 0; k < 4; ++k)
        sum += where.weights[k] * inside_[(present_ - where.first - k) & mask];
    return sum;
}

Syrinx::Labia Syrinx::labia_slope(Labia now, double pressure, double tension) const {
    const double x = now.x;
    const double force = x * (x * (1.0 - x) - tension) - pressure - (x + 1.0) * x * now.y;
    return {p_.gamma * now.y, p_.gamma * force};
}

Syrinx::Tract Syrinx::tract_slope(Tract now, double pressure) const {
    const double into = now.glottis - now.beak;
    const double cavity = now.q / p_.compliance + p_.cavity_loss * into;
    return {into, (pressure - cavity) / p_.glottis, (cavity - p_.radiation * now.beak) / p_.beak};
}

void Syrinx::step(double pressure, double tension, double next_pressure, double next_tension) {
    const double h = 0.5 * dt_;
    const double middle_pressure = 0.5 * (pressure + next_pressure);
    const double middle_tension = 0.5 * (tension + next_tension);
    const auto along = [](Labia from, Labia slope, double time) -> Labia {
        return {from.x + time * slope.x, from.y + time * slope.y};
    };
    const Labia a = labia_slope(labia_, pressure, tension);
    const Labia b = labia_slope(along(labia_, a, h), middle_pressure, middle_tension);
    const Labia c = labia_slope(along(labia_, b, h), middle_pressure, middle_tension);
    const Labia d = labia_slope(along(labia_, c, dt_), next_pressure, next_tension);
    labia_.x += dt_ / 6.0 * (a.x + 2.0 * (b.x + c.x) + d.x);
    labia_.y += dt_ / 6.0 * (a.y + 2.0 * (b.y + c.y) + d.y);

    const double escapes = 1.0 - p_.reflection;
    const double out_middle = escapes * stored(out_half_);
    const double out_next = escapes * stored(out_);
    const double inside = labia_.y - p_.reflection * stored(echo_);

    const auto flow = [](Tract from, Tract slope, double time) -> Tract {
        return {from.q + time * slope.q, from.glottis + time * slope.glottis,
                from.beak + time * slope.beak};
    };
    const Tract e = tract_slope(tract_, out_before_);
    const Tract f = tract_slope(flow(tract_, e, h), out_middle);
    const Tract g = tract_slope(flow(tract_, f, h), out_middle);
    const Tract i = tract_slope(flow(tract_, g, dt_), out_next);
    tract_.q += dt_ / 6.0 * (e.q + 2.0 * (f.q + g.q) + i.q);
    tract_.glottis += dt_ / 6.0 * (e.glottis + 2.0 * (f.glottis + g.glottis) + i.glottis);
    tract_.beak += dt_ / 6.0 * (e.beak + 2.0 * (f.beak + g.beak) + i.beak);

    out_before_ = out_next;
    present_ = (present_ + 1) & (inside_.size() - 1);
    inside_[present_] = inside;
}

void Syrinx::sing(std::span<const double> pressure, std::span<const double> tension,
                  std::span<double> sound) {
    const double part = 1.0 / p_.oversampling;
    for (std::size_t n = 0; n < sound.size(); ++n) {
        if (!started_) {  // no jump from nothing to what is given first
            pressure_ = pressure[n];
            tension_ = tension[n];
            started_ = true;
        }
        const double d_pressure = part * (pressure[n] - pressure_);
        const double d_tension = part * (tension[n] - tension_);
        for (std::uint32_t k = 0; k < p_.oversampling; ++k) {
            const double from = pressure_ + k * d_pressure;
            const double from_tension = tension_ + k * d_tension;
            step(from, from_tension, from + d_pressure, from_tension + d_tension);
            // Written so that what is not a number is caught too.
            if (!(std::abs(labia_.x) < furthest && std::abs(labia_.y) < fastest))
                throw DivergenceError(n_samples_, pressure[n], tension[n]);
        }
        pressure_ = pressure[n];
        tension_ = tension[n];
        sound[n] = p_.radiation * tract_.beak;
        if (!(std::abs(sound[n]) <= loudest && is_moderate(tract_.q) &&
              is_moderate(tract_.glottis)))
            throw DivergenceError(n_samples_, pressure[n], tension[n]);
        ++n_samples_;
    }
}

}  // namespace postdict
