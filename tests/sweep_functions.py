"""Functions for sweeps, importable by worker processes."""

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from postdict import LIF, Network, Simulation
from postdict.lab.results import Result
from postdict.lab.settings import check, setting


@dataclass(frozen=True)
class Config:
    """Settings with rules, as experiments have them."""

    gain: float = setting(1.0, "a factor", unit="mV", above=0)
    n: int = setting(3, "how many", at_least=1, at_most=100)
    mode: str = setting("plain", "what it does", choices=("plain", "fail", "die", "wait"))
    marker: str = setting("", "a file")
    seeds: int = setting(5, "how many seeds", at_least=1)
    seed: int = setting(0, "the first of them", at_least=0)

    def __post_init__(self):
        check(self)

    def quick(self):
        return Config(n=2)


UNITS = {"mean": "mV"}


def run(config, report=None):
    """Draw numbers; fail, die once or wait, where told to."""
    if config.mode == "fail":
        raise ArithmeticError(f"gain {config.gain:g} is too much")
    if config.mode == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if config.mode == "wait":
        while not Path(config.marker).exists():
            os.sched_yield()
    values = config.gain * np.random.default_rng(config.seed).standard_normal(config.n)
    summary = {"mean": float(values.mean()), "nested": {"n": config.n, "mode": config.mode},
               "undefined": None, "spread": {"mean": [0.0, 1.0]}}  # fmt: skip
    return Result("test", vars(config), summary, {"values": values}, {"t": {"v": values}})


def fails_once(config):
    """Fail at the first attempt of every seed."""
    marker = Path(config["folder"]) / str(config["seed"])
    if not marker.exists():
        marker.touch()
        raise OSError("not yet")
    return {"x": config["a"]}


def dies_at_two(config):
    """Kill the process where a is 2."""
    if config["a"] == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"x": config["a"]}


def returns_nothing(_):
    """Forget to return anything."""


def one_thread(config):
    """Return how many threads numpy would take."""
    return {"threads": int(os.environ["OPENBLAS_NUM_THREADS"]), "pid": os.getpid()}


def simulate(config):
    """Return how often one driven neuron fires: a short simulation."""
    net = Network(seed=config["seed"])
    cell = net.add_population("cell", 20, LIF(tau_m=100.0))
    net.add_poisson("kicks", cell, rate=config["rate"], weight=0.1)
    sim = Simulation(net)
    sim.run(config["duration"])
    return {"spikes": len(sim.spikes(cell)[0])}


def names_its_parameters(config):
    """Return metrics that are called as other columns of the table are."""
    return {"a": 10 * config["a"], "seed": 1, "wall_s": None, "huge": 10**400}


def exits_at_two(config):
    """End the process, as a script does, where a is 2."""
    if config["a"] == 2:
        sys.exit("usage")
    return {"x": config["a"]}
