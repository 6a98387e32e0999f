"""A world as `Network.add_world` attaches it, checked as a whole."""

from __future__ import annotations

from .. import _checks
from ..neurons import LIF
from ..world import protocol
from ..world.protocol import Drive, Readout, World
from .parts import AttachedWorld
from .registry import Registry


def attached(
    registry: Registry,
    name: str,
    world: World,
    motor: object,
    sensor: object,
    *,
    readout: Readout,
    tau: float | None,
    drive: Drive,
    weight: float | None,
    latency: float,
) -> AttachedWorld:
    """Return a world that hears and drives parts of a network; see `Network.add_world`."""
    name = registry.new_name(name)
    heard, driven = registry.emitter(motor), registry.population(sensor)
    interval = protocol.check(name, world)
    protocol.check_own(name, world, registry.world_objects)
    protocol.check_options(readout, tau, drive, weight)
    model = driven.neurons
    if drive == "current" and isinstance(model, LIF) and model.v_min is not None:
        raise ValueError(
            f"drive 'current' could pull {driven.name!r} below its v_min: "
            "leave v_min away, or drive by kicks"
        )
    return AttachedWorld(
        name,
        heard.name,
        driven.name,
        interval,
        _checks.span("latency", latency, positive=False),
        readout,
        None if tau is None else _checks.number("tau", tau, "ms", above=0.0),
        drive,
        None if weight is None else _checks.number("weight", weight, "mV"),
    )
