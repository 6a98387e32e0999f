"""The world of `pendulum`: the arm of Pendulum-v1, its torques, and sensors of its acceleration."""

from __future__ import annotations

from typing import Any

from ..._types import Floats
from ...world.codes import LinearDecoder
from ...world.protocol import World
from .config import LARGEST_TORQUE, Config


class Accelerometer:
    """Sees the change of the angular velocity, which Pendulum-v1 observes third."""

    def __init__(self, config: Config) -> None:
        self._curves = config.curves()
        self._seconds = 1e-3 * config.interval
        self.reset()

    def reset(self) -> None:
        """Begin an episode: what is seen first is no change."""
        self._velocity: float | None = None

    def encode(self, observation: Any) -> Floats:
        """Return the kicks of the sensors, mV."""
        velocity = float(observation[2])
        before = velocity if self._velocity is None else self._velocity
        self._velocity = velocity
        acceleration = (velocity - before) / self._seconds
        return self._curves.encode([acceleration])

    def state(self) -> dict[str, Any]:
        """Return the last velocity."""
        return {"velocity": self._velocity}

    def restore(self, state: dict[str, Any]) -> None:
        """Take it up."""
        self._velocity = state["velocity"]


def arm(config: Config) -> World:
    """Return the environment as a world; ImportError where there is no gymnasium."""
    from ...gym import GymWorld  # which says how to install what follows

    import gymnasium  # isort: skip

    env = gymnasium.make("Pendulum-v1", g=config.gravity)
    env.unwrapped.dt = 1e-3 * config.interval
    return GymWorld(
        env,
        interval=config.interval,
        decoder=LinearDecoder(config.torques[None], -LARGEST_TORQUE, LARGEST_TORQUE),
        encoder=Accelerometer(config),
        attributes=("state", "_elapsed_steps"),
    )
