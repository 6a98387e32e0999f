// Poisson trains of neurons that are nothing but their spikes: connected as if a population of that
// size had fired them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "source_poisson.hpp"
#include "steps.hpp"
#include "types.hpp"

namespace postdict {

class PoissonTrains {
  public:
    // Hz, as `PoissonSource` takes them.
    PoissonTrains(std::uint64_t seed, std::string name, std::size_t n, Steps rate,
                  std::vector<double> each = {})
        : name_(std::move(name)),
          n_(n),
          source_(seed, name_, n, std::move(rate), 0.0, std::move(each)) {}

    const std::string& name() const { return name_; }
    std::size_t size() const { return n_; }
    Time next_time() const { return source_.next_time(); }

    // The neurons that fire at t; valid until the next call.
    const std::vector<NeuronId>& fire(Time t) {
        fired_.clear();
        while (next_time() == t) fired_.push_back(source_.kick().who);
        std::sort(fired_.begin(), fired_.end());
        return fired_;
    }

    PoissonSource& source() { return source_; }
    const PoissonSource& source() const { return source_; }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("trains", self.source_);
    }
    void check_state(Time now) const { source_.check_state(now); }

  private:
    std::string name_;
    std::size_t n_;
    PoissonSource source_;
    std::vector<NeuronId> fired_;
};

}  // namespace postdict
