// Random networks, part by part.
#include "networks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "elementary.hpp"
#include "random.hpp"

using namespace postdict;

namespace fuzz {

namespace {

using Values = std::vector<double>;

// n values, or now and then one for all.
Values values(Bytes& bytes, std::size_t n, const Values& choices) {
    Values result(n, bytes.one_of(choices));
    if (bytes.below(4) == 0)
        for (double& value : result) value = bytes.one_of(choices);
    return result;
}

// In some networks neurons have conductances where they had currents: by the seed alone, so that
// the bytes of older findings mean what they meant in the others.
bool conducting(std::uint64_t seed) {
    return Random(seed, "conductances").below(3) == 0;
}

Neurons neurons(Bytes& bytes, std::size_t n, std::uint64_t seed) {
    const Values tau{20.0, 10.0, 5.0, 100.0, 1.0, 20.1, 0.05, 5000.0};
    const Values v_rest = values(bytes, n, {0.0, -0.5, 0.25});
    const Values v_thresh = values(bytes, n, {1.0, 0.75, 1.5});
    const Values v_reset = values(bytes, n, {0.0, -0.25, 0.5});
    const Values v_init = values(bytes, n, {0.0, 0.5, -0.75});
    const Values i_offset = values(bytes, n, {0.0, 0.4, 1.2, 1.0, -0.5, 0.75});
    Values tau_refrac = values(bytes, n, {0.0, 0.0, 1.5, 30.0, 1e-9});
    Values tau_m = values(bytes, n, tau);
    for (std::size_t i = 0; i < n; ++i) tau_refrac[i] = std::min(tau_refrac[i], 200.0 * tau_m[i]);
    if (bytes.coin()) {
        const Values tau_e = values(bytes, n, tau);
        const Values tau_i = values(bytes, n, tau);
        if (!conducting(seed))
            return LifExponential(
                {tau_m, tau_e, tau_i, v_rest, v_thresh, v_reset, tau_refrac, i_offset, v_init});
        Random random(seed, "reversals");
        const double reversal = std::vector{-2.0, 0.0, 0.5}[random.below(3)];
        return LifConductance({tau_m, tau_e, tau_i, Values(n, 9.0), Values(n, reversal), v_rest,
                               v_thresh, v_reset, tau_refrac, i_offset, v_init});
    }
    if (std::adjacent_find(tau_m.begin(), tau_m.end(), std::not_equal_to<>()) == tau_m.end())
        tau_m.resize(1);
    const bool subtract = bytes.coin();
    if (subtract) std::fill(tau_refrac.begin(), tau_refrac.end(), 0.0);
    // Below every v_reset, v_init and v_inf, currents included.
    const Values v_min(n, bytes.coin() ? -3.0 : -unbounded);
    return LifDelta(
        {tau_m, v_rest, v_thresh, v_reset, tau_refrac, i_offset, v_min, v_init, subtract});
}

// w - eta y at arrivals, w + eta x (1 - w) at spikes.
CustomRule custom(double tau_x, double tau_y, bool set) {
    using enum Operation;
    const ExpressionStep w{variable, 0.0, 0};
    const ExpressionStep eta{variable, 0.0, 1};
    const ExpressionStep x{variable, 0.0, 2};
    const ExpressionStep y{variable, 0.0, 3};
    return {{tau_x},
            {tau_y},
            {set, false},
            {w, eta, y, {multiply}, {subtract}},
            {w, eta, x, {multiply}, {constant, 1.0}, w, {subtract}, {multiply}, {add}},
            "w - eta * y",
            "w + eta * x * (1 - w)"};
}

ThirdFactor third_factor(Bytes& bytes, double tau) {
    Steps signal;
    double t = 0.0;
    for (std::size_t k = bytes.below(6); k > 0; --k) {
        signal.times.push_back(Time::ms(t));
        signal.values.push_back(bytes.one_of({0.1, -0.1, 0.0, 0.3, -1.0}));
        t += bytes.one_of({0.5, 10.0, 1e-9, 3.7});
    }
    return {tau, signal};
}

std::optional<Rule> rule(Bytes& bytes) {
    Rule made{TraceRule{}, bytes.one_of({0.01, 0.0, 0.1, 3.0}), bytes.coin(), bytes.coin(),
              unbounded};
    if (made.soft || bytes.coin()) made.w_max = bytes.one_of({0.5, 0.1, 1.0});
    const Values signs{1.0, -1.0, 0.0, 0.3};
    const Values tau{20.0, 5.0, 0.1, 300.0};
    switch (bytes.below(8)) {
        case 0:
            return std::nullopt;
        case 1:
            made.kind = WindowRule{SampledWindow{{-12.0, 0.0, 30.0}, {-1.0, 0.5, 0.0}},
                                   Duration::ms(12.0), Duration::ms(30.0)};
            break;
        case 2:
            made.kind = WindowRule{HaasWindow{1.0, 0.5, 1.0, 1.0, 10.0, 1.0, 0.5},
                                   Duration::ms(60.0), Duration::ms(60.0)};
            break;
        case 3:
            made.kind = TripletRule{bytes.one_of(signs), bytes.one_of(signs), bytes.one_of(signs),
                                    bytes.one_of(signs), bytes.one_of(tau),   bytes.one_of(tau),
                                    bytes.one_of(tau),   bytes.one_of(tau)};
            break;
        case 4: {  // one after another: the order of arguments is the compiler's
            const double tau_x = bytes.one_of(tau), tau_y = bytes.one_of(tau);
            made.kind = custom(tau_x, tau_y, bytes.coin());
            break;
        }
        default:
            made.kind = TraceRule{bytes.one_of(signs), bytes.one_of(signs),
                                  0.1 * bytes.one_of(signs), bytes.one_of(tau), bytes.one_of(tau)};
    }
    if (bytes.below(3) == 0) made.third_factor = third_factor(bytes, bytes.one_of(tau));
    return made;
}

Sign sign(Bytes& bytes) {
    return bytes.coin() ? Sign::inhibitory : Sign::excitatory;
}

Values weights(Bytes& bytes, std::size_t n) {
    Values result(n);
    for (double& weight : result) weight = bytes.between(0.0, 0.5);
    return result;
}

template <class Real>
Synapses sparse(Bytes& bytes, std::size_t n_pre, std::size_t n_post, bool staggered) {
    SparseParameters p{n_pre, n_post, {0}, {0}, {}, {}, {}, sign(bytes), rule(bytes)};
    for (std::size_t j = 0; j < n_pre; ++j) {
        const std::size_t n_bundles = staggered ? bytes.below(4) : 1;
        double delay = 0.0;
        for (std::size_t bundle = 0; bundle < n_bundles; ++bundle) {
            delay += bytes.one_of({0.5, 1.5, 4.0, 1e-9});
            p.delays.push_back(Duration::ms(delay));
            const std::size_t first = p.targets.size();
            for (std::size_t k = bytes.below(4); k > 0; --k)
                p.targets.push_back(static_cast<NeuronId>(bytes.below(n_post)));
            std::sort(p.targets.begin() + static_cast<std::ptrdiff_t>(first), p.targets.end());
            p.first.push_back(static_cast<std::uint32_t>(p.targets.size()));
        }
        p.source_first.push_back(static_cast<std::uint32_t>(p.delays.size()));
    }
    if (!staggered) p.delays.assign(1, p.delays[0]);
    p.weights = weights(bytes, p.rule || bytes.coin() ? p.targets.size() : 1);
    return SparseProjection<Real>(p);
}

template <class Real>
Synapses dense(Bytes& bytes, std::size_t n_pre, std::size_t n_post) {
    const Sign effect = sign(bytes);
    const std::optional<Rule> learning = rule(bytes);
    const bool uniform = !learning && bytes.coin();
    return DenseProjection<Real>(
        {n_pre, n_post, weights(bytes, uniform ? 1 : n_pre * n_post), effect, learning, uniform});
}

Projection projection(Bytes& bytes, const Network& made) {
    const bool replayed = !made.sources.empty() && bytes.coin();
    Emitter pre{Emitter::Kind::source, 0};
    if (replayed) {
        pre.index = bytes.below(made.sources.size());
    } else {
        pre = {Emitter::Kind::population, bytes.below(made.populations.size())};
    }
    const std::size_t post = bytes.below(made.populations.size());
    const std::size_t n_pre = emitter_size(made, pre);
    const std::size_t n_post = made.populations[post].size();
    std::optional<Duration> axonal_delay =
        Duration::ms(bytes.one_of({1.0, 2.5, 0.5, 10.0, 1e-9, 500.0}));
    const Duration dendritic_delay = Duration::ms(bytes.one_of({0.0, 0.0, 0.5, 3.0}));
    const bool single = bytes.coin();
    const std::size_t form = bytes.below(3);
    if (form == 0)
        return {pre, post, axonal_delay, dendritic_delay,
                single ? dense<float>(bytes, n_pre, n_post) : dense<double>(bytes, n_pre, n_post)};
    if (form == 2) axonal_delay.reset();
    return {pre, post, axonal_delay, dendritic_delay,
            single ? sparse<float>(bytes, n_pre, n_post, form == 2)
                   : sparse<double>(bytes, n_pre, n_post, form == 2)};
}

std::optional<Sampling> sampling(Bytes& bytes, const Network& made) {
    Sampling result{
        Variable::potential, bytes.below(made.populations.size()), {}, 1, Duration{}, {}, 4};
    if (!made.projections.empty() && bytes.coin()) {
        result.target = bytes.below(made.projections.size());
        const std::size_t n = std::visit([](const auto& s) { return s.n_weights(); },
                                         made.projections[result.target].synapses);
        if (n == 0) return std::nullopt;
        result.variable = bytes.coin() ? Variable::weights : Variable::weight_statistics;
        result.width = result.variable == Variable::weights ? n : 4;
        if (result.variable == Variable::weights && bytes.coin())
            result.which.push_back(bytes.below(n));
    } else {
        const Population& population = made.populations[result.target];
        if (std::holds_alternative<LifExponential>(population.neurons) && bytes.coin())
            result.variable = bytes.coin() ? Variable::current_e : Variable::current_i;
        if (std::holds_alternative<LifConductance>(population.neurons) && bytes.coin())
            result.variable = bytes.coin() ? Variable::conductance_e : Variable::conductance_i;
        for (std::size_t k = 0; k <= bytes.below(2); ++k)
            result.which.push_back(bytes.below(population.size()));
    }
    if (!result.which.empty()) result.width = result.which.size();
    if (bytes.coin()) {
        result.times = steps(bytes, 0.0, 0.0).times;
        result.most_samples = result.times.size();
    } else {
        result.interval = Duration::ms(bytes.one_of({1.0, 0.1, 7.5, 1e-3}));
        result.most_samples = 2 + bytes.below(20);
    }
    return result;
}

// A world without a state of its own, which simulations may share: a function of time and of what
// is heard.
class Echo : public World {
  public:
    Echo(std::size_t n, Drive drive, Duration latency) : n_(n), drive_(drive), latency_(latency) {}

    Answer step(Time t, const Heard& heard) override {
        double sum = 0.0;
        for (const double value : heard.values) sum += value;
        for (const Spike& spike : heard.spikes) sum += 0.1 * (t - spike.time).ms();
        const double level = bounded(0.1 * sum);
        Answer answer;
        for (std::size_t i = 0; i < n_; ++i) {
            const double value =
                0.5 * level * (1.0 + elementary::sin(t.ms() + static_cast<double>(i)));
            if (drive_ == Drive::spikes) {
                answer.kicks.push_back(
                    {after(t + latency_, 3e9 * value), static_cast<NeuronId>(i), 0.3});
            } else {
                answer.values.push_back(drive_ == Drive::rates ? 500.0 * value : value);
            }
        }
        return answer;
    }

  private:
    static double bounded(double x) { return x / (1.0 + std::abs(x)); }

    std::size_t n_;
    Drive drive_;
    Duration latency_;
};

// In every second network, and made of its seed alone, so that the bytes of older findings mean
// what they meant.
void add_world(Network& made) {
    Random random(made.seed, "world");
    if (random.below(2) == 0) return;
    const auto pick = [&](std::size_t n) { return random.below(static_cast<std::uint32_t>(n)); };
    Emitter motor{Emitter::Kind::population, pick(made.populations.size())};
    if (!made.sources.empty() && random.below(3) == 0)
        motor = {Emitter::Kind::source, pick(made.sources.size())};
    const std::size_t sensor = pick(made.populations.size());
    const std::size_t n = made.populations[sensor].size();
    const auto readout = static_cast<Readout>(random.below(3));
    const auto drive = static_cast<Drive>(random.below(4));
    const Duration interval = Duration::ms(std::vector{0.5, 5.0, 1.3}[random.below(3)]);
    const Duration latency = Duration::ms(std::vector{0.0, 2.0, 11.7}[random.below(3)]);
    made.worlds.push_back(
        {motor, sensor,
         WorldLoop({"world", emitter_size(made, motor), n, interval, latency, readout, 10.0, drive,
                    0.2, std::make_shared<Echo>(n, drive, latency)},
                   made.seed)});
}

}  // namespace

Steps steps(Bytes& bytes, double low, double high) {
    Steps result = Steps::constant(bytes.between(low, high));
    double last = 0.0;
    for (std::size_t k = bytes.below(4); k > 0; --k) {
        last += bytes.one_of({5.0, 0.5, 20.0, 1e-3});
        result.times.push_back(Time::ms(last));
        result.values.push_back(bytes.between(low, high));
    }
    return result;
}

std::vector<Spike> spikes(Bytes& bytes, std::size_t n, Time earliest) {
    std::vector<Spike> result;
    Time time = earliest;
    for (std::size_t k = bytes.below(20); k > 0; --k) {
        time = time + Duration::ms(bytes.one_of({0.5, 0.0, 2.0, 0.1, 11.0}));
        result.push_back({time, static_cast<NeuronId>(bytes.below(n))});
    }
    std::sort(result.begin(), result.end());
    return result;
}

// Drawn from the seed, so that what older inputs mean stays as it was.
void add_trains(Network& made) {
    if (made.seed % 3 != 0) return;
    const std::size_t n_post = made.populations[0].size();
    std::vector<double> each;
    if (made.seed % 2 == 0) each = {50.0, 550.0};
    made.sources.push_back(
        PoissonTrains(made.seed, "trains", 2, Steps::constant(300.0), std::move(each)));
    made.projections.push_back(
        {{Emitter::Kind::source, made.sources.size() - 1},
         0,
         Duration::ms(1.5),
         Duration{},
         DenseProjection<double>({2, n_post, std::vector<double>(2 * n_post, 0.1), Sign::excitatory,
                                  std::nullopt, false})});
}

Network network(Bytes& bytes) {
    Network made;
    made.seed = bytes.byte();
    for (std::size_t k = 0; k <= bytes.below(3); ++k)
        made.populations.push_back({"population", neurons(bytes, 1 + bytes.below(5), made.seed)});
    const auto target = [&] { return bytes.below(made.populations.size()); };
    for (std::size_t k = bytes.below(3); k > 0; --k) {
        const std::size_t p = target();
        // One after another: the order in which arguments are made is the compiler's.
        const double highest = bytes.one_of({300.0, 5000.0});
        const Steps rate = steps(bytes, 0.0, highest);
        const double weight = bytes.between(-0.5, 0.5);
        made.poisson.push_back({p, PoissonSource(made.seed, std::to_string(k),
                                                 made.populations[p].size(), rate, weight)});
    }
    for (std::size_t k = bytes.below(3); k > 0; --k) {
        const std::size_t p = target();
        std::vector<NeuronId> ids;
        for (std::size_t i = 0; i < made.populations[p].size(); ++i)
            if (bytes.coin()) ids.push_back(static_cast<NeuronId>(i));
        if (!ids.empty()) made.currents.push_back({p, CurrentSource(ids, steps(bytes, -0.5, 1.0))});
    }
    for (std::size_t k = bytes.below(3); k > 0; --k) {
        const std::size_t n = 1 + bytes.below(4);
        made.sources.push_back(SpikeTimesSource("source", n, spikes(bytes, n, Time{})));
    }
    for (std::size_t k = bytes.below(5); k > 0; --k)
        made.projections.push_back(projection(bytes, made));
    for (std::size_t k = bytes.below(4); k > 0; --k)
        if (const auto recording = sampling(bytes, made)) made.recorders.emplace_back(*recording);
    add_trains(made);
    add_world(made);
    return made;
}

}  // namespace fuzz
