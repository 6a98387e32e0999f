"""Own and cross drives, in closed form and of any window."""

import numpy as np
import pytest

from postdict import AntisymmetricSTDP, VogelsSTDP
from postdict.theory import cross_drive, own_drive

RULE = AntisymmetricSTDP(eta=1.0, A_plus=1.0, A_minus=0.7, tau_plus=20.0, tau_minus=15.0)
LAGS = np.arange(300) + 0.5


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
