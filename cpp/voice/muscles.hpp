// What motor spikes do to muscles that many neurons share: where the muscles stand is the mean of
// what the gestures under way ask for.
//
//     theta(t) = sum_s k(t - t_s) theta_i(s) / sum_s k(t - t_s),   gate(t) = min(1, sum_s k(t -
//     t_s))
//
// over spikes s of neurons i(s); k is the course of one gesture, between 0 and 1. Gestures of one
// neuron in a row hold a posture, those of neighbours in turn glide from one to the next, and more
// of them at once than one make nothing stronger. Without a gesture under way the muscles stay
// where they were, and the gate is shut.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "../state.hpp"
#include "../types.hpp"

namespace postdict {

class Muscles {
  public:
    // Course, (n_course,): k, sample by sample; postures, (n, n_muscles): theta_i of each neuron.
    Muscles(std::vector<double> course, std::vector<double> postures, std::size_t n_muscles,
            std::vector<double> at_first)
        : course_(std::move(course)),
          postures_(std::move(postures)),
          n_muscles_(n_muscles),
          posture_(std::move(at_first)) {}

    std::size_t size() const { return postures_.size() / n_muscles_; }
    std::size_t n_muscles() const { return n_muscles_; }

    // Adds the gesture of a neuron, `onset` samples from now.
    void add(NeuronId who, std::size_t onset) {
        const std::size_t width = n_muscles_ + 1;
        const std::size_t needed = (onset + course_.size()) * width;
        if (pending_.size() < needed) pending_.resize(needed, 0.0);
        const double* const posture = postures_.data() + static_cast<std::size_t>(who) * n_muscles_;
        for (std::size_t k = 0; k < course_.size(); ++k) {
            double* const row = pending_.data() + (onset + k) * width;
            for (std::size_t m = 0; m < n_muscles_; ++m) row[m] += course_[k] * posture[m];
            row[n_muscles_] += course_[k];
        }
    }

    // The next samples of postures, (n_samples, n_muscles), and of the gate, (n_samples,); time
    // moves on behind them.
    void take(std::span<double> postures, std::span<double> gate) {
        const std::size_t width = n_muscles_ + 1;
        const std::size_t n = std::min(gate.size(), pending_.size() / width);
        for (std::size_t k = 0; k < gate.size(); ++k) {
            const double* const row = k < n ? pending_.data() + k * width : nullptr;
            const double total = row ? row[n_muscles_] : 0.0;
            // At the ends of a course the sums are too small for their quotient to mean anything.
            if (total > faintest)
                for (std::size_t m = 0; m < n_muscles_; ++m) posture_[m] = row[m] / total;
            std::copy(posture_.begin(), posture_.end(),
                      postures.begin() + static_cast<std::ptrdiff_t>(k * n_muscles_));
            gate[k] = std::min(1.0, total);
        }
        pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(n * width));
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("posture", self.posture_);
        visit.growing("pending", self.pending_);
    }
    void check_state() const {
        require_state(pending_.size() % (n_muscles_ + 1) == 0,
                      "two muscles know different futures");
        for (const auto* values : {&pending_, &posture_})
            require_state(std::all_of(values->begin(), values->end(), is_moderate),
                          "what a muscle will do is not finite");
    }

  private:
    static constexpr double faintest = 1e-9;

    std::vector<double> course_;    // (n_course,)
    std::vector<double> postures_;  // (n, n_muscles)
    std::size_t n_muscles_;
    std::vector<double> posture_;  // (n_muscles,)
    std::vector<double>
        pending_;  // (n_samples, n_muscles + 1) from the present on: sums and weight
};

}  // namespace postdict
