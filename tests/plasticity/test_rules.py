"""The rules of Vogels et al. and the causal one: refusals, windows, and that the engine follows."""

import dataclasses
import math

import numpy as np
import pytest

import postdict
from forced import learned
from postdict import LIF, AntisymmetricSTDP, CausalSTDP, VogelsSTDP
from postdict.plasticity import RULES

VOGELS = VogelsSTDP(0.01, rho=5.0, tau=15.0)
CAUSAL = CausalSTDP(0.01, bias=0.3, tau=25.0)
ANTISYMMETRIC = AntisymmetricSTDP(0.01, A_minus=0.7, tau_plus=20.0, tau_minus=15.0)


def test_defaults():
    assert dataclasses.astuple(VogelsSTDP(1e-3, 3)) == (1e-3, 3.0, 20.0, math.inf, "all", "hard")
    assert dataclasses.astuple(CausalSTDP(1e-3, 0.5)) == (1e-3, 0.5, 20.0, math.inf, "all", "hard")


@pytest.mark.parametrize("rule", [VOGELS, CAUSAL, CausalSTDP(0.1, bias=-1.0, w_max=2.0)])
def test_rules_are_values(rule):
    names = {**RULES, "inf": math.inf}
    assert eval(repr(rule), names) == rule
    assert len({rule, dataclasses.replace(rule), dataclasses.replace(rule, eta=0.5)}) == 2
    assert type(rule).from_dict(rule.to_dict()) == rule
    with pytest.raises(dataclasses.FrozenInstanceError):
        rule.eta = 0.2


@pytest.mark.parametrize(
    ("kind", "parameters", "error", "message"),
    [
        (VogelsSTDP, {"eta": 0.1}, TypeError, "rho"),
        (VogelsSTDP, {"eta": 0.1, "rho": -1}, ValueError, r"rho must be non-negative, got -1 Hz"),
        (VogelsSTDP, {"eta": 0.1, "rho": math.nan}, ValueError, r"rho must be finite, got nan Hz"),
        (VogelsSTDP, {"eta": -0.1, "rho": 1}, ValueError, r"eta must be non-negative, got -0\.1"),
        (VogelsSTDP, {"eta": 0.1, "rho": 1, "tau": 0}, ValueError, r"tau must be positive, got 0"),
        (VogelsSTDP, {"eta": 0.1, "rho": 1, "w_max": 0}, ValueError, r"w_max must be positive"),
        (CausalSTDP, {"eta": 0.1}, TypeError, "bias"),
        (CausalSTDP, {"eta": 0.1, "bias": math.inf}, ValueError, r"bias must be finite, got inf"),
        (CausalSTDP, {"eta": "1", "bias": 1}, TypeError, r"eta must be a number, got '1'"),
        (CausalSTDP, {"eta": 0.1, "bias": [1]}, TypeError, r"bias must be a number, got \[1\]"),
        (CausalSTDP, {"eta": 0.1, "bias": 1, "tau": None}, TypeError, r"tau must be a number"),
        (CausalSTDP, {"eta": 0.1, "bias": 1, "w_max": None}, TypeError, r"w_max must be a number"),
    ],
)
def test_refused(kind, parameters, error, message):
    with pytest.raises(error, match=message):
        kind(**parameters)


def test_seconds_for_milliseconds_are_suspected():
    with pytest.warns(UserWarning, match=r"tau = 0\.02 ms .* did you mean 20\?") as caught:
        VogelsSTDP(0.1, 5.0, tau=0.02)
    assert caught[0].filename == __file__


def test_windows_are_the_equations():
    lag = np.array([[-60.0, -3.0], [0.0, 3.0]])
    symmetric = 0.01 * np.array([[math.exp(-4.0), math.exp(-0.2)], [1.0, math.exp(-0.2)]])
    assert VOGELS.window(lag) == pytest.approx(symmetric, rel=1e-15)
    assert VOGELS.alpha == pytest.approx(2 * 5.0 * 0.015, rel=1e-15)
    assert VOGELS.per_arrival == -0.01 * VOGELS.alpha
    causal = 0.01 * np.array([[0.0, 0.0], [1.0, math.exp(-3 / 25)]])
    assert CAUSAL.window(lag) == pytest.approx(causal, rel=1e-15)
    assert CAUSAL.per_arrival == -0.01 * 0.3
    assert ANTISYMMETRIC.per_arrival == 0.0
    for rule in (VOGELS, CAUSAL):
        assert rule.window([]).shape == (0,)
        assert rule.window(1e9) == rule.window(-1e300) == 0.0


def paired(pre_times, post_times, rule, **arguments):
    """Weights of inhibition, after arrivals and spikes at these times; see `learned`."""
    return learned(pre_times, post_times, rule, inhibitory=True, **arguments)[0]


@pytest.mark.parametrize("rule", [VOGELS, CAUSAL, ANTISYMMETRIC])
@pytest.mark.parametrize("dendritic_delay", [0.0, 0.5, 12.0])
def test_the_engine_follows_the_window_pair_by_pair(rule, dendritic_delay):
    lags = np.array([-150.0, -40.0, -7.5, -1.0, -0.25, 0.0, 0.25, 1.0, 20.0, 170.0])
    spikes = (200.0 + lags - dendritic_delay)[:, None]
    weights = paired([200.0], spikes, rule, dendritic_delay=dendritic_delay)
    expected = 10.0 + rule.window(lags) + rule.per_arrival
    assert weights == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("rule", [VOGELS, CAUSAL, ANTISYMMETRIC])
@pytest.mark.parametrize("dendritic_delay", [0.0, 4.5])
def test_all_pairs_and_arrivals_add_up(rule, dendritic_delay):
    rng = np.random.default_rng(5)
    pre = np.sort(5.0 + 0.5 * rng.integers(0, 600, 50))  # a grid: many coincidences, and repeats
    post = [np.unique(5.0 + 0.5 * rng.integers(0, 600, 40)) for _ in range(6)]
    weights = paired(pre, post, rule, dendritic_delay=dendritic_delay)
    lags = [times[:, None] + dendritic_delay - pre[None, :] for times in post]
    expected = [rule.window(lag).sum() + len(pre) * rule.per_arrival for lag in lags]
    assert weights - 10.0 == pytest.approx(np.array(expected), abs=1e-12)


@pytest.mark.parametrize("rule", [VogelsSTDP(0.1, rho=50.0), CausalSTDP(0.1, bias=2.0)])
def test_arrivals_alone_take_weights_to_zero_and_no_further(rule):
    pre = np.arange(5.0, 300.0, 10.0)
    assert paired(pre[:1], [[350.0]], dataclasses.replace(rule, w_max=0.5), w=0.5) < 0.5
    assert paired(pre, [[]], rule, w=0.5) == [0.0]


def test_inhibition_by_vogels_holds_the_target_rate():
    net = postdict.Network(seed=2)
    net.add_population("cell", 20, LIF(tau_m=20.0))
    net.add_poisson("drive", "cell", rate=1500.0, weight=0.05)
    rng = np.random.default_rng(1)
    duration, n = 50_000.0, 150  # many: the dip after an arrival of one alone is small
    times = rng.uniform(0.0, duration, int(n * 20.0 * duration / 1e3))
    net.add_spike_source("inhibitory", n, times=times, ids=rng.integers(0, n, len(times)))
    rule = VogelsSTDP(1e-3, rho=6.0)
    net.connect("inhibitory", "cell", weights=0.0, inhibitory=True, plasticity=rule)
    sim = postdict.Simulation(net)
    sim.run(0.6 * duration)
    before = sim.spike_count("cell")
    sim.run(0.4 * duration)
    rate = (sim.spike_count("cell") - before) / 20 / (0.4 * duration / 1e3)
    assert rate == pytest.approx(6.0, rel=0.05)
