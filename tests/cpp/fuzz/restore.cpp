// Valid states, altered at random: each is refused, or restored to something that runs.
#include <bit>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>

#include "networks.hpp"
#include "programs.hpp"
#include "random.hpp"
#include "simulation.hpp"

using namespace postdict;

namespace fuzz {

namespace {

const Limits limits{2'000, 2'000};
constexpr std::size_t n_networks = 32;
constexpr std::size_t most_alterations = 8;

struct Start {
    Network network;
    State state;
};

// Networks of random bytes that have run for a while: the valid states that are altered.
const Start& start(std::size_t number) {
    static std::map<std::size_t, Start> made;
    const auto found = made.find(number);
    if (found != made.end()) return found->second;
    Random random(number, "network");
    std::vector<std::uint8_t> noise(2'000);
    for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random.below(256));
    Bytes bytes(noise.data(), noise.size());
    Network description = network(bytes);
    Simulation simulation(description, limits);
    for (std::size_t p = 0; p < description.projections.size(); ++p)
        if (description.projections[p].plastic())
            simulation.set_accounting(p, random.below(2) == 0);
    try {
        simulation.run_until(Time::ms(40.0), 2'000);
    } catch (const LimitError&) {
    }
    return made.emplace(number, Start{std::move(description), simulation.state()}).first->second;
}

double odd_number(Bytes& bytes) {
    using Numbers = std::numeric_limits<double>;
    switch (bytes.below(4)) {
        case 0:
            return std::bit_cast<double>(bytes.word());
        case 1:
            return bytes.between(-100.0, 100.0);
        default:
            return bytes.one_of({0.0, -0.0, 1.0, -1.0, unbounded, -unbounded, Numbers::quiet_NaN(),
                                 Numbers::denorm_min(), Numbers::max(), -Numbers::max(), 1e100,
                                 1e-300, 40.0});
    }
}

template <class T>
T odd(Bytes& bytes) {
    if constexpr (std::is_same_v<T, double>) {
        return odd_number(bytes);
    } else {
        if (bytes.coin()) return static_cast<T>(bytes.word());
        if (bytes.coin()) return static_cast<T>(std::uint64_t{bytes.byte()} - 1);
        return static_cast<T>(1e9 * bytes.between(0.0, 100.0));  // a time
    }
}

void alter(Bytes& bytes, State& state) {
    if (state.empty()) return;
    const auto at = [&] {
        return std::next(state.begin(), static_cast<std::ptrdiff_t>(bytes.below(state.size())));
    };
    const auto place = at();
    switch (bytes.below(8)) {
        case 0:
            state.erase(place);
            return;
        case 1:  // the type of another
            place->second = at()->second;
            return;
        case 2:
            std::visit(
                [&](auto& values) {
                    using T = typename std::decay_t<decltype(values)>::value_type;
                    values.resize(bytes.below(40), odd<T>(bytes));
                },
                place->second);
            return;
        case 3:  // grows by one, as everything that belongs to it may
            std::visit(
                [&](auto& values) {
                    using T = typename std::decay_t<decltype(values)>::value_type;
                    values.push_back(values.empty() || bytes.coin() ? odd<T>(bytes)
                                                                    : values.back());
                },
                place->second);
            return;
        default:
            std::visit(
                [&](auto& values) {
                    using T = typename std::decay_t<decltype(values)>::value_type;
                    if (!values.empty()) values[bytes.below(values.size())] = odd<T>(bytes);
                },
                place->second);
    }
}

// Numbers from which sums may grow beyond every double within a few events.
bool absurd(const State& state) {
    for (const auto& [name, array] : state)
        if (const auto* values = std::get_if<std::vector<double>>(&array))
            for (const double value : *values)
                if (std::isfinite(value) && std::abs(value) > 1e30) return true;
    return false;
}

void run(Simulation& simulation, bool may_overflow) {
    Time last = simulation.time();
    for (int part = 0; part < 10; ++part) {
        try {
            simulation.run_until(last + Duration::ms(5.0), 100);
        } catch (const LimitError&) {
            return;
        } catch (const std::overflow_error&) {
            return;
        } catch (const StateError&) {
            if (!may_overflow) throw;
            return;
        }
        expect(simulation.time() >= last, "time ran backwards");
        last = simulation.time();
    }
}

}  // namespace

void run_restore(Bytes bytes) {
    const Start& valid = start(bytes.below(n_networks));
    State state = valid.state;
    for (std::size_t k = 0; k < most_alterations && !bytes.empty(); ++k) alter(bytes, state);
    Simulation simulation(valid.network, limits);
    try {
        simulation.restore(state);
    } catch (const StateError&) {
        return;
    }
    simulation.check_invariants();
    simulation.state();
    run(simulation, absurd(state));
    for (std::size_t p = 0; p < valid.network.projections.size(); ++p) simulation.weights(p);
}

}  // namespace fuzz
