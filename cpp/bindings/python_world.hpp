// A world written in Python: hears and answers in arrays. The lock is taken once a step.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <string>

#include "../world_loop.hpp"

namespace postdict::bindings {

namespace py = pybind11;

class PythonWorld : public World {
  public:
    // reward: a function of nothing, or None where nobody listens.
    PythonWorld(std::string name, py::object step, py::object reward, Readout readout, Drive drive,
                double weight)
        : name_(std::move(name)),
          step_(std::move(step)),
          reward_(std::move(reward)),
          readout_(readout),
          drive_(drive),
          weight_(weight) {}

    Answer step(Time t, const Heard& heard) override;
    // What Python answered, at t. Throws TypeError where it is no such thing at all; what is wrong
    // with its values, the loop says.
    Answer converted(const py::object& given, Time t) const;
    // Wall time that passed in Python, s.
    double seconds() const { return seconds_; }

  private:
    py::array_t<double> numbers(const py::handle& given, const char* what, Time t) const;

    std::string name_;
    py::object step_;
    py::object reward_;
    Readout readout_;
    Drive drive_;
    double weight_;  // mV, of an answered spike that has none of its own
    double seconds_ = 0.0;
};

}  // namespace postdict::bindings
