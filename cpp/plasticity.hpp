// What the synapses of a plastic projection share, however they are stored: traces, the log of
// postsynaptic spikes, and how far each row has read it.
//
// A row is the synapses of one source that see its arrivals at one time. Between two arrivals of its
// source a row's presynaptic trace is a constant x_j of the growing frame, so that the k-th logged
// spike changes each of its weights by x_j * factor_k: one product, whenever it is taken in. Every
// synapse takes in its spikes one by one in their order, bounded after each, as if at once; so the
// bits do not depend on when that happens, and reading a weight applies to a copy what is pending.
// The log is emptied, after all rows have read it, when the frame of x moves or it has grown long:
// at points that the events alone fix.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "decaying_values.hpp"
#include "rule_trace.hpp"
#include "spike_log.hpp"
#include "state.hpp"
#include "types.hpp"

namespace postdict {

// The largest number that Real can hold up to a bound, so that what is stored obeys the bound too.
template <class Real>
double largest_up_to(double bound) {
    const auto nearest = static_cast<Real>(bound);
    return static_cast<double>(static_cast<double>(nearest) <= bound
                                   ? nearest
                                   : std::nextafter(nearest, Real{0}));
}

class Plasticity {
  public:
    Plasticity(const TraceRule& rule, std::size_t n_rows, std::size_t n_post, double w_max)
        : rule_(rule),
          w_max_(w_max),
          x_(std::vector<double>(n_rows, 0.0), {rule.tau_x}),
          y_(std::vector<double>(n_post, 0.0), {rule.tau_y}),
          log_(n_post),
          seen_(n_rows, 0) {}

    double w_max() const { return w_max_; }
    double bounded(double weight) const { return std::min(std::max(weight, 0.0), w_max_); }

    // A plasticity whose learning is off still follows the spikes. Before it is switched every row
    // has to read the log (`flush`).
    bool learning() const { return learning_; }
    void set_learning(bool on) { learning_ = on; }

    // Called first at each event; `read(row)` must take in what the row has not seen.
    template <class Read>
    void advance(Time t, Read&& read) {
        if (x_.due(t) || log_.size() >= longest_log) flush(read);
        x_.advance(t);
        y_.advance(t);
    }
    template <class Read>
    void flush(Read&& read) {
        for (std::size_t row = 0; row < seen_.size(); ++row) read(row);
        forget();
    }
    // What is pending is lost: for weights that are replaced.
    void forget() {
        log_.clear();
        std::fill(seen_.begin(), seen_.end(), 0U);
    }

    // The pending spikes of a row, [seen, log().size()), each to be multiplied by x(row).
    const SpikeLog& log() const { return log_; }
    std::uint32_t seen(std::size_t row) const { return seen_[row]; }
    void mark_read(std::size_t row) { seen_[row] = log_.size(); }
    double x(std::size_t row) const { return x_.scaled()[row]; }

    // At the instant of the last `advance`: an arrival changes a weight by constant + factor * y[i],
    const double* y() const { return y_.scaled(); }
    double arrival_factor() const { return rule_.arrival_y / y_.growth(0); }
    double arrival_constant() const { return rule_.arrival; }
    // and is counted after that.
    void count_arrival(std::size_t row) { x_.scaled()[row] += x_.growth(0); }
    // A postsynaptic spike, after the arrivals of its instant.
    void count_spike(NeuronId i) {
        if (learning_) log_.append(i, rule_.spike_x / x_.growth(0));
        y_.scaled()[i] += y_.growth(0);
    }

    // A weight onto target i after the pending spikes of i, in their order, stored as Real.
    template <class Real>
    Real up_to_date(Real weight, std::size_t row, NeuronId i) const {
        const std::uint32_t seen = seen_[row];
        const auto pending = [&](std::uint32_t k) { return k != SpikeLog::none && k >= seen; };
        std::uint32_t k = log_.latest(i);
        if (!pending(k)) return weight;
        const double x = this->x(row);
        if (!pending(log_[k].previous)) return changed(weight, x, k);
        std::vector<std::uint32_t> backwards;
        for (; pending(k); k = log_[k].previous) backwards.push_back(k);
        for (auto entry = backwards.rbegin(); entry != backwards.rend(); ++entry)
            weight = changed(weight, x, *entry);
        return weight;
    }
    template <class Real>
    Real changed(Real weight, double x, std::uint32_t entry) const {
        return static_cast<Real>(
            bounded(static_cast<double>(weight) + x * log_[entry].factor));
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit("x", self.x_);
        visit("y", self.y_);
        visit("learning", self.learning_);
        std::vector<double> factors;
        std::vector<NeuronId> ids;
        for (std::uint32_t k = 0; k < self.log_.size(); ++k) {
            factors.push_back(self.log_[k].factor);
            ids.push_back(self.log_[k].id);
        }
        visit.growing("log.factor", factors);
        visit.growing("log.id", ids);
        visit("seen", self.seen_);
        if constexpr (!std::is_const_v<Self>) self.assign(factors, ids);
    }

    void check_state(Time now) const {
        for (const DecayingValues* trace : {&x_, &y_}) {
            trace->check_state(now);
            for (std::size_t k = 0; k < trace->size(); ++k)
                postdict::check_state(trace->scaled()[k] >= 0.0, "a trace is negative");
        }
        for (std::uint32_t k = 0; k < log_.size(); ++k)
            postdict::check_state(std::isfinite(log_[k].factor), "a logged spike is not finite");
        for (const std::uint32_t seen : seen_)
            postdict::check_state(seen <= log_.size(), "a row has read spikes that are not there");
    }

  private:
    static constexpr std::uint32_t longest_log = 1U << 14;

    void assign(const std::vector<double>& factors, const std::vector<NeuronId>& ids) {
        postdict::check_state(factors.size() == ids.size(),
                              "logged spikes lack a factor or an id");
        log_.clear();
        for (std::size_t k = 0; k < ids.size(); ++k) {
            postdict::check_state(static_cast<std::size_t>(ids[k]) < y_.size(),
                                  "a logged spike has no neuron");
            log_.append(ids[k], factors[k]);
        }
    }

    TraceRule rule_;
    double w_max_;      // mV
    DecayingValues x_;  // (n_rows,) traces of arrivals
    DecayingValues y_;  // (n_post,) traces of postsynaptic spikes
    SpikeLog log_;
    std::vector<std::uint32_t> seen_;  // (n_rows,) how many entries of the log each has taken in
    bool learning_ = true;
};

}  // namespace postdict
