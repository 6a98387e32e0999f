"""The motor-sensor loop in numpy, clock-driven: the reference that postdict is compared with.

One Python loop over time steps, arrays over neurons, a whole row or column of the weight matrix per
spike, ring buffers for the delays. Whatever happens in [t, t + dt) happens at t = step * dt:

1. potentials and traces decay over one step, by their exact factors;
2. arrivals transmit the weight they find, then depress it (rule: post, then pre);
3. the sum of all arrivals and kicks meets the threshold once;
4. spikes potentiate (rule: pre, then post), arrivals of the same step included: lag 0 counts once.

Times in ms, rates in Hz, potentials and weights in mV. All parameters are our own choice.

    python benchmarks/pure_python.py
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Spikes = tuple[Floats, NDArray[np.int64]]
"""Times (n_spikes,) in ms, in order, and the neurons (n_spikes,) that fire."""

N_MOTOR, N_SENSOR = 20, 60
TAU_MOTOR, TAU_SENSOR = 100.0, 10.0  # ms; both kinds have rest 0 and threshold 1 mV
KICK_RATE, KICK = 150.0, 0.1  # Hz and mV, for each motor neuron
WORLD_DELAY, SYNAPTIC_DELAY = 10.0, 1.0  # ms, motor to sensor and sensor to motor
EXCITATION = 0.5  # mV, fixed, of every sensor onto every motor neuron
ETA, A_PLUS, A_MINUS, TAU_STDP = 5e-5, 1.0, 0.7, 20.0  # mV, 1, 1, ms


@dataclass(frozen=True)
class Result:
    """The spikes of a run, and the inhibition (n_motor, n_sensor) in mV at its end."""

    motor: Spikes
    sensor: Spikes
    weights: Floats


def random_world(seed: int) -> Floats:
    """Return A (n_sensor, n_motor), mV: each motor neuron drives 6 sensors by 2 U(0.5, 1.5)."""
    rng = np.random.default_rng(seed)
    world = np.zeros((N_SENSOR, N_MOTOR))
    for k in range(N_MOTOR):
        world[rng.choice(N_SENSOR, 6, replace=False), k] = 2.0 * rng.uniform(0.5, 1.5, 6)
    return world


def poisson_kicks(duration: float, seed: int) -> Spikes:
    """Return the exploration: independent Poisson kicks of all motor neurons in [0, duration)."""
    rng = np.random.default_rng(seed)
    n_kicks = rng.poisson(1e-3 * KICK_RATE * N_MOTOR * duration)
    return np.sort(rng.uniform(0.0, duration, n_kicks)), rng.integers(0, N_MOTOR, n_kicks)


def steps_of(times: Floats, dt: float) -> NDArray[np.int64]:
    """Return the step to which each time (ms) belongs: the start of its bin, [t, t + dt)."""
    return np.floor(times / dt).astype(np.int64)


def simulate(
    world: Floats,
    *,
    duration: float,
    dt: float = 0.1,
    eta: float = ETA,
    seed: int = 0,
    kicks: Spikes | None = None,
) -> Result:
    """Run the loop for `duration` on a grid of `dt` (both ms), from balance: inhibition = E.

    `kicks` replays a given exploration; without it one is drawn from `seed`.
    """
    world_steps, synaptic_steps = round(WORLD_DELAY / dt), round(SYNAPTIC_DELAY / dt)
    if not np.allclose([world_steps * dt, synaptic_steps * dt], [WORLD_DELAY, SYNAPTIC_DELAY]):
        raise ValueError(f"dt must divide the delays, got {dt:g} ms")
    kick_times, kicked = poisson_kicks(duration, seed) if kicks is None else kicks
    kick_steps, kicked = [*steps_of(kick_times, dt).tolist(), -1], kicked.tolist()
    taus = np.array([TAU_MOTOR, TAU_SENSOR, TAU_STDP])
    motor_decay, sensor_decay, trace_decay = np.exp(-dt / taus)
    drive = np.ascontiguousarray(world.T)  # (motor, sensor)
    inhibition = np.full((N_SENSOR, N_MOTOR), EXCITATION)  # (sensor, motor): a row per arrival
    v_motor, v_sensor = np.zeros(N_MOTOR), np.zeros(N_SENSOR)
    pre_trace, post_trace = np.zeros(N_SENSOR), np.zeros(N_MOTOR)  # of arrivals, of motor spikes
    nobody = np.empty(0, dtype=np.int64)
    to_sensors, to_motors = [nobody] * world_steps, [nobody] * synaptic_steps  # spikes under way
    motor_spikes, sensor_spikes = [], []
    n_kicks = 0
    for step in range(round(duration / dt)):
        v_motor *= motor_decay
        v_sensor *= sensor_decay
        pre_trace *= trace_decay
        post_trace *= trace_decay

        for k in to_sensors[step % world_steps]:
            v_sensor += drive[k]
        for j in to_motors[step % synaptic_steps]:
            v_motor += EXCITATION - inhibition[j]
            inhibition[j] = np.maximum(inhibition[j] - eta * A_MINUS * post_trace, 0.0)
            pre_trace[j] += 1.0
        while kick_steps[n_kicks] == step:
            v_motor[kicked[n_kicks]] += KICK
            n_kicks += 1

        fired = np.flatnonzero(v_motor >= 1.0)
        v_motor[fired] = 0.0
        for i in fired:
            inhibition[:, i] += eta * A_PLUS * pre_trace
            post_trace[i] += 1.0
        to_sensors[step % world_steps] = fired
        motor_spikes += [(step, i) for i in fired]

        above = np.flatnonzero(v_sensor >= 1.0)
        n_each = v_sensor[above].astype(np.int64)  # reset by subtraction: as many as fit
        v_sensor[above] -= n_each
        fired = np.repeat(above, n_each)
        to_motors[step % synaptic_steps] = fired
        sensor_spikes += [(step, j) for j in fired]

    return Result(_spikes(motor_spikes, dt), _spikes(sensor_spikes, dt), inhibition.T)


def _spikes(steps_and_neurons: list[tuple[int, int]], dt: float) -> Spikes:
    steps, neurons = np.array(steps_and_neurons, dtype=np.int64).reshape(-1, 2).T
    return dt * steps, neurons


def main() -> None:
    parser = argparse.ArgumentParser(description="The motor-sensor loop in numpy, clock-driven.")
    parser.add_argument("--duration", type=float, default=20e3, help="ms of biological time")
    parser.add_argument("--dt", type=float, default=0.1, help="ms")
    options = parser.parse_args()
    started = time.perf_counter()
    result = simulate(random_world(1), duration=options.duration, dt=options.dt)
    wall = time.perf_counter() - started
    seconds = 1e-3 * options.duration
    print(f"{seconds:g} s at dt {options.dt:g} ms: {wall:.2f} s, {seconds / wall:.1f} x real time")
    print(f"motor neurons {len(result.motor[0]) / (N_MOTOR * seconds):.2f} Hz")
    print(f"sensors {len(result.sensor[0]) / (N_SENSOR * seconds):.2f} Hz")
    print(f"inhibition {result.weights.mean():.5f} +- {result.weights.std():.5f} mV")


if __name__ == "__main__":
    main()
