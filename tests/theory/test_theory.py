"""Predictions of the theory: closed forms, fixed points, and what simulations do."""

import numpy as np
import pytest

from postdict import AntisymmetricSTDP, VogelsSTDP
from postdict.theory import (
    KickResponse,
    LinearTheory,
    balanced_scale,
    cross_drive,
    fixed_point,
    kick_response,
    modes,
    own_drive,
    relaxation,
    ridge_inverse,
)

RULE = AntisymmetricSTDP(eta=1.0, A_plus=1.0, A_minus=0.7, tau_plus=20.0, tau_minus=15.0)
LAGS = np.arange(300) + 0.5
RNG = np.random.default_rng(3)
RESPONSE = RNG.normal(size=(9, 5))


def exponential_response(tau=10.0, at_once=0.6):
    """Return chi = at_once delta + e^(-v/tau)/tau, exact in every bin."""
    edges = np.arange(401.0)
    return KickResponse(at_once, edges[:-1] + 0.5, -np.diff(np.exp(-edges / tau)))


def test_kappa_and_its_mirror_in_closed_form():
    response, delay = exponential_response(), 11.0
    theory = LinearTheory.measured(
        RULE.window, delay, rate=10.0, autocorrelation=(LAGS, np.full(300, 10.0)), response=response
    )
    # The integral of e^(-v/a) e^(-v/tau)/tau is 1/(1 + tau/a).
    assert theory.kappa == pytest.approx(0.6 + 1.0 / (1.0 + 10.0 / 20.0), rel=1e-3)
    mirror = 0.7 * np.exp(-2.0 * delay / 15.0) * (0.6 + 1.0 / (1.0 + 10.0 / 15.0))
    assert theory.mirror == pytest.approx(mirror, rel=1e-3)
    assert theory.area == pytest.approx(20.0 - 0.7 * 15.0, rel=1e-9)
    # Spikes of a Poisson neuron leave the pair with itself: the depressing side at -D.
    assert theory.own == pytest.approx(-0.7 * np.exp(-delay / 15.0), rel=1e-9)
    assert theory.scale == pytest.approx(-theory.own / (theory.kappa - mirror), rel=1e-3)


@pytest.mark.parametrize("delay", [5.0, 11.0, 47.5, 120.0])
def test_own_drive_of_a_dead_time_in_closed_form(delay):
    rate, dead = 20.0, 30.0
    after = np.where(dead > LAGS, 0.0, rate)

    def area(low, high):  # of the window over [low, high]
        plus = 20.0 * (np.exp(-max(low, 0.0) / 20.0) - np.exp(-max(high, 0.0) / 20.0))
        minus = 0.7 * 15.0 * (np.exp(min(high, 0.0) / 15.0) - np.exp(min(low, 0.0) / 15.0))
        return plus - minus

    expected = -0.7 * np.exp(-delay / 15.0) - 1e-3 * rate * area(-delay - dead, -delay + dead)
    found = own_drive(RULE.window, delay, rate=rate, autocorrelation=(LAGS, after))
    assert found == pytest.approx(expected, abs=1e-4)


def test_cross_drive_reads_any_window():
    lags = np.arange(-200, 200) + 0.5
    only = np.where(np.abs(lags - 30.5) < 0.1, 1000.0, 0.0)  # one spike within [30, 31) ms
    rule = VogelsSTDP(eta=0.5, rho=5.0, tau=20.0)
    found = cross_drive(rule.window, 11.0, rate=0.0, correlation=(lags, only))
    assert found == pytest.approx(0.5 * np.exp(-19.5 / 20.0), rel=1e-3)


def test_kick_response_finds_what_a_kick_does():
    n, duration = 4, 2e5
    size = RNG.poisson(0.05 * duration * n)
    kicks, ids = RNG.uniform(0.0, duration, size), RNG.integers(0, n, size)
    fires = RNG.uniform(size=size) < 0.3
    late = RNG.uniform(size=size) < 0.2
    times = np.concatenate((kicks[fires] - 1e-10, kicks[late] + 7.25))  # within rounding, and later
    found = kick_response(
        kicks,
        ids,
        times,
        np.concatenate((ids[fires], ids[late])),
        n=n,
        size=0.1,
        start=0.0,
        stop=duration,
        max_lag=50.0,
    )
    assert found.at_once == pytest.approx(3.0, rel=0.03)
    assert found.density[7] == pytest.approx(2.0, rel=0.1)
    assert np.abs(np.delete(found.density, 7)).max() < 0.15  # counting noise
    assert found.total == pytest.approx(5.0, rel=0.15)


def test_kick_response_refuses_what_cannot_be():
    spikes = (np.array([5.0]), np.array([0]))
    with pytest.raises(ValueError, match="size must not be 0"):
        kick_response(*spikes, *spikes, n=1, size=0.0, start=0.0, stop=1e3)
    with pytest.raises(ValueError, match="no kick lies in"):
        kick_response(*spikes, *spikes, n=1, size=0.1, start=10.0, stop=1e3)


def test_fixed_points():
    weights = fixed_point(RESPONSE, 0.8, uniform=0.1)
    np.testing.assert_allclose(weights @ RESPONSE, 0.8 * np.eye(5) - 0.1, atol=1e-12)
    weights = fixed_point(RESPONSE, 0.8, ridge=2.0)
    shifted = RESPONSE @ RESPONSE.T + 2.0 * np.eye(9)
    np.testing.assert_allclose(weights, 0.8 * RESPONSE.T @ np.linalg.inv(shifted), atol=1e-12)
    transposed = fixed_point(RESPONSE, 1e6, ridge=1e6)
    np.testing.assert_allclose(transposed, RESPONSE.T, atol=1e-4)
    np.testing.assert_allclose(modes(0.8 * np.eye(5), RESPONSE), 0.8, atol=1e-12)
    with pytest.raises(ValueError, match="ridge must not be negative"):
        fixed_point(RESPONSE, 1.0, ridge=-1.0)
    mean_square = np.square(np.linalg.svd(RESPONSE, compute_uv=False)).mean()
    same = fixed_point(RESPONSE, 1.0, ridge=0.1 * mean_square)
    np.testing.assert_allclose(ridge_inverse(RESPONSE, 0.1), same, atol=1e-12)
    with pytest.raises(ValueError, match=r"ridge must be positive, got 0.0"):
        ridge_inverse(RESPONSE, 0.0)


def test_the_drift_ends_at_the_fixed_point_and_modes_relax_at_their_rates():
    theory = LinearTheory(rate=10.0, own=-0.3, kappa=1.0, mirror=0.25, area=0.0)
    noise = 20.0
    s = np.linalg.svd(RESPONSE, compute_uv=False)
    step = 0.05 / theory.mode_rates(s, noise).max()  # s
    weights, amplitudes = np.zeros((5, 9)), []
    for _ in range(3000):
        product = weights @ RESPONSE
        amplitudes.append(modes(product, RESPONSE))
        drive = theory.own * np.eye(5) + theory.kappa * product - theory.mirror * product.T
        weights -= step * (theory.rate * drive @ RESPONSE.T + noise * theory.kappa * weights)
    ridge = theory.ridge(noise)
    np.testing.assert_allclose(weights, fixed_point(RESPONSE, theory.scale, ridge=ridge), atol=1e-9)
    times = step * np.arange(3000)
    for rate, amplitude, one in zip(
        theory.mode_rates(s, noise), np.array(amplitudes).T, s, strict=True
    ):
        end, found = relaxation(times, amplitude)
        assert found == pytest.approx(rate, rel=0.03)  # Euler steps
        assert end == pytest.approx(theory.scale * one**2 / (one**2 + ridge), rel=1e-3)


def test_growth_is_exponential_where_all_couplings_are_equal():
    theory = LinearTheory(rate=10.0, own=-0.3, kappa=1e-3, mirror=2e-4, area=0.0)
    s = np.linalg.svd(RESPONSE, compute_uv=False)
    times = np.linspace(0.0, 2e6, 101)  # ms
    expected = theory.scale * -np.expm1(-1e-3 * times[:, None] * theory.mode_rates(s))
    np.testing.assert_allclose(theory.growth(RESPONSE, times), expected, rtol=0.05, atol=0.5)
    weak = theory.growth(RESPONSE, times[:3], self_coupling=1e-4)
    assert weak[2].sum() > theory.growth(RESPONSE, times[:3])[2].sum()


def test_relaxation_and_balance():
    times = np.linspace(0.0, 100.0, 201)
    end, rate = relaxation(times, 0.7 * -np.expm1(-times / 13.0))
    assert (end, rate) == pytest.approx((0.7, 1.0 / 13.0), rel=1e-3)
    assert balanced_scale([-1.0, 0.0, 1.0], [-2.0, -1.0, 1.0]) == pytest.approx(0.5)
    assert balanced_scale([0.0, 1.0], [1.0, 2.0]) is None
    assert balanced_scale([-1.0, 0.0, 1.0, 2.0, 3.0], [-1, 1, -1, -1, 1]) == pytest.approx(-0.5)
