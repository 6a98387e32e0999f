// Independent Poisson kicks for neurons of a population, all of one weight, at one rate or at a
// rate of its own for each, which may be a function of time. They are superposed: the next kick of
// all is drawn first, its neuron second.
//
// A waiting time is drawn as a number of expected kicks, exponential with mean 1, and turned into
// picoseconds by integrating the rate; which is exact for any rate, and draws nothing where the
// rate changes. What rounding takes from one wait the next one gets, so that none adds up. A source
// kicks at most once a picosecond: of kicks at R per ms in all, a share of 5e-10 R comes one
// picosecond late. Draws are made in blocks, which hides their latency and changes none of them.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "random.hpp"
#include "state.hpp"
#include "steps.hpp"
#include "types.hpp"

namespace postdict {

class PoissonSource {
  public:
    struct Kick {
        NeuronId who;
        double weight;  // mV, negative for inhibition
    };

    // rate: Hz for each of n neurons, or their mean where each has its own; weight: mV.
    // each: (steps, n) Hz, or empty. ids: (n,) who is kicked, or empty for [0, n).
    PoissonSource(std::uint64_t seed, std::string_view name, std::size_t n, Steps rate,
                  double weight, std::vector<double> each = {}, std::vector<NeuronId> ids = {})
        : name_(name),
          random_(seed, name),
          block_start_(random_),
          n_(static_cast<std::uint32_t>(n)),
          weight_(weight),
          rate_(std::move(rate)),
          each_(std::move(each)),
          ids_(std::move(ids)),
          own_rates_(!each_.empty()),
          hazard_(random_.exponential()) {
        derive();
        draw_block();
        next_ = time_of(Time{});
    }

    Time next_time() const { return next_; }

    // The kick at next_time(), and on to the next one.
    Kick kick() {
        const Draw& draw = block_[drawn_];
        const NeuronId who = own_rates_ ? chosen(draw.who, next_) : static_cast<NeuronId>(draw.who);
        const Kick kick{ids_.empty() ? who : ids_[static_cast<std::size_t>(who)], weight_};
        // What rounding to a picosecond has left of the last wait goes into the next.
        hazard_ = std::max(0.0, draw.wait + hazard_ - expected(from_, next_));
        if (++drawn_ == block_.size()) draw_block();
        const Time present = next_;
        next_ = time_of(present);
        if (next_ == present) next_ = present + picosecond;
        return kick;
    }

    // The part of the waiting time that is left at `now` counts on at the new rate; setting the
    // rate that holds already changes no bit. `each` as of the constructor, where it was given any.
    void set_rate(const Steps& rate, const std::vector<double>& each, Time now) {
        if (rate.times == rate_.times && rate.values == rate_.values && each == each_) return;
        hazard_ = std::max(0.0, hazard_ - expected(from_, now));
        rate_ = rate;
        each_ = each;
        derive();
        next_ = time_of(now);
    }

    bool has_own_rates() const { return own_rates_; }
    std::size_t size() const { return n_; }

    // Other random numbers from now on.
    void reseed(std::uint64_t seed, Time now) {
        random_ = Random(seed, reseeded(name_, now));
        hazard_ = random_.exponential();
        draw_block();
        next_ = time_of(now);
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("random", self.block_start_);
        visit("drawn", self.drawn_);
        visit.growing("rate_times", self.rate_.times);
        visit.growing("rates", self.rate_.values);
        if (self.own_rates_) visit.growing("each", self.each_);
        visit("hazard", self.hazard_);
        visit("from", self.from_);
        visit("next", self.next_);
        if constexpr (!std::is_const_v<Self>) {
            self.derive();
            self.draw_again();
        }
    }
    void check_state(Time now) const {
        block_start_.check_state();
        require_state(drawn_ < block_.size(), "a source stands outside its block");
        require_state(!rate_.times.empty() && rate_.times.size() == rate_.values.size(),
                      "a rate has no values, or not one for each time");
        for (std::size_t k = 0; k < rate_.times.size(); ++k)
            require_state(rate_.values[k] >= 0.0 && rate_.values[k] < unbounded &&
                              rate_.times[k] < never &&
                              (k == 0 || rate_.times[k - 1] <= rate_.times[k]),
                          "a rate is negative or not finite, or its times fall");
        require_state(each_.size() == (own_rates_ ? rate_.times.size() * n_ : 0),
                      "a source does not have a rate for each neuron");
        require_state(std::all_of(each_.begin(), each_.end(),
                                  [](double rate) { return rate >= 0.0 && rate < unbounded; }),
                      "a neuron's rate is negative or not finite");
        require_state(hazard_ >= 0.0 && hazard_ < unbounded, "a waiting time is negative");
        require_state(from_ >= Time{} && from_ <= now, "a waiting time begins in the future");
        require_state(next_ >= now, "a kick lies in the past");
    }

  private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    struct Draw {
        double who;   // an id; where each has its own rate, in [0, 1) of the sum of all
        double wait;  // expected kicks until the one after
    };

    // What follows from the rates.
    void derive() {
        row_ = none;
        constant_ = rate_.is_constant() ? total(rate_.values[0]) : -1.0;
    }
    void draw_block() {
        block_start_ = random_;
        for (Draw& draw : block_) {
            draw.who = own_rates_ ? random_.uniform() : static_cast<double>(random_.below(n_));
            draw.wait = random_.exponential();
        }
        drawn_ = 0;
    }
    void draw_again() {
        block_start_.check_state();  // zeros would be drawn from for ever
        const std::uint64_t drawn = drawn_;
        random_ = block_start_;
        draw_block();
        drawn_ = drawn;
    }

    // Who is kicked at t, by the rates that held until then.
    NeuronId chosen(double place, Time t) {
        add_up(rate_.taken(t - picosecond));
        if (sums_.back() == 0.0) add_up(rate_.taken(t));
        const double sought = place * sums_.back();
        auto found = std::upper_bound(sums_.begin(), sums_.end(), sought);
        if (found == sums_.end())  // rounded up to the sum: the last that has a rate
            found = std::lower_bound(sums_.begin(), sums_.end(), sums_.back());
        return static_cast<NeuronId>(found - sums_.begin());
    }
    void add_up(std::size_t n_taken) {
        if (row_ == n_taken) return;
        row_ = n_taken;
        sums_.assign(n_, 0.0);
        if (n_taken == 0) return;
        double sum = 0.0;
        for (std::size_t i = 0; i < n_; ++i) sums_[i] = sum += each_[(n_taken - 1) * n_ + i];
    }

    double total(double rate) const { return 1e-12 * rate * n_; }  // kicks per picosecond

    // When `hazard_` kicks are expected, counted from `from` on.
    Time time_of(Time from) {
        from_ = from;
        if (constant_ >= 0.0) return constant_ > 0.0 ? after(from, hazard_ / constant_) : never;
        double left = hazard_;
        for (std::size_t k = rate_.taken(from);; ++k) {
            const double rate = total(rate_.after(k));
            const Time end = rate_.end(k);
            if (rate > 0.0) {
                const Time time = after(from, left / rate);
                if (time <= end) return time;
            }
            if (end == never) return never;
            left = std::max(0.0, left - (end - from).in_picoseconds() * rate);
            from = end;
        }
    }

    double expected(Time from, Time to) const {
        if (constant_ >= 0.0) return (to - from).in_picoseconds() * constant_;
        double sum = 0.0;
        for (std::size_t k = rate_.taken(from); from < to; ++k) {
            const Time end = std::min(to, rate_.end(k));
            sum += (end - from).in_picoseconds() * total(rate_.after(k));
            from = end;
        }
        return sum;
    }

    std::string name_;
    Random random_;
    Random block_start_;  // random_ before the present block
    std::array<Draw, 32> block_;
    std::uint64_t drawn_ = 0;  // of the block
    std::uint32_t n_;
    double weight_;              // mV
    Steps rate_;                 // Hz, the mean of all
    std::vector<double> each_;   // (steps, n) Hz, where each has its own
    std::vector<NeuronId> ids_;  // (n,) or empty
    bool own_rates_;
    std::vector<double> sums_;  // (n,) Hz, of the rates up to each neuron's, after `row_` steps
    std::size_t row_ = none;
    double constant_ = -1.0;  // kicks per picosecond where the rate never changes
    double hazard_;           // expected kicks from `from_` to the next, before it is rounded
    Time from_;
    Time next_ = never;
};

}  // namespace postdict
