// Small simulations over everything, and the digests of what became of them.
//
//     postdict_digests FILE            compares with the file, and fails where a digest differs
//     postdict_digests --write FILE    writes it
//
// The file is the same for all compilers, C libraries and processors: docs/reliability.md.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "networks.hpp"
#include "random.hpp"
#include "simulation.hpp"
#include "voice/ear.hpp"
#include "voice/source_filter.hpp"
#include "voice/syrinx.hpp"

using namespace postdict;

namespace {

using Digests = std::map<std::string, std::string>;

// FNV-1a of 64 bits, byte by byte from the lowest, so that the order of bytes in memory is no part
// of it.
class Digest {
  public:
    void add(std::uint64_t word) {
        for (int k = 0; k < 64; k += 8) hash_ = (hash_ ^ (word >> k & 0xff)) * 0x100000001b3U;
    }
    void add(std::int64_t value) { add(static_cast<std::uint64_t>(value)); }
    void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
    std::string text() const {
        char digits[17];
        std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash_));
        return digits;
    }

  private:
    std::uint64_t hash_ = 0xcbf29ce484222325U;
};

// What a user sees of a simulation: spikes, potentials, weights.
std::string digest_of(const Simulation& simulation, const Network& network) {
    Digest digest;
    for (std::size_t p = 0; p < network.populations.size(); ++p) {
        const SpikeRecord& record = simulation.spikes(p);
        for (const Time time : record.times) digest.add(time.count());
        for (const NeuronId id : record.ids) digest.add(std::int64_t{id});
        for (std::size_t i = 0; i < network.populations[p].size(); ++i)
            digest.add(simulation.potential(p, static_cast<NeuronId>(i)));
    }
    for (std::size_t p = 0; p < network.projections.size(); ++p)
        for (const double weight : simulation.weights(p)) digest.add(weight);
    return digest.text();
}

std::string digest_of(const std::vector<double>& values) {
    Digest digest;
    for (const double value : values) digest.add(value);
    return digest.text();
}

// Random networks of the fuzzers, with every kind of neuron, rule, layout, source, world, delay and
// recorder, for 10 s each or as far as a number of instants goes.
void add_networks(Digests& digests) {
    constexpr int n_networks = 120;
    const Limits limits{.recorded_spikes = 20'000};  // of networks that run away
    for (int n = 0; n < n_networks; ++n) {
        const std::string name = "network " + std::to_string(n);
        Random random(2026, name);
        std::vector<std::uint8_t> drawn(4000);
        for (std::uint8_t& byte : drawn) byte = static_cast<std::uint8_t>(random.below(256));
        fuzz::Bytes bytes(drawn.data(), drawn.size());
        const Network network = fuzz::network(bytes);
        Simulation simulation(network, limits);
        try {
            simulation.run_until(Time::ms(10'000.0), 100'000);
        } catch (
            const std::exception&) {  // stopped by a limit or a rule: where, is the same as well
        }
        digests[name] = digest_of(simulation, network);
    }
}

// Many neurons and dense plastic rows, whose inner loops have kernels for several processors.
void add_loop(Digests& digests) {
    constexpr std::size_t n_motor = 37, n_sensor = 53;
    const auto all = [](std::size_t n, double value) { return std::vector<double>(n, value); };
    const auto neurons = [&](std::size_t n) {
        return LifDelta({{10.0},
                         all(n, 0.0),
                         all(n, 1.0),
                         all(n, 0.0),
                         all(n, 0.0),
                         all(n, 0.1),
                         all(n, -3.0),
                         all(n, 0.0),
                         false});
    };
    for (const bool single : {false, true}) {
        Network network;
        network.seed = 11;
        network.populations.push_back({"motor", neurons(n_motor)});
        network.populations.push_back({"sensor", neurons(n_sensor)});
        network.poisson.push_back(
            {0, PoissonSource(network.seed, "exploration", n_motor, Steps::constant(60.0), 0.6)});
        Random random(network.seed, "world");
        std::vector<double> world(n_motor * n_sensor), start(n_motor * n_sensor);
        for (double& w : world) w = 0.4 * random.uniform();
        for (double& w : start) w = 0.02 * random.uniform();
        const Emitter motor{Emitter::Kind::population, 0}, sensor{Emitter::Kind::population, 1};
        network.projections.push_back(
            {motor, 1, Duration::ms(10.0), Duration{},
             DenseProjection<double>({n_motor, n_sensor, world, Sign::excitatory, {}, false})});
        const Rule rule{TraceRule{1.0, -0.9, 0.0, 20.0, 20.0}, 1e-3, false, false, 0.5};
        const DenseParameters plastic{n_sensor, n_motor, start, Sign::inhibitory, rule, false};
        if (single)
            network.projections.push_back(
                {sensor, 0, Duration::ms(1.0), Duration{}, DenseProjection<float>(plastic)});
        else
            network.projections.push_back(
                {sensor, 0, Duration::ms(1.0), Duration{}, DenseProjection<double>(plastic)});
        Simulation simulation(network, {});
        simulation.run_until(Time::ms(60'000.0), never_stop);
        digests[single ? "loop, weights of 32 bits" : "loop"] = digest_of(simulation, network);
    }
}

void add_voices(Digests& digests) {
    constexpr double rate = 20000.0;
    constexpr std::size_t n = 4000;
    Syrinx syrinx({rate, 8, 4e4, 0.025 / 343.0, 0.65, 20.0, 500.0, 1.43e-10, 1e5, 5e6});
    std::vector<double> pressure, tension, sound(n);
    for (std::size_t k = 0; k < n; ++k) {
        const double rise = std::min(1.0, static_cast<double>(k) / 600.0);
        pressure.push_back(-0.1 + 0.25 * rise);
        tension.push_back(0.15 - 0.05 * rise);
    }
    syrinx.sing(pressure, tension, sound);
    digests["syrinx"] = digest_of(sound);

    Ear ear({rate, {500.0, 1000.0, 2000.0, 4000.0, 8000.0}, 20, 0.1, 0.2, 0.7, 2, 0.05});
    std::vector<double> levels;
    ear.hear(sound, levels);
    digests["ear"] = digest_of(levels);

    SourceFilter voice({rate, 0.01, 8500.0, 9500.0}, 3);
    std::vector<double> postures;
    for (std::size_t k = 0; k < n; ++k) {
        const double along = static_cast<double>(k) / static_cast<double>(n);
        postures.insert(postures.end(), {6.0 + along, -3.0 * along, -20.0, 3000.0 - 900.0 * along,
                                         7.0 + 0.5 * along});
    }
    voice.sing(postures, std::vector<double>(n, 1.0), sound);
    digests["voice of a source and a filter"] = digest_of(sound);
}

Digests made() {
    Digests digests;
    add_networks(digests);
    add_loop(digests);
    add_voices(digests);
    return digests;
}

void write(const Digests& digests, const std::string& path) {
    std::ofstream file(path);
    file << "{\n";
    for (auto entry = digests.begin(); entry != digests.end(); ++entry)
        file << "  \"" << entry->first << "\": \"" << entry->second
             << (std::next(entry) == digests.end() ? "\"\n" : "\",\n");
    file << "}\n";
    if (!file) throw std::runtime_error("cannot write " + path);
}

// What `write` wrote: one entry a line.
Digests read(const std::string& path) {
    std::ifstream file(path);
    Digests digests;
    for (std::string line; std::getline(file, line);) {
        const std::size_t middle = line.find("\": \"");
        const std::size_t first = line.find('"'), last = line.rfind('"');
        if (middle == std::string::npos || last < middle + 4) continue;
        digests[line.substr(first + 1, middle - first - 1)] =
            line.substr(middle + 4, last - middle - 4);
    }
    if (digests.empty()) throw std::runtime_error("no digests in " + path);
    return digests;
}

int compare(const Digests& found, const Digests& kept) {
    int n_different = 0;
    for (const auto& [name, digest] : kept) {
        const auto here = found.find(name);
        if (here != found.end() && here->second == digest) continue;
        ++n_different;
        std::cout << name << ": " << digest << " in the file, "
                  << (here == found.end() ? "nothing" : here->second) << " here\n";
    }
    if (found.size() > kept.size()) std::cout << "some have no entry in the file\n";
    const bool equal = n_different == 0 && found.size() == kept.size();
    std::cout << kept.size() << " digests, " << n_different << " differ\n";
    return equal ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc == 3 && std::strcmp(argv[1], "--write") == 0) {
        write(made(), argv[2]);
        return 0;
    }
    if (argc == 2) return compare(made(), read(argv[1]));
    std::cerr << "usage: postdict_digests [--write] FILE\n";
    return 2;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
