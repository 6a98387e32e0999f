"""What one seed of `adaptation` does: it learns, branches where the world changes, and drifts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..._types import Arrays, Floats
from ...analysis import imbalance, inverse_quality
from ...lab.results import Nested
from ...lab.runs import RunawayError
from ...lab.stages import Stage
from ...loop.exploration import Exploration, explore, medians_by_world
from ...loop.unseen_songs import ImitationTest
from ...world.linear import LinearWorld
from .._shared.curves import LEARNED, crossing, defined
from .._shared.decoders import choose
from .._shared.per_seed import Found
from .changes import Change, changes
from .changing_loop import MEASURES, RATE, ChangingLoop, ChosenGain, Course, Judge
from .config import EDGES, Config
from .drift import Drift, lag

RUNAWAY = 10.0  # motor rate that ends a branch, in units of the one without feedback
DRIFT_TURNS = 2  # the first to settle, the second to measure
DRIFT_SONGS = 6  # phases of the second turn at which songs are imitated


def run_trial(config: Config, world: LinearWorld, seed: int, stage: Stage) -> Found:
    """Let one loop learn, change its world in every way, and let it drift."""
    matrix = world.matrix
    trial = _Trial(config, matrix, seed, stage)
    loop, before = trial.learned()
    learned = loop.weights()
    found, arrays = {}, {}
    for name, change in changes(config, matrix, seed).items():
        found[name], arrays[name] = trial.changed(name, change, loop, before)
    drift, drift_arrays = trial.drifted(loop, before.chosen)
    metrics = {
        "before": {
            **_known(before.judged(learned)),
            "gain": before.chosen.gain,
            "condition_number": float(np.linalg.cond(before.response)),
        },
        "changes": {name: branches["on"] for name, branches in found.items()},
        "by_rate": {name: branches["by_rate"] for name, branches in found.items()},
        "recovery_exponent": {
            name: _exponent(branches["by_rate"]) for name, branches in found.items()
        },
        "drift": drift,
        "controls": {
            "plasticity_off": {name: branches["off"] for name, branches in found.items()},
            "forgotten": {name: branches["forgotten"] for name, branches in found.items()},
        },
    }
    courses = {
        f"{name}_{key}": course for name, each in arrays.items() for key, course in each.items()
    }
    return metrics, {
        "world": matrix,
        "response": before.response,
        "weights": learned,
        "times": config.times(config.eta),
        **courses,
        **drift_arrays,
    }


@dataclass(frozen=True)
class _Trial:
    """One seed: a loop that learns, and its branches."""

    config: Config
    world: Floats
    seed: int
    stage: Stage

    def learned(self) -> tuple[ChangingLoop, Judge]:
        """Return the loop when it has learned, and what judges weights in its first world.

        The decoder is chosen here, once.
        """
        config = self.config
        first = Change(self.world, config.parameters())
        explored = self._explored("explores", first)
        loop = ChangingLoop(
            self.world,
            first.parameters,
            config.rule(),
            other_delay=config.new_delay,
            max_rate=RUNAWAY * explored.motor_rate,
            seed=self.seed,
        )
        loop.run(config.duration, progress=self.stage.part("learns"))
        response, test = explored.response(), self._test(first)
        scale = inverse_quality(loop.weights(), response).scale or 1.0
        chosen = choose(test, loop.weights(), response, scale)
        return loop, Judge(response, test, ChosenGain(chosen.gain, scale, chosen.v_min))

    def changed(self, name: str, change: Change, loop: ChangingLoop, before: Judge) -> Found:
        """Return what becomes of each branch of a loop after a change, and the courses at eta."""
        eta = self.config.eta
        judge = self._judge(name, change, before.chosen)
        by_rate = {
            rate: self._branch(f"{name}, eta {rate:g}", change, loop, rate)
            for rate in self.config.all_rates()
        }
        branches = {
            "on": by_rate[eta],
            "off": self._branch(f"{name}, plasticity off", change, loop, 0.0),
            "forgotten": self._branch(f"{name}, forgotten", change, loop, eta, forgets=True),
        }
        courses = {what: judge.course(branch) for what, branch in branches.items()}
        found: Nested = {
            what: {
                **_last(courses[what]),
                "recovery_time": _recovery(branch, courses[what]),
                **self._balance(branch, change.world),
            }
            for what, branch in branches.items()
        }
        at_once = {key: values[0] for key, values in courses["on"].items()}
        found["on"] |= {
            "at_once": _known(at_once),
            "gain_following": _known(judge.with_gain_following(branches["on"].weights[-1])),
            "lowest_f1": defined(np.min(courses["on"]["imitation_f1"])),
            "condition_number": float(np.linalg.cond(judge.response)),
        }
        found["by_rate"] = {}
        for rate, branch in by_rate.items():
            course = judge.course(branch)
            found["by_rate"][f"{rate:g}"] = {
                **_last(course),
                "recovery_time": _recovery(branch, course),
            }
        return found, {
            f"{what}_{key}": values
            for what, course in courses.items()
            for key, values in course.items()
        }

    def drifted(self, loop: ChangingLoop, chosen: ChosenGain) -> Found:
        """Return what becomes of a loop in a world that drifts, at each speed, and if it is still.

        Weights without plasticity stay what they were, so that theirs is no run.
        """
        config, steps = self.config, self.config.drift_steps
        if not config.turns:
            return {}, {}
        parameters = config.parameters()
        rng = np.random.default_rng([self.seed, 0xD21F7])
        drift = Drift.drawn(self.world, DRIFT_TURNS, rng)
        phases = np.arange(DRIFT_TURNS * steps) / steps
        responses = drift.responses(
            phases,
            parameters,
            duration=config.measure_duration,
            seed=self.seed,
            progress=self.stage.part("explores a drift"),
        )
        heard = steps + np.arange(DRIFT_SONGS) * steps // DRIFT_SONGS
        judges = {
            k: Judge(responses[k], self._test(Change(drift.at(phases[k]), parameters)), chosen)
            for k in heard.tolist()
        }
        found: Nested = {"by_turn": {}}
        arrays: Arrays = {"drift_lags": np.arange(steps + 1.0) / steps}
        frozen = np.broadcast_to(loop.weights(), (len(phases), *self.world.T.shape))
        for turn in (*config.turns, None):
            weights = frozen if turn is None else self._drifting(loop, drift, phases, turn)
            measured = {k: judge.judged(weights[k]) for k, judge in judges.items()}
            of_turn = _known(
                {key: np.median([each[key] for each in measured.values()]) for key in MEASURES}
            )
            if np.isfinite(weights).all():
                distance, best = lag(weights[steps:], responses, chosen.scale)
                of_turn |= {
                    "distance": float(distance[0]),
                    "distance_at_lag": float(distance.min()),
                }
            else:
                distance, best = np.full(steps + 1, np.nan), None
                of_turn |= {"distance": None, "distance_at_lag": None}
            if turn is None:
                found["frozen"] = of_turn
                arrays["drift_distance_frozen"] = distance
            else:
                seconds = 1e-3 * turn
                of_turn["lag"] = None if best is None else best / steps * seconds
                found["by_turn"][f"{seconds:g}"] = of_turn
                arrays[f"drift_distance_{seconds:g}"] = distance
        return found, arrays

    def _drifting(self, loop: ChangingLoop, drift: Drift, phases: Floats, turn: float) -> Floats:
        """Return W (n_steps, n_motor, n_sensor) at the end of each step of a drifting world."""
        other = loop.branch()
        seen: list[Floats] = []

        def step() -> None:
            seen.append(other.weights())
            if len(seen) < len(phases):
                other.set_world(drift.at(float(phases[len(seen)])))

        other.set_world(drift.at(float(phases[0])))
        try:
            other.run(
                DRIFT_TURNS * turn,
                n_parts=len(phases),
                after_part=step,
                progress=self.stage.part(f"drifts, a turn in {1e-3 * turn:g} s"),
            )
        except RunawayError:
            unknown = np.full(self.world.T.shape, np.nan)
            seen.extend([unknown] * (len(phases) - len(seen)))
        return np.stack(seen)

    def _branch(
        self, what: str, change: Change, loop: ChangingLoop, rate: float, *, forgets: bool = False
    ) -> Course:
        other = loop.branch()
        other.set_world(change.world, other_delay=change.other_delay)
        other.set_learning_rate(rate)
        if forgets:
            other.forget()
        times = self.config.times(rate or self.config.eta)
        return other.observed(times, progress=self.stage.part(what))

    def _balance(self, course: Course, world: Floats) -> Nested:
        """Return the imbalance of fluxes and the motor rate over both ends of a branch at eta."""
        found: Nested = {}
        edges = [self.config.after * edge for edge in EDGES]
        for when, start, stop in (("first", edges[0], edges[1]), ("last", edges[2], edges[3])):
            fluxes, rate = course.between(start, stop)
            reached = np.isfinite(fluxes).all()
            found[f"imbalance_{when}"] = (
                medians_by_world(imbalance(*fluxes), world)["carrying"] if reached else None
            )
            found[f"motor_rate_{when}"] = defined(rate)
        return found

    def _judge(self, name: str, change: Change, chosen: ChosenGain) -> Judge:
        response = self._explored(f"explores {name}", change).response()
        return Judge(response, self._test(change), chosen)

    def _explored(self, what: str, change: Change) -> Exploration:
        return explore(
            change.world,
            change.parameters,
            None,
            duration=self.config.measure_duration,
            seed=self.seed,
            progress=self.stage.part(what),
        )

    def _test(self, change: Change) -> ImitationTest:
        return ImitationTest(
            change.world,
            change.parameters,
            rates=(RATE,),
            duration=self.config.song_duration,
            jitter=self.config.jitter,
            background_rate=self.config.background_rate,
            seed=self.seed,
        )


def _known(values: Mapping[str, float | np.floating]) -> Nested:
    """Return values with None for what is not a number."""
    return {key: defined(value) for key, value in values.items()}


def _last(course: Mapping[str, Floats]) -> Nested:
    return _known({key: values[-1] for key, values in course.items()})


def _recovery(course: Course, judged: Mapping[str, Floats]) -> float | None:
    """Return when (s after the change) F1 reaches `LEARNED`, or None."""
    return crossing(1e-3 * course.times, judged["imitation_f1"], LEARNED)


def _exponent(by_rate: Nested) -> float | None:
    """Return the slope of log recovery time over log learning rate; None where one is missing."""
    times = [branch["recovery_time"] for branch in by_rate.values()]
    if len(times) < 2 or not all(times):
        return None
    return float(np.polyfit(np.log([float(rate) for rate in by_rate]), np.log(times), 1)[0])
