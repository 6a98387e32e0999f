// The list of what the core shows to Python. `postdict._core` is private: its names may change.
#include <pybind11/pybind11.h>

#include "../time.hpp"
#include "commit.hpp"

namespace postdict::bindings {
void bind_elementary(pybind11::module_& module);
void bind_network(pybind11::module_& module);
void bind_simulation(pybind11::module_& module);
void bind_source_filter(pybind11::module_& module);
void bind_voice(pybind11::module_& module);
}  // namespace postdict::bindings

PYBIND11_MODULE(_core, module) {
    module.doc() = "The event-driven core of postdict; use the package, not this module.";
    module.attr("commit") = POSTDICT_COMMIT;  // "" where it was not built from a checkout
    module.def(
        "picoseconds", [](double ms) { return postdict::Time::ms(ms).count(); },
        pybind11::arg("ms"));
    postdict::bindings::bind_elementary(module);
    postdict::bindings::bind_network(module);
    postdict::bindings::bind_simulation(module);
    postdict::bindings::bind_source_filter(module);
    postdict::bindings::bind_voice(module);
}
