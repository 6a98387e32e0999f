"""A loop whose world changes while it runs, and what its weights are worth in the new world."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from ..._types import Floats
from ...analysis import inverse_quality
from ...lab.runs import RunawayError, run_bounded
from ...loop.circuit import Loop, LoopParameters, closed_loop
from ...loop.unseen_songs import ImitationDecoder, ImitationTest
from ...network.parts import Projection
from ...plasticity import AntisymmetricSTDP
from ...simulation import ProgressCallback, Simulation

RATE = 4.0  # Hz a motor neuron, of the songs that judge
MEASURES = ("imitation_f1", "imitation_f1_noisy", "specific_inverse_error", "scale")


@dataclass(frozen=True)
class Course:
    """What became of the weights of one branch, at some times after the change.

    What a branch that ran away did not reach is not a number.
    """

    times: Floats  # (n,) ms after the change, the first is 0
    weights: Floats  # (n, n_motor, n_sensor), effective weights W, mV
    fluxes: Floats  # (n, 2, n_motor, n_sensor), potentiation and depression since the change, mV
    spikes: Floats  # (n,) of a motor neuron since the change

    def between(self, start: float, stop: float) -> tuple[Floats, float]:
        """Return the fluxes (2, n_motor, n_sensor) and the motor rate (Hz) between two times."""
        first, last = np.searchsorted(self.times, (start, stop))
        seconds = 1e-3 * (stop - start)
        return (
            self.fluxes[last] - self.fluxes[first],
            float(self.spikes[last] - self.spikes[first]) / seconds,
        )


class ChangingLoop:
    """The closed loop of `learn`, in a world whose matrix and delay can be changed.

    A second projection of motor neurons onto sensors has the other delay; one of the two carries
    the world, and the other nothing. (Spikes that are under way when the delay grows are heard
    once by either: 10 ms in 10,000 s.)

    Parameters
    ----------
    world : array (n_sensor, n_motor)
    parameters : LoopParameters
    rule : AntisymmetricSTDP
    other_delay : float
        The other delay of the world, ms.
    max_rate : float
        Of the motor neurons, Hz.
    seed : int
        Of the exploration.
    """

    def __init__(
        self,
        world: Floats,
        parameters: LoopParameters,
        rule: AntisymmetricSTDP,
        *,
        other_delay: float,
        max_rate: float,
        seed: int,
    ) -> None:
        loop = closed_loop(world, parameters, rule, seed=seed)
        (first,) = (each for each in loop.network.projections if each.pre == loop.motor.name)
        second = loop.network.connect(
            loop.motor, loop.sensor, weights=np.zeros(world.shape), axonal_delay=other_delay
        )
        assert loop.inhibition is not None
        self._loop: Loop = loop
        self._inhibition: Projection = loop.inhibition
        self._pathways = (first, second)
        self._excitation = parameters.excitation
        self._max_rate = max_rate
        self._simulation = Simulation(loop.network)
        self._simulation.set_recording(loop.sensor, False)

    def branch(self) -> ChangingLoop:
        """Return another loop that goes on from the same state."""
        other = copy.copy(self)
        other._simulation = copy.deepcopy(self._simulation)
        return other

    def weights(self) -> Floats:
        """Return the effective weights W (n_motor, n_sensor), mV."""
        inhibition: Floats = np.asarray(self._simulation.weights(self._inhibition))
        return self._excitation - inhibition

    def set_world(self, world: Floats, *, other_delay: bool = False) -> None:
        """Change the world (n_sensor, n_motor) from now on, by the first delay or by the other."""
        for projection, carries in zip(self._pathways, (not other_delay, other_delay), strict=True):
            self._simulation.set_weights(projection, world if carries else np.zeros(world.shape))

    def set_learning_rate(self, eta: float) -> None:
        """Learn at another rate (mV) from now on; 0 switches plasticity off."""
        self._simulation.set_plasticity(self._inhibition, eta > 0)
        if eta > 0:
            self._simulation.set_learning_rate(self._inhibition, eta)

    def forget(self) -> None:
        """Set W = 0 as at the start of learning."""
        self._simulation.set_weights(self._inhibition, self._excitation)

    def run(
        self,
        duration: float,
        *,
        n_parts: int = 1,
        ends: Sequence[float] = (),
        after_part: Callable[[], None] | None = None,
        progress: bool | ProgressCallback = False,
    ) -> None:
        """Go on for `duration` (ms), in equal parts or in parts that end at `ends` from now."""
        start = self._simulation.time
        run_bounded(
            self._simulation,
            self._loop.motor,
            start + duration,
            max_rate=self._max_rate,
            progress=progress,
            n_parts=n_parts,
            ends=[start + end for end in ends],
            after_part=after_part,
        )

    def observed(self, times: Floats, progress: bool | ProgressCallback = False) -> Course:
        """Go on to the last of the times (ms from now; the first is 0) and look at each.

        Weights do not change while plasticity is off, but their fluxes are accounted as if they
        did.
        """
        self._simulation.account_fluxes(self._inhibition)
        weights = np.full((len(times), *self.weights().shape), np.nan)
        fluxes = np.full((len(times), 2, *weights.shape[1:]), np.nan)
        spikes = np.full(len(times), np.nan)
        seen = 0

        def look() -> None:
            nonlocal seen
            weights[seen] = self.weights()
            fluxes[seen] = self._simulation.fluxes(self._inhibition)
            spikes[seen] = self._simulation.spike_count(self._loop.motor) / self._loop.motor.size
            seen += 1

        look()
        ends = times[1:-1].tolist()
        with suppress(RunawayError):  # what was not seen stays unknown
            self.run(float(times[-1]), ends=ends, after_part=look, progress=progress)
        return Course(times, weights, fluxes - fluxes[0], spikes - spikes[0])


@dataclass(frozen=True)
class ChosenGain:
    """A decoder that is chosen once: weights are multiplied by a fixed factor.

    Parameters
    ----------
    gain : float
        In units of 1/c.
    scale : float
        c of the weights for which it was chosen.
    v_min : float or None
        mV.
    """

    gain: float
    scale: float
    v_min: float | None

    def decoder(self, weights: Floats, scale: float | None = None) -> ImitationDecoder:
        """Return weights to imitate with; with a c of their own the gain follows it."""
        return ImitationDecoder(self.gain / (scale or self.scale) * weights, self.gain, self.v_min)


@dataclass(frozen=True)
class Judge:
    """What weights are worth in one world: the same songs and the same response for all.

    Parameters
    ----------
    response : array (n_sensor, n_motor)
        G.
    test : ImitationTest
        With songs at `RATE`.
    chosen : ChosenGain
    """

    response: Floats
    test: ImitationTest
    chosen: ChosenGain
    _known: dict[bytes, dict[str, float]] = field(default_factory=dict, repr=False)

    def judged(self, weights: Floats) -> dict[str, float]:
        """Return `MEASURES` of weights (n_motor, n_sensor); not a number where undefined."""
        if not np.isfinite(weights).all():
            return dict.fromkeys(MEASURES, np.nan)
        key = weights.tobytes()  # those of a branch without plasticity are judged once
        if key not in self._known:
            quality = inverse_quality(weights, self.response)
            error = quality.specific_inverse_error
            self._known[key] = {
                **self._f1(self.chosen.decoder(weights)),
                "specific_inverse_error": np.nan if error is None else error,
                "scale": quality.scale,
            }
        return self._known[key]

    def course(self, course: Course) -> dict[str, Floats]:
        """Return each of `MEASURES` (n_times,)."""
        found = [self.judged(weights) for weights in course.weights]
        return {name: np.array([judged[name] for judged in found]) for name in MEASURES}

    def with_gain_following(self, weights: Floats) -> dict[str, float]:
        """Return F1 with the gain in units of 1/c of these weights in this world."""
        if not np.isfinite(weights).all():
            return dict.fromkeys(MEASURES[:2], np.nan)
        scale = inverse_quality(weights, self.response).scale
        return self._f1(self.chosen.decoder(weights, scale))

    def _f1(self, decoder: ImitationDecoder) -> dict[str, float]:
        song = self.test.songs[RATE]
        return {
            name: self.test.score(decoder, song.tutor, heard).f1
            for name, heard in zip(MEASURES[:2], (song.clean, song.noisy), strict=True)
        }
