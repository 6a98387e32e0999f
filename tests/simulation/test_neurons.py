"""LIF neurons, their refusals and closed forms, and the Poisson kicks that drive them."""

import dataclasses
import math
import pickle  # noqa: TID251 -- our own objects
import warnings

import numpy as np
import pytest

import postdict
from postdict import LIF, LIFExp


def simulation(neurons, size=1, *, times=(), ids=None, weights=None):
    """Cells "cells" of one kind; a replayed spike acts at its time, by `weights` (default 1)."""
    net = postdict.Network()
    net.add_population("cells", size, neurons)
    if len(times):
        ids = np.zeros(len(times), int) if ids is None else ids
        net.add_spike_source("input", max(ids) + 1, times=np.array(times) - 0.5, ids=ids)
        net.connect("input", "cells", weights=1.0 if weights is None else weights, axonal_delay=0.5)
    return postdict.Simulation(net)


def test_defaults():
    assert dataclasses.astuple(LIF()) == (20.0, 0.0, 1.0, 0.0, 0.0, 0.0, None, None, "to")


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"tau_m": -0.01}, ValueError, r"tau_m must be positive, got -0\.01 ms"),
        ({"tau_m": 0}, ValueError, r"tau_m must be positive, got 0 ms"),
        ({"tau_m": [10.0, -1.0]}, ValueError, r"tau_m must be positive, got -1\.0 ms"),
        ({"tau_m": math.inf}, ValueError, r"tau_m must be finite, got inf ms"),
        ({"tau_m": None}, TypeError, r"tau_m must be a number, got None"),
        ({"tau_m": "20"}, TypeError, r"tau_m must be a number, got '20'"),
        ({"tau_m": b"20"}, TypeError, r"tau_m must be a number"),
        ({"tau_m": True}, TypeError, r"tau_m must be a number, got True"),
        ({"tau_m": 1j}, TypeError, r"tau_m must be a number, got 1j"),
        ({"tau_m": [[20.0]]}, ValueError, r"tau_m must have 1 dimension\(s\), got shape \(1, 1\)"),
        ({"tau_m": ["x"]}, TypeError, r"tau_m must be numbers, got list"),
        ({"v_rest": math.nan}, ValueError, r"v_rest must be finite, got nan mV"),
        ({"v_rest": [0.0, math.nan]}, ValueError, r"v_rest must be finite, got nan at \[1\]"),
        ({"v_rest": 1e308}, ValueError, r"v_rest must be finite, got 1e\+308 mV"),
        ({"tau_refrac": -1.0}, ValueError, r"tau_refrac must be non-negative, got -1\.0 ms"),
        ({"reset": "minus"}, ValueError, r"reset must be 'to' or 'by', got 'minus'"),
        ({"reset": None}, ValueError, r"reset must be 'to' or 'by', got None"),
        ({"v_thresh": -50.0}, ValueError, r"above v_reset, got v_thresh = -50 mV, v_reset = 0 mV"),
        ({"v_reset": 1.0}, ValueError, r"v_thresh must be above v_reset, got v_thresh = 1 mV"),
        ({"v_rest": 2.0}, ValueError, r"v_thresh must be above v_rest.* drive .* use i_offset"),
        ({"v_thresh": [1.0, -1.0]}, ValueError, r"v_thresh = -1 mV.* \(neuron 1\)"),
        ({"v_init": 1.0}, ValueError, r"v_init must be below v_thresh"),
        ({"v_min": 0.25}, ValueError, r"v_min must be at most v_reset"),
        ({"v_min": -1.0, "v_reset": -1.5}, ValueError, r"v_min must be at most v_reset"),
        ({"v_min": -1.0, "i_offset": -2.0}, ValueError, r"v_min must be at most v_rest \+ i_off"),
        ({"v_min": -1.0, "v_init": -2.0}, ValueError, r"v_min must be at most v_init"),
        ({"reset": "by", "tau_refrac": 2.0}, ValueError, r"reset='by' needs tau_refrac = 0"),
        ({"reset": "by", "tau_refrac": [0.0, 2.0]}, ValueError, r"reset='by' needs tau_refrac"),
        (
            {"v_thresh": [1.0, 1.0], "v_reset": [0.0] * 3},
            ValueError,
            r"v_thresh and v_reset must have one value per neuron each, got 2 and 3 values",
        ),
        ({"v_rest": [0.0] * 2, "i_offset": [1.0] * 3}, ValueError, r"v_rest and i_offset"),
        ({"tau_m": 10**400}, ValueError, r"tau_m must be finite"),
        ({"tau_m": np.float64(-0.01)}, ValueError, r"tau_m must be positive, got -0\.01 ms"),
    ],
)
def test_refused(parameters, error, message):
    with pytest.raises(error, match=message):
        LIF(**parameters)


@pytest.mark.parametrize(
    "name",
    ["tau_m", "v_rest", "v_thresh", "v_reset", "tau_refrac", "i_offset", "v_min", "v_init"],
)
def test_values_are_one_or_one_for_each_neuron(name):
    value = {"tau_m": 5.0, "v_thresh": 2.0, "v_min": -1.0}.get(name, 0.0)
    net = postdict.Network()
    net.add_population("three", 3, LIF(**{name: [value] * 3}))
    with pytest.raises(ValueError, match=rf"{name} must be one number or one .* \(4\), got 3"):
        net.add_population("four", 4, LIF(**{name: [value] * 3}))


@pytest.mark.parametrize("tau_m", [0.02, [20.0, 0.02]])
def test_seconds_for_milliseconds_are_suspected(tau_m):
    with pytest.warns(UserWarning, match=r"tau_m = 0\.02 ms .* did you mean 20\?") as caught:
        LIF(tau_m=tau_m)
    assert caught[0].filename == __file__


def test_a_short_time_constant_is_mentioned_once(tmp_path):
    with pytest.warns(UserWarning, match="did you mean"):
        neurons = LIF(tau_m=0.01)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sim = simulation(neurons)
        sim.save(tmp_path / "state.npz")
        postdict.Simulation.load(tmp_path / "state.npz")


def test_parameters_are_values():
    tau = np.array([10.0, 20.0])
    neurons = LIF(tau_m=tau, v_rest=-65, v_reset=np.float32(-70), v_thresh=np.int64(-50))
    tau[:] = 0.0  # the caller's array is not held
    same = LIF(tau_m=(10, 20), v_rest=-65.0, v_reset=-70.0, v_thresh=-50.0)
    assert neurons == same
    assert hash(neurons) == hash(same)
    assert eval(repr(neurons), {"LIF": LIF}) == neurons
    assert neurons != LIF(tau_m=[10.0, 21.0], v_rest=-65.0, v_reset=-70.0, v_thresh=-50.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        neurons.tau_m = 5.0


def test_a_kick_decays_with_tau_m():
    sim = simulation(LIF(tau_m=[10.0, 40.0], v_rest=-65.0, v_thresh=-50, v_reset=-65), 2, times=[3])
    assert list(sim.potentials("cells")) == [-65.0, -65.0]
    sim.run_until(13.0)
    assert sim.potentials("cells") == pytest.approx(-65.0 + np.exp([-1.0, -0.25]), abs=1e-13)


def test_the_potential_starts_at_v_init_and_tends_to_rest_plus_offset():
    sim = simulation(LIF(v_rest=-1.0, v_init=0.5, i_offset=0.75))
    assert sim.potentials("cells") == [0.5]
    sim.run_until(20.0)
    assert sim.potentials("cells") == pytest.approx(-0.25 + 0.75 * math.exp(-1), abs=1e-15)
    sim.run_until(1e5)
    assert sim.potentials("cells") == [-0.25]


def test_the_threshold_includes_equality():
    assert simulation_count(LIF(), times=[3.0], weights=1.0) == 1
    assert simulation_count(LIF(), times=[3.0], weights=np.nextafter(1.0, 0.0)) == 0


def simulation_count(neurons, **inputs):
    sim = simulation(neurons, **inputs)
    sim.run_until(100.0)
    return sim.spike_count("cells")


def test_a_drive_above_threshold_fires_at_exact_intervals():
    neurons = LIF(
        tau_m=[10.0, 20.0, 30.0],
        i_offset=[1.25, 2.0, 5.0],
        v_reset=[0.0, -0.5, 0.25],
        tau_refrac=[0.0, 3.0, 1.5],
    )
    sim = simulation(neurons, 3)
    sim.run_until(1000.0)
    times, ids = sim.spikes("cells")
    tau, drive, reset = (np.array(v) for v in (neurons.tau_m, neurons.i_offset, neurons.v_reset))
    first = tau * np.log(drive / (drive - 1.0))
    period = np.array(neurons.tau_refrac) + tau * np.log((drive - reset) / (drive - 1.0))
    for i in range(3):
        mine = times[ids == i]
        expected = first[i] + period[i] * np.arange(len(mine))
        # Each spike is told to the nearest picosecond, and none passes that on.
        assert mine == pytest.approx(expected, abs=0.5e-9 + 1e-11)
        assert mine[-1] + period[i] > 1000.0


@pytest.mark.parametrize("above", [0.0, 1e-15, 1e-12])
def test_a_drive_at_or_hardly_above_threshold(above):
    """It takes 37 time constants to come within 1e-16 of threshold, which itself is not met."""
    sim = simulation(LIF(tau_m=1.0, i_offset=1.0 + above))
    sim.run_until(1000.0)
    times, _ = sim.spikes("cells")
    if above == 0.0:
        assert len(times) == 0
    else:
        expected = math.log((1.0 + above) / ((1.0 + above) - 1.0))
        assert times[0] == pytest.approx(expected, abs=0.5e-9 + 1e-12)


def test_v_min_bounds_the_sum_of_an_instant():
    weights = [[-5.0, 1.25]]
    sim = simulation(LIF(v_min=-0.5), times=[2.0, 2.0, 7.0], ids=[0, 1, 0], weights=weights)
    sim.run_until(2.0 + 1e-9)
    assert sim.potentials("cells") == pytest.approx([-0.5], abs=1e-10)
    sim.run_until(17.0)
    assert sim.potentials("cells") == pytest.approx([-0.5 * math.exp(-0.5)], abs=1e-15)


def test_refractory_neurons_ignore_input_and_stay_at_reset():
    neurons = LIF(tau_refrac=5.0, v_reset=-0.5)
    sim = simulation(neurons, times=[2.0, 4.0, 6.5, 7.0], weights=1.5)
    sim.run_until(6.75)
    assert list(sim.potentials("cells")) == [-0.5]
    sim.run_until(7.5)
    assert list(sim.spikes("cells")[0]) == [2.0, 7.0]
    sim.run_until(32.0)
    assert sim.potentials("cells") == pytest.approx([-0.5 * math.exp(-1.0)], abs=1e-15)


@pytest.mark.parametrize("model", [LIF, postdict.LIFExp])
def test_a_long_refractoriness_is_finite_or_refused(model):
    """The state could hold no V that decays through more than 200 time constants."""
    sim = simulation(model(tau_m=1.0, i_offset=2.0, tau_refrac=200.0))
    sim.run_until(500.0)
    assert sim.spikes("cells")[0] == pytest.approx(math.log(2.0) * np.arange(1, 4) + [0, 200, 400])
    assert np.isfinite(pickle.loads(pickle.dumps(sim)).potentials("cells")).all()
    with pytest.raises(ValueError, match=r"tau_refrac must be at most 200 tau_m, got .* = 201 ms"):
        model(tau_m=[2.0, 1.0], tau_refrac=201.0)


def test_reset_by_subtraction_keeps_what_is_above():
    sim = simulation(LIF(reset="by", v_reset=-1.0), times=[2.0], weights=5.5)
    sim.run_until(2.0 + 1e-9)
    assert list(sim.spikes("cells")[0]) == [2.0] * 3  # 5.5 → 3.5 → 1.5 → -0.5
    assert sim.potentials("cells") == pytest.approx([-0.5], abs=1e-10)


def test_too_strong_an_input_for_subtraction_names_the_neuron():
    weights = [[1.0, 1e9]]
    sim = simulation(LIF(reset="by"), times=[2.0, 5.0], ids=[0, 1], weights=weights)
    with pytest.raises((OverflowError, RuntimeError), match=r"neuron 0 .* at t = 5\."):
        sim.run_until(9.0)
    assert list(sim.spikes("cells")[0]) == [2.0]


def test_mixed_neurons_are_the_same_together_and_alone():
    """They take different paths through the core."""
    rng = np.random.default_rng(11)
    each = [
        {"tau_m": 10.0, "tau_refrac": 0.0, "i_offset": 0.5},
        {"tau_m": 20.0, "tau_refrac": 2.0, "i_offset": 0.0},
        {"tau_m": 30.0, "tau_refrac": 0.0, "i_offset": 1.5},
        {"tau_m": 30.0, "tau_refrac": 1.0, "i_offset": 1.3},
    ]
    times, ids = rng.uniform(1.0, 300.0, 400), rng.integers(0, 4, 400)
    weights = rng.uniform(0.1, 0.8, (4, 4)) * [1.0, 1.0, -1.0, 1.0]  # by source
    together = LIF(**{name: [p[name] for p in each] for name in each[0]})
    whole = simulation(together, 4, times=times, ids=ids, weights=weights)
    whole.run_until(300.0)
    for i, parameters in enumerate(each):
        alone = simulation(LIF(**parameters), times=times, ids=ids, weights=weights[i : i + 1])
        alone.run_until(300.0)
        expected, _ = alone.spikes("cells")
        times_of_all, ids_of_all = whole.spikes("cells")
        assert len(expected) > 10
        assert times_of_all[ids_of_all == i] == pytest.approx(expected, abs=1e-9)
        assert whole.potentials("cells")[i] == pytest.approx(alone.potentials("cells"), abs=1e-9)


def probe(rate=100.0, seed=3, names=("noise",), size=5):
    """Populations "of NAME" whose spikes are the kicks of the Poisson source NAME."""
    net = postdict.Network(seed=seed)
    for name in names:
        net.add_population(f"of {name}", size, LIF())
        net.add_poisson(name, f"of {name}", rate=rate, weight=2.0)
    return postdict.Simulation(net)


def test_streams_belong_to_their_names():
    one, both = probe(), probe(names=("other", "noise"))
    for sim in (one, both):
        sim.run(10_000.0)
    assert np.array_equal(one.spikes("of noise"), both.spikes("of noise"))
    times, others = one.spikes("of noise")[0], both.spikes("of other")[0]
    assert not np.isin(others, times).any()
    counts, other_counts = (np.histogram(t, bins=1000, range=(0, 1e4))[0] for t in (times, others))
    assert abs(np.corrcoef(counts, other_counts)[0, 1]) < 4 / math.sqrt(1000)


def test_poisson_rates_intervals_and_targets():
    sim = probe(rate=200.0, size=10)
    sim.run(50_000.0)
    times, ids = sim.spikes("of noise")
    expected = 200.0 * 50.0  # of each neuron
    assert abs(len(times) - 10 * expected) < 4 * math.sqrt(10 * expected)
    assert (np.abs(np.bincount(ids, minlength=10) - expected) < 4 * math.sqrt(expected)).all()
    intervals = np.sort(np.diff(times[ids == 3]))  # of one neuron: exponential, mean 5 ms
    rank = np.arange(len(intervals)) / len(intervals)
    assert np.abs(rank - (1 - np.exp(-intervals / 5.0))).max() < 2 / math.sqrt(len(intervals))


def test_a_new_rate_stretches_what_is_left_of_the_waiting_times():
    plain, changed = probe(rate=100.0), probe(rate=100.0)
    plain.run_until(2000.0)
    changed.run_until(100.0)
    changed.set_rate("noise", 100.0)
    changed.run_until(300.0)
    changed.set_rate("noise", 400.0)
    changed.run_until(300.0 + 1700.0 / 4)
    (times, ids), (new_times, new_ids) = plain.spikes("of noise"), changed.spikes("of noise")
    stretched = np.where(times < 300.0, times, 300.0 + (times - 300.0) / 4)
    assert np.array_equal(ids, new_ids)
    # Each wait is rounded to a picosecond.
    assert (np.abs(new_times - stretched) <= 1e-9 + 0.75e-9 * np.arange(len(times))).all()
    assert np.array_equal(new_times[times < 300.0], times[times < 300.0])


@pytest.mark.parametrize("rate", [0.0, 1e-9, 1e-300, 1e-310, 5e-324])
def test_a_rate_can_go_to_nothing_and_come_back(rate):
    sim = probe(rate=100.0)
    sim.run_until(500.0)
    before = sim.spike_count("of noise")
    sim.set_rate("noise", rate)
    sim.run_until(1500.0)
    assert sim.spike_count("of noise") == before
    sim.set_rate("noise", 100.0)
    sim.run_until(2500.0)
    assert abs(sim.spike_count("of noise") - before - 500) < 4 * math.sqrt(500)


@pytest.mark.parametrize("model", [LIF, LIFExp])
def test_a_drive_that_is_set_anew_while_a_neuron_is_refractory_adds_no_rounding(model):
    """Off and on again within each refractory time: nothing of it is left at the end."""
    period = 3.0 + 7.0 * math.log(1.7 / 0.7)
    first = 7.0 * math.log(1.7 / 0.7)
    net = postdict.Network()
    net.add_population("cells", 1, model(tau_m=7.0, tau_refrac=3.0))
    spikes = first + period * np.arange(500)
    times = np.sort(np.concatenate([[0.0], spikes + 1.0, spikes + 2.0]))
    net.add_current("drive", "cells", postdict.Steps(times, np.resize([1.7, 0.0], len(times))))
    sim = postdict.Simulation(net)
    sim.run_until(spikes[-1] + 0.5)
    assert sim.spikes("cells")[0] == pytest.approx(spikes, rel=0, abs=0.5e-9 + 2e-11)
