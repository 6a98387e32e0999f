// Independent Poisson kicks for the neurons of a population, at a rate of its own for each, which
// changes in steps. They are superposed: the next kick of all is drawn first, its neuron second.
//
// A waiting time is an exponential number of expected kicks; what is left of it when the rates
// change counts on at the new ones.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "random.hpp"
#include "state.hpp"
#include "types.hpp"

namespace postdict {

class RatesSource {
  public:
    RatesSource(std::uint64_t seed, std::string_view name, std::size_t n)
        : name_(name),
          random_(seed, name),
          rates_(n, 0.0),
          sums_(n, 0.0),
          left_(random_.exponential()) {}

    Time next_time() const { return next_; }

    // Who is kicked at next_time(); and on to the next kick.
    NeuronId kick() {
        const double place = random_.uniform() * sums_.back();
        auto found = std::upper_bound(sums_.begin(), sums_.end(), place);
        if (found == sums_.end())  // rounded up to the sum: the last that has a rate
            found = std::lower_bound(sums_.begin(), sums_.end(), sums_.back());
        left_ = random_.exponential();
        const Time present = next_;
        next_ = std::max(after(present, left_ / total()), present + picosecond);
        return static_cast<NeuronId>(found - sums_.begin());
    }

    // rates: (n,) Hz. Setting those that hold already changes no bit.
    void set_rates(const std::vector<double>& rates, Time now) {
        if (rates == rates_) return;
        if (next_ < never) left_ = (next_ - now).in_picoseconds() * total();
        rates_ = rates;
        add_up();
        next_ = total() > 0.0 ? after(now, left_ / total()) : never;
    }

    // Other random numbers from now on.
    void reseed(std::uint64_t seed, Time now) {
        random_ = Random(seed, reseeded(name_, now));
        left_ = random_.exponential();
        next_ = total() > 0.0 ? after(now, left_ / total()) : never;
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("random", self.random_);
        visit("rates", self.rates_);
        visit("left", self.left_);
        visit("next", self.next_);
        if constexpr (!std::is_const_v<Self>) self.add_up();
    }
    void check_state(Time now) const {
        random_.check_state();
        for (const double rate : rates_)
            require_state(rate >= 0.0 && is_moderate(rate), "a rate is negative or wrong");
        require_state(left_ >= 0.0 && left_ < unbounded, "a waiting time is negative");
        require_state(next_ >= now, "a kick lies in the past");
        require_state(next_ == never || total() > 0.0, "a kick comes without a rate");
    }

  private:
    double total() const { return 1e-12 * sums_.back(); }  // kicks per picosecond
    void add_up() {
        double sum = 0.0;
        for (std::size_t i = 0; i < rates_.size(); ++i) sums_[i] = sum += rates_[i];
    }

    std::string name_;
    Random random_;
    std::vector<double> rates_;  // (n,) Hz
    std::vector<double> sums_;   // (n,) Hz, of the rates up to each neuron's
    double left_;                // expected kicks until the next, where its time is not known
    Time next_ = never;
};

}  // namespace postdict
