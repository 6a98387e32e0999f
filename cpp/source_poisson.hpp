// Independent Poisson kicks for every neuron of a population, all of one weight and one rate.
// They are superposed: the next kick of the whole population is drawn first, its neuron second.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

#include "random.hpp"
#include "state.hpp"
#include "types.hpp"

namespace postdict {

class PoissonSource {
  public:
    // rate: Hz for each of n neurons; weight: mV.
    PoissonSource(std::uint64_t seed, std::string_view name, std::size_t n, double rate,
                  double weight)
        : random_(seed, name),
          n_(static_cast<std::uint32_t>(n)),
          weight_(weight),
          rate_(rate),
          hazard_(random_.exponential()),
          next_(time_of(0.0)) {}

    Time next_time() const { return next_; }

    template <class Neurons>
    void kick(Neurons& target) {
        const auto who = static_cast<NeuronId>(random_.below(n_));
        target.receive(who, std::abs(weight_), weight_ < 0.0);
        hazard_ = random_.exponential();
        next_ = time_of(next_);
    }

    // The part of the waiting time that is left at `now` is stretched to the new rate, which is
    // exact and draws nothing; setting the rate that holds already changes no bit.
    void set_rate(double rate, Time now) {
        if (rate == rate_) return;
        if (next_ < never) hazard_ = (next_ - now) * total_rate();
        rate_ = rate;
        next_ = time_of(now);
    }
    double rate() const { return rate_; }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("random", self.random_);
        visit("rate", self.rate_);
        visit("hazard", self.hazard_);
        visit("next", self.next_);
    }
    void check_state(Time now) const {
        random_.check_state();
        postdict::check_state(rate_ >= 0.0 && rate_ < never, "a rate is negative or not finite");
        postdict::check_state(hazard_ >= 0.0 && hazard_ < never, "a waiting time is negative");
        postdict::check_state(next_ >= now && (rate_ > 0.0 || next_ == never),
                              "a kick lies in the past, or comes at rate 0");
    }

  private:
    double total_rate() const { return 1e-3 * rate_ * n_; }  // per ms
    Time time_of(Time from) const { return rate_ > 0.0 ? from + hazard_ / total_rate() : never; }

    Random random_;
    std::uint32_t n_;
    double weight_;  // mV
    double rate_;    // Hz
    double hazard_;  // expected kicks from the last one (or the last change of rate) to the next
    Time next_;
};

}  // namespace postdict
