"""Settings of `measured-window`: the loop with currents, its window, maps, and what is varied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..._checks import unknown
from ...lab.settings import setting
from ...loop.circuit import LoopParameters
from ...neurons import LIF, LIFExp
from ...plasticity import AntisymmetricSTDP, HaasSTDP
from ...theory import Window
from .._shared.loop_settings import LoopConfig

FITS = ("published", "shifted", "older", "symmetric")

# What is changed, one thing at a time, at the point of the configuration.
VARIANTS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "nearest pairs": {"pairing": "nearest"},
    "nearest pairs, one spike a sensor": {"pairing": "nearest", "sensor_reset": "to"},
    "all pairs, one spike a sensor": {"sensor_reset": "to"},
    "jumps": {"tau_syn": 0.0},
    "jumps, dendrite 6 ms, D 21 ms": {"tau_syn": 0.0, "dendritic_delay": 6.0, "world_delay": 20.0},
    "currents of 7 ms": {"tau_syn": 7.0},
    "soft bounds": {"bounds": "soft"},
    "spontaneous spikes, 10 Hz": {"spontaneous_rate": 10.0},
    "never refractory": {"tau_refrac": 0.0},
    "reset -1 mV": {"v_reset": -1.0},
    "few strong kicks": {"exploration_rate": 30.0, "exploration_weight": 0.4},
    "D 40 ms": {"world_delay": 39.0},
    "D 40 ms, stretch 2.4": {"world_delay": 39.0, "stretch": 2.4},
    "D 40 ms, stretch 3": {"world_delay": 39.0, "stretch": 3.0},
    "D 65 ms, stretch 3.8": {"world_delay": 64.0, "stretch": 3.8},
    "D 65 ms, stretch 5": {"world_delay": 64.0, "stretch": 5.0},
}


@dataclass(frozen=True)
class Config(LoopConfig):
    """Settings of `measured-window`; all defaults are our own but for the windows' shapes."""

    fits: str = setting(",".join(FITS), "of the measured window, names with commas")
    tau_syn: float = setting(
        3.0, "of currents onto motor neurons; 0: voltage jumps", unit="ms", at_least=0
    )
    pairing: str = setting("all", "which pairs count", choices=("all", "nearest"))
    bounds: str = setting("hard", "of the inhibition", choices=("hard", "soft"))
    stretch: float = setting(1.0, "of the window in time", above=0)
    dendritic_delay: float = setting(
        0.0, "by which synapses see motor spikes later", unit="ms", at_least=0
    )
    tau_refrac: float = setting(3.0, "of motor neurons", unit="ms", at_least=0)
    v_reset: float = setting(0.0, "of motor neurons", unit="mV")
    sensor_reset: str = setting(
        "by", "of sensors; by: several spikes at an instant", choices=("by", "to")
    )
    spontaneous_rate: float = setting(
        0.0, "spikes of a sensor that nobody caused, while learning", unit="Hz", at_least=0
    )
    world_delay: float = setting(16.0, "motor spike to sensor", unit="ms", above=0)
    excitation: float = setting(1.0, "fixed, each sensor to each motor neuron", unit="mV", above=0)
    eta: float = setting(4e-4, "learning rate at the start", unit="mV", at_least=0)
    anneal: float = setting(0.1, "learning rate at the end, in units of eta", above=0, at_most=1)
    duration: float = setting(2e6, "of learning", unit="ms", at_least=1e4)
    measure_duration: float = setting(2e5, "of the measurement of G", unit="ms", at_least=1e4)
    song_duration: float = setting(2e4, "of each tutor song", unit="ms", at_least=1e3)
    map_n_motor: int = setting(
        10, "motor neurons of maps and variants, sensors in proportion", at_least=2
    )
    map_delays: tuple[float, ...] = setting(
        (6.0, 9.0, 11.0, 13.0, 15.0, 17.0, 19.0, 21.0, 23.0), "loop delays of the maps", unit="ms"
    )
    map_tau_syns: tuple[float, ...] = setting(
        (0.0, 3.0, 7.0), "currents of the maps; 0: voltage jumps", unit="ms", at_least=0
    )
    map_duration: float = setting(8e5, "of learning, each point of the map", unit="ms", at_least=0)
    lone_duration: float = setting(2e5, "of lone neurons", unit="ms", at_least=1e4)
    imposed_duration: float = setting(4e4, "of each imposed feedback", unit="ms", at_least=1e4)
    variants: bool = setting(True, "whether one thing at a time is varied")
    variant_seeds: int = setting(1, "how many worlds for these", at_least=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.fit_names()
        for delay in self.map_delays:
            if delay <= self.synaptic_delay:
                raise ValueError(
                    f"map_delays must be above synaptic_delay = {self.synaptic_delay:g} ms, "
                    f"got {delay:g} ms"
                )

    @property
    def delay(self) -> float:
        """The loop delay D, ms."""
        return self.world_delay + self.synaptic_delay

    @property
    def weight_unit(self) -> float:
        """What stands for 1 mV of a voltage jump: a current of the same area."""
        return self.tau_m_motor / self.tau_syn if self.tau_syn else 1.0

    def fit_names(self) -> list[str]:
        """Return the fits that are asked for."""
        names = [name.strip() for name in self.fits.split(",")]
        for name in names:
            if name not in FITS:
                raise ValueError(unknown("fit of the Haas window", name, FITS))
        return names

    def quick(self) -> Config:
        """Return a version that ends in a minute: two fits, two worlds, a few points."""
        return replace(
            self,
            fits="published,shifted",
            duration=6e5,
            eta=1e-3,
            measure_duration=1e5,
            song_duration=1e4,
            map_delays=(11.0, 17.0, 23.0),
            map_tau_syns=(3.0,),
            map_duration=2e5,
            lone_duration=1e5,
            imposed_duration=2e4,
            variants=False,
            seeds=2,
        )

    def small(self) -> Config:
        """Return the configuration with the loops of maps and variants; a user's world stays."""
        if self.world_file is not None:
            return self
        n_sensor = round(self.map_n_motor * self.n_sensor / self.n_motor)
        return replace(self, n_motor=self.map_n_motor, n_sensor=n_sensor)

    def at(self, tau_syn: float, delay: float) -> Config:
        """Return the configuration at a point of the map: a small loop that learns at one rate."""
        return replace(
            self.small(),
            tau_syn=tau_syn,
            world_delay=delay - self.synaptic_delay,
            duration=self.map_duration,
            anneal=1.0,
        )

    def parameters(self) -> LoopParameters:
        """Return the loop's parameters; weights of currents have the area of jumps."""
        plain = super().parameters()
        unit = self.weight_unit
        motor: LIF | LIFExp = LIF(
            tau_m=self.tau_m_motor, tau_refrac=self.tau_refrac, v_reset=self.v_reset
        )
        if self.tau_syn:
            motor = LIFExp(
                tau_m=self.tau_m_motor,
                tau_refrac=self.tau_refrac,
                v_reset=self.v_reset,
                tau_syn_e=self.tau_syn,
                tau_syn_i=self.tau_syn,
            )
        return replace(
            plain,
            motor=motor,
            sensor=replace(plain.sensor, reset="by" if self.sensor_reset == "by" else "to"),
            exploration_weight=unit * self.exploration_weight,
            excitation=unit * self.excitation,
            spontaneous_rate=self.spontaneous_rate,
            dendritic_delay=self.dendritic_delay,
        )

    def measured_rule(self, fit: str) -> HaasSTDP:
        """Return the plasticity of the inhibition with one of the fits.

        A stretched window is lowered as much, so that its areas remain.
        """
        return HaasSTDP.fit(
            fit,
            self.weight_unit * self.eta / self.stretch,
            stretch=self.stretch,
            w_max=2.0 * self.weight_unit * self.excitation,
            pairing=self.pairing,
            bounds=self.bounds,
        )

    def exponential_rule(self) -> AntisymmetricSTDP:
        """Return the window of `inverse-model` for the same loop, as a control.

        Its sides reach further; it learns a quarter as fast, so that areas are alike.
        """
        return replace(self.rule(), eta=0.25 * self.weight_unit * self.eta)

    def seen_window(self, fit: str) -> Window:
        """Return the window over the lag of the spikes themselves, per unit of eta.

        A dendrite that reports motor spikes late moves the window to earlier lags.
        """
        rule = HaasSTDP.fit(fit, 1.0 / self.stretch, stretch=self.stretch)
        return replace(rule, latency=rule.latency + self.dendritic_delay).window


def reversed_in_time(rule: HaasSTDP) -> HaasSTDP:
    """Return the rule whose window is K(-lag): the control that must not learn."""
    return replace(
        rule,
        A_plus=-rule.A_minus,
        A_minus=-rule.A_plus,
        alpha_plus=rule.alpha_minus,
        alpha_minus=rule.alpha_plus,
        latency=-rule.latency,
    )
