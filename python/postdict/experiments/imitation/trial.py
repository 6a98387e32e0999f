"""What `imitation` does in one world: learn, freeze, let decoders imitate, take W to pieces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..._types import Floats
from ...analysis import inverse_quality, specific_gain
from ...lab.stages import Stage
from ...loop.exploration import explore
from ...loop.learning import Learned, learn, shuffled
from ...loop.unseen_songs import ImitationDecoder, ImitationTest
from ...world.linear import LinearWorld, as_linear
from .._shared.decoders import pinv
from .._shared.per_seed import Found
from . import decoders
from .config import Config

SWEPT = ("learned", "ridge_uniform", "ridge", "pinv", "transpose")


def run_trial(config: Config, world: LinearWorld, seed: int, stage: Stage) -> Found:
    """Return what one seed finds in its world, and in a badly conditioned one."""
    worlds = {"default": world}
    if config.hard:
        worlds["hard"] = as_linear(config.hard_world(seed))
    found = {
        name: _WorldTrial(config, each, name, seed, stage).found(apart=name == "hard")
        for name, each in worlds.items()
    }
    arrays = {
        f"{name}_{array}": values
        for name, (_, these) in found.items()
        for array, values in these.items()
    }
    return {"worlds": {name: metrics for name, (metrics, _) in found.items()}}, arrays


@dataclass(frozen=True)
class _WorldTrial:
    """One seed in one of its worlds."""

    config: Config
    world: LinearWorld
    name: str
    seed: int
    stage: Stage

    def found(self, *, apart: bool) -> Found:
        """Learn and judge; `apart`: also what takes the learned inverse to pieces."""
        config, parameters = self.config, self.config.parameters()
        learned = learn(
            self.world,
            parameters,
            config.rule(),
            duration=config.duration,
            seed=self.seed,
            progress=self.stage.part(f"learns, {self.name}"),
        )
        response = explore(
            self.world,
            parameters,
            None,
            duration=config.measure_duration,
            seed=self.seed,
            progress=self.stage.part(f"explores, {self.name}"),
        ).response()
        self.stage.part(f"imitates, {self.name}").begin()
        test = ImitationTest(
            self.world,
            parameters,
            rates=sorted({*config.rates, config.sweep_rate}),
            duration=config.song_duration,
            jitter=config.jitter,
            background_rate=config.background_rate,
            deletion=config.deletion,
            seed=self.seed,
        )
        compared, practised = self._compared(test, learned.weights, response)
        metrics: dict[str, Any] = {
            "condition_number": float(np.linalg.cond(response)),
            "condition_number_of_world": float(np.linalg.cond(self.world.matrix)),
            "specific_inverse_error": inverse_quality(
                learned.weights, response
            ).specific_inverse_error,
            "specific_gain": specific_gain(learned.weights, response),
            "uniform_inhibition": decoders.uniform(learned.weights, response),
            "decoders": {
                name: self._judged(test, decoder, swept=name in SWEPT)
                for name, decoder in compared.items()
            },
            "ridge_parameter": {name: chosen.parameter for name, chosen in practised.items()},
        }
        if apart:
            variants, families = self._apart(test, learned, response)
            practised |= families
            metrics["variants"] = {
                name: self._f1(test, decoder)
                for name, decoder in {"learned": compared["learned"], **variants}.items()
            }
        metrics["practice"] = {name: chosen.practice for name, chosen in practised.items()}
        song = test.songs[config.sweep_rate]
        answer = test.imitated(compared["learned"], song.noisy)
        return metrics, {
            "world": self.world.matrix,
            "response": response,
            "weights": learned.weights,
            "tutor_times": song.tutor[0],
            "tutor_ids": song.tutor[1],
            "imitation_times": answer[0] - test.delay,
            "imitation_ids": answer[1],
        }

    def _compared(
        self, test: ImitationTest, weights: Floats, response: Floats
    ) -> tuple[dict[str, ImitationDecoder], dict[str, decoders.Chosen]]:
        """Return the decoders that are compared, and how the families of ridges were chosen."""
        ridges = decoders.ridges(response)
        practised = {
            "ridge": decoders.best_of(test, ridges, response),
            "ridge_uniform": decoders.best_of(
                test, _with_uniform_of(weights, ridges, response), response
            ),
        }
        own = inverse_quality(weights, response).scale
        compared = {
            "learned": decoders.refined(test, weights, response),
            **{name: practised[name].decoder for name in ("ridge_uniform", "ridge")},
            "pinv": decoders.refined(test, pinv(response), response),
            "transpose": decoders.refined(test, response.T, response),
            "shuffled": decoders.refined(test, shuffled(weights, self.seed), response, own),
            "untrained": ImitationDecoder(np.zeros_like(weights), 1.0, None),
        }
        return compared, practised

    def _apart(
        self, test: ImitationTest, learned: Learned, response: Floats
    ) -> tuple[dict[str, ImitationDecoder], dict[str, decoders.Chosen]]:
        """Return the learned inverse in pieces, and families of which practice chose the best."""
        weights = learned.weights
        gain = specific_gain(weights, response)
        inhibition = decoders.uniform(weights, response)
        filtered = decoders.mode_filter(weights, response)
        of_world = decoders.ridges(self.world.matrix)
        families = {
            "ridge_of_world": decoders.best_of(test, of_world, response),
            "ridge_of_world_uniform": decoders.best_of(
                test, _with_uniform_of(weights, of_world, response), response
            ),
            "stopped": decoders.best_of(test, self._stopped(learned), response),
        }
        single = {
            "in_range": decoders.in_range(weights, response),
            "no_uniform": decoders.with_uniform(weights, response, gain, 0.0),
            "modes": filtered,
            "modes_uniform": decoders.with_uniform(filtered, response, gain, inhibition),
            "pinv_of_world": pinv(self.world.matrix),
            "in_noise": self._learned_in_noise(),
        }
        variants = {name: decoders.refined(test, part, response) for name, part in single.items()}
        return variants | {name: best.decoder for name, best in families.items()}, families

    def _stopped(self, learned: Learned) -> dict[float, Floats]:
        """Return what had been learned when shares of the duration were over."""
        excitation, duration = self.config.excitation, self.config.duration
        return {
            share: excitation
            - learned.inhibition[int(np.argmin(np.abs(learned.times - share * duration)))]
            for share in decoders.STOPS
        }

    def _learned_in_noise(self) -> Floats:
        """Return what is learned where sensors fire at random as they do in the noisy songs."""
        learned = learn(
            self.world,
            replace(self.config.parameters(), spontaneous_rate=self.config.background_rate),
            self.config.rule(),
            duration=self.config.duration,
            seed=self.seed,
            progress=self.stage.part(f"learns in noise, {self.name}"),
        )
        return learned.weights

    def _judged(
        self, test: ImitationTest, decoder: ImitationDecoder, *, swept: bool
    ) -> dict[str, Any]:
        """Return all scores by song and rate, and by kind and level of noise."""
        rates = self.config.rates
        songs = {rate: test.songs[rate] for rate in rates}
        judged: dict[str, Any] = {
            "gain": decoder.gain,
            "practice_f1": decoder.practice_f1,
            "clean": {f"{r:g}": test.judge(decoder, s.tutor, s.clean) for r, s in songs.items()},
            "noisy": {f"{r:g}": test.judge(decoder, s.tutor, s.noisy) for r, s in songs.items()},
        }
        if swept:
            rate = self.config.sweep_rate
            tutor, clean = test.songs[rate].tutor, test.songs[rate].clean
            for kind, levels in self.config.kinds_of_noise().items():
                judged[kind] = {"0": test.judge(decoder, tutor, clean)} | {
                    f"{level:g}": test.judge(decoder, tutor, test.noisy(rate, **{kind: level}))
                    for level in levels
                }
        return judged

    def _f1(self, test: ImitationTest, decoder: ImitationDecoder) -> dict[str, Any]:
        """Return F1 by rate."""
        songs = {f"{rate:g}": test.songs[rate] for rate in self.config.rates}
        return {
            "practice_f1": decoder.practice_f1,
            "clean": {r: test.score(decoder, s.tutor, s.clean).f1 for r, s in songs.items()},
            "noisy": {r: test.score(decoder, s.tutor, s.noisy).f1 for r, s in songs.items()},
        }


def _with_uniform_of(
    weights: Floats, family: dict[float, Floats], response: Floats
) -> dict[float, Floats]:
    """Return a family with the specific gain and the uniform inhibition of learned weights."""
    gain, inhibition = specific_gain(weights, response), decoders.uniform(weights, response)
    return {
        parameter: decoders.with_uniform(member, response, gain, inhibition)
        for parameter, member in family.items()
    }
