"""Measures of the operating state against Elephant: CV, correlograms, pairwise correlation.

Elephant is imported, skipped where absent, and none of its code is used here. The spikes are those
of a small network of `ei-balance`, as it is and on a grid of bins where Elephant counts in bins.
"""

from dataclasses import replace

import numpy as np
import pytest

from postdict.analysis import cross_correlogram, isi_cv, pairwise_correlation
from postdict.experiments.ei_balance import Config
from postdict.experiments.ei_balance.cortex import draw_cortex

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

STOP = 2e4  # ms
N = 12


@pytest.fixture(scope="module")
def elephant():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONWARNINGS", "ignore")
        pytest.importorskip("neo")
        pytest.importorskip("quantities")
        for part in ("statistics", "conversion", "spike_train_correlation"):
            pytest.importorskip(f"elephant.{part}")
        return pytest.importorskip("elephant")


@pytest.fixture(scope="module")
def spikes():
    """Spikes of a few excitatory cells, before learning: bursts and silence."""
    config = replace(Config().quick(), ie_weight=0.5)
    run = draw_cortex(config, 2).simulation(STOP, config.ie_weight, stream=0)
    run.simulation.set_recording("E", ids=np.arange(N))
    run.simulation.run(STOP)
    return run.simulation.spikes("E")


def trains(times, ids):
    """The same spikes as Neo's trains."""
    import neo
    import quantities as pq

    return [
        neo.SpikeTrain(times[ids == k], units=pq.ms, t_start=0.0 * pq.ms, t_stop=STOP * pq.ms)
        for k in range(N)
    ]


def test_cv(elephant, spikes, compared):
    times, ids = spikes
    expected = [elephant.statistics.cv(elephant.statistics.isi(one)) for one in trains(*spikes)]
    found = isi_cv(times, ids, n=N, start=0.0, stop=STOP)
    assert np.isfinite(found).all()
    assert found.std() > 0.01
    difference = np.abs(found - np.array(expected, dtype=float)).max()
    assert compared("CV, Elephant", (N, "cells"), (difference, "")) < 1e-12


@pytest.mark.parametrize("width", [1.0, 5.0])
def test_cross_correlograms(elephant, spikes, compared, width):
    """On a grid of bins, where a difference of times is a difference of bins."""
    import quantities as pq

    times, ids = spikes
    times = width * (np.floor(times / width) + 0.5)
    binned = [
        elephant.conversion.BinnedSpikeTrain(one, bin_size=width * pq.ms)
        for one in trains(times, ids)
    ]
    n_lags, total = 20, 0
    for a, b in [(k, (3 * k) % N) for k in range(N)]:
        expected, lags = elephant.spike_train_correlation.cross_correlation_histogram(
            binned[a], binned[b], window=[-n_lags, n_lags], border_correction=False
        )
        _, found = cross_correlogram(
            times[ids == a], times[ids == b], max_lag=n_lags * width, bin_width=width
        )
        np.testing.assert_array_equal(lags, np.arange(-n_lags, n_lags + 1))
        np.testing.assert_array_equal(found, np.asarray(expected).ravel()[:-1])
        total += int(found.sum())
    assert total > 1000
    compared("correlograms, Elephant", (total, "pairs of spikes"), (0.0, "counts"))


def test_pairwise_correlation(elephant, spikes, compared):
    import quantities as pq

    binned = elephant.conversion.BinnedSpikeTrain(trains(*spikes), bin_size=50.0 * pq.ms)
    expected = elephant.spike_train_correlation.correlation_coefficient(binned)
    found = pairwise_correlation(*spikes, n=N, start=0.0, stop=STOP, bin_width=50.0)
    off = ~np.eye(N, dtype=bool)
    assert np.abs(found[off]).max() > 0.1
    difference = np.abs(found - expected)[off].max()
    assert (
        compared("pairwise correlation, Elephant", (int(off.sum()), "pairs"), (difference, ""))
        < 1e-12
    )
