"""Settings of `song`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...bird import LoudnessReflex, Recall, Singer
from ...lab.settings import check, setting
from ...neurons import LIF
from ...plasticity import AntisymmetricSTDP
from .kinds import KINDS, Kind


@dataclass(frozen=True)
class Config:
    """Settings of `song`; all defaults are our own. None is what suits the voice."""

    voice: str = setting("source-filter", "what sings", choices=tuple(KINDS))
    bird: str | None = setting(None, "birds that have babbled before, the bird.npz of another run")
    n_motor: int | None = setting(
        None, "motor neurons, each with a gesture", at_least=2, at_most=247
    )
    tau_m_motor: float = setting(100.0, "membrane time constant", unit="ms", above=0)
    tau_m_sensor: float = setting(10.0, "membrane time constant", unit="ms", above=0)
    exploration_rate: float | None = setting(None, "kicks a motor neuron", unit="Hz", above=0)
    exploration_weight: float = setting(0.2, "of a kick", unit="mV", above=0)
    synaptic_delay: float = setting(1.0, "sensor spike to motor neuron", unit="ms", above=0)
    excitation: float = setting(0.5, "fixed, each sensor to each motor neuron", unit="mV", above=0)
    eta: float | None = setting(None, "learning rate, at the start", unit="mV", at_least=0)
    A_plus: float = setting(1.0, "potentiation of inhibition, pre then post", above=0)
    A_minus: float = setting(0.7, "depression of inhibition, post then pre", above=0)
    tau_plus: float = setting(20.0, "window, pre then post", unit="ms", above=0)
    tau_minus: float = setting(20.0, "window, post then pre", unit="ms", above=0)
    duration: float | None = setting(None, "of babbling", unit="ms", at_least=1e4)
    recall_tau: float | None = setting(
        None, "membrane of motor neurons that imitate", unit="ms", above=0
    )
    recall_gain: float | None = setting(None, "of the weights, in units of 1/c", above=0)
    recall_push: float | None = setting(
        None, "thresholds by which a sensor spike pushes all motor neurons", at_least=0
    )
    reflex: bool = setting(True, "whether loudness follows what is heard, where the voice has that")
    song_duration: float = setting(2e4, "of each own song", unit="ms", at_least=1e3)
    song_gap: float = setting(15.0, "mean, between the gestures of own songs", unit="ms", above=0)
    shuffles: int = setting(3, "shuffled weights that are the control", at_least=1, at_most=100)
    reversed_share: float = setting(
        0.25, "of the babbling, for one bird with the window reversed", at_least=0, at_most=1
    )
    oracle_effort: int = setting(
        3, "how often the direct search goes through a song", at_least=0, at_most=100
    )
    seeds: int = setting(3, "how many birds babble", at_least=1, at_most=1000)
    seed: int = setting(0, "the first of them", at_least=0)
    tutor_file: str | None = setting(
        None, "a sound file or a folder of them; may repeat", repeats=True
    )
    tutor_longest: float = setting(
        3e4, "of a file; the rest is not read", unit="ms", at_least=100, at_most=6e5
    )

    def __post_init__(self) -> None:
        check(self)

    def quick(self) -> Config:
        """Return a version that ends in two minutes: one bird that babbles for less long."""
        kind = self.kind()
        return replace(
            self,
            duration=min(5e5, 0.5 * kind.duration),
            seeds=1,
            song_duration=6e3,
            shuffles=1,
            reversed_share=0.0,
            oracle_effort=1,
        )

    def kind(self) -> Kind:
        """Return what the voice goes with, and what was set in its place."""
        kind = KINDS[self.voice]

        def recall(usual: Recall) -> Recall:
            return replace(
                usual,
                tau=_or(self.recall_tau, usual.tau),
                push=_or(self.recall_push, usual.push),
            )

        reflex: LoudnessReflex | None = kind.reflex if self.reflex else None
        return replace(
            kind,
            exploration_rate=_or(self.exploration_rate, kind.exploration_rate),
            eta=_or(self.eta, kind.eta),
            duration=_or(self.duration, kind.duration),
            recall=recall(kind.recall),
            own_recall=recall(kind.own_recall),
            gains=kind.gains if self.recall_gain is None else (self.recall_gain,),
            reflex=reflex,
        )

    def rule(self, sign: float = 1.0) -> AntisymmetricSTDP:
        """Return the plasticity of the inhibition; with a sign of -1 its window is reversed."""
        return AntisymmetricSTDP(
            self.kind().eta,
            sign * self.A_plus,
            sign * self.A_minus,
            self.tau_plus,
            self.tau_minus,
        )

    def singer(self) -> Singer:
        """Return the bird: its voice and its ear are the same for all seeds."""
        kind = self.kind()
        return Singer(
            gestures=kind.gestures(self.n_motor),
            hearing=kind.hearing,
            organ=kind.organ,
            motor=LIF(tau_m=self.tau_m_motor),
            sensor=LIF(tau_m=self.tau_m_sensor, reset="by"),
            exploration_rate=kind.exploration_rate,
            exploration_weight=self.exploration_weight,
            synaptic_delay=self.synaptic_delay,
            excitation=self.excitation,
        )


def _or(given: float | None, usual: float) -> float:
    return usual if given is None else given
