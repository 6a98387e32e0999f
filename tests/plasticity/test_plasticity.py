"""Rules: what they refuse, the window that they name, and that the engine follows it."""

import dataclasses
import math

import numpy as np
import pytest

import postdict
from postdict import LIF, AntisymmetricSTDP
from reference import twin as slow

RULE = AntisymmetricSTDP(eta=0.01, A_plus=1.0, A_minus=0.7, tau_plus=20.0, tau_minus=15.0)
REVERSED = AntisymmetricSTDP(eta=0.01, A_plus=-0.6, A_minus=-1.2, tau_plus=7.0, tau_minus=31.0)


def test_defaults():
    rule = AntisymmetricSTDP(5e-5)
    assert dataclasses.astuple(rule) == (5e-5, 1.0, 1.0, 20.0, 20.0, math.inf, "all", "hard")


def test_rules_are_values():
    assert AntisymmetricSTDP(eta=1) == AntisymmetricSTDP(eta=np.float32(1.0))
    assert len({AntisymmetricSTDP(0.1), AntisymmetricSTDP(0.1), AntisymmetricSTDP(0.2)}) == 2
    assert eval(repr(RULE), {"AntisymmetricSTDP": AntisymmetricSTDP, "inf": math.inf}) == RULE
    with pytest.raises(dataclasses.FrozenInstanceError):
        RULE.eta = 0.2


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({}, TypeError, "eta"),
        ({"eta": -1e-3}, ValueError, r"eta must be non-negative, got -0\.001 mV"),
        ({"eta": math.nan}, ValueError, r"eta must be finite, got nan mV"),
        ({"eta": "0.1"}, TypeError, r"eta must be a number, got '0\.1'"),
        ({"eta": True}, TypeError, r"eta must be a number, got True"),
        ({"eta": [0.1, 0.2]}, TypeError, r"eta must be a number, got \[0\.1, 0\.2\]"),
        ({"eta": 0.1, "A_plus": math.inf}, ValueError, r"A_plus must be finite, got inf"),
        ({"eta": 0.1, "A_minus": None}, TypeError, r"A_minus must be a number, got None"),
        ({"eta": 0.1, "A_minus": 1e101}, ValueError, r"A_minus must be finite, got 1e\+101"),
        ({"eta": 0.1, "tau_plus": 0}, ValueError, r"tau_plus must be positive, got 0 ms"),
        ({"eta": 0.1, "tau_minus": -2.0}, ValueError, r"tau_minus must be positive, got -2\.0 ms"),
        ({"eta": 0.1, "w_max": 0.0}, ValueError, r"w_max must be positive, got 0\.0 mV"),
        ({"eta": 0.1, "w_max": -math.inf}, ValueError, r"w_max must be finite, got -inf mV"),
        ({"eta": 0.1, "w_max": math.nan}, ValueError, r"w_max must be finite, got nan mV"),
        ({"eta": 0.1, "w_max": None}, TypeError, r"w_max must be a number, got None"),
    ],
)
def test_refused(parameters, error, message):
    with pytest.raises(error, match=message):
        AntisymmetricSTDP(**parameters)


@pytest.mark.parametrize("name", ["tau_plus", "tau_minus"])
def test_seconds_for_milliseconds_are_suspected(name):
    with pytest.warns(UserWarning, match=rf"{name} = 0\.02 ms .* did you mean 20\?") as caught:
        AntisymmetricSTDP(0.1, **{name: 0.02})
    assert caught[0].filename == __file__


def test_window_is_the_equation():
    lag = np.array([[0.0, 3.0, 60.0], [-0.0, -3.0, -60.0]])
    expected = 0.01 * np.array(
        [
            [1.0, math.exp(-3 / 20), math.exp(-3)],
            [1.0, -0.7 * math.exp(-3 / 15), -0.7 * math.exp(-4)],
        ]
    )
    assert RULE.window(lag) == pytest.approx(expected, rel=1e-15)
    assert float(RULE.window(3)) == RULE.window(lag)[0, 1]
    assert RULE.window([]).shape == (0,)
    assert REVERSED.window(1.0) < 0 < REVERSED.window(-1.0)
    assert RULE.window(1e9) == RULE.window(-1e300) == 0.0


def paired(pre_times, post_times, rule, *, inhibitory=True, w=0.25, delay=1.0, until=400.0):
    """Weights (n, 1) after pre spikes that arrive at `pre_times`, and n cells that are made to
    fire at `post_times` [(times of cell 0), ...].
    """
    net = postdict.Network()
    n = len(post_times)
    cells = net.add_population("cells", n, LIF(v_rest=0.0, tau_m=1.0))
    times = [t - 1.0 for cell in post_times for t in cell]
    ids = [i for i, cell in enumerate(post_times) for _ in cell]
    teacher = net.add_spike_source("teacher", n, times=times, ids=ids)
    pre = net.add_spike_source(
        "pre", 1, times=np.array(pre_times) - delay, ids=[0] * len(pre_times)
    )
    net.connect(teacher, cells, weights=50.0 * np.eye(n))
    plastic = net.connect(
        pre, cells, weights=w, axonal_delay=delay, inhibitory=inhibitory, plasticity=rule
    )
    sim = postdict.Simulation(net)
    sim.run_until(until)
    assert sim.spike_count(cells) == len(times)  # the plastic synapses make none
    return sim.weights(plastic)


@pytest.mark.parametrize("inhibitory", [True, False])
@pytest.mark.parametrize("delay", [0.5, 17.0])
@pytest.mark.parametrize("rule", [RULE, REVERSED])
def test_the_engine_follows_the_window_pair_by_pair(rule, delay, inhibitory):
    lags = np.array([-150.0, -40.0, -7.5, -1.0, -2e-9, 0.0, 2e-9, 0.25, 1.0, 20.0, 170.0])
    weights = paired([200.0], 200.0 + lags[:, None], rule, delay=delay, inhibitory=inhibitory)
    assert weights[:, 0] - 0.25 == pytest.approx(rule.window(lags), abs=1e-15)


def test_all_pairs_add_up():
    rng = np.random.default_rng(5)
    pre = np.sort(5.0 + 0.5 * rng.integers(0, 600, 50))  # a grid: many coincidences, and repeats
    post = [np.unique(5.0 + 0.5 * rng.integers(0, 600, 40)) for _ in range(6)]
    weights = paired(pre, post, RULE, w=10.0)
    expected = [RULE.window(times[:, None] - pre[None, :]).sum() for times in post]
    assert weights[:, 0] - 10.0 == pytest.approx(np.array(expected), abs=1e-12)


def test_weights_stay_within_their_bounds():
    rule = AntisymmetricSTDP(0.1, A_plus=1.0, A_minus=1.0, w_max=0.5)
    pre_first, post_first = [51.0, 52.0, 53.0], [48.0, 47.0, 46.0, 45.0]
    weights = paired([50.0], [pre_first, post_first], rule, w=0.3)
    assert list(weights[:, 0]) == [0.5, 0.0]


def test_traces_run_on_while_plasticity_is_off():
    net = postdict.Network()
    cell = net.add_population("cell", 1, LIF())
    source = net.add_spike_source("source", 2, times=[9.0, 19.0], ids=[0, 1])
    net.connect(source, cell, weights=[[0.0, 2.0]])
    plastic = net.connect(source, cell, weights=0.1, inhibitory=True, plasticity=RULE)
    sim = postdict.Simulation(net)
    sim.set_plasticity(plastic, False)
    sim.run_until(15.0)
    sim.set_plasticity(plastic, True)
    sim.run_until(30.0)
    assert sim.weights(plastic) - 0.1 == pytest.approx(RULE.window([[10.0, 0.0]]), abs=1e-15)


def test_eta_0_learns_nothing():
    assert paired([50.0], [[40.0, 60.0]], AntisymmetricSTDP(0.0)) == 0.25


class SignedProjection(slow.Projection):
    def change(self, i, j, amount):
        self.weights[i][j] += self.eta * amount


def test_fixed_excitation_and_plastic_inhibition_are_signed_weights_under_the_reversed_rule():
    """W = E - w, as long as w meets no bound: the engine learns w, and a
    twin whose weights have a sign learns W.
    """
    rng = np.random.default_rng(3)
    excitation, duration = 0.5, 4000.0
    world = rng.uniform(0.5, 1.5, (5, 3))
    kicks = {"times": rng.uniform(0.0, duration, 1800), "ids": rng.integers(0, 3, 1800)}
    motor, sensor = {"tau_m": 100.0}, {"tau_m": 10.0, "reset": "by"}

    net = postdict.Network()
    net.add_population("motor", 3, LIF(**motor))
    net.add_population("sensor", 5, LIF(**sensor))
    net.add_spike_source("kicks", 3, **kicks)
    net.connect("kicks", "motor", weights=0.3 * np.eye(3))
    net.connect("motor", "sensor", weights=world, axonal_delay=10.0)
    net.connect("sensor", "motor", weights=excitation)
    rule = AntisymmetricSTDP(2e-4, A_minus=0.7)
    plastic = net.connect("sensor", "motor", weights=excitation, inhibitory=True, plasticity=rule)
    sim = postdict.Simulation(net)
    sim.run_until(duration)

    twin = slow.Twin()
    motors, sensors = twin.add_population(3, **motor), twin.add_population(5, **sensor)
    source = twin.add_spike_source(3, **kicks)
    twin.connect(source, motors, (0.3 * np.eye(3)).tolist())
    twin.connect(motors, sensors, world.tolist(), axonal_delay=10.0)
    backwards = slow.AntisymmetricSTDP(2e-4, -1.0, -0.7, 20.0, 20.0)
    ends = twin.common(sensors, motors, False, backwards, 0.0)
    signed = twin.project(SignedProjection(axonal_delay=1.0, **ends), 0.0)
    twin.run_until(duration)

    effective = excitation - sim.weights(plastic)
    assert 0.01 < np.abs(effective).max() < excitation
    np.testing.assert_allclose(effective, twin.weights(signed), rtol=0, atol=1e-9)
    for name, handle in (("motor", motors), ("sensor", sensors)):
        assert sim.spike_count(name) > 100
        np.testing.assert_allclose(sim.spikes(name), twin.spikes(handle), rtol=0, atol=1e-9)


def replay(times, *, neurons=None, **connection):
    """A cell that a replayed neuron reaches 1 ms after these times (ms), and the projection."""
    net = postdict.Network()
    net.add_population("cell", 1, neurons or LIF())
    net.add_spike_source("source", 1, times=times, ids=[0] * len(times))
    return net, net.connect("source", "cell", **connection)


def test_new_weights_act_from_the_next_arrival_on():
    net, projection = replay([1.0, 5.0, 9.0], weights=0.5, plasticity=AntisymmetricSTDP(0.1))
    sim = postdict.Simulation(net)
    sim.run_until(6.0)  # the second spike arrives at 6 ms: its weight is not yet taken
    sim.set_weights(projection, [[0.25]])
    sim.run_until(7.0)
    expected = 0.5 * math.exp(-5 / 20) + 0.25 * math.exp(-1 / 20)
    assert sim.potentials("cell") == pytest.approx([expected], abs=1e-15)
    sim.set_weights(projection, 0.125)  # one number: all pairs
    assert sim.weights(projection) == [[0.125]]
    assert net.weights(projection) == [[0.5]]  # the description stays


@pytest.mark.parametrize(
    ("kind", "weights", "error", "message"),
    [
        ("matrix", np.ones((3, 4)), ValueError, r"\(4, 3\), got \(3, 4\); is it transposed"),
        (
            "matrix",
            [[math.nan] * 3] * 4,
            ValueError,
            r"weights must be finite, got nan at \[0, 0\]",
        ),
        ("matrix", "heavy", TypeError, r"weights must be numbers, got str"),
        ("matrix", (1.0,), TypeError, r"not a tuple"),
        ("number", np.ones((4, 3)), ValueError, r"weights must be one number"),
        ("number", [[0.1]], ValueError, r"weights must be one number"),
        ("inhibitory", -0.1, ValueError, r"non-negative .* got -0\.1"),
        ("plastic", -0.1, ValueError, r"non-negative .* got -0\.1"),
        ("plastic", 0.9, ValueError, r"at most w_max = 0\.8 mV, got 0\.9"),
    ],
)
def test_weights_that_do_not_fit_are_refused(kind, weights, error, message):
    net = postdict.Network()
    net.add_population("motor", 3, LIF())
    net.add_population("sensor", 4, LIF())
    options = {
        "matrix": {"weights": np.zeros((4, 3))},
        "inhibitory": {"weights": 0.5, "inhibitory": True},
        "plastic": {"weights": 0.5, "plasticity": AntisymmetricSTDP(0.1, w_max=0.8)},
    }
    projection = net.connect("motor", "sensor", **options.get(kind, {"weights": 0.5}))
    sim = postdict.Simulation(net)
    with pytest.raises(error, match=message):
        sim.set_weights(projection, weights)
    assert np.array_equal(sim.weights(projection), net.weights(projection))


def test_fixed_weights_do_not_learn():
    net, fixed = replay([1.0], weights=1.0)
    with pytest.raises(ValueError, match=r"source->cell has no plasticity"):
        postdict.Simulation(net).set_plasticity(fixed, True)


def test_the_last_pair_of_ten_idle_hours():
    end = 3.6e7
    rule = AntisymmetricSTDP(0.1, A_minus=0.5)
    net, plastic = replay([1.0, end - 30.0], weights=0.25, plasticity=rule)
    net.add_spike_source("teacher", 1, times=[5.0, end - 20.0], ids=[0, 0])
    net.connect("teacher", "cell", weights=2.0)
    sim = postdict.Simulation(net)
    sim.run_until(end)
    expected = 0.25 + rule.window(4.0) + rule.window(10.0)
    assert sim.weights(plastic)[0, 0] == pytest.approx(expected, abs=1e-15)
    assert list(sim.spikes("cell")[0]) == [6.0, end - 19.0]


@pytest.mark.parametrize("tau", [1e-3, 1.0, 1e9, 1e100])
@pytest.mark.filterwarnings("ignore:.*did you mean:UserWarning")
def test_extreme_time_constants_meet_the_closed_form(tau):
    net, plastic = replay(
        [1e-6, 0.5, 1e4, 1e8],
        neurons=LIF(tau_m=tau, v_thresh=1e99),
        weights=1e90,
        axonal_delay=1e-9,
        plasticity=AntisymmetricSTDP(1e3, tau_plus=tau, tau_minus=tau),
    )
    sim = postdict.Simulation(net)
    sim.run_until(2e8)
    expected = 1e90 * np.exp(-(2e8 - np.array([1e-6, 0.5, 1e4, 1e8])) / tau).sum()
    assert sim.potentials("cell") == pytest.approx([expected], rel=1e-12)
    assert sim.weights(plastic) == [[1e90]]
