"""The theory for windows that were measured and for synaptic currents: closed forms, quadrature."""

import math

import numpy as np
import pytest

from postdict import HaasSTDP, WindowSTDP
from postdict.theory import KickResponse, LinearTheory, area, own_drive

FITS = ("published", "shifted", "older", "symmetric")
LAGS = np.arange(300) + 0.5


def jump(at_once=1.0, width=1.0):
    """Return the response of a neuron that can answer only at once, in bins of a width (ms)."""
    return KickResponse(at_once, width * (np.arange(400) + 0.5), np.zeros(400))


def side(height, alpha, beta, tau=math.inf):
    """Return the integral of one side of the window times e^(-s/tau), over s > 0."""
    steepness = alpha + 1.0 / tau
    return height * (alpha * math.e / beta) ** beta * math.gamma(beta + 1) / steepness ** (beta + 1)


@pytest.mark.parametrize("fit", FITS)
def test_the_area_of_a_measured_window_in_closed_form(fit):
    rule = HaasSTDP.fit(fit, 1.0)
    plus = side(rule.A_plus, rule.alpha_plus, rule.beta)
    minus = side(rule.A_minus, rule.alpha_minus, rule.beta)
    assert area(rule.window) == pytest.approx(plus - minus, abs=1e-6)


@pytest.mark.parametrize("tau_syn", [3.0, 7.0])
def test_kappa_of_a_current_in_closed_form(tau_syn):
    rule = HaasSTDP.fit("published", 1.0)
    theory = LinearTheory.measured(
        rule.window,
        17.0,
        rate=8.0,
        autocorrelation=(LAGS, np.full(300, 8.0)),
        response=jump(0.8, width=0.25).filtered(tau_syn),
    )
    expected = 0.8 * side(1.0, rule.alpha_plus, rule.beta, tau_syn) / tau_syn
    # Within a bin the current counts as constant.
    assert theory.kappa == pytest.approx(expected, rel=1e-3)
    assert theory.own == pytest.approx(float(rule.window(-17.0)), rel=1e-9)


def test_a_jump_is_lost_in_the_hole_of_the_measured_window():
    assert jump().weighted(HaasSTDP.fit("published", 1.0).window) == 0.0
    assert jump().weighted(HaasSTDP.fit("shifted", 1.0).window) == pytest.approx(0.08153, rel=1e-3)


@pytest.mark.parametrize("fit", FITS)
def test_own_drive_by_quadrature(fit):
    delay, rate, dead = 15.0, 9.0, 20.0
    after = np.where(dead > LAGS, 0.0, rate)
    window = HaasSTDP.fit(fit, 1.0).window
    lags = np.linspace(-delay - dead, -delay + dead, 400_001)
    missing = np.trapezoid(window(lags), lags)
    expected = float(window(-delay)) - 1e-3 * rate * missing
    found = own_drive(window, delay, rate=rate, autocorrelation=(LAGS, after))
    assert found == pytest.approx(expected, abs=1e-6)


def test_filtering_keeps_all_spikes_and_folds_exactly():
    edges = np.arange(401.0)
    decay = KickResponse(0.6, edges[:-1] + 0.5, -np.diff(np.exp(-edges / 12.0)))
    filtered = decay.filtered(5.0)
    assert filtered.at_once == 0.0
    assert filtered.total == pytest.approx(decay.total, rel=1e-9)
    # e^(-v/12)/12 folded with e^(-v/5)/5 is their difference over 12 - 5.
    folded = -np.diff((12.0 * np.exp(-edges / 12.0) - 5.0 * np.exp(-edges / 5.0)) / 7.0)
    jumped = -0.6 * np.diff(np.exp(-edges / 5.0))
    np.testing.assert_allclose(filtered.density, folded + jumped, atol=2e-4)


def test_filtering_refuses_a_time_constant_that_is_none():
    with pytest.raises(ValueError, match="tau_syn must be positive, got 0"):
        jump().filtered(0.0)


def test_the_fixed_point_is_reached_where_kappa_exceeds_its_mirror():
    def theory(kappa, mirror):
        return LinearTheory(rate=8.0, own=-0.3, kappa=kappa, mirror=mirror, area=0.0)

    assert theory(1.0, 0.9).converges
    assert theory(1.0, -0.9).converges
    assert not theory(1.0, 1.1).converges
    assert not theory(1.0, -1.1).converges
    assert not theory(-0.5, 0.1).converges
    assert theory(1.0, 1.1).settled_rate(20, 1.0) == math.inf


def test_the_rate_at_which_a_loop_settles():
    def settled(own, area, gain=1.0):
        theory = LinearTheory(rate=8.0, own=own, kappa=1.0, mirror=0.0, area=area)
        return theory.settled_rate(20, gain)

    assert settled(0.0, 0.0) == 8.0
    assert settled(-0.75, 0.0) == pytest.approx(32.0)
    assert settled(-1.0, 0.0) == math.inf  # one echo for each spike
    assert settled(-0.5, 0.0, gain=2.0) == math.inf
    # With an area it settles at any c, and where it does, the balance of spikes holds.
    for own in (-3.0, -1.0, -0.2, 0.3):
        rate = settled(own, 10.0)
        uniform = 1e-3 * rate * 10.0
        assert rate == pytest.approx(8.0 + rate * (-own - 20 * uniform))
    assert settled(-0.5, -10.0) == math.inf  # uniform excitation


def test_any_window_will_do():
    rule = WindowSTDP(1.0, lags=(-20.0, 0.0, 0.0, 20.0), values=(0.0, -1.0, 1.0, 0.0))
    assert jump().weighted(rule.window) == 1.0
    assert area(rule.window) == pytest.approx(0.0, abs=1e-12)
