"""Settings of `song`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...bird import Hearing, Singer, Syrinx, distinct_gestures
from ...lab.settings import check, setting
from ...neurons import LIF
from ...plasticity import AntisymmetricSTDP


@dataclass(frozen=True)
class Config:
    """Settings of `song`; all defaults are our own."""

    n_motor: int = setting(24, "motor neurons, each with a gesture", at_least=2, at_most=100)
    tau_m_motor: float = setting(100.0, "membrane time constant", unit="ms", above=0)
    tau_m_sensor: float = setting(10.0, "membrane time constant", unit="ms", above=0)
    exploration_rate: float = setting(20.0, "kicks a motor neuron", unit="Hz", above=0)
    exploration_weight: float = setting(0.2, "of a kick", unit="mV", above=0)
    synaptic_delay: float = setting(1.0, "sensor spike to motor neuron", unit="ms", above=0)
    excitation: float = setting(0.5, "fixed, each sensor to each motor neuron", unit="mV", above=0)
    eta: float = setting(1e-3, "learning rate", unit="mV", at_least=0)
    A_plus: float = setting(1.0, "potentiation of inhibition, pre then post", above=0)
    A_minus: float = setting(0.7, "depression of inhibition, post then pre", above=0)
    tau_plus: float = setting(20.0, "window, pre then post", unit="ms", above=0)
    tau_minus: float = setting(20.0, "window, post then pre", unit="ms", above=0)
    duration: float = setting(1e6, "of babbling", unit="ms", at_least=1e4)
    recall_tau: float = setting(20.0, "membrane of motor neurons that imitate", unit="ms", above=0)
    recall_pause: float = setting(
        12.0,
        "after a gesture begins, in which no other does",
        unit="ms",
        at_least=0,
        at_most=1e3,
    )
    song_duration: float = setting(2e4, "of each own song", unit="ms", at_least=1e3)
    song_gap: float = setting(15.0, "mean, between the gestures of own songs", unit="ms", above=0)
    shuffles: int = setting(5, "shuffled weights that are the control", at_least=1, at_most=100)
    oracle_trials: int = setting(
        600, "changes of gestures that the direct search tries, for each 1.5 s", at_least=0
    )
    seeds: int = setting(5, "how many birds babble", at_least=1, at_most=1000)
    seed: int = setting(0, "the first of them", at_least=0)
    tutor_file: str | None = setting(None, ".wav (PCM), or with the extra audio any sound file")
    tutor_longest: float = setting(
        3e4, "of the file; the rest is not read", unit="ms", at_least=100, at_most=6e5
    )

    def __post_init__(self) -> None:
        check(self)

    def quick(self) -> Config:
        """Return a version that ends in a minute: one bird that babbles for half as long."""
        return replace(self, duration=5e5, seeds=1, song_duration=6e3, oracle_trials=150)

    def rule(self) -> AntisymmetricSTDP:
        """Return the plasticity of the inhibition."""
        return AntisymmetricSTDP(self.eta, self.A_plus, self.A_minus, self.tau_plus, self.tau_minus)

    def singer(self) -> Singer:
        """Return the bird: its voice and its ear are the same for all seeds."""
        hearing, syrinx = Hearing(), Syrinx()
        return Singer(
            gestures=distinct_gestures(self.n_motor, hearing, syrinx),
            hearing=hearing,
            syrinx=syrinx,
            motor=LIF(tau_m=self.tau_m_motor),
            sensor=LIF(tau_m=self.tau_m_sensor, reset="by"),
            exploration_rate=self.exploration_rate,
            exploration_weight=self.exploration_weight,
            synaptic_delay=self.synaptic_delay,
            excitation=self.excitation,
        )
