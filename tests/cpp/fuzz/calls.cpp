// Random programs of calls on random networks, done twice with other pauses.
#include <algorithm>
#include <cmath>
#include <limits>

#include "networks.hpp"
#include "programs.hpp"
#include "random.hpp"
#include "simulation.hpp"

using namespace postdict;

namespace fuzz {

namespace {

const Limits limits{2'000, 2'000};
constexpr std::size_t most_calls = 40;
constexpr std::uint64_t most_instants = 3'000;  // of one program

// Two simulations of one network: the second does the same with more pauses, reads everything at
// each, and is saved and restored in between.
class Twins {
  public:
    explicit Twins(Bytes bytes)
        : bytes_(bytes),
          network_(network(bytes_)),
          first_(network_, limits),
          second_(network_, limits),
          pauses_(network_.seed, "pauses") {}

    void run() {
        for (std::size_t k = 0; k < most_calls && !bytes_.empty(); ++k) {
            if (!call()) break;
            first_.check_invariants();
            expect(first_.state() == second_.state(), "pausing changed the state");
            read(first_);
        }
    }

  private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    // Returns false where the program ends.
    bool call() {
        switch (bytes_.below(13)) {
            case 0:
                return with_projection([&](Simulation& s, std::size_t p) {
                    std::vector<double> weights = s.weights(p);
                    for (double& w : weights) w *= factor_;
                    s.set_weights(p, weights);
                });
            case 1:
                return with_rule([&](Simulation& s, std::size_t p) { s.set_learning(p, flag_); });
            case 2:
                return with_rule([&](Simulation& s, std::size_t p) { s.set_eta(p, factor_); });
            case 3:
                return with_rule([&](Simulation& s, std::size_t p) { s.set_accounting(p, flag_); });
            case 4:
                return set_rate();
            case 5:
                return append_spikes();
            case 6:
                return set_recording();
            case 7:
                restore(first_);
                return true;
            case 8:
                return take_away();
            case 9:
                return with_rule([&](Simulation& s, std::size_t p) {
                    const auto modulated = [](const auto& synapses) {
                        return synapses.modulated();
                    };
                    if (std::visit(modulated, s.synapses(p)))
                        s.set_modulator(p, Steps::constant(flag_ ? -factor_ : factor_));
                });
            default:
                return run_both();
        }
    }

    bool run_both() {
        const double width = bytes_.one_of({5.0, 50.0, 0.0, 1e-9, 0.3, 1.0});
        const std::uint64_t wanted = bytes_.coin() ? most_instants : bytes_.below(60);
        const std::uint64_t most = std::min(wanted, left_);
        left_ -= most;
        const Time before = first_.time();
        bool stopped = false;
        try {
            first_.run_until(before + Duration::ms(width), most);
        } catch (const LimitError&) {
            stopped = true;
        } catch (const std::overflow_error&) {
            return false;  // inside an instant: neither can go on
        }
        expect(first_.time() >= before, "time ran backwards");
        const Time end = first_.time();
        while (second_.time() < end) {
            const Time pause = pauses_.below(3) == 0
                                   ? after(second_.time(), 0.3e9 * width * pauses_.uniform())
                                   : end;
            second_.run_until(std::min(pause, end), 1 + pauses_.below(40));
            read(second_);
            if (pauses_.below(4) == 0) restore(second_);
        }
        // Samples that are due at the end are taken by a run that gets there.
        second_.run_until(end, 0);
        if (stopped) expect(first_.state() == second_.state(), "a limit changed the state");
        return !stopped && left_ > 0;
    }

    void restore(Simulation& simulation) {
        Simulation fresh(network_, limits);
        fresh.restore(simulation.state());
        fresh.check_invariants();
        expect(fresh.state() == simulation.state(), "restoring changed the state");
        simulation = std::move(fresh);
    }

    void read(const Simulation& simulation) const {
        for (std::size_t p = 0; p < network_.populations.size(); ++p)
            for (std::size_t i = 0; i < network_.populations[p].size(); ++i)
                expect(std::isfinite(simulation.potential(p, static_cast<NeuronId>(i))),
                       "a potential is not finite");
        for (std::size_t p = 0; p < network_.projections.size(); ++p) {
            const std::vector<double> weights = simulation.weights(p);
            std::visit(
                [&](const auto& synapses) {
                    for (std::size_t k = 0; k < weights.size(); ++k)
                        expect(synapses.weight(k, simulation.time()) == weights[k] &&
                                   weights[k] >= 0.0 && weights[k] < infinity,
                               "a weight is not what it is");
                },
                simulation.synapses(p));
            if (!network_.projections[p].plastic()) continue;
            for (const double flux : simulation.fluxes(p).potentiation)
                expect(flux >= 0.0 && flux < infinity, "a flux is negative or not finite");
        }
    }

    template <class Use>
    bool with_projection(Use&& use) {
        factor_ = bytes_.between(0.0, 1.5);
        flag_ = bytes_.coin();
        if (network_.projections.empty()) return true;
        const std::size_t p = bytes_.below(network_.projections.size());
        use(first_, p);
        use(second_, p);
        return true;
    }
    template <class Use>
    bool with_rule(Use&& use) {
        return with_projection([&](Simulation& s, std::size_t p) {
            if (network_.projections[p].plastic()) use(s, p);
        });
    }

    bool set_rate() {
        if (network_.poisson.empty()) return true;
        const std::size_t source = bytes_.below(network_.poisson.size());
        const Steps rate = steps(bytes_, 0.0, 2'000.0);
        for (Simulation* simulation : {&first_, &second_}) simulation->set_rate(source, rate);
        return true;
    }

    bool append_spikes() {
        if (network_.sources.empty()) return true;
        const std::size_t source = bytes_.below(network_.sources.size());
        auto* replay = std::get_if<SpikeTimesSource>(&network_.sources[source]);
        if (replay == nullptr) return true;
        const auto more = spikes(bytes_, replay->size(), first_.time());
        replay->append(more);
        for (Simulation* simulation : {&first_, &second_}) simulation->append_spikes(source, more);
        return true;
    }

    bool set_recording() {
        const std::size_t p = bytes_.below(network_.populations.size());
        const std::size_t n = network_.populations[p].size();
        std::vector<std::uint64_t> chosen(bytes_.coin() ? n : 0);
        for (std::uint64_t& flag : chosen) flag = bytes_.coin() ? 1 : 0;
        const bool on = bytes_.coin();
        for (Simulation* simulation : {&first_, &second_}) {
            simulation->recording(p).on = on;
            simulation->recording(p).chosen = chosen;
        }
        return true;
    }

    bool take_away() {
        const std::size_t p = bytes_.below(network_.populations.size());
        const SpikeRecord taken = first_.take_spikes(p);
        expect(taken.times == second_.take_spikes(p).times, "other spikes are taken away");
        for (std::size_t r = 0; r < network_.recorders.size(); ++r)
            expect(first_.recorder(r).take_away() == second_.recorder(r).take_away(),
                   "other samples are taken away");
        return true;
    }

    Bytes bytes_;
    Network network_;
    Simulation first_;
    Simulation second_;
    Random pauses_;
    std::uint64_t left_ = most_instants;
    double factor_ = 1.0;
    bool flag_ = false;
};

}  // namespace

void run_calls(Bytes bytes) {
    Twins(bytes).run();
}

}  // namespace fuzz
