"""Spikes on the edges of bins: none is lost to the rounding of decimals, in any measure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postdict.analysis import (
    autocorrelation,
    cross_correlogram,
    cross_correlograms,
    fluxes,
    isi_cv,
    lifetime_sparseness,
    measure_response,
    pairwise_correlation,
    population_sparseness,
    predictable_variance,
    score_imitation,
    spike_triggered_average,
)
from postdict.analysis._bins import bins_of, occupied, tolerance, within

STEP = 0.3  # ms; not a binary fraction, so that its multiples are rounded
N = 300


def alternating(start):
    """Return spikes of two neurons in turn, one a bin, and the window of all."""
    return (start + STEP * np.arange(N), np.arange(N) % 2), (start, start + STEP * N)


@given(st.integers(0, 10**15), st.integers(1000, 10**11))
def test_whole_picoseconds_are_binned_as_integers(ps, width):
    time, bin_width = ps / 1e9, width / 1e9  # at most 17 minutes
    assert bins_of(time, bin_width, tolerance(time)) == ps // width


@given(st.integers(1, 10**7), st.floats(0.01, 100.0))
def test_multiples_of_any_width_begin_their_bin(n, bin_width):
    time = n * bin_width
    assert bins_of(time, bin_width, tolerance(time)) == n


@pytest.mark.parametrize("start", [0.0, 0.7, 1e4 + 0.1])
def test_neurons_that_fire_in_turn_are_opposite_and_one_at_a_time(start):
    spikes, (first, last) = alternating(start)
    window = {"n": 2, "start": first, "stop": last, "bin_width": STEP}
    assert occupied(*spikes, **window)[3] == N
    assert pairwise_correlation(*spikes, **window)[0, 1] == pytest.approx(-1.0, abs=1e-12)
    assert population_sparseness(*spikes, **window) == 0.5
    assert lifetime_sparseness(*spikes, **window) == 0.5


def test_a_window_begins_with_the_spike_on_its_edge_and_ends_before_the_other():
    times = 0.1 * np.arange(1, 100)  # of which the third is above 0.3 by rounding
    for k in range(90):
        expected = sum(k <= j < k + 10 for j in range(1, 100))
        for start, stop in ((0.1 * k, 0.1 * (k + 10)), (k / 10, k / 10 + 1.0)):
            assert within(times, start, stop).sum() == expected


def test_intervals_on_the_edges_of_a_window_count_once():
    times = np.arange(40) / 10
    edges = {"start": 0.1 * 3, "stop": 2.9}  # 0.30000000000000004
    cut = isi_cv(times, np.zeros(40, int), n=1, min_intervals=25, **edges)
    assert np.isfinite(cut).all()  # of 26 spikes, from 0.3 on and before 2.9


def test_samples_are_averaged_in_the_bin_that_begins_with_them():
    spike_times = 0.1 * np.arange(50, 950, 50)
    samples = 0.1 * np.arange(1000)
    since = np.round(samples - 5.0 * np.floor(samples / 5.0 + 1e-9), 6)  # ms after the last spike
    lags, mean = spike_triggered_average(
        since[:, None],
        samples,
        spike_times,
        np.zeros(len(spike_times), int),
        before=0.5,
        after=4.0,
        bin_width=0.1,
    )
    np.testing.assert_allclose(mean[lags > 0], 0.1 * np.arange(40), atol=1e-9)
    np.testing.assert_allclose(mean[lags < 0], 4.5 + 0.1 * np.arange(5), atol=1e-9)


def test_pairs_are_counted_at_their_own_lag():
    times = 0.1 * np.arange(0, 3000, 7)
    _, counts = cross_correlogram(times, times, max_lag=2.1, bin_width=0.7)
    np.testing.assert_array_equal(counts, [len(times) - abs(k) for k in range(-3, 3)])
    ids = np.zeros(len(times), int)
    two = {"n_reference": 1, "n": 1, "max_lag": 2.1, "bin_width": 0.7}
    np.testing.assert_array_equal(
        cross_correlograms(times, ids, times, ids, **two)[1][0, 0], counts
    )
    _, rate = autocorrelation(times, ids, n=1, start=0.0, stop=300.3, max_lag=2.1, bin_width=0.7)
    assert rate[0] == 0.0
    np.testing.assert_allclose(rate[1:], 1e3 / 0.7, rtol=0.01)


def test_an_arrival_that_meets_a_spike_up_to_rounding_only_potentiates():
    arrival, spike = 0.7 + 0.1, 0.8  # 0.7999999999999999 and 0.8
    pair = {"n_pre": 1, "n_post": 1, "eta": 1.0, "A_plus": 1.0, "A_minus": 1.0}
    pair |= {"tau_plus": 20.0, "tau_minus": 20.0, "start": 0.0, "stop": 10.0}
    for pre, post in ((arrival, spike), (spike, arrival)):
        potentiation, depression = fluxes([pre], [0], [post], [0], **pair)
        assert potentiation[0, 0] == pytest.approx(1.0)
        assert depression[0, 0] == 0.0


def test_a_match_at_the_tolerance_is_one_whatever_the_rounding():
    tutor, found = [0.1, 10.3], [0.9, 11.1]  # 0.8 later, in decimals; by rounding up to 1e-15 more
    for delay, tolerance_ in ((0.7, 0.1), (0.9, 0.1), (0.5, 0.3), (1.1, 0.3)):
        score = score_imitation(tutor, [0, 0], found, [0, 0], delay=delay, tolerance=tolerance_)
        assert score.n_matched == 2


def test_a_spike_counts_from_its_own_instant_on_up_to_rounding():
    samples = 0.1 * np.arange(400)
    fired = np.arange(0, 400, 8) / 10.0 + 1e-15  # on samples, in decimals
    v = np.zeros((400, 1))
    trace = 0.0
    for k in range(400):
        trace = trace * np.exp(-0.1 / 2.0) + (k % 8 == 0)
        v[k] = trace
    share = predictable_variance(
        v, samples, fired, np.zeros(len(fired), int), n_sensor=1, taus=(2.0,), ridge=1e-9
    )
    assert share[0] > 1.0 - 1e-9


def test_a_response_is_found_at_spikes_on_edges():
    motor = 0.1 * np.arange(0, 60_000, 173)
    sensor = motor + 0.3
    response = measure_response(
        motor,
        np.zeros(len(motor), int),
        sensor,
        np.zeros(len(motor), int),
        n_motor=1,
        n_sensor=1,
        delay=0.3,
        tau_sensor=0.1,
        start=0.0,
        stop=6000.0,
        bin_width=0.1,
    )
    assert response[0, 0] == pytest.approx(1.0, abs=1e-9)
