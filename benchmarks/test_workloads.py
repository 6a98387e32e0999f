"""Do the simulators run the same workloads? Answers only; nothing is timed.

Spike by spike, small networks are compared in tests/simulation/test_reference.py (against a slow
twin) and in bench_pure_python.py (on a grid).
"""

from __future__ import annotations

from dataclasses import replace

import brette_cuba
import brette_jump
import compare_answers
import numpy as np
import pytest
import run_numpy
import run_postdict
import vogels2011
from measured_run import Run
from workloads import LOUD, Brette, Loop, Vogels, workload

import postdict


def test_loop_learns_alike_in_numpy() -> None:
    work = Loop(50, duration=10e3)
    reference = Run()
    run_numpy.run_loop(work, 1, reference)
    engine = run_postdict.measured(work, 1)
    np.testing.assert_allclose(engine.spikes, reference.spikes, rtol=0.06)
    np.testing.assert_allclose(engine.weights.mean(), reference.weights.mean(), rtol=2e-3)
    np.testing.assert_allclose(engine.weights.std(), reference.weights.std(), rtol=0.06)


@pytest.mark.parametrize("name", ["jump-1000", "cuba-1000"])
def test_brette_fires_alike_in_numpy(name: str) -> None:
    """On the same synapses, from the same potentials; the networks are chaotic all the same."""
    work = workload(name, 3e3)
    net, _ = run_postdict.network(work, 1)
    simulation = postdict.Simulation(net)
    simulation.run(work.duration)
    start = np.concatenate([population.neurons.v_init for population in net.populations])
    targets: list[list[int]] = [[] for _ in range(work.n)]
    first = {"excitatory": 0, "inhibitory": work.sizes[0]}
    for projection in net.projections:
        synapses = simulation.weights(projection)
        for pre, post in zip(synapses.pre, synapses.post, strict=True):
            targets[first[projection.pre] + pre].append(first[projection.post] + post)
    reference = Run()
    run_numpy.run_brette(work, start, [np.array(each, dtype=int) for each in targets], reference)
    engine = [simulation.spike_count(population) for population in net.populations]
    assert engine[0] == pytest.approx(reference.spikes[0], rel=0.12)  # 4 sd of what chaos makes
    assert engine[1] == pytest.approx(reference.spikes[1], rel=0.03)


@pytest.mark.parametrize(("name", "example"), [("jump", brette_jump), ("cuba", brette_cuba)])
def test_examples_have_the_numbers_of_the_workloads(name: str, example: object) -> None:
    work = workload(name)
    assert isinstance(work, Brette)
    net = example.network(1, n=1000)
    for population, size in zip(net.populations, work.sizes, strict=True):
        assert population.size == size // 4
        assert isinstance(population.neurons, postdict.LIFExp) == work.exponential
        given = population.neurons.to_dict()
        for parameter in set(given) & set(vars(work)):
            assert given[parameter] == getattr(work, parameter), parameter
    for projection in net.projections:
        assert projection.inhibitory == (projection.pre == "inhibitory")
        synapses = net.weights(projection)
        np.testing.assert_array_equal(synapses.weight, work.weights[projection.inhibitory])
        sizes = [p.size for p in net.populations if p.name in (projection.pre, projection.post)]
        pairs = sizes[0] * sizes[-1]
        assert synapses.n_synapses == pytest.approx(0.08 * pairs, rel=0.05)


def test_coba_has_the_numbers_of_the_workload_and_fires_alike_in_numpy() -> None:
    work = workload("coba-1000", 500.0)
    net, _ = run_postdict.network(work, 1)
    for population in net.populations:
        assert isinstance(population.neurons, postdict.LIFCond)
        given = population.neurons.to_dict()
        for parameter in set(given) & set(vars(work)):
            assert given[parameter] == getattr(work, parameter), parameter
    for projection in net.projections:
        synapses = net.weights(projection)
        np.testing.assert_array_equal(synapses.weight, work.weights[projection.inhibitory])
    engine, reference = run_postdict.measured(work, 1), Run()
    run_numpy.run_coba(work, 1, run_numpy.random_targets(work, 1), reference)
    np.testing.assert_allclose(engine.spikes, reference.spikes, rtol=0.25)  # chaos, half a second


def test_inhibition_of_vogels_2011_learns_to_quiet_what_fires_at_160_hz() -> None:
    net, inhibition = vogels2011.network(1, scale=0.05)
    simulation = postdict.Simulation(net)
    simulation.set_plasticity(inhibition, False)
    simulation.run(200.0)
    loud = simulation.spike_count("excitatory")
    assert loud / (400 * 0.2) > 100.0  # Hz
    simulation.set_plasticity(inhibition, True)
    simulation.run(800.0)
    before = simulation.spike_count("excitatory")
    simulation.run(200.0)
    assert simulation.spike_count("excitatory") - before < 0.3 * loud


@pytest.mark.parametrize("name", ["vogels2011", "vogels2011-currents"])
def test_vogels_2011_has_the_numbers_of_the_workload_and_learns_alike_in_numpy(name: str) -> None:
    work = replace(workload(name), n=500, in_degree=200.0, loud=100.0, duration=400.0)
    assert isinstance(work, Vogels)
    net, inhibition = run_postdict.network(work, 1)
    for population in net.populations:
        given = population.neurons.to_dict()
        for parameter in set(given) & set(vars(work)):
            assert given[parameter] == getattr(work, parameter), parameter
    weights = (*work.weights[:1] * 2, work.weights[1], work.start_weight)
    for projection, weight in zip(net.projections, weights, strict=True):
        synapses = net.weights(projection)
        np.testing.assert_allclose(synapses.weight, weight, rtol=1e-12)
        sizes = [p.size for p in net.populations if p.name in (projection.pre, projection.post)]
        assert synapses.n_synapses == pytest.approx(0.4 * sizes[0] * sizes[-1], rel=0.05)
    assert inhibition is not None
    assert isinstance(inhibition.plasticity, postdict.VogelsSTDP)
    rule = inhibition.plasticity
    assert (rule.eta, rule.w_max) == pytest.approx((work.eta, work.w_max), rel=1e-12)
    assert (rule.rho, rule.tau) == (work.rho, work.tau_stdp)
    engine, reference = run_postdict.measured(work, 1), Run()
    run_numpy.run_vogels(work, 1, reference)
    # The grid sees a crossing up to a step late, which is 1.6 % of an interval at 163 Hz.
    np.testing.assert_allclose(engine.spikes, reference.spikes, rtol=0.06)
    np.testing.assert_allclose(engine.weights.mean(), reference.weights.mean(), rtol=0.06)


def test_loud_networks_fire_as_their_names_tell_and_alike_in_numpy() -> None:
    for name in LOUD:
        work = replace(workload(name, 300.0), n=1000)
        engine, reference = run_postdict.measured(work, 1), Run()
        targets = run_numpy.random_targets(work, 1)
        run_numpy.run_brette(work, work.start(1), targets, reference)
        np.testing.assert_allclose(engine.spikes, reference.spikes, rtol=0.03)
        rate = sum(engine.spikes) / (0.3 * work.n)
        assert rate == pytest.approx(float(name.partition("-")[2].removesuffix("hz")), rel=0.1)


def test_disagreement_stops_the_comparison() -> None:
    spreads = {"loop-50": compare_answers.spread("loop-50", 1e-3, n_seeds=8)}
    work = workload("loop-50", 1e-3 * workload("loop-50").duration)
    run = run_postdict.measured(work, 1).to_dict(work)
    compare_answers.require_agreement({("loop-50", "numpy"): [run]}, spreads)
    run["rates_hz"][1] *= 1.5
    with pytest.raises(SystemExit, match="numpy answers differently on loop-50: sensor rate"):
        compare_answers.require_agreement({("loop-50", "numpy"): [run]}, spreads)
