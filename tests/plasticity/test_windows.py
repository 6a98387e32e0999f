"""Rules given by a window: what is refused, the fits, and that the engine follows."""

import dataclasses
import math
import time

import numpy as np
import pytest

import postdict
from forced import ETA, KINDS, KNOTS, PARAMETERS, learned
from postdict import LIF, HaasSTDP, Simulation, WindowSTDP
from postdict.plasticity import RULES

WINDOW = WindowSTDP(ETA, **KNOTS)
HAAS = HaasSTDP(ETA)


def test_defaults():
    assert (
        HaasSTDP(
            ETA,
            1.0,
            0.52708682,
            1.099830824,
            0.943381531,
            10.0,
            1.0,
            0.0,
            math.inf,
            "nearest",
            "hard",
        )
        == HAAS
    )
    assert (WINDOW.w_max, WINDOW.pairing, WINDOW.bounds) == (math.inf, "all", "hard")
    assert HAAS.per_arrival == WINDOW.per_arrival == 0.0


@pytest.mark.parametrize(
    "rule", [HAAS, WINDOW, HaasSTDP.fit("shifted", 0.1, w_max=2.0, bounds="soft", pairing="all")]
)
def test_rules_are_values(rule):
    assert eval(repr(rule), {**RULES, "inf": math.inf}) == rule
    assert len({rule, dataclasses.replace(rule), dataclasses.replace(rule, eta=0.5)}) == 2
    assert type(rule).from_dict(rule.to_dict()) == rule
    with pytest.raises(dataclasses.FrozenInstanceError):
        rule.eta = 0.2


def window(lags=(0.0, 1.0), values=(1.0, 2.0), **others):
    return WindowSTDP(**{"eta": 0.1, "lags": lags, "values": values, **others})


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: WindowSTDP(0.1), TypeError, "lags"),
        (lambda: window(eta=-1e-3), ValueError, r"^eta must be non-negative, got -0\.001 mV$"),
        (lambda: window(values=[1.0, math.nan]), ValueError, r"^values must be finite, got nan"),
        (lambda: window([-math.inf, 1]), ValueError, r"^lags must be finite, got -inf at \[0\]$"),
        (lambda: window([0, 2, 1], [0, 0, 0]), ValueError, r"got 2 and then 1 ms at \[2\]$"),
        (lambda: window([1, 1, 1], [0, 0, 0]), ValueError, r"rise, each at most twice, got 1"),
        (lambda: window([1], [1]), ValueError, r"^lags and values .* at least 2, got 1 and 1$"),
        (lambda: window([1, 2], [1, 2, 3]), ValueError, r"one length .* got 2 and 3$"),
        (lambda: window([[1, 2]]), ValueError, r"^lags must have 1 dimension"),
        (lambda: window("ab"), TypeError, r"^lags must be numbers, got str$"),
        (lambda: HaasSTDP(0.1, A_plus=math.nan), ValueError, r"^A_plus must be finite, got nan$"),
        (
            lambda: HaasSTDP(0.1, alpha_plus=0),
            ValueError,
            r"^alpha_plus must be positive, got 0 1/ms$",
        ),
        (lambda: HaasSTDP(0.1, beta=-1), ValueError, r"^beta must be positive, got -1$"),
        (lambda: HaasSTDP(0.1, stretch=0.0), ValueError, r"^stretch must be positive, got 0\.0$"),
        (
            lambda: HaasSTDP(0.1, latency=math.inf),
            ValueError,
            r"^latency must be finite, got inf ms$",
        ),
        (lambda: HaasSTDP.fit("publisht", 0.1), ValueError, r"did you mean 'published'"),
    ],
)
def test_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"eta": -0.1}, r"^eta must be non-negative, got -0\.1 mV$"),
        ({"eta": math.inf}, r"^eta must be finite, got inf mV$"),
        ({"w_max": -1.0}, r"^w_max must be positive, got -1\.0 mV$"),
        ({"pairing": "closest"}, r"^pairing must be 'all' or 'nearest', got 'closest'$"),
        ({"pairing": np.array(["all", "all"])}, r"^pairing must be 'all' or 'nearest', got array"),
        ({"bounds": None, "w_max": 1.0}, r"^bounds must be 'hard' or 'soft', got None$"),
        ({"bounds": "soft"}, r"^bounds='soft' needs a finite w_max, got w_max = inf$"),
    ],
)
def test_refused_by_every_rule(kind, given, message):
    with pytest.raises(ValueError, match=message):
        RULES[kind](**{"eta": 0.1, **PARAMETERS[kind], **given})


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_together_is_refused_at_construction(kind):
    rule = RULES[kind](eta=0.1, w_max=0.8, **PARAMETERS[kind])
    net = postdict.Network()
    net.add_population("cell", 1, LIF())
    source = net.add_spike_source("source", 1, times=[], ids=[])
    with pytest.raises(ValueError, match=r"^weights must be at most w_max = 0\.8 mV, got 0\.9 at"):
        net.connect(source, "cell", weights=[[0.9]], plasticity=rule)
    with pytest.raises(ValueError, match=r"weights .*must be non-negative .* got -0\.1 at"):
        net.connect(source, "cell", weights=[[-0.1]], plasticity=rule)
    with pytest.raises(TypeError, match=r"^plasticity must be a postdict rule, got type$"):
        net.connect(source, "cell", weights=0.5, plasticity=type(rule))
    fixed = net.connect(source, "cell", weights=0.5)
    plastic = net.connect(source, "cell", weights=0.5, plasticity=rule)
    sim = Simulation(net)
    with pytest.raises(ValueError, match=r"^eta must be non-negative, got -1 mV$"):
        sim.set_learning_rate(plastic, -1)
    with pytest.raises(ValueError, match=r"^eta must be finite, got nan mV$"):
        sim.set_learning_rate(plastic, math.nan)
    for call in (lambda: sim.set_learning_rate(fixed, 0.1), lambda: sim.account_fluxes(fixed)):
        with pytest.raises(ValueError, match=r"^the projection source->cell has no plasticity$"):
            call()
    with pytest.raises(ValueError, match=r"fluxes .* not accounted"):
        sim.fluxes(plastic)


@pytest.mark.parametrize(
    ("fit", "peaks"),  # (lag, value) of the dip, then of the peak; values over the latter
    [  # of the coefficients in the code that they come from
        ("published", ((-10.6, -0.212), (9.1, 0.401))),
        ("shifted", ((-12.5, -0.259), (6.2, 0.288))),
        ("older", ((-9.8, -0.336), (11.4, 0.307))),
        ("symmetric", ((-10.0, -0.0023), (10.0, 0.0023))),
    ],
)
def test_fits_of_haas_have_the_peaks_of_their_coefficients(fit, peaks):
    rule = HaasSTDP.fit(fit, 1.0)
    lags = np.linspace(-40.0, 40.0, 80_001)
    values = rule.window(lags)
    (before, dip), (after, peak) = peaks
    assert lags[values.argmax()] == pytest.approx(after, abs=0.06)
    assert lags[values.argmin()] == pytest.approx(before, abs=0.06)
    assert values.max() == pytest.approx(1.0, abs=1e-7)
    assert values.min() == pytest.approx(dip / peak, rel=5e-3)


FITTED = {  # t^n exp(-a |t|) with t = lag + shift: n, shift, and (factor, a) of t < 0 and t > 0
    "published": (10, 0.0, (-2.60113763e-7, 0.943381531), (2.289108353e-6, 1.099830824)),
    "shifted": (10, 5.0, (-9.954616079e-6, 1.331251297), (2.12995136e-7, 0.896464340)),
    "older": (16, 0.0, (-4.13071e-10, 1.632662606), (3.1599e-11, 1.398394710)),
    "symmetric": (10, 0.0, (-5.14e-9, 1.0), (5.14e-9, 1.0)),
}


@pytest.mark.parametrize("fit", FITTED)
def test_fits_of_haas_are_their_polynomials(fit):
    n, shift, (a1, a2), (a3, a4) = FITTED[fit]
    lags = np.random.default_rng(1).uniform(-30.0, 30.0, 200)
    t = lags + shift
    given = np.where(t > 0, a3 * np.exp(-a4 * t), a1 * np.exp(a2 * t)) * t**n
    height = a3 * (n / a4) ** n * math.exp(-n)
    assert HaasSTDP.fit(fit, 1.0).window(lags) == pytest.approx(given / height, abs=1e-8)


def test_stretch_and_latency_move_the_haas_window():
    lags = np.linspace(-60.0, 60.0, 101)
    moved = dataclasses.replace(HAAS, stretch=1.7, latency=3.5)
    assert moved.window(lags) == pytest.approx(HAAS.window((lags + 3.5) / 1.7), abs=1e-17)
    assert HAAS.window([0.0, math.inf, -math.inf, 1e300]) == pytest.approx(0.0, abs=0)
    first, last = moved.support
    assert np.abs(moved.window([first, last])).max() <= 1.01e-17 * ETA
    assert first > -140.0 and last < 120.0


def test_support_of_extreme_exponents_is_found_at_once():
    started = time.perf_counter()
    for beta in (1e-9, 1e-3, 1.0, 1e3, 1e90):
        rule = HaasSTDP(1.0, beta=beta)
        assert np.abs(rule.window(rule.support)).max() <= 1e-16
    assert time.perf_counter() - started < 1.0


def test_a_sampled_window_is_straight_between_its_knots():
    lags = np.array([-40.0, -31.7, -22.0, -4.1, 2.6 - 1e-9, 2.6, 11.0, 19.4, 19.5])
    expected = [0.0, 0.0, -0.5, 0.4, 0.7, -0.2, 0.35, 0.9, 0.0]
    assert WINDOW.window(lags) == pytest.approx(ETA * np.array(expected), abs=1e-11)
    assert WINDOW.window(lags.reshape(3, 3)).shape == (3, 3)
    assert WINDOW.support == (-31.7, 19.4)
    step = WindowSTDP(1.0, [-1.0, -1.0, 1.0, 1.0], [9.0, 2.0, 2.0, 3.0])
    assert list(step.window([-1.0, 0.0, 1.0])) == [2.0, 2.0, 3.0]


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("pairing", ["all", "nearest"])
@pytest.mark.parametrize(
    "rule", [WINDOW, HAAS, HaasSTDP.fit("shifted", ETA), HaasSTDP.fit("older", ETA, stretch=2.0)]
)
def test_the_engine_follows_the_window_at_random_lags(rule, pairing, sparse):
    rule = dataclasses.replace(rule, pairing=pairing)
    lags = np.append(np.random.default_rng(4).uniform(-40.0, 30.0, 200), [0.0, -31.7, 19.4])
    lags = lags.round(9)  # whole picoseconds, as sums of times are
    spikes = 200.0 + lags
    weights, _, _ = learned([200.0], spikes[:, None], rule, sparse=sparse)
    assert weights - 10.0 == pytest.approx(rule.window(lags), abs=4e-15)
