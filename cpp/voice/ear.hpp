// An ear: gammatone filters, compression, and for each channel what is sustained and what is new.
//
// A filter is four complex one-pole filters in a row at the channel's centre frequency f, with the
// bandwidth b = 1.019 ERB(f), ERB(f) = 24.7 (1 + 4.37e-3 f), of unit gain
// at f; the squared magnitude of its output is the power in the channel. Over each block of samples
// the mean power P gives the level
//     l = (P/P0)^c
// and neighbouring channels compete: the sustained output is what a channel has above the mean of
// the channels around it, itself included,
//     s = max(0, l - k mean l)
// The onset output is max(0, s - a), where a follows s with a time constant. All of it is causal:
// what is heard within a block is told at its end, after the filter's own latency, 3/(2 pi b) at
// the peak of its envelope.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../state.hpp"

namespace postdict {

struct EarParameters {
    double rate;                  // Hz
    std::vector<double> centres;  // Hz, (n_channels,)
    std::size_t block;            // samples
    double reference;             // P0
    double exponent;              // c
    double competition;           // k
    std::size_t neighbours;       // on either side, that the mean is taken over
    double adaptation;            // s
};

class Ear {
  public:
    explicit Ear(const EarParameters& parameters);

    std::size_t n_channels() const { return n_; }

    // Hears samples; levels, (n_blocks, 2 n_channels), get a row a block that ends among them:
    // sustained, then onset. A block may begin in one call and end in another.
    void hear(std::span<const double> sound, std::vector<double>& levels);

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("real", self.real_);
        visit("imaginary", self.imaginary_);
        visit("energy", self.energy_);
        visit("adapted", self.adapted_);
        visit("n_in_block", self.n_in_block_);
    }
    void check_state() const {
        require_state(n_in_block_ < block_, "an ear stands outside its block");
        const auto all = [](const std::vector<double>& values, auto holds) {
            return std::all_of(values.begin(), values.end(), holds);
        };
        require_state(all(real_, is_moderate) && all(imaginary_, is_moderate),
                      "a filter of an ear is not finite");
        // Energies are squares, and levels powers of them.
        require_state(all(energy_, [](double e) { return is_moderate(std::sqrt(e)); }),
                      "the energy in an ear is negative or not finite");
        require_state(all(adapted_, [](double a) { return a >= 0.0 && std::isfinite(a); }),
                      "what an ear adapted to is negative or not finite");
    }

  private:
    void filter(double sample);
    void tell(std::vector<double>& levels);
    double above_neighbours(std::size_t c) const;

    static constexpr std::size_t n_stages = 4;

    std::size_t n_;
    std::size_t block_;
    double reference_, exponent_, competition_;
    std::size_t neighbours_;
    double forget_;                                          // of the adaptation, a block
    std::vector<double> pole_real_, pole_imaginary_, gain_;  // (n,)
    std::vector<double> real_, imaginary_;                   // (n_stages, n)
    std::vector<double> energy_, level_, adapted_;           // (n,)
    std::uint64_t n_in_block_ = 0;
};

}  // namespace postdict
