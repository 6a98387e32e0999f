"""The slow twin by itself, against closed forms: rules, sparse synapses, step currents."""

import math
from dataclasses import replace

import numpy as np
import pytest

from reference.common import in_ms, strictly_after
from reference.rules import AntisymmetricSTDP, CausalSTDP, HaasSTDP, VogelsSTDP, WindowSTDP
from reference.twin import Twin

ETA, TAU = 0.01, 20.0
RULES = {
    "antisymmetric": AntisymmetricSTDP(ETA, 1.0, 0.7, TAU, 15.0),
    "Vogels": VogelsSTDP(ETA, rho=5.0, tau=TAU),
    "causal": CausalSTDP(ETA, bias=0.3, tau=TAU),
    "Haas": HaasSTDP(ETA, 1.0, 0.5, 1.0, 0.8, beta=4.0, stretch=2.0, latency=1.0),
    "sampled": WindowSTDP(ETA, lags=[-6.0, -0.5, -0.5, 4.0], values=[0.0, -1.1, 0.3, 0.75]),
}
WINDOWS = {  # lag -> change, without what each arrival does
    "antisymmetric": lambda lag: math.exp(-lag / TAU) if lag >= 0 else -0.7 * math.exp(lag / 15.0),
    "Vogels": lambda lag: math.exp(-abs(lag) / TAU),
    "causal": lambda lag: math.exp(-lag / TAU) if lag >= 0 else 0.0,
    "Haas": lambda lag: haas((lag + 1.0) / 2.0),
    "sampled": {-30.0: 0.0, -4.0: -0.4, -0.5: 0.3, 0.0: 0.35, 0.5: 0.4, 4.0: 0.75, 30.0: 0.0}.get,
}
PER_ARRIVAL = dict.fromkeys(RULES, 0.0) | {"Vogels": -2 * 5.0 * TAU * 1e-3, "causal": -0.3}


def haas(s):
    """s^4 exp(-alpha |s|) over its largest value, (4 / alpha)^4 exp(-4)."""
    sign, alpha = (1.0, 1.0) if s > 0 else (-0.5, 0.8)
    return sign * (alpha * s / 4.0) ** 4 * math.exp(4.0 - alpha * abs(s))


LAGS = [-30.0, -4.0, -0.5, 0.0, 0.5, 4.0, 30.0]


def taught(pre_times, post_times):
    """A twin, a source that fires at `pre_times`, and a cell made to fire at `post_times`."""
    sim = Twin()
    cell = sim.add_population(1)
    pre = sim.add_spike_source(1, pre_times, [0] * len(pre_times))
    teacher = sim.add_spike_source(1, [t - 1.0 for t in post_times], [0] * len(post_times))
    sim.connect(teacher, cell, 2.0)
    return sim, pre, cell


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("dendritic", [0.0, 3.0])
@pytest.mark.parametrize("lag", LAGS)
@pytest.mark.parametrize("rule", RULES)
def test_an_isolated_pair_is_the_window(rule, lag, dendritic, sparse):
    sim, pre, cell = taught([98.0], [100.0 + lag - dendritic])
    options = {"axonal_delay": 2.0, "stdp": RULES[rule], "inhibitory": True}
    options["dendritic_delay"] = dendritic
    if sparse:
        k = sim.connect_sparse(pre, cell, [0], [0], 0.5, **options)
    else:
        k = sim.connect(pre, cell, 0.5, **options)
    sim.run_until(200.0)
    change = sim.weights(k)[0] if sparse else sim.weights(k)[0][0]
    expected = ETA * (WINDOWS[rule](lag) + PER_ARRIVAL[rule])
    assert change - 0.5 == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("rule", RULES)
def test_synapses_of_one_pair_count_arrivals_by_their_own_delay(rule):
    sim, pre, cell = taught([100.0], [105.0])
    delays = [1.0, 4.5, 9.0]  # lags 4, 0.5 and -4
    k = sim.connect_sparse(pre, cell, [0] * 3, [0] * 3, 0.1, axonal_delay=delays, stdp=RULES[rule])
    sim.run_until(200.0)
    expected = [0.1 + ETA * (WINDOWS[rule](5.0 - d) + PER_ARRIVAL[rule]) for d in delays]
    assert sim.weights(k) == pytest.approx(expected, abs=1e-15)


def pair_by_pair(rule, pairing):
    """The change by arrivals at 10, 14 and 20 ms and spikes at 14 and 17 ms."""
    sim, pre, cell = taught([9.0, 13.0, 19.0], [14.0, 17.0])
    k = sim.connect(pre, cell, 0.5, inhibitory=True, stdp=replace(RULES[rule], pairing=pairing))
    sim.run_until(30.0)
    return (sim.weights(k)[0][0] - 0.5) / ETA


@pytest.mark.parametrize("rule", RULES)
def test_nearest_pairs_are_those_with_the_latest(rule):
    window, own = RULES[rule].window, 3.0 * PER_ARRIVAL[rule]
    nearest = sum(map(window, [0.0, 3.0, -3.0]))
    every = nearest + sum(map(window, [4.0, 7.0, -6.0]))
    assert pair_by_pair(rule, "nearest") == pytest.approx(nearest + own, abs=1e-13)
    assert pair_by_pair(rule, "all") == pytest.approx(every + own, abs=1e-13)


def test_soft_bounds():
    rule = AntisymmetricSTDP(1.0, 1.0, 1.0, TAU, TAU, w_max=2.0, bounds="soft")
    assert rule.changed(0.5, 0.4) == 0.5 + 0.4 * 0.75
    assert rule.changed(0.5, -0.4) == 0.5 - 0.4 * 0.25
    assert rule.changed(0.5, -9.0) == 0.0
    assert rule.changed(2.0, 9.0) == 2.0
    assert replace(rule, bounds="hard").changed(0.5, 9.0) == 2.0


@pytest.mark.parametrize("sparse", [False, True])
def test_fluxes_and_the_learning_rate(sparse):
    sim, pre, cell = taught([9.0, 29.0], [14.0])
    options = {"inhibitory": True, "stdp": RULES["Vogels"]}
    if sparse:
        k = sim.connect_sparse(pre, cell, [0], [0], 0.5, **options)
    else:
        k = sim.connect(pre, cell, 0.5, **options)
    sim.run_until(12.0)
    sim.account_fluxes(k, True)  # the first arrival is not in
    sim.set_plasticity(k, False)
    sim.run_until(20.0)
    sim.set_learning_rate(k, 3.0 * ETA)
    sim.run_until(40.0)
    added = ETA * math.exp(-4.0 / TAU) + 3.0 * ETA * (math.exp(-16.0 / TAU) - 0.2)
    found = [np.ravel(flux).item() for flux in sim.fluxes(k)]
    assert found == pytest.approx([added, 0.0], abs=1e-15)
    assert np.ravel(sim.weights(k)).item() == pytest.approx(0.5 - 0.2 * ETA, abs=1e-15)


def test_what_arrives_is_bounded_before_what_is_learned_from_the_spike():
    # The bias takes w to 0 and no further; the spike of the same instant then adds eta.
    sim, pre, cell = taught([99.0], [100.0])
    k = sim.connect(pre, cell, 0.001, inhibitory=True, stdp=RULES["causal"])
    sim.run_until(101.0)
    assert sim.weights(k)[0][0] == ETA


def test_while_plasticity_is_off_not_even_the_bias_acts():
    sim, pre, cell = taught([9.0, 29.0], [20.0])
    k = sim.connect(pre, cell, 0.5, inhibitory=True, stdp=RULES["Vogels"])
    sim.set_plasticity(k, False)
    sim.run_until(25.0)
    assert sim.weights(k)[0][0] == 0.5
    sim.set_plasticity(k, True)
    sim.run_until(40.0)  # the second arrival still sees the spike
    assert sim.weights(k)[0][0] == pytest.approx(0.5 + ETA * (math.exp(-0.5) - 0.2), abs=1e-15)


def test_a_delta_neuron_follows_a_step_current():
    sim = Twin()
    cells = sim.add_population(2, tau_m=10.0, i_offset=0.1)
    sim.add_current(cells, [5.0, 25.0, 40.0], [0.5, -0.3, 0.0], [1])
    v = [0.0]
    for t, v_inf, span in (
        (5.0, 0.1, 5.0),
        (25.0, 0.6, 20.0),
        (40.0, -0.2, 15.0),
        (50.0, 0.1, 10.0),
    ):
        sim.run_until(t)
        v.append(v_inf + (v[-1] - v_inf) * math.exp(-span / 10.0))
        assert sim.potential(cells, 1) == pytest.approx(v[-1], abs=1e-15)
    assert sim.potential(cells, 0) == pytest.approx(0.1 * -math.expm1(-5.0), abs=1e-15)
    assert sim.populations[cells].neurons[1].v_inf == 0.1  # to the last bit


@pytest.mark.parametrize("add", [Twin.add_population, Twin.add_population_exp])
def test_a_current_starts_and_stops_a_neuron(add):
    sim = Twin()
    cell = add(sim, 1, tau_m=20.0, tau_refrac=3.0)
    sim.add_current(cell, [10.0, 60.0], [2.0, 0.5], None)
    sim.run_until(200.0)
    period = 20.0 * math.log(2.0)
    expected = [10.0 + period, 10.0 + 2 * period + 3.0, 10.0 + 3 * period + 6.0]
    # Each is told to the nearest picosecond, and none passes that on.
    assert sim.spikes(cell)[0] == pytest.approx(expected, abs=0.5e-9 + 1e-12)
    assert sim.potential(cell, 0) == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("add", [Twin.add_population, Twin.add_population_exp])
def test_a_current_that_changes_while_refractory_acts_at_the_end(add):
    sim = Twin()
    cell = add(sim, 1, tau_m=20.0, tau_refrac=10.0, i_offset=2.0, v_reset=-0.5)
    first = 20.0 * math.log(2.0)
    sim.add_current(cell, [first + 4.0, first + 6.0], [0.7, 1.0], None)
    sim.run_until(first + 9.9)
    assert sim.potential(cell, 0) == -0.5
    sim.run_until(50.0)
    second = first + 10.0 + 20.0 * math.log(3.5 / 2.0)
    assert sim.spikes(cell)[0] == pytest.approx([first, second], abs=0.5e-9 + 1e-12)


@pytest.mark.parametrize("add", [Twin.add_population, Twin.add_population_exp])
def test_a_crossing_due_when_the_current_changes_is_a_spike(add):
    probe = Twin()
    cell = add(probe, 1, i_offset=2.0)
    crossing = in_ms(probe.populations[cell].neurons[0].crossing)
    sim = Twin()
    cell = add(sim, 1, i_offset=2.0)
    sim.add_current(cell, [crossing], [-5.0], None)
    sim.run_until(100.0)
    assert sim.spikes(cell)[0] == [crossing]
    assert sim.potential(cell, 0) < -2.0


def test_currents_of_synapses_go_on_while_a_step_current_changes():
    """V of a LIFExp is the sum of what each cause makes alone."""
    parameters = {"tau_m": 20.0, "tau_syn_e": 5.0, "v_thresh": 50.0}

    def final(step, kick):
        sim = Twin()
        cell = sim.add_population_exp(1, **parameters)
        source = sim.add_spike_source(1, [4.0], [0])
        sim.connect(source, cell, kick)
        sim.add_current(cell, [2.0, 9.0], [step, 2.0 * step], None)
        sim.run_until(15.0)
        assert sim.currents(cell, 0)[0] == pytest.approx(kick * math.exp(-2.0), abs=1e-15)
        return sim.potential(cell, 0)

    by_step = 1.5 * -math.expm1(-7.0 / 20.0) * math.exp(-6.0 / 20.0) + 3.0 * -math.expm1(
        -6.0 / 20.0
    )
    by_kick = 2.0 * 5.0 / 15.0 * (math.exp(-10.0 / 20.0) - math.exp(-10.0 / 5.0))
    assert final(1.5, 0.0) == pytest.approx(by_step, abs=1e-14)
    assert final(0.0, 2.0) == pytest.approx(by_kick, abs=1e-14)
    assert final(1.5, 2.0) == pytest.approx(by_step + by_kick, abs=1e-14)


def test_two_currents_add_up_and_leave_no_rounding():
    sim = Twin()
    cell = sim.add_population(1)
    sim.add_current(cell, [1.0, 4.0], [0.1, 0.0], None)
    sim.add_current(cell, [2.0, 3.0], [0.2, 0.0], [0])
    (neuron,) = sim.populations[cell].neurons
    seen = []
    for t in (0.5, 1.5, 2.5, 3.5, 4.5):
        sim.run_until(t)
        seen.append(neuron.v_inf)
    assert seen == [0.0, 0.1, 0.1 + 0.2, 0.1, 0.0]


def test_a_current_below_v_min_is_refused():
    sim = Twin()
    cell = sim.add_population(1, v_min=-0.5)
    sim.add_current(cell, [1.0], [-0.6], None)
    with pytest.raises(ValueError, match="v_min above v_inf"):
        sim.run_until(2.0)


def test_spikes_are_appended_while_paused():
    sim, pre, cell = taught([], [])
    sim.connect(pre, cell, 0.25)
    sim.run_until(10.0)
    sim.append_spikes(pre, [14.0, 10.0], [0, 0])
    sim.run_until(20.0)
    assert sim.spikes(pre)[0] == [10.0, 14.0]
    with pytest.raises(ValueError, match="in the past"):
        sim.append_spikes(pre, [19.0], [0])
    with pytest.raises(ValueError, match="only a source"):
        sim.append_spikes(cell, [21.0], [0])


def test_an_instant_never_causes_itself():
    assert strictly_after(10**18, 10**18) == 10**18 + 1
