// A signal d(t) that is constant between its steps, and what decaying traces make of it:
//
//     I(t) = integral of d(s) exp(-(s - origin)/tau) ds from the origin to t.
//
// A trace that is E exp(-(t - origin)/tau) adds E (I(t) - I(s)) to a weight between s and t. What
// is kept is I at the last step alone, so that when I is asked for changes no bit. The frame is
// moved, by who holds the traces, before it has grown by e^4: differences of I lose no more than
// two digits then.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "elementary.hpp"
#include "state.hpp"
#include "steps.hpp"
#include "types.hpp"

namespace postdict {

// What is known of an instant: I, exp((t - origin)/tau), and how often d had changed its sign.
struct Moment {
    double integral = 0.0;  // in ms times the unit of d
    double growth = 1.0;
    std::uint32_t turns = 0;
};

class Modulator {
  public:
    Modulator(Steps signal, double tau)
        : signal_(std::move(signal)),
          tau_(tau),
          horizon_(after(Time{}, largest_exponent * picoseconds_per_ms * tau) - Time{}) {
        take_steps(Time{});
    }

    // Another signal from now on, whose steps before now have been taken.
    void set(Steps signal, Time now) {
        take_steps(now);
        signal_ = std::move(signal);
        taken_ = signal_.taken(now);
        change(signal_.after(taken_), now);
    }
    double value() const { return value_; }

    Moment at(Time t) {
        take_steps(t);
        return {integral_ + piece(t), elementary::exp((t - origin_) / tau_),
                static_cast<std::uint32_t>(turns_.size())};
    }
    // I at each change of sign. Between two, a weight only rises or only falls.
    const std::vector<double>& turns() const { return turns_; }
    void forget_turns() { turns_.clear(); }

    // Whether the frame must be moved, or the turns forgotten, before an event at t.
    bool due(Time t) const { return t - origin_ > horizon_ || turns_.size() > most_turns; }
    // Moves the origin to t, and returns by what traces have to be multiplied.
    double move_origin(Time t) {
        take_steps(t);
        const double decay = elementary::exp(-(t - origin_) / tau_);
        origin_ = since_ = t;
        integral_ = 0.0;
        return decay;
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit.growing("times", self.signal_.times);
        visit.growing("values", self.signal_.values);
        visit("taken", self.taken_);
        visit("value", self.value_);
        visit("sign", self.sign_);
        visit("origin", self.origin_);
        visit("since", self.since_);
        visit("integral", self.integral_);
        visit.growing("turns", self.turns_);
    }
    void check_state(Time now) const {
        require_state(
            signal_.times.size() == signal_.values.size() && taken_ <= signal_.times.size() &&
                std::is_sorted(signal_.times.begin(), signal_.times.end()) &&
                (taken_ == 0 || signal_.times[taken_ - 1] <= now) && signal_.end(taken_) >= since_,
            "a modulator stands at the wrong step");
        require_state(std::all_of(signal_.values.begin(), signal_.values.end(), is_moderate) &&
                          std::all_of(turns_.begin(), turns_.end(), is_moderate) &&
                          is_moderate(value_) && is_moderate(sign_) && is_moderate(integral_),
                      "a modulator is not finite");
        require_state(origin_ >= Time{} && origin_ <= since_ && since_ <= now,
                      "a modulator's frame begins outside the run");
        require_state(turns_.size() < (std::size_t{1} << 31), "a modulator turns too often");
    }

  private:
    static constexpr double largest_exponent = 4.0;
    static constexpr std::size_t most_turns = std::size_t{1} << 12;

    // Of I since the last step.
    double piece(Time t) const {
        if (value_ == 0.0) return 0.0;
        return value_ * tau_.ms() * elementary::exp(-(since_ - origin_) / tau_) *
               -elementary::expm1(-(t - since_) / tau_);
    }
    void take_steps(Time t) {
        while (signal_.end(taken_) <= t) {
            const Time step = signal_.times[taken_++];
            change(signal_.after(taken_), step);
        }
    }
    void change(double value, Time t) {
        if (value == value_) return;
        integral_ += piece(t);
        since_ = t;
        value_ = value;
        if (value == 0.0) return;
        if (sign_ * value < 0.0) turns_.push_back(integral_);
        sign_ = value > 0.0 ? 1.0 : -1.0;
    }

    Steps signal_;
    TimeConstant tau_;
    Duration horizon_;
    std::uint64_t taken_ = 0;
    double value_ = 0.0;  // of d at present
    double sign_ = 0.0;   // of the last value that was not 0
    Time origin_;
    Time since_;             // the last step, or the origin
    double integral_ = 0.0;  // I then
    std::vector<double> turns_;
};

}  // namespace postdict
