"""The cuts of `scaling` through the point of its configuration: each changes one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

C = TypeVar("C", bound=Any)


@dataclass(frozen=True)
class Cut:
    """Values of one thing, and the configuration at each.

    Parameters
    ----------
    label : str
        What is changed, with its unit.
    all_values : tuple of float
        What is swept.
    few_values : tuple of float
        What is swept in a quick run.
    change : callable
        (config, value) -> the fields that are different there.
    draws_worlds : bool
        Whether it makes no sense for a world from a file.
    """

    label: str
    all_values: tuple[float, ...]
    few_values: tuple[float, ...]
    change: Callable[[Any, float], dict[str, Any]]
    draws_worlds: bool = False

    def values(self, *, coarse: bool) -> tuple[float, ...]:
        """Return the values of the cut."""
        return self.few_values if coarse else self.all_values

    def at(self, config: C, value: float) -> C:
        """Return the configuration at one value."""
        changed: C = replace(config, **self.change(config, value))
        return changed


def _sizes(config: Any, n_motor: float) -> dict[str, Any]:
    n_sensor = round(n_motor * config.n_sensor / config.n_motor)
    return {"n_motor": int(n_motor), "n_sensor": n_sensor}


def _strong(config: Any, spread: float) -> dict[str, Any]:
    """Sensors that hear a spread-out spike, and a longer learning that ends with less noise."""
    return {
        "spread": spread,
        "tolerance": 10.0,
        "gain": 8.0,
        "tau_m_sensor": 40.0,
        "duration": 3.0 * config.duration,
        "eta": 0.5 * config.eta,
        "anneal": 0.2 * config.anneal,
    }


def _with(name: str, **changes: Any) -> Callable[[Any, float], dict[str, Any]]:
    return lambda _, value: {name: value, **changes}


CUTS = {
    "n_motor": Cut("motor neurons M, S/M as set", (10, 20, 50, 100, 200), (10,), _sizes, True),
    "ratio": Cut(
        "sensors a motor neuron S/M",
        (1, 2, 3, 6),
        (1,),
        lambda config, ratio: {"n_sensor": round(ratio * config.n_motor)},
        draws_worlds=True,
    ),
    "condition": Cut(
        "condition number of the world", (2, 10, 50, 100), (50,), _with("condition"), True
    ),
    "spread": Cut("spread (ms)", (1, 10, 20, 40), (40,), _with("spread", tolerance=10.0)),
    "spread_strong": Cut(
        "spread (ms), strong slow sensors",
        (10, 20, 40),
        (20,),
        _strong,
        draws_worlds=True,
    ),
    "delay_sd": Cut("sd of the pairs' delays (ms)", (0, 2, 4.5), (4.5,), _with("delay_sd")),
    "spontaneous_rate": Cut(
        "spontaneous spikes a sensor (Hz)", (0, 2, 10, 40), (40,), _with("spontaneous_rate")
    ),
    "lag": Cut(
        "lag of inhibition (ms), currents, E = 0.1",
        (0, 0.1, 0.2, 0.5),
        (0.2,),
        _with("inhibition_lag", tau_syn=5.0, excitation=0.1),
    ),
    "duration": Cut(
        "duration of learning (s), eta inverse to it",
        (1e5, 3e5, 1e6),
        (1e5,),
        lambda config, value: {"duration": value, "eta": config.eta * config.duration / value},
    ),
}
"""By the name under which `axes` asks for them."""
