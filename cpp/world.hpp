// What the user opens: any plant in the loop. At a control step it hears what the motor neurons did
// since the step before, and answers what drives the sensors until the next answer.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "types.hpp"

namespace postdict {

struct Heard {
    std::span<const double> values;  // (n_motor,) counts or rates (Hz), where they are read out
    std::span<const Spike> spikes;   // sorted by (time, id), where spikes are
};

struct SensorKick {
    Time time;
    NeuronId id;
    double weight;  // mV, negative for inhibition
};

struct Answer {
    std::vector<double> values;     // (n_sensor,) mV or Hz
    std::vector<SensorKick> kicks;  // or these, where the world answers in spikes
    std::optional<double> reward;   // 1/ms, from the step on until the next, where somebody listens
};

class World {
  public:
    virtual ~World() = default;
    // Asked at the step's time. It may throw: then nothing has happened, and it is asked again.
    virtual Answer step(Time t, const Heard& heard) = 0;
};

}  // namespace postdict
