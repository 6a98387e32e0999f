"""Quantities of other libraries are converted to our units, or refused by name."""

import pickle  # noqa: TID251 -- our own objects

import numpy as np
import pytest

import postdict
from postdict import (
    LIF,
    AntisymmetricSTDP,
    CausalSTDP,
    HaasSTDP,
    LIFExp,
    Network,
    Simulation,
    Steps,
    Triplets,
    VogelsSTDP,
    WindowSTDP,
)
from postdict.analysis import population_sparseness, spike_triggered_average, van_rossum
from postdict.bird import Gestures, Hearing, sing
from postdict.loop import ImitationTest, LoopParameters, explore, hear, imitate, learn
from postdict.theory import KickResponse, LinearTheory, kick_response
from postdict.world import LinearDecoder, LinearWorld, TuningCurves
from stepped_worlds import Scripted

SI = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "V": 1.0, "mV": 1e-3, "Hz": 1.0, "kHz": 1e3, "1/s": 1.0}
POWERS = {  # of length, mass, time, current
    "time": (0, 0, 1, 0),
    "rate": (0, 0, -1, 0),
    "voltage": (2, 1, -3, -1),
}
KIND = {"s": "time", "ms": "time", "us": "time", "V": "voltage", "mV": "voltage"}


class Dimension:
    def __init__(self, powers):
        self.powers = powers

    def get_dimension(self, name):
        names = ("length", "mass", "time", "current")
        return self.powers[names.index(name)] if name in names else 0


class InSI(np.ndarray):
    """As in Brian2: a value in SI units that knows its dimension."""

    def __array_finalize__(self, other):
        self.dim = getattr(other, "dim", None)


def like_brian(value, unit):
    quantity = np.asarray(np.multiply(value, SI[unit])).view(InSI)
    quantity.dim = Dimension(POWERS[KIND.get(unit, "rate")])
    return quantity


class Converting:
    """As in astropy: a value and a unit, converted on demand."""

    def __init__(self, value, unit):
        self.value, self.unit = np.asarray(value, float), unit

    ndim = property(lambda self: self.value.ndim)
    size = property(lambda self: self.value.size)

    def __getitem__(self, place):
        return Converting(self.value[place], self.unit)

    def __str__(self):
        return f"{self.value} {self.unit}"

    def to_value(self, unit):
        if not unit or KIND.get(unit, "rate") != KIND.get(self.unit, "rate"):
            raise ArithmeticError("no way from one to the other")
        return self.value * (SI[self.unit] / SI.get(unit, 1e3))  # 1/ms


class Measured:
    """As in pint: a magnitude on demand."""

    def __init__(self, value, unit):
        self._of = Converting(value, unit)

    ndim = property(lambda self: self._of.ndim)

    def __getitem__(self, place):
        return self._of[place]

    def __str__(self):
        return str(self._of)

    def m_as(self, unit):
        return self._of.to_value("" if unit == "dimensionless" else unit)


def of_quantities(value, unit):
    return pytest.importorskip("quantities").Quantity(value, unit)


def of_pint(value, unit):
    return pytest.importorskip("pint").Quantity(np.asarray(value, float)[()], unit)


def of_astropy(value, unit):
    return pytest.importorskip("astropy.units").Quantity(value, unit)


def of_brian(value, unit):
    brian2 = pytest.importorskip("brian2")
    names = {"s": "second", "V": "volt", "1/s": "Hz"}
    return value * getattr(brian2, names.get(unit, unit))


@pytest.fixture(
    params=[like_brian, Converting, Measured, of_quantities, of_pint, of_astropy, of_brian],
    ids=lambda make: make.__name__,
)
def q(request):
    """Make a quantity from a value and a unit."""
    request.param(1.0, "s")  # which skips where the library is absent
    return request.param


def same(given, plain):
    return repr(given) == repr(plain) and given == plain


def test_parameters_of_neurons(q):
    per_neuron = q([0.25, 0.5], "s")
    given = LIF(tau_m=per_neuron, v_rest=q(-0.5, "V"), tau_refrac=q(2.0, "ms"), v_min=q(-1.0, "V"))
    assert same(given, LIF(tau_m=[250.0, 500.0], v_rest=-500.0, tau_refrac=2.0, v_min=-1000.0))
    given = LIFExp(tau_syn_e=q(0.25, "s"), v_thresh=[q(0.5, "V"), q(2.0, "mV")])
    assert same(given, LIFExp(tau_syn_e=250.0, v_thresh=[500.0, 2.0]))
    with pytest.raises(ValueError, match=r"^tau_m must be a time \(ms\), got "):
        LIF(tau_m=q(20.0, "mV"))
    with pytest.raises(ValueError, match=r"^v_thresh must be a voltage \(mV\), got "):
        LIFExp(v_thresh=q([20.0, 30.0], "ms"))


def test_parameters_of_rules(q):
    given = AntisymmetricSTDP(q(0.5, "V"), tau_plus=q(0.25, "s"), w_max=q(1.0, "V"))
    assert same(given, AntisymmetricSTDP(500.0, tau_plus=250.0, w_max=1000.0))
    assert same(VogelsSTDP(0.1, rho=q(0.5, "kHz")), VogelsSTDP(0.1, rho=500.0))
    given = HaasSTDP(0.1, latency=q(0.25, "s"), alpha_plus=q(0.5, "kHz"))
    assert same(given, HaasSTDP(0.1, latency=250.0, alpha_plus=0.5))
    given = WindowSTDP(0.1, q([-0.25, 0.5], "s"), [1.0, 2.0])
    assert same(given, WindowSTDP(0.1, [-250.0, 500.0], [1.0, 2.0]))
    assert given.window(q(0.25, "s")) == given.window(250.0)
    for make, name in (
        (lambda: CausalSTDP(0.1, bias=q(1.0, "mV")), r"bias must be a plain number"),
        (lambda: CausalSTDP(q(0.1, "ms"), bias=1.0), r"eta must be a voltage \(mV\)"),
        (lambda: VogelsSTDP(0.1, rho=q(5.0, "ms")), r"rho must be a rate \(Hz\)"),
        (lambda: VogelsSTDP(0.1, 5.0, w_max=q(5.0, "ms")), r"w_max must be a voltage \(mV\)"),
        (lambda: given.window(q(1.0, "mV")), r"lag must be a time \(ms\)"),
    ):
        with pytest.raises(ValueError, match=rf"^{name}, got "):
            make()


def test_steps(q):
    rate = Steps(q([0.0, 0.5], "s"), q([0.25, 1.0], "kHz"))
    assert rate == Steps([0.0, 500.0], [250.0, 1000.0])
    assert rate.value_at(q(0.5, "s")) == 1000.0
    current = Steps.sampled(q([0.5, 1.0], "V"), every=q(0.25, "s"), start=q(1.0, "s"))
    assert current == Steps([1000.0, 1250.0], [500.0, 1000.0])
    net = network()
    net.add_poisson("rate", "cells", rate=rate, weight=1.0)
    net.add_current("current", "cells", current)
    for kept in (rate, pickle.loads(pickle.dumps(rate))):
        with pytest.raises(ValueError, match=r"current must be a voltage .* got Steps of a rate"):
            net.add_current("wrong", "cells", kept)
    with pytest.raises(ValueError, match=r"rate must be a rate .* got Steps of a voltage"):
        net.add_poisson("wrong", "cells", rate=current, weight=1.0)
    with pytest.raises(ValueError, match=r"values must be a rate \(Hz\) or a voltage \(mV\), got"):
        Steps([0.0], q([1.0], "ms"))


def network():
    net = Network(seed=1)
    net.add_population("cells", 3, LIF())
    return net


def test_networks(q):
    for_us, plain = network(), network()
    for net, s, volt, khz in (
        (for_us, lambda x: q(x, "s"), lambda x: q(x, "V"), lambda x: q(x, "kHz")),
        (plain, *3 * [lambda x: np.multiply(x, 1e3)[()]]),
    ):
        net.add_poisson("noise", "cells", rate=khz(0.25), weight=volt(0.5))
        net.add_spike_source("tutor", 2, times=s([0.5, 0.25]), ids=[0, 1])
        delays = s(np.full((3, 3), 0.5) + np.eye(3))
        net.connect("cells", "cells", weights=volt(np.eye(3)), axonal_delay=delays)
        synapses = Triplets([0], [1], volt([0.5]))
        net.connect(
            "tutor", "cells", weights=synapses, axonal_delay=s(0.25), dendritic_delay=s(1.0)
        )
        net.connect("cells", "cells", weights=volt(0.5))
        net.record("cells", "v", every=s(0.25))
        net.record("cells", "v", times=s([0.25, 0.5]))
        world = Scripted([None], interval=s(0.25))
        options = {"readout": "rates", "tau": s(0.5), "drive": "rates", "weight": volt(0.5)}
        net.add_world("arm", world, "cells", "cells", latency=s(0.25), **options)
    for parts in ("poisson_sources", "projections", "recorders", "worlds"):
        assert getattr(for_us, parts) == getattr(plain, parts)
    assert np.array_equal(for_us.spikes("tutor"), plain.spikes("tutor"))
    for given, expected in zip(for_us.projections, plain.projections, strict=True):
        weights, other = for_us.weights(given), plain.weights(expected)
        assert np.array_equal(weights, other) if np.ndim(weights) else weights == other


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (lambda net, q: net.connect("cells", "cells", weights=q(1.0, "ms")), "weights"),
        (
            lambda net, q: net.connect("cells", "cells", weights=1.0, axonal_delay=q(2.0, "mV")),
            "axonal_delay",
        ),
        (
            lambda net, q: net.connect(
                "cells", "cells", weights=np.eye(3), axonal_delay=q(np.ones((3, 3)), "mV")
            ),
            "axonal_delay",
        ),
        (lambda net, q: net.add_poisson("x", "cells", rate=q(2.0, "ms"), weight=1.0), "rate"),
        (
            lambda net, q: net.add_spike_source("x", 2, times=q([2.0], "mV"), ids=[0]),
            "x: times",
        ),
        (lambda net, q: net.record("cells", "v", every=q(2.0, "Hz")), "every"),
        (lambda net, q: Simulation(net).run(q(1.0, "mV")), "duration"),
        (lambda net, q: Simulation(net, max_rate=q(1.0, "mV")), "max_rate"),
        (lambda net, q: Simulation(net).spikes("cells", start=q(1.0, "mV")), "start"),
    ],
)
def test_the_wrong_dimension_is_refused_by_name(q, wrong, name):
    with pytest.raises(ValueError, match=rf"^{name} must be a \w+ \(\w+\), got "):
        wrong(network(), q)


def test_simulations(q):
    net = network()
    net.add_poisson("noise", "cells", rate=1000.0, weight=0.5)
    source = net.add_spike_source("tutor", 2, times=[], ids=[])
    learning = net.connect("tutor", "cells", weights=0.5, plasticity=AntisymmetricSTDP(0.1))
    sim, expected = Simulation(net, max_rate=q(1.0, "kHz")), Simulation(net)
    sim.run(q(0.5, "s"))
    expected.run(500.0)
    sim.append_spikes(source, times=q([0.75], "s"), ids=[1])
    expected.append_spikes(source, times=[750.0], ids=[1])
    sim.set_learning_rate(learning, q(0.5, "V"))
    expected.set_learning_rate(learning, 500.0)
    sim.set_rate("noise", q(0.5, "kHz"))
    expected.set_rate("noise", 500.0)
    sim.run_until(q(1.0, "s"))
    expected.run_until(1000.0)
    assert np.array_equal(sim.spikes("cells"), expected.spikes("cells"))
    window = {"start": q(0.25, "s"), "stop": q(0.5, "s")}
    assert np.array_equal(
        sim.spikes("cells", **window), expected.spikes("cells", start=250.0, stop=500.0)
    )
    assert np.array_equal(sim.weights(learning), expected.weights(learning))


@pytest.mark.parametrize("drive", ["current", "rates", "kicks", "spikes"])
def test_answers_of_worlds(q, drive):
    options = {"drive": drive} | ({"weight": 1.0} if drive in ("rates", "spikes") else {})

    def spikes(answer):
        net = network()
        net.add_world(
            "arm",
            Scripted([answer, ([], []) if drive == "spikes" else np.zeros(3)]),
            "cells",
            "cells",
            **options,
        )
        sim = Simulation(net)
        sim.run(600.0)
        return sim.spikes("cells")

    if drive == "spikes":
        answers = (q([0.5], "s"), [1], q([0.5], "V")), ([500.0], [1], [500.0])
        wrong = q([0.5], "V"), [1]
    elif drive == "rates":
        answers = q([0.25, 0.5, 1.0], "kHz"), [250.0, 500.0, 1000.0]
        wrong = q([0.25, 0.5, 1.0], "ms")
    else:
        answers = q([0.5, 0.25, 0.0], "V"), [500.0, 250.0, 0.0]
        wrong = q([0.25, 0.5, 1.0], "ms")
    in_units, plain = map(spikes, answers)
    assert np.array_equal(in_units, plain)
    assert len(plain[0])
    with pytest.raises(ValueError, match=r"world 'arm': the answer.* must be a \w+ \(\w+\), got"):
        spikes(wrong)


def test_what_is_without_unit_is_in_ours():
    pq = pytest.importorskip("quantities")
    assert postdict.LIF(tau_m=20.0 * pq.dimensionless) == LIF(tau_m=20.0)
    assert LIF(tau_m=20.0 * pq.s / pq.ms) == LIF(tau_m=20_000.0)  # a ratio, as numpy has it


def test_what_went_to_neo_comes_back():
    neo = pytest.importorskip("neo")
    net = network()
    net.add_poisson("noise", "cells", rate=1000.0, weight=0.5)
    sim = Simulation(net)
    sim.run(500.0)
    times, ids = sim.spikes("cells")
    assert len(times) > 10
    for neuron, train in enumerate(sim.recording().to_neo().segments[0].spiketrains):
        in_seconds = train.rescale("s")
        assert isinstance(in_seconds, neo.SpikeTrain)
        net.add_spike_source(f"of {neuron}", 1, times=in_seconds, ids=[0] * len(train))
        assert np.allclose(net.spikes(f"of {neuron}")[0], times[ids == neuron], rtol=1e-15)


WORLD = 2.0 * np.eye(2)


def test_the_loop(q):
    given = LoopParameters(
        exploration_rate=q(0.15, "kHz"),
        exploration_weight=q(1e-4, "V"),
        world_delay=q(0.012, "s"),
        synaptic_delay=q(0.002, "s"),
        excitation=q(5e-4, "V"),
        inhibition_lag=q(0.001, "s"),
        spontaneous_rate=q(0.25, "kHz"),
    )
    plain = LoopParameters(
        exploration_rate=150.0,
        exploration_weight=0.1,
        world_delay=12.0,
        synaptic_delay=2.0,
        excitation=0.5,
        inhibition_lag=1.0,
        spontaneous_rate=250.0,
    )
    assert repr(given) == repr(plain)
    for wrong, name in (
        ({"world_delay": q(1.0, "mV")}, "a time"),
        ({"excitation": q(1.0, "s")}, "a voltage"),
    ):
        with pytest.raises(ValueError, match=rf"^{next(iter(wrong))} must be {name} \(m\w\), got "):
            LoopParameters(**wrong)


def test_what_the_loop_does(q):
    parameters, rule = LoopParameters(), AntisymmetricSTDP(eta=1e-3)
    world = q(1e-3 * WORLD, "V")
    learned, same_learned = (
        learn(w, parameters, rule, duration=t, seed=1)
        for w, t in ((world, q(2.0, "s")), (WORLD, 2000.0))
    )
    np.testing.assert_array_equal(learned.inhibition, same_learned.inhibition)
    np.testing.assert_array_equal(learned.rate_times, same_learned.rate_times)
    explored, same_explored = (
        explore(w, parameters, None, duration=t, seed=1)
        for w, t in ((world, q(3.0, "s")), (WORLD, 3000.0))
    )
    assert explored.motor_rate == same_explored.motor_rate
    song = (q([0.125, 0.25], "s"), np.array([0, 1]))
    heard = hear(world, parameters, song, duration=q(0.5, "s"))
    np.testing.assert_array_equal(heard[0], [135.0, 135.0, 260.0, 260.0])
    answer = imitate(
        q(6e-4 * np.eye(2), "V"),
        parameters,
        (q(1e-3 * heard[0], "s"), heard[1]),
        v_min=q(-1.0, "mV"),
        duration=q(0.5, "s"),
    )
    np.testing.assert_allclose(answer[0], [136.0, 261.0], atol=1e-9)
    test = ImitationTest(world, parameters, rates=[q(0.004, "kHz")], duration=q(1.0, "s"))
    assert list(test.songs) == [4.0]
    with pytest.raises(ValueError, match=r"^duration must be a time \(ms\), got "):
        learn(WORLD, parameters, rule, duration=q(1.0, "mV"), seed=1)


def test_worlds_with_delays(q):
    lags, delays = q([0.0, 0.25], "s"), q(1e-3 * np.arange(4.0).reshape(2, 2), "s")
    given = LinearWorld(q(WORLD, "mV"), lags, [0.5, 0.5], delays)
    assert given.latest == 253.0
    np.testing.assert_array_equal(given.matrix, WORLD)
    with pytest.raises(ValueError, match=r"^lags must be a time \(ms\), got "):
        LinearWorld(WORLD, q([0.0], "mV"), [1.0])
    for build in (
        lambda: TuningCurves([0.0], 1.0, q(1.0, "mV")),
        lambda: LinearDecoder([[1.0]], q(-1.0, "mV"), 1.0),
    ):
        with pytest.raises(ValueError, match=r"^\w+ must be a plain number, got "):
            build()


def test_measures(q):
    times, ids = np.array([100.0, 250.0, 251.0, 700.0]), np.array([0, 1, 0, 1])
    seconds = q(1e-3 * times, "s")
    assert van_rossum(seconds, times + 1.0, tau=q(0.02, "s")) == pytest.approx(
        van_rossum(times, times + 1.0, tau=20.0)
    )
    window = {"n": 2, "start": q(0.0, "s"), "stop": q(1.0, "s"), "bin_width": q(0.25, "s")}
    plain = {"n": 2, "start": 0.0, "stop": 1000.0, "bin_width": 250.0}
    assert population_sparseness(seconds, ids, **window) == population_sparseness(
        times, ids, **plain
    )
    samples = np.arange(0.0, 1000.0, 5.0)
    v = np.sin(samples)[:, None] * np.ones(2)
    reach = {"before": 50.0, "after": 100.0, "bin_width": 10.0}
    np.testing.assert_allclose(
        spike_triggered_average(q(1e-3 * v, "V"), q(1e-3 * samples, "s"), seconds, ids, **reach)[1],
        spike_triggered_average(v, samples, times, ids, **reach)[1],
        atol=1e-12,
    )
    with pytest.raises(ValueError, match=r"^tau must be a time \(ms\), got "):
        van_rossum(times, times, tau=q(10.0, "Hz"))


def test_predictions(q):
    response = KickResponse(0.5, np.arange(50) + 0.5, np.full(50, 0.01))
    curve = (np.arange(50) + 0.5, np.full(50, 8.0))
    rule = AntisymmetricSTDP(eta=1e-3)
    plain = LinearTheory.measured(
        rule.window, 11.0, rate=8.0, autocorrelation=curve, response=response
    )
    given = LinearTheory.measured(
        rule.window,
        q(0.011, "s"),
        rate=q(0.008, "kHz"),
        autocorrelation=(q(1e-3 * curve[0], "s"), q(curve[1], "Hz")),
        response=response,
    )
    assert given.scale == pytest.approx(plain.scale, rel=1e-9)
    kicks = (np.arange(100.0, 900.0, 50.0), np.zeros(16, int))
    options = {"n": 1, "start": 0.0, "stop": 1000.0, "max_lag": 20.0}
    measured = kick_response(*kicks, *kicks, size=0.1, **options)
    in_seconds = (q(1e-3 * kicks[0], "s"), kicks[1])
    again = kick_response(*in_seconds, *in_seconds, size=q(1e-4, "V"), **options)
    assert again.at_once == pytest.approx(measured.at_once)


def test_voice_and_ear(q):
    gestures = Gestures([0.1], [0.1], duration=q(0.03, "s"), ramp=q(0.004, "s"))
    assert (gestures.duration, gestures.ramp) == (30.0, 4.0)
    assert Hearing(lowest=q(0.6, "kHz"), adaptation=q(0.05, "s")).lowest == 600.0
    song = sing(gestures, q([0.02], "s"), [0], duration=q(0.1, "s"))
    np.testing.assert_array_equal(song.sound, sing(gestures, [20.0], [0], duration=100.0).sound)
    with pytest.raises(ValueError, match=r"^ramp must be a time \(ms\), got "):
        Gestures([0.1], [0.1], ramp=q(3.0, "mV"))
