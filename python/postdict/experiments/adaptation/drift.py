"""A world that drifts slowly, and how far behind it an inverse lags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._types import Floats, Integers
from ...analysis import specific_part
from ...loop.circuit import LoopParameters
from ...loop.exploration import explore
from ...simulation import ProgressCallback

SHARES = np.linspace(0.0, 1.0, 11)  # of an exchange, at which the response is measured


@dataclass(frozen=True)
class Drift:
    """A world whose sensors exchange what they hear: pair after pair, continuously.

    In one turn each sensor (of an odd number, all but one) changes places once with a random other:
    the rows of a pair become one another's linearly in time, while those of all other sensors stand
    still. Time is counted in turns (the phase).

    Parameters
    ----------
    world : array (n_sensor, n_motor)
        At phase 0.
    pairs : tuple of arrays (n_pairs, 2)
        The sensors that change places, in their order, in each turn.
    """

    world: Floats
    pairs: tuple[Integers, ...]

    @classmethod
    def drawn(cls, world: Floats, n_turns: int, rng: np.random.Generator) -> Drift:
        """Return a drift of `n_turns` turns with random pairs."""
        n_sensor = len(world)
        n_paired = n_sensor - n_sensor % 2
        return cls(
            world,
            tuple(rng.permutation(n_sensor)[:n_paired].reshape(-1, 2) for _ in range(n_turns)),
        )

    def rows(self, turn: int) -> tuple[Integers, Integers]:
        """Return which rows (n_sensor,) of the first world sensors hear as a turn begins and ends.

        The turn after the last one only begins.
        """
        begins = np.arange(len(self.world))
        for pairs in self.pairs[:turn]:
            begins[pairs] = begins[pairs[:, ::-1]]
        ends = begins.copy()
        for pairs in self.pairs[turn : turn + 1]:
            ends[pairs] = ends[pairs[:, ::-1]]
        return begins, ends

    def share(self, phase: float) -> tuple[int, Floats]:
        """Return the turn, and how far each sensor's exchange in it has come (n_sensor,)."""
        turn = min(int(phase), len(self.pairs) - 1)
        pairs = self.pairs[turn]
        done = np.clip((phase - turn) * len(pairs) - np.arange(len(pairs)), 0.0, 1.0)
        share = np.zeros(len(self.world))
        share[pairs] = done[:, None]
        return turn, share

    def at(self, phase: float) -> Floats:
        """Return the world (n_sensor, n_motor) at a phase."""
        turn, share = self.share(phase)
        begins, ends = self.rows(turn)
        return (1.0 - share[:, None]) * self.world[begins] + share[:, None] * self.world[ends]

    def responses(
        self,
        phases: Floats,
        parameters: LoopParameters,
        *,
        duration: float,
        seed: int,
        progress: bool | ProgressCallback = False,
    ) -> Floats:
        """Return the response G (n_phases, n_sensor, n_motor) at each phase.

        Where the feedback is cut sensors do not hear of one another. So one exploration of a world
        with many sensors measures all the rows that occur in a turn, at some shares of each
        exchange; between these a row of G is taken to be linear.
        """
        tables = []
        for turn in range(len(self.pairs)):
            begins, ends = (self.world[rows] for rows in self.rows(turn))
            stacked = np.concatenate([begins + share * (ends - begins) for share in SHARES])
            found = explore(
                stacked, parameters, None, duration=duration, seed=seed, progress=progress
            ).response()
            tables.append(found.reshape(len(SHARES), *self.world.shape))
        sensors = np.arange(len(self.world))
        result = np.empty((len(phases), *self.world.shape))
        for k, phase in enumerate(phases):
            turn, share = self.share(float(phase))
            place = share * (len(SHARES) - 1)
            below = np.minimum(place.astype(int), len(SHARES) - 2)
            weight = (place - below)[:, None]
            table = tables[turn]
            result[k] = (1 - weight) * table[below, sensors] + weight * table[below + 1, sensors]
        return result


def lag(weights: Floats, responses: Floats, scale: float) -> tuple[Floats, float | None]:
    """Return how badly W inverts the world of some time ago, and how long ago it does so best.

    Parameters
    ----------
    weights : array (n, M, S)
        W at the last n of the times.
    responses : array (n_times, S, M)
        G at equally spaced times.
    scale : float
        c, that of the world before it drifted.

    Returns
    -------
    distance : array (n_times - n + 1,)
        Root mean square over time of ‖X/c - 1‖_F / √M for G that many intervals earlier.
    best : float or None
        Where it is smallest, in intervals; None where it is smallest at the longest.
    """
    n, n_motor = weights.shape[:2]
    distance = np.empty(len(responses) - n + 1)
    for k in range(len(distance)):
        stop = len(responses) - k
        products = weights @ responses[stop - n : stop]  # (n, M, M)
        off = np.stack([specific_part(product) for product in products]) / scale - np.eye(n_motor)
        distance[k] = np.sqrt(np.mean(np.sum(off**2, axis=(1, 2))) / n_motor)
    return distance, _minimum(distance**2)


def _minimum(values: Floats) -> float | None:
    """Return where values are smallest, by the parabola through three; None at the end."""
    k = int(np.argmin(values))
    if k == len(values) - 1:
        return None
    if k == 0:
        return 0.0
    before, after = values[k] - values[k - 1], values[k + 1] - values[k]
    return float(k + 0.5 * (before + after) / (before - after))
