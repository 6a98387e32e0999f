// The core's elementary functions over arrays, for tests to compare with many digits.
#include "../elementary.hpp"

#include <map>
#include <string>

#include "arrays.hpp"

namespace postdict::bindings {

void bind_elementary(py::module_& module) {
    using Function = double (*)(double);
    module.def(
        "elementary",
        [](const std::string& name, const Doubles& x) {
            static const std::map<std::string, Function> functions{{"exp", elementary::exp},
                                                                   {"expm1", elementary::expm1},
                                                                   {"log", elementary::log},
                                                                   {"sin", elementary::sin},
                                                                   {"cos", elementary::cos}};
            const auto found = functions.find(name);
            require(found != functions.end(), "there is no such function");
            return py::array_t<double>(py::vectorize(found->second)(x));
        },
        py::arg("name"), py::arg("x"));
    module.def(
        "power",
        [](const Doubles& x, const Doubles& y) {
            return py::array_t<double>(py::vectorize(elementary::pow)(x, y));
        },
        py::arg("x"), py::arg("y"));
}

}  // namespace postdict::bindings
