// Independent Poisson kicks for every neuron of a population, all of one weight and one rate, which
// may be a function of time. They are superposed: the next kick of the whole population is drawn
// first, its neuron second.
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
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

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

    // rate: Hz for each of n neurons; weight: mV.
    PoissonSource(std::uint64_t seed, std::string_view name, std::size_t n, Steps rate,
                  double weight)
        : random_(seed, name),
          block_start_(random_),
          n_(static_cast<std::uint32_t>(n)),
          weight_(weight),
          rate_(std::move(rate)),
          hazard_(random_.exponential()) {
        draw_block();
        next_ = time_of(Time{});
    }

    Time next_time() const { return next_; }

    // The kick at next_time(), and on to the next one.
    Kick kick() {
        const Draw& draw = block_[drawn_];
        const Kick kick{draw.who, weight_};
        // What rounding to a picosecond has left of the last wait goes into the next.
        hazard_ = std::max(0.0, draw.wait + hazard_ - expected(from_, next_));
        if (++drawn_ == block_.size()) draw_block();
        const Time present = next_;
        next_ = time_of(present);
        if (next_ == present) next_ = present + picosecond;
        return kick;
    }

    // The part of the waiting time that is left at `now` counts on at the new rate; setting the
    // rate that holds already changes no bit.
    void set_rate(const Steps& rate, Time now) {
        if (rate.times == rate_.times && rate.values == rate_.values) return;
        hazard_ = std::max(0.0, hazard_ - expected(from_, now));
        rate_ = rate;
        next_ = time_of(now);
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("random", self.block_start_);
        visit("drawn", self.drawn_);
        visit.growing("rate_times", self.rate_.times);
        visit.growing("rates", self.rate_.values);
        visit("hazard", self.hazard_);
        visit("from", self.from_);
        visit("next", self.next_);
        if constexpr (!std::is_const_v<Self>) self.draw_again();
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
        require_state(hazard_ >= 0.0 && hazard_ < unbounded, "a waiting time is negative");
        require_state(from_ >= Time{} && from_ <= now, "a waiting time begins in the future");
        require_state(next_ >= now, "a kick lies in the past");
    }

  private:
    struct Draw {
        NeuronId who;
        double wait;  // expected kicks until the one after
    };

    void draw_block() {
        block_start_ = random_;
        for (Draw& draw : block_) {
            draw.who = static_cast<NeuronId>(random_.below(n_));
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

    double total(double rate) const { return 1e-12 * rate * n_; }  // kicks per picosecond

    // When `hazard_` kicks are expected, counted from `from` on.
    Time time_of(Time from) {
        from_ = from;
        if (rate_.is_constant()) {
            const double rate = rate_.values[0];
            return rate > 0.0 ? after(from, hazard_ / total(rate)) : never;
        }
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
        if (rate_.is_constant()) return (to - from).in_picoseconds() * total(rate_.values[0]);
        double sum = 0.0;
        for (std::size_t k = rate_.taken(from); from < to; ++k) {
            const Time end = std::min(to, rate_.end(k));
            sum += (end - from).in_picoseconds() * total(rate_.after(k));
            from = end;
        }
        return sum;
    }

    Random random_;
    Random block_start_;  // random_ before the present block
    std::array<Draw, 32> block_;
    std::uint64_t drawn_ = 0;  // of the block
    std::uint32_t n_;
    double weight_;  // mV
    Steps rate_;     // Hz
    double hazard_;  // expected kicks from `from_` to the next, before it is rounded
    Time from_;
    Time next_ = never;
};

}  // namespace postdict
