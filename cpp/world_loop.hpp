// A world in the loop: when it is asked, what it hears, and how its answers act.
//
// Step k = 1, 2, ... is at t_k = k interval. It hears the motor spikes in [t_(k-1), t_k), as they
// are, counted, or as rates, r_k = r_(k-1) e^(-interval/tau) + sum_i e^(-(t_k - t_i)/tau) / tau.
// Its answer acts on [t_k + latency, t_(k+1) + latency): as a current or as rates of Poisson kicks,
// which hold until the next answer; as one kick a sensor at t_k + latency; or as given kicks, none
// before t_k + latency.
//
// A step is taken between two instants, after all events before t_k and before any at it: a world
// that throws leaves everything as it was.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inputs.hpp"
#include "source_rates.hpp"
#include "state.hpp"
#include "types.hpp"
#include "world.hpp"

namespace postdict {

enum class Readout { counts, rates, spikes };
enum class Drive { current, rates, kicks, spikes };

struct LoopSettings {
    std::string name;
    std::size_t n_motor;
    std::size_t n_sensor;
    Duration interval;
    Duration latency;
    Readout readout;
    double tau;  // ms, of the rates
    Drive drive;
    double weight;  // mV, of a kick at a rate
    std::shared_ptr<World> world;
};

// A number as messages show it.
std::string shown(double value);
// "world 'arm' at t = 20 ms: " and what is wrong.
std::string about(const std::string& world, Time t, const std::string& rule);

class WorldLoop {
  public:
    WorldLoop(LoopSettings settings, std::uint64_t seed);

    Time next_step() const { return step_time(n_steps_ + 1); }
    // Motor spikes of an instant, sorted.
    void hear(const std::vector<NeuronId>& fired, Time t) {
        for (const NeuronId j : fired) heard_.push_back({t, j});
    }
    // Asks the world at next_step(), and returns its reward.
    std::optional<double> step();
    // What the sensors get from `t + latency` on. Throws std::invalid_argument where it is wrong.
    void answer(const Answer& given, Time t);

    // Of what is next to act on the sensors: a change, or a kick.
    Time next_time() const;
    // Lets it act; kicks go to the inputs. `changed(i)` is called where the current of i is new.
    template <class Changed>
    std::uint64_t act(Time t, Inputs& inputs, Changed&& changed);
    // Other random numbers of the kicks at rates, from now on.
    void reseed(std::uint64_t seed, Time now) { source_.reseed(seed, now); }
    World& world() const { return *settings_.world; }
    // What a sensor receives at present, mV.
    double current(NeuronId i) const {
        return settings_.drive == Drive::current ? present_[static_cast<std::size_t>(i)] : 0.0;
    }
    const std::string& name() const { return settings_.name; }
    // Numbers kept for later, which grow with the activity and with latency / interval: spikes that
    // will be heard; kicks, and values of changes, that will act.
    std::size_t n_to_hear() const { return heard_.size(); }
    std::size_t n_to_act() const { return n_kicks() + changes_.size() * settings_.n_sensor; }
    std::size_t n_pending() const { return n_to_hear() + n_to_act(); }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit);
    void check_state(Time now) const;

  private:
    struct Change {
        Time time;
        std::vector<double> values;  // (n_sensor,) mV or Hz
    };

    Time step_time(std::uint64_t k) const {
        return Time{} + settings_.interval * static_cast<std::int64_t>(k);
    }
    bool holds() const {
        return settings_.drive == Drive::current || settings_.drive == Drive::rates;
    }
    std::size_t n_kicks() const { return kicks_.size() - n_kicked_; }
    std::vector<double> rates_at(Time t) const;
    void check(const Answer& given, Time t) const;
    void add_kicks(std::vector<SensorKick> kicks);

    LoopSettings settings_;
    std::uint64_t n_steps_ = 0;
    std::vector<Spike> heard_;         // since the last step
    std::vector<double> motor_rates_;  // (n_motor,) Hz, at the last step
    std::deque<Change> changes_;       // to come, by time
    std::vector<double> present_;      // (n_sensor,) mV, the current that holds
    RatesSource source_;
    std::vector<SensorKick> kicks_;  // by (time, id); the first n_kicked_ have acted
    std::size_t n_kicked_ = 0;
};

template <class Changed>
std::uint64_t WorldLoop::act(Time t, Inputs& inputs, Changed&& changed) {
    while (!changes_.empty() && changes_.front().time == t) {
        const std::vector<double> values = std::move(changes_.front().values);
        changes_.pop_front();
        if (settings_.drive == Drive::rates) {
            source_.set_rates(values, t);
            continue;
        }
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (values[i] == present_[i]) continue;
            present_[i] = values[i];
            changed(static_cast<NeuronId>(i));
        }
    }
    std::uint64_t n = 0;
    for (; source_.next_time() == t; ++n) inputs.kick(source_.kick(), settings_.weight);
    for (; n_kicked_ < kicks_.size() && kicks_[n_kicked_].time == t; ++n_kicked_, ++n)
        inputs.kick(kicks_[n_kicked_].id, kicks_[n_kicked_].weight);
    if (2 * n_kicked_ >= kicks_.size()) {
        kicks_.erase(kicks_.begin(), kicks_.begin() + static_cast<std::ptrdiff_t>(n_kicked_));
        n_kicked_ = 0;
    }
    return n;
}

template <class Self, class Visitor>
void WorldLoop::fields(Self& self, Visitor& visit) {
    visit("n_steps", self.n_steps_);
    visit("motor_rates", self.motor_rates_);
    visit("present", self.present_);
    visit("source", self.source_);
    const std::size_t n = self.settings_.n_sensor;
    std::vector<Time> change_times;
    std::vector<double> change_values;
    for (const Change& change : self.changes_) {
        change_times.push_back(change.time);
        change_values.insert(change_values.end(), change.values.begin(), change.values.end());
    }
    std::size_t first_heard = 0;
    visit.growing(self.heard_, first_heard, Column{"heard.time", &Spike::time},
                  Column{"heard.id", &Spike::id});
    visit.growing("change.time", change_times);
    visit.growing("change.values", change_values);
    visit.growing(self.kicks_, self.n_kicked_, Column{"kick.time", &SensorKick::time},
                  Column{"kick.id", &SensorKick::id}, Column{"kick.weight", &SensorKick::weight});
    if constexpr (!std::is_const_v<Self>) {
        require_state(change_values.size() == n * change_times.size(),
                      "what a world answered has the wrong length");
        self.changes_.clear();
        for (std::size_t k = 0; k < change_times.size(); ++k) {
            const auto first = change_values.begin() + static_cast<std::ptrdiff_t>(k * n);
            self.changes_.push_back(
                {change_times[k], {first, first + static_cast<std::ptrdiff_t>(n)}});
        }
    }
}

}  // namespace postdict
