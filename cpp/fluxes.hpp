// The account of what a rule does to each synapse, potentiation and depression apart.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "state.hpp"
#include "types.hpp"

namespace postdict {

// What a rule has added to each synapse and taken from it, bounds and frozen weights aside, mV.
struct Fluxes {
    std::vector<double> potentiation;  // (n_synapses,), empty while nothing is accounted
    std::vector<double> depression;

    void begin(std::size_t n) {
        potentiation.assign(n, 0.0);
        depression.assign(n, 0.0);
    }
    void add(std::size_t synapse, double amount) {
        (amount > 0.0 ? potentiation : depression)[synapse] += std::abs(amount);
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit.growing("potentiation", self.potentiation);
        visit.growing("depression", self.depression);
    }
    void check_state(std::size_t n) const {
        for (const std::vector<double>* flux : {&potentiation, &depression}) {
            require_state(flux->size() == n, "fluxes are missing, or there for nothing");
            for (const double sum : *flux)
                require_state(sum >= 0.0 && sum < unbounded, "a flux is negative");
        }
    }
};

}  // namespace postdict
