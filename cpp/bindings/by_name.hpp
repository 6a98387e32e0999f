// Parameter structs, filled from keyword arguments by the names of their fields.
#pragma once

#include <pybind11/pybind11.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"

namespace postdict::bindings {

// Each argument is taken once: `take(name)` where the field has another type than Python's, else
// `into(name, field)`. What nobody took is a mistake, as what is missing is.
class ByName {
  public:
    explicit ByName(const py::kwargs& given) : left_(py::reinterpret_borrow<py::dict>(given)) {
        left_ = left_.attr("copy")();
    }

    py::object take(const char* name) {
        if (!left_.contains(name)) throw py::type_error(std::string(name) + " is missing");
        return left_.attr("pop")(name);
    }
    template <class T>
    T take_as(const char* name) {
        return take(name).cast<T>();
    }
    template <class T>
    void into(const char* name, T& field) {
        field = take_as<T>(name);
    }
    void into(const char* name, std::vector<double>& field) {
        field = to_vector(take_as<Doubles>(name));
    }

    void into(const char* name, Duration& field) { field = Duration::ms(take_as<double>(name)); }
    void into(const char* name, std::vector<Time>& field) {
        field = to_times(take_as<Doubles>(name));
    }

    void finish() const {
        for (const auto& [name, value] : left_)
            throw py::type_error("there is no " + std::string(py::str(name)));
    }

  private:
    py::dict left_;
};

}  // namespace postdict::bindings
