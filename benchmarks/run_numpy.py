"""One measured run in numpy, on a 0.1 ms grid: what one would write in an afternoon.

python benchmarks/run_numpy.py loop-100

A loop over time steps, arrays over neurons, a row or a column of weights for each spike, ring
buffers for the delays. (`pure_python.py` is the same for the package's default loop.)
"""

from __future__ import annotations

import numpy as np
from measured_run import Run, chosen, parser, report
from numpy.typing import NDArray
from workloads import STEP, Brette, Coba, Floats, Loop, Vogels

Ids = NDArray[np.int64]


class Axons:
    """Who fired, until it arrives."""

    def __init__(self, delay: float) -> None:
        self.slots: list[Ids] = [np.empty(0, dtype=np.int64)] * round(delay / STEP)

    def arriving(self, step: int) -> Ids:
        """Return whose spikes arrive at this step."""
        return self.slots[step % len(self.slots)]

    def send(self, step: int, fired: Ids) -> None:
        """Put the spikes of this step in the place of those that have arrived."""
        self.slots[step % len(self.slots)] = fired


def decay(tau: float) -> float:
    """Return the factor of one step."""
    return float(np.exp(-STEP / tau))


def run_loop(work: Loop, seed: int, run: Run) -> None:
    rng = np.random.default_rng([seed, 3])
    world = np.ascontiguousarray(work.world(seed).T)  # (motor, sensor): a row per motor spike
    inhibition = np.full((work.n, work.n), work.excitation)  # (sensor, motor)
    v_motor, v_sensor = work.start(seed), np.zeros(work.n)
    pre, post = np.zeros(work.n), np.zeros(work.n)  # traces: of arrivals, of motor spikes
    to_sensors, to_motors = Axons(work.world_delay), Axons(work.synaptic_delay)
    motor_decay, sensor_decay = decay(work.tau_motor), decay(work.tau_sensor)
    trace_decay = decay(work.tau_stdp)
    kicks_per_step = 1e-3 * STEP * work.kick_rate
    n_motor = n_sensor = 0
    with run.simulate:
        for step in range(round(work.duration / STEP)):
            v_motor = work.drive + (v_motor - work.drive) * motor_decay
            v_motor += work.kick * rng.poisson(kicks_per_step, work.n)
            v_sensor *= sensor_decay
            pre *= trace_decay
            post *= trace_decay
            for k in to_sensors.arriving(step):
                v_sensor += world[k]
            for j in to_motors.arriving(step):
                v_motor += work.excitation - inhibition[j]
                inhibition[j] = np.maximum(inhibition[j] - work.eta * post, 0.0)
                pre[j] += 1.0
            fired = np.flatnonzero(v_motor >= 1.0)
            for i in fired:
                inhibition[:, i] = np.minimum(inhibition[:, i] + work.eta * pre, work.w_max)
            v_motor[fired] = 0.0
            post[fired] += 1.0
            to_sensors.send(step, fired)
            n_motor += len(fired)
            fired = np.flatnonzero(v_sensor >= 1.0)
            v_sensor[fired] = 0.0
            to_motors.send(step, fired)
            n_sensor += len(fired)
    run.spikes, run.weights = (n_motor, n_sensor), inhibition


def random_targets(work: Brette, seed: int) -> list[Ids]:
    """Return whom each neuron reaches."""
    rng = np.random.default_rng([seed, 4])
    return [np.flatnonzero(rng.random(work.n) < work.probability) for _ in range(work.n)]


def run_brette(work: Brette, start: Floats, targets: list[Ids], run: Run) -> None:
    """Run from potentials `start`, where neuron k reaches the neurons targets[k]."""
    n_excitatory = work.sizes[0]
    excitatory, inhibitory = work.weights
    v, end = start.copy(), work.v_rest + work.i_offset
    g_e, g_i = np.zeros(work.n), np.zeros(work.n)
    # Over a step V gains what a current at its start does, in closed form: g times this.
    v_decay, e_decay, i_decay = decay(work.tau_m), decay(work.tau_syn_e), decay(work.tau_syn_i)
    e_gain = work.tau_syn_e / (work.tau_syn_e - work.tau_m) * (e_decay - v_decay)
    i_gain = work.tau_syn_i / (work.tau_syn_i - work.tau_m) * (i_decay - v_decay)
    free_from = np.zeros(work.n, dtype=np.int64)  # the step at which refractoriness ends
    axons, counts = Axons(work.delay), np.zeros(work.n, dtype=np.int64)
    with run.simulate:
        for step in range(round(work.duration / STEP)):
            v = end + (v - end) * v_decay + g_e * e_gain + g_i * i_gain
            g_e *= e_decay
            g_i *= i_decay
            for k in axons.arriving(step):
                w = excitatory if k < n_excitatory else -inhibitory
                if not work.exponential:
                    v[targets[k]] += w
                elif w > 0:
                    g_e[targets[k]] += w
                else:
                    g_i[targets[k]] += w
            v[free_from > step] = work.v_reset
            fired = np.flatnonzero(v >= work.v_thresh)
            v[fired] = work.v_reset
            free_from[fired] = step + round(work.tau_refrac / STEP)
            counts[fired] += 1
            axons.send(step, fired)
    run.spikes = int(counts[:n_excitatory].sum()), int(counts[n_excitatory:].sum())


def run_coba(work: Coba, seed: int, targets: list[Ids], run: Run) -> None:
    """Run neurons with conductances by exponential Euler's steps."""
    n_excitatory, rng = work.sizes[0], np.random.default_rng([seed, 5])
    v, g_e, g_i = work.start(seed), np.zeros(work.n), np.zeros(work.n)
    e_decay, i_decay = decay(work.tau_syn_e), decay(work.tau_syn_i)
    free_from = np.zeros(work.n, dtype=np.int64)  # the step at which refractoriness ends
    axons, counts = Axons(work.delay), np.zeros(work.n, dtype=np.int64)

    def steps(start: float, stop: float) -> None:
        for step in range(round(start / STEP), round(stop / STEP)):
            g = 1.0 + g_e + g_i
            end = (work.v_rest + g_e * work.e_rev_e + g_i * work.e_rev_i) / g
            v[:] = end + (v - end) * np.exp(-STEP / work.tau_m * g)
            np.multiply(g_e, e_decay, out=g_e)
            np.multiply(g_i, i_decay, out=g_i)
            if start < work.kicks_end:
                kicks = rng.poisson(work.kick_rate * STEP * 1e-3, n_excitatory)
                g_e[:n_excitatory] += work.weights[0] * kicks
            for k in axons.arriving(step):
                inhibitory = int(k >= n_excitatory)
                (g_e, g_i)[inhibitory][targets[k]] += work.weights[inhibitory]
            v[free_from > step] = work.v_reset
            fired = np.flatnonzero(v >= work.v_thresh)
            v[fired] = work.v_reset
            free_from[fired] = step + round(work.tau_refrac / STEP)
            counts[fired] += 1
            axons.send(step, fired)

    steps(0.0, work.kicks_end)
    counts[:] = 0
    with run.simulate:
        steps(work.kicks_end, work.kicks_end + work.duration)
    run.spikes = int(counts[:n_excitatory].sum()), int(counts[n_excitatory:].sum())


def run_vogels(work: Vogels, seed: int, run: Run) -> None:
    """Run neurons by exponential Euler's steps, of conductances or of currents."""
    n_excitatory, rng = work.sizes[0], np.random.default_rng([seed, 4])
    targets = [np.flatnonzero(rng.random(work.n) < work.probability) for _ in range(work.n)]
    # Plastic synapses are numbered: those of one inhibitory neuron follow one another.
    ends = [each[each < n_excitatory] for each in targets[n_excitatory:]]
    post = np.concatenate(ends)
    pre = np.repeat(np.arange(len(ends)), [len(each) for each in ends])
    firsts = np.concatenate(([0], np.cumsum([len(each) for each in ends])))
    onto = np.split(
        np.argsort(post, kind="stable"), np.bincount(post, minlength=n_excitatory).cumsum()
    )
    among = [each[each >= n_excitatory] for each in targets[n_excitatory:]]
    weights = np.full(len(post), work.start_weight)
    v, g_e, g_i = work.start(seed), np.zeros(work.n), np.zeros(work.n)
    x, y = np.zeros(work.n - n_excitatory), np.zeros(n_excitatory)
    e_decay, i_decay, trace_decay = (
        decay(t) for t in (work.tau_syn_e, work.tau_syn_i, work.tau_stdp)
    )
    free_from = np.zeros(work.n, dtype=np.int64)  # the step at which refractoriness ends
    axons, counts = Axons(work.delay), np.zeros(work.n, dtype=np.int64)
    drive, (excitatory, inhibitory) = work.v_rest + work.i_offset, work.weights
    with run.simulate:
        for step in range(round(work.duration / STEP)):
            eta = work.eta if step >= round(work.loud / STEP) else 0.0
            g = 1.0 + g_e + g_i if work.conductances else 1.0
            forces = (work.e_rev_e, work.e_rev_i) if work.conductances else (1.0, -1.0)
            end = (drive + g_e * forces[0] + g_i * forces[1]) / g
            v = end + (v - end) * np.exp(-STEP / work.tau_m * g)
            g_e *= e_decay
            g_i *= i_decay
            x *= trace_decay
            y *= trace_decay
            for k in axons.arriving(step):
                if k < n_excitatory:
                    g_e[targets[k]] += excitatory
                    continue
                j = k - n_excitatory
                own = slice(firsts[j], firsts[j + 1])
                g_i[post[own]] += weights[own]
                g_i[among[j]] += inhibitory
                learned = weights[own] + eta * (y[post[own]] - work.alpha)
                weights[own] = np.clip(learned, 0.0, work.w_max)
                x[j] += 1.0
            v[free_from > step] = work.v_reset
            fired = np.flatnonzero(v >= work.v_thresh)
            v[fired] = work.v_reset
            free_from[fired] = step + round(work.tau_refrac / STEP)
            counts[fired] += 1
            for k in fired[fired < n_excitatory]:
                weights[onto[k]] = np.minimum(weights[onto[k]] + eta * x[pre[onto[k]]], work.w_max)
                y[k] += 1.0
            axons.send(step, fired)
    run.spikes = int(counts[:n_excitatory].sum()), int(counts[n_excitatory:].sum())
    run.weights = weights


def main() -> None:
    options = parser("numpy").parse_args()
    work, run = chosen(options), Run()
    if isinstance(work, Loop):
        run_loop(work, options.seed, run)
    elif isinstance(work, Vogels):
        run_vogels(work, options.seed, run)
    else:
        with run.build:
            targets = random_targets(work, options.seed)
        if isinstance(work, Coba):
            run_coba(work, options.seed, targets, run)
        else:
            run_brette(work, work.start(options.seed), targets, run)
    report("numpy", np.__version__, options, run)


if __name__ == "__main__":
    main()
