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

    std::vector<double> weights() const {  // present
        std::vector<double> present(weights_.begin(), weights_.end());
        if (plasticity_)
            layout().each_place([&](std::size_t k, std::size_t row, NeuronId target) {
                present[k] = up_to_date(k, row, target);
            });
        return present;
    }
    double weight(std::size_t k) const {  // the k-th of them
        if (!plasticity_) return static_cast<double>(weights_[k]);
        const auto [row, target] = layout().place(k);
        return up_to_date(k, row, target);
    }
    void set_weights(const std::vector<double>& weights) {
        assert(weights.size() == weights_.size());
        // What is pending belongs to the old weights, but for the fluxes.
        if (plasticity_) plasticity_->flush(reader());
        const double most = plasticity_ ? plasticity_->w_max() : unbounded;
        std::transform(weights.begin(), weights.end(), weights_.begin(),
                       [=](double w) { return static_cast<Real>(std::min(w, most)); });
    }

    void set_learning(bool on) {
        plasticity_->flush(reader());
        plasticity_->set_learning(on);
    }
    void set_eta(double eta) {
        plasticity_->flush(reader());
        plasticity_->set_eta(eta);
    }
    // From now on, or no longer; what was accounted before is forgotten.
    void set_accounting(bool on) {
        plasticity_->flush(reader());
        plasticity_->set_accounting(on);
        fluxes_.begin(on ? weights_.size() : 0);
    }
    bool accounting() const { return plasticity_ && plasticity_->accounting(); }
    bool custom() const { return plasticity_ && plasticity_->custom(); }
    // The first update that gave no number since this was last asked.
    std::optional<UpdateFailure> take_failure() { return plasticity_->take_failure(); }
    Fluxes fluxes() const {  // present, by weight
        Fluxes present = fluxes_;
        if (accounting() && plasticity_->custom())
            layout().each_place([&](std::size_t k, std::size_t row, NeuronId target) {
                auto weight = static_cast<double>(weights_[k]);
                plasticity_->peek_custom(row, {&weight, &target, 1, k}, present);
            });
        else if (accounting())
            layout().each_place([&](std::size_t k, std::size_t row, NeuronId target) {
                plasticity_->read_synapse(row, target,
                                          [&](double amount) { present.add(k, amount); });
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
        plasticity_.emplace(stored_in<Real>(rule), n_rows, n_post);
    }
    auto reader() {
        return [this](std::size_t row) { static_cast<Layout&>(*this).read_log(row); };
    }

    std::vector<Real> weights_;  // raw: what the log still holds is not in them
    std::optional<Plasticity> plasticity_;
    Fluxes fluxes_;  // likewise raw

  private:
    const Layout& layout() const { return static_cast<const Layout&>(*this); }
    double up_to_date(std::size_t k, std::size_t row, NeuronId target) const {
        if (!plasticity_->custom())
            return static_cast<double>(plasticity_->up_to_date(weights_[k], row, target));
        auto weight = static_cast<double>(weights_[k]);
        Fluxes apart;
        apart.begin(plasticity_->accounting() ? 1 : 0);
        plasticity_->peek_custom(row, {&weight, &target, 1, 0}, apart);
        return static_cast<double>(static_cast<Real>(weight));
    }
};

}  // namespace postdict
