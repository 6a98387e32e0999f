// The weights of a projection and what its rule does to them, whatever the layout: what dense and
// sparse projections share.
//
// The layout is the projection itself. It names the row and the target of each weight (`place(k)`,
// and `each_place(visit)` for all, as visit(k, row, target)), and makes a row take in the spikes
// that are pending for it (`read_log(row)`). Real is the type in which weights are stored; all
// arithmetic is in double.
#pragma once

#include <algorithm>
#include <cassert>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "fluxes.hpp"
#include "plasticity.hpp"
#include "rules.hpp"
#include "state.hpp"
#include "types.hpp"

namespace postdict {

template <class Layout, class Real>
class PlasticWeights {
  public:
    bool plastic() const { return plasticity_.has_value(); }
    std::size_t n_weights() const { return weights_.size(); }

    // A postsynaptic spike, after the arrivals of its instant.
    void on_spike(NeuronId i, Time t) {
        plasticity_->advance(t, reader());
        plasticity_->count_spike(i, t);
    }

    // At the present t.
    std::vector<double> weights(Time t) const {
        std::vector<double> present(weights_.begin(), weights_.end());
        if (!plasticity_) return present;
        Plasticity::Glance glance = plasticity_->glance(t);
        layout().each_place([&](std::size_t k, std::size_t row, NeuronId target) {
            present[k] = up_to_date(glance, k, row, target);
        });
        return present;
    }
    double weight(std::size_t k, Time t) const {  // the k-th of them
        if (!plasticity_) return static_cast<double>(weights_[k]);
        const auto [row, target] = layout().place(k);
        Plasticity::Glance glance = plasticity_->glance(t);
        return up_to_date(glance, k, row, target);
    }
    void set_weights(const std::vector<double>& weights, Time t) {
        assert(weights.size() == weights_.size());
        // What is pending belongs to the old weights, but for the fluxes.
        if (plasticity_) plasticity_->settle(t, reader());
        const double most = plasticity_ ? plasticity_->w_max() : unbounded;
        std::transform(weights.begin(), weights.end(), weights_.begin(),
                       [=](double w) { return static_cast<Real>(std::min(w, most)); });
    }

    void set_learning(bool on, Time t) {
        plasticity_->settle(t, reader());
        plasticity_->set_learning(on);
    }
    void set_eta(double eta, Time t) {
        plasticity_->settle(t, reader());
        plasticity_->set_eta(eta);
    }
    bool modulated() const { return plasticity_ && plasticity_->modulated(); }
    void set_modulator(const Steps& signal, Time t) { plasticity_->set_modulator(signal, t); }
    // From now on, or no longer; what was accounted before is forgotten.
    void set_accounting(bool on, Time t) {
        plasticity_->settle(t, reader());
        plasticity_->set_accounting(on);
        fluxes_.begin(on ? weights_.size() : 0);
    }
    bool accounting() const { return plasticity_ && plasticity_->accounting(); }
    // Whether an update may give no number, and the first that did since this was last asked.
    bool can_fail() const { return plasticity_ && plasticity_->can_fail(); }
    std::optional<UpdateFailure> take_failure() { return plasticity_->take_failure(); }
    Fluxes fluxes(Time t) const {  // by weight
        Fluxes present = fluxes_;
        if (!accounting()) return present;
        Plasticity::Glance glance = plasticity_->glance(t);
        layout().each_place([&](std::size_t k, std::size_t row, NeuronId target) {
            Real weight = weights_[k];
            plasticity_->peek(glance, row, RowOfSynapses<Real>{&weight, &target, 1, k}, &present);
        });
        return present;
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        using Own = std::conditional_t<std::is_const_v<Self>, const PlasticWeights, PlasticWeights>;
        Own& own = self;
        visit("weights", own.weights_);
        if (!own.plasticity_) return;
        visit("plasticity", *own.plasticity_);
        visit("fluxes", own.fluxes_);
    }
    bool all_nonnegative() const {
        return std::all_of(weights_.begin(), weights_.end(),
                           [](Real weight) { return weight >= Real{0}; });
    }

    void check_state(Time now) const {
        for (const Real weight : weights_) {
            const auto w = static_cast<double>(weight);
            require_state(is_moderate(w) && (!plasticity_ || plasticity_->bounded(w) == w),
                          "a weight is out of its bounds");
        }
        if (!plasticity_) return;
        plasticity_->check_state(now);
        fluxes_.check_state(accounting() ? weights_.size() : 0);
    }

  protected:
    explicit PlasticWeights(std::size_t n_weights) : weights_(n_weights) {}

    void set_rule(const Rule& rule, std::size_t n_rows, std::size_t n_post) {
        plasticity_.emplace(stored_in<Real>(rule), n_rows, n_post, weights_.size());
    }
    auto reader() {
        return [this](std::size_t row) { static_cast<Layout&>(*this).read_log(row); };
    }

    std::vector<Real> weights_;  // raw: what the log still holds is not in them
    std::optional<Plasticity> plasticity_;
    Fluxes fluxes_;  // likewise raw

  private:
    const Layout& layout() const { return static_cast<const Layout&>(*this); }
    double up_to_date(Plasticity::Glance& glance, std::size_t k, std::size_t row,
                      NeuronId target) const {
        Real weight = weights_[k];
        plasticity_->peek(glance, row, RowOfSynapses<Real>{&weight, &target, 1, k}, nullptr);
        return static_cast<double>(weight);
    }
};

}  // namespace postdict
