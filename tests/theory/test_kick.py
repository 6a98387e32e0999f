"""What a kick does to a neuron: measured, and weighed by windows."""

import numpy as np
import pytest

from postdict import AntisymmetricSTDP
from postdict.theory import KickResponse, LinearTheory, kick_response

RULE = AntisymmetricSTDP(eta=1.0, A_plus=1.0, A_minus=0.7, tau_plus=20.0, tau_minus=15.0)
LAGS = np.arange(300) + 0.5
RNG = np.random.default_rng(3)


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
