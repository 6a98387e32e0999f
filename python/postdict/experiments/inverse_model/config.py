"""Settings of `inverse-model`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ... import _checks
from ...lab.settings import setting
from ...plasticity import AntisymmetricSTDP
from .._shared.loop_settings import LoopConfig


@_checks.brief
@dataclass(frozen=True)
class Config(LoopConfig):
    """Settings of `inverse-model`; all defaults are our own.

    Raises
    ------
    ValueError, TypeError
        A setting that is out of its bounds: the message names it.

    Examples
    --------
    >>> from postdict.experiments.inverse_model import Config
    >>> Config(n_motor=10, n_sensor=30, eta=1e-3)
    Config(n_motor=10, n_sensor=30, eta=0.001)
    """

    song_duration: float = setting(1e5, "of each tutor song", unit="ms", at_least=1e3)
    jitter: float = setting(2.0, "sd, of heard spikes when noisy", unit="ms", at_least=0)
    background_rate: float = setting(
        2.0, "random spikes a sensor when noisy", unit="Hz", at_least=0
    )
    tutor_file: str | None = setting(None, ".npz or .csv: time_ms and motor (or sensor)")

    def quick(self) -> Config:
        """Return a version that ends in half a minute: a tenth of the learning, two worlds."""
        return replace(
            self, duration=1e6, eta=2e-4, measure_duration=4e5, song_duration=2e4, seeds=2
        )

    def reversed_rule(self) -> AntisymmetricSTDP:
        """Return the rule with its window reversed in time: a control that must not learn."""
        return AntisymmetricSTDP(
            self.eta, -self.A_minus, -self.A_plus, self.tau_minus, self.tau_plus
        )
