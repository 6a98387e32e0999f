#include "world_loop.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "elementary.hpp"

namespace postdict {

namespace {

// With all digits, for two that would look equal without.
std::string exactly(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.17g", value);
    return text;
}

bool earlier(const SensorKick& a, const SensorKick& b) {
    return a.time < b.time || (a.time == b.time && a.id < b.id);
}

constexpr double highest_rate = 1e6;  // Hz; a thousand kicks a millisecond are a slip
constexpr double largest = 1e100;     // mV, as for all that users give

}  // namespace

std::string shown(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", value);
    return text;
}

std::string about(const std::string& world, Time t, const std::string& rule) {
    return "world '" + world + "' at t = " + shown(t.ms()) + " ms: " + rule;
}

WorldLoop::WorldLoop(LoopSettings settings, std::uint64_t seed)
    : settings_(std::move(settings)),
      motor_rates_(settings_.readout == Readout::rates ? settings_.n_motor : 0, 0.0),
      present_(settings_.drive == Drive::current ? settings_.n_sensor : 0, 0.0),
      source_(seed, settings_.name, settings_.n_sensor) {}

std::optional<double> WorldLoop::step() {
    const Time t = next_step();
    Heard heard;
    std::vector<double> values;
    if (settings_.readout == Readout::spikes) {
        heard.spikes = heard_;
    } else if (settings_.readout == Readout::rates) {
        values = rates_at(t);
    } else {
        values.assign(settings_.n_motor, 0.0);
        for (const Spike& spike : heard_) values[static_cast<std::size_t>(spike.id)] += 1.0;
    }
    heard.values = values;
    const Answer given = settings_.world->step(t, heard);
    if (given.reward && !(std::abs(*given.reward) <= largest))
        throw std::invalid_argument(
            about(settings_.name, t, "its reward must be finite, got " + shown(*given.reward)));
    answer(given, t);
    // Nothing has changed until here, and nothing throws from here on.
    if (settings_.readout == Readout::rates) motor_rates_ = std::move(values);
    heard_.clear();
    ++n_steps_;
    return given.reward;
}

std::vector<double> WorldLoop::rates_at(Time t) const {
    std::vector<double> rates = motor_rates_;
    const TimeConstant tau(settings_.tau);
    const double decay = elementary::exp(-settings_.interval / tau);
    for (double& rate : rates) rate *= decay;
    for (const Spike& spike : heard_)
        rates[static_cast<std::size_t>(spike.id)] +=
            1e3 / settings_.tau * elementary::exp(-(t - spike.time) / tau);
    return rates;
}

void WorldLoop::answer(const Answer& given, Time t) {
    check(given, t);
    if (holds()) {
        changes_.push_back({t + settings_.latency, given.values});
        return;
    }
    std::vector<SensorKick> kicks = given.kicks;
    for (SensorKick& kick : kicks) kick.time = std::max(kick.time, t + settings_.latency);
    for (std::size_t i = 0; i < given.values.size(); ++i)
        if (given.values[i] != 0.0)
            kicks.push_back({t + settings_.latency, static_cast<NeuronId>(i), given.values[i]});
    add_kicks(std::move(kicks));
}

// The words are put together only where something is wrong.
void WorldLoop::check(const Answer& given, Time t) const {
    const auto refuse = [&](const std::string& rule) {
        throw std::invalid_argument(about(settings_.name, t, rule));
    };
    if (settings_.drive == Drive::spikes) {
        for (const SensorKick& kick : given.kicks) {
            const Time first = t + settings_.latency;
            // A world that counts by its interval as it was before it was rounded may be early by
            // half a picosecond a step: its spikes are then moved here.
            const auto early = static_cast<std::int64_t>(n_steps_ / 2 + 2);
            if (kick.time < first - picosecond * early && kick.time.ms() < first.ms()) {
                const bool close = shown(kick.time.ms()) == shown(first.ms());
                const auto show = close ? exactly : shown;
                refuse("its spikes must not be before " + show(first.ms()) + " ms, got " +
                       show(kick.time.ms()) + " ms");
            }
            if (kick.id < 0 || static_cast<std::size_t>(kick.id) >= settings_.n_sensor)
                refuse("its spikes must have ids in [0, " + std::to_string(settings_.n_sensor) +
                       "), got " + std::to_string(kick.id));
            if (!(std::abs(kick.weight) <= largest))
                refuse("its weights must be finite, got " + shown(kick.weight) + " mV");
        }
        return;
    }
    if (given.values.size() != settings_.n_sensor)
        refuse("its answer must have " + std::to_string(settings_.n_sensor) + " values, got " +
               std::to_string(given.values.size()));
    const bool rates = settings_.drive == Drive::rates;
    for (std::size_t i = 0; i < given.values.size(); ++i) {
        const double value = given.values[i];
        const bool finite = std::abs(value) <= largest;
        if (finite && (!rates || (value >= 0.0 && value <= highest_rate))) continue;
        refuse(std::string("its answer must be ") + (finite ? "rates in [0, 1e+06] Hz" : "finite") +
               ", got " + shown(value) + " at [" + std::to_string(i) + "]");
    }
}

void WorldLoop::add_kicks(std::vector<SensorKick> kicks) {
    // In the order given where time and neuron are the same: so are they summed.
    std::stable_sort(kicks.begin(), kicks.end(), earlier);
    const auto middle = static_cast<std::ptrdiff_t>(kicks_.size());
    kicks_.insert(kicks_.end(), kicks.begin(), kicks.end());
    std::inplace_merge(kicks_.begin() + static_cast<std::ptrdiff_t>(n_kicked_),
                       kicks_.begin() + middle, kicks_.end(), earlier);
}

Time WorldLoop::next_time() const {
    Time next = source_.next_time();
    if (!changes_.empty()) next = std::min(next, changes_.front().time);
    if (n_kicks() > 0) next = std::min(next, kicks_[n_kicked_].time);
    return next;
}

void WorldLoop::check_state(Time now) const {
    require_state(n_steps_ < static_cast<std::uint64_t>((latest - Time{}).count() /
                                                        settings_.interval.count()) &&
                      next_step() >= now,
                  "a world has missed a step");
    Time last = step_time(n_steps_);
    require_state(last <= now, "a world was asked before its time");
    for (const Spike& spike : heard_) {
        require_state(spike.time >= last && spike.time < now, "what a world hears is out of order");
        require_state(static_cast<std::size_t>(spike.id) < settings_.n_motor,
                      "what a world hears has no source");
        last = spike.time;
    }
    const auto moderate = [](const std::vector<double>& values) {
        return std::all_of(values.begin(), values.end(), is_moderate);
    };
    require_state(moderate(motor_rates_) && moderate(present_),
                  "what a world heard or answered is not finite");
    last = now;
    const Time last_due = step_time(n_steps_) + settings_.latency;
    for (const Change& change : changes_) {
        require_state(holds() && change.time >= last && change.time <= last_due,
                      "a world's answers are out of order");
        require_state(
            moderate(change.values) && (settings_.drive == Drive::current ||
                                        std::all_of(change.values.begin(), change.values.end(),
                                                    [](double rate) { return rate >= 0.0; })),
            "a world's answer is not finite, or a negative rate");
        last = change.time;
    }
    for (std::size_t k = n_kicked_; k < kicks_.size(); ++k) {
        const SensorKick& kick = kicks_[k];
        require_state(kick.time >= now && kick.time < never &&
                          (k == n_kicked_ || !earlier(kick, kicks_[k - 1])),
                      "a world's spikes are out of order");
        require_state(
            static_cast<std::size_t>(kick.id) < settings_.n_sensor && is_moderate(kick.weight),
            "a world's spike is wrong");
    }
    source_.check_state(now);
}

}  // namespace postdict
