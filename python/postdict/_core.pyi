# Stubs of the compiled core, from pybind11-stubgen, shortened; mypy.stubtest keeps them true.
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

class Rule:
    def __init__(
        self,
        *,
        eta: float,
        w_max: float,
        nearest: bool,
        soft: bool,
        third_factor: tuple[float, ArrayLike, ArrayLike] | None,
        kind: str,
        **numbers: ArrayLike,
    ) -> None: ...

class Network:
    def __init__(self, seed: int) -> None: ...
    def add_lif(
        self,
        name: str,
        n: int,
        *,
        tau_m: ArrayLike,
        v_rest: ArrayLike,
        v_thresh: ArrayLike,
        v_reset: ArrayLike,
        tau_refrac: ArrayLike,
        i_offset: ArrayLike,
        v_min: ArrayLike,
        v_init: ArrayLike,
        subtract: bool,
    ) -> int: ...
    def add_lif_exponential(
        self,
        name: str,
        n: int,
        *,
        tau_m: ArrayLike,
        tau_syn_e: ArrayLike,
        tau_syn_i: ArrayLike,
        v_rest: ArrayLike,
        v_thresh: ArrayLike,
        v_reset: ArrayLike,
        tau_refrac: ArrayLike,
        i_offset: ArrayLike,
        v_init: ArrayLike,
    ) -> int: ...
    def add_lif_conductance(
        self,
        name: str,
        n: int,
        *,
        tau_m: ArrayLike,
        tau_syn_e: ArrayLike,
        tau_syn_i: ArrayLike,
        e_rev_e: ArrayLike,
        e_rev_i: ArrayLike,
        v_rest: ArrayLike,
        v_thresh: ArrayLike,
        v_reset: ArrayLike,
        tau_refrac: ArrayLike,
        i_offset: ArrayLike,
        v_init: ArrayLike,
    ) -> int: ...
    def add_current(
        self, population: int, ids: ArrayLike, times: ArrayLike, values: ArrayLike
    ) -> int: ...
    def add_poisson(
        self,
        name: str,
        population: int,
        times: ArrayLike,
        rates: ArrayLike,
        weight: float,
        ids: ArrayLike | None = ...,
    ) -> int: ...
    def add_poisson_trains(self, name: str, n: int, times: ArrayLike, rates: ArrayLike) -> int: ...
    def add_spike_times(self, name: str, n: int, times: ArrayLike, ids: ArrayLike) -> int: ...
    def connect_dense(
        self,
        *,
        from_population: bool,
        pre: int,
        post: int,
        weights: ArrayLike,
        axonal_delay: float,
        dendritic_delay: float,
        inhibitory: bool,
        rule: Rule | None,
        rewarded_by: int | None,
        single: bool,
    ) -> int: ...
    def connect_sparse(
        self,
        *,
        from_population: bool,
        pre: int,
        post: int,
        first: ArrayLike,
        source_first: ArrayLike,
        delays: ArrayLike,
        targets: ArrayLike,
        weights: ArrayLike,
        dendritic_delay: float,
        inhibitory: bool,
        rule: Rule | None,
        rewarded_by: int | None,
        single: bool,
    ) -> int: ...
    def add_world(
        self,
        name: str,
        *,
        from_population: bool,
        motor: int,
        sensor: int,
        interval: float,
        latency: float,
        readout: str,
        tau: float,
        drive: str,
        weight: float,
        step: object,
        reward: object,
    ) -> None: ...
    def record(
        self,
        *,
        variable: str,
        target: int,
        which: ArrayLike,
        interval: float,
        times: ArrayLike,
        most_samples: int,
    ) -> None: ...

class LimitError(RuntimeError):
    pass

class RateLimitError(LimitError):
    pass

class Simulation:
    def __init__(
        self,
        network: Network,
        max_recorded_spikes: int,
        max_pending_spikes: int,
        max_rates: Sequence[float] = ...,
        max_rate_window: float = ...,
    ) -> None: ...
    def answer(self, world: int, given: object) -> None: ...
    def append_spikes(self, source: int, times: ArrayLike, ids: ArrayLike) -> None: ...
    def fluxes(self, projection: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    def n_spikes(self, population: int) -> int: ...
    def potentials(self, population: int, ids: ArrayLike) -> NDArray[np.float64]: ...
    def recorded(self, recorder: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    def restore(self, state: Mapping[str, NDArray[Any]]) -> None: ...
    def run_until(self, end: int, most_instants: int) -> bool: ...
    def search_work(self, population: int) -> dict[str, int]: ...
    def set_accounting(self, projection: int, on: bool) -> None: ...
    def set_eta(self, projection: int, eta: float) -> None: ...
    def set_learning(self, projection: int, on: bool) -> None: ...
    def sampling_interval(self, recorder: int) -> float: ...
    def set_modulator(
        self,
        projection: int,
        times: NDArray[np.float64],
        values: NDArray[np.float64],
    ) -> None: ...
    def set_limits(
        self,
        max_recorded_spikes: int,
        max_pending_spikes: int,
        max_rates: Sequence[float] = ...,
        max_rate_window: float = ...,
    ) -> None: ...
    def reseed(self, seed: int) -> None: ...
    def set_current(self, current: int, times: ArrayLike, values: ArrayLike) -> None: ...
    def set_potentials(self, population: int, ids: ArrayLike, potentials: ArrayLike) -> None: ...
    def set_train_rate(self, source: int, times: ArrayLike, rates: ArrayLike) -> None: ...
    def set_rate(self, poisson: int, times: ArrayLike, rates: ArrayLike) -> None: ...
    def set_recording(
        self, population: int, on: bool, start: float, stop: float, ids: ArrayLike | None
    ) -> None: ...
    def set_streaming(self, recorder: int, on: bool) -> None: ...
    def set_weights(self, projection: int, weights: ArrayLike) -> None: ...
    def spikes(
        self, population: int, start: float, stop: float
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]: ...
    def state(self) -> dict[str, NDArray[Any]]: ...
    def take_samples(self, recorder: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    def take_spikes(self, population: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]: ...
    def weights(self, projection: int) -> NDArray[np.float64]: ...
    def world_seconds(self, world: int) -> float: ...
    @property
    def n_synaptic_events(self) -> int: ...
    @property
    def picoseconds(self) -> int: ...
    @property
    def time(self) -> float: ...

commit: str

def picoseconds(ms: float) -> int: ...

class DivergenceError(ArithmeticError): ...

class SourceFilterVoice:
    def __init__(
        self,
        *,
        rate: float,
        floor: float,
        fade_from: float,
        fade_to: float,
        course: ArrayLike,
        postures: ArrayLike,
        at_first: ArrayLike,
        seed: int,
    ) -> None: ...
    def sing(
        self, onsets: ArrayLike, ids: ArrayLike, n: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]: ...
    def copy(self) -> SourceFilterVoice: ...
    def state(self) -> dict[str, NDArray[Any]]: ...
    def restore(self, state: dict[str, Any]) -> None: ...

class Voice:
    def __init__(
        self,
        *,
        rate: float,
        oversampling: int,
        gamma: float,
        travel_time: float,
        reflection: float,
        glottis: float,
        beak: float,
        compliance: float,
        cavity_loss: float,
        radiation: float,
        pressure_profile: ArrayLike,
        tension_profile: ArrayLike,
        pressure: ArrayLike,
        tension: ArrayLike,
        pressure_at_rest: float,
        tension_at_rest: float,
    ) -> None: ...
    def sing(
        self, onsets: ArrayLike, ids: ArrayLike, n: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]: ...
    def copy(self) -> Voice: ...
    def state(self) -> dict[str, NDArray[Any]]: ...
    def restore(self, state: Mapping[str, NDArray[Any]]) -> None: ...

class Ear:
    def __init__(
        self,
        *,
        rate: float,
        centres: ArrayLike,
        block: int,
        reference: float,
        exponent: float,
        competition: float,
        neighbours: int,
        adaptation: float,
    ) -> None: ...
    def hear(self, sound: ArrayLike) -> NDArray[np.float64]: ...
    def copy(self) -> Ear: ...
    def state(self) -> dict[str, NDArray[Any]]: ...
    def restore(self, state: Mapping[str, NDArray[Any]]) -> None: ...

def elementary(name: str, x: ArrayLike) -> NDArray[np.float64]: ...
def power(x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]: ...
