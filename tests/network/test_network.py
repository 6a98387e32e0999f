"""Describing a network: defaults, refusals, handles, and every form in which weights may come."""

import copy
import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pytest

import postdict
from postdict import LIF, AntisymmetricSTDP

RULE = AntisymmetricSTDP(0.01, w_max=2.0)


def network():
    net = postdict.Network(seed=7)
    net.add_population("motor", 2, LIF(tau_m=100.0))
    net.add_population("sensor", 3, LIF(tau_m=[10.0, 11.0, 12.0], reset="by"))
    net.add_poisson("noise", "motor", rate=150.0, weight=0.5)
    net.add_spike_source("tutor", 3, times=[2.0, 1.0], ids=[2, 0])
    net.connect("motor", "sensor", weights=[[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
    net.connect("sensor", "motor", weights=0.25, inhibitory=True, plasticity=RULE)
    net.record(net.projections[1], "weights", every=10.0)
    net.record("motor", "v", every=5.0)
    return net


def test_defaults():
    net = postdict.Network()
    assert net.seed == 0
    cells = net.add_population("cells", 2, LIF())
    projection = net.connect(cells, cells, weights=0.1)
    assert (projection.axonal_delay, projection.inhibitory) == (1.0, False)
    assert projection.plasticity is None
    assert (projection.dendritic_delay, projection.precision) == (0.0, "double")
    recorder = net.record(cells, "v", every=1)
    assert (recorder.ids, recorder.every, recorder.max_bytes) == ((0, 1), 1.0, 2**28)


def test_repr_shows_the_parts():
    assert repr(network()) == (
        "Network(seed=7: motor[2], sensor[3], tutor[3], noise→motor, motor→sensor, "
        "sensor→motor inhibitory plastic)"
    )
    assert repr(postdict.Simulation(network())).startswith("Simulation(t = 0 ms of Network(seed=7")


REFUSED = {  # what is called on the network, with which arguments
    "Network": [
        ({"seed": -1}, ValueError, r"seed must be at least 0, got -1"),
        ({"seed": 2**64}, ValueError, r"seed must be below 2\*\*64, got 18446744073709551616"),
        ({"seed": 1.0}, TypeError, r"seed must be an integer, got 1\.0"),
        ({"seed": True}, TypeError, r"seed must be an integer, got True"),
    ],
    "add_population": [
        ({"name": ""}, TypeError, r"name must be a non-empty text, got ''"),
        ({"name": 3}, TypeError, r"name must be a non-empty text, got 3"),
        ({"name": "motor"}, ValueError, r"name must be new, got 'motor'"),
        ({"name": "noise"}, ValueError, r"name must be new, got 'noise'"),
        ({"name": "tutor"}, ValueError, r"name must be new, got 'tutor'"),
        ({"size": 0}, ValueError, r"size must be at least 1, got 0"),
        ({"size": 2**31}, ValueError, r"size must be below 2\*\*31"),
        ({"neurons": LIF}, TypeError, r"neurons must be a LIF, .* or a LIFCond, got type"),
        (
            {"neurons": {"tau_m": 10.0}},
            TypeError,
            r"neurons must be a LIF, .* or a LIFCond, got dict",
        ),
        ({"neurons": LIF(tau_m=[1.0] * 3)}, ValueError, r"tau_m must be one .* \(4\), got 3"),
    ],
    "add_poisson": [
        ({"name": "motor"}, ValueError, r"name must be new, got 'motor'"),
        ({"population": "moter"}, ValueError, r"no population is .*'moter'; did you mean 'motor'"),
        ({"population": "x"}, ValueError, r"no population is named 'x'; there are motor, sensor"),
        ({"population": "tutor"}, ValueError, r"no population is named 'tutor'"),
        ({"population": None}, ValueError, r"None is not a population of this network"),
        ({"population": np.arange(2)}, ValueError, r"is not a population of this network"),
        ({"rate": -1.0}, ValueError, r"rate must be non-negative, got -1\.0 Hz"),
        ({"rate": 1.1e6}, ValueError, r"rate must be at most 1e\+06, got 1100000\.0 Hz"),
        ({"rate": [1.0, 2.0, 3.0]}, ValueError, r"rate must be one number or one per neuron \(2\)"),
        ({"weight": math.nan}, ValueError, r"weight must be finite, got nan mV"),
        ({"weight": "0.1"}, TypeError, r"weight must be a number, got '0\.1'"),
    ],
    "add_spike_source": [
        ({"name": "tutor"}, ValueError, r"name must be new, got 'tutor'"),
        ({"size": -2}, ValueError, r"size must be at least 1, got -2"),
        ({"times": [1.0]}, ValueError, r"new: times and ids must have one length, got \(1,\)"),
        ({"times": [[1.0], [2.0]]}, ValueError, r"new: times must have 1 dimension\(s\)"),
        ({"times": [1.0, -0.5]}, ValueError, r"times must be non-negative, got -0\.5 ms at \[1\]"),
        ({"times": [1.0, math.nan]}, ValueError, r"times must be finite, got nan at \[1\]"),
        ({"times": [1.0, math.inf]}, ValueError, r"times must be finite, got inf at \[1\]"),
        ({"times": "ab"}, TypeError, r"times must be numbers, got str"),
        ({"ids": [0, 4]}, ValueError, r"new: ids must be in \[0, 4\), got 4 at \[1\]"),
        ({"ids": [0.0, 1.0]}, TypeError, r"new: ids must be integers, got float64"),
        ({"ids": [True, False]}, TypeError, r"new: ids must be integers, got bool"),
        ({"ids": np.array([0, 2**63], np.uint64)}, ValueError, r"new: ids must be in \[0, 4\)"),
    ],
    "connect": [
        ({"pre": "noise"}, ValueError, r"no population or spike source is named 'noise'"),
        ({"pre": "senso"}, ValueError, r"named 'senso'; did you mean 'sensor'"),
        ({"post": "tutor"}, ValueError, r"no population is named 'tutor'"),
        ({"weights": (1.0, 2.0)}, TypeError, r"weights must be .*, not a tuple"),
        ({"weights": np.ones((2, 3))}, ValueError, r"\(3, 2\), got \(2, 3\); is it transposed\?"),
        ({"weights": np.ones(6)}, ValueError, r"weights must have shape .* = \(3, 2\), got \(6,\)"),
        ({"weights": [[1.0, 2.0], [3.0]]}, TypeError, r"weights must be numbers, got list"),
        ({"weights": math.nan}, ValueError, r"weights must be finite, got nan at its only value"),
        ({"weights": None}, ValueError, r"weights must be finite"),
        ({"weights": [[0, 0], [0, np.inf], [0, 0]]}, ValueError, r"finite, got inf at \[1, 1\]"),
        ({"weights": -1.0, "inhibitory": True}, ValueError, r"must be non-negative .*, got -1"),
        ({"weights": -1.0, "plasticity": RULE}, ValueError, r"must be non-negative .*, got -1"),
        ({"weights": 3.0, "plasticity": RULE}, ValueError, r"at most w_max = 2 mV, got 3"),
        ({"axonal_delay": 0.0}, ValueError, r"axonal_delay must be positive, got 0\.0 ms"),
        ({"axonal_delay": -1.0}, ValueError, r"axonal_delay must be positive, got -1\.0 ms"),
        ({"axonal_delay": None}, TypeError, r"axonal_delay must be a number, got None"),
        ({"plasticity": AntisymmetricSTDP}, TypeError, r"must be a postdict rule, got type"),
        ({"delay": 1.0}, TypeError, r"delay"),
    ],
    "record": [
        ({"target": "moto"}, ValueError, r"no population is named 'moto'; did you mean 'motor'"),
        ({"target": "tutor"}, ValueError, r"no population is named 'tutor'"),
        ({"target": None}, TypeError, r"variable 'v' needs a population as target"),
        ({"variable": "weights"}, TypeError, r"variable 'weights' needs a projection as target"),
        ({"variable": "V"}, ValueError, r"no variable is named 'V'"),
        ({"variable": "weight"}, ValueError, r"no variable is .*; did you mean 'weights'"),
        ({"every": 0.0}, ValueError, r"every must be positive, got 0\.0 ms"),
        ({"ids": [2]}, ValueError, r"ids must be in \[0, 2\), got \[2\]"),
        ({"ids": []}, ValueError, r"ids must be in \[0, 2\), got \[\]"),
        ({"ids": [-1]}, ValueError, r"ids must be at least 0, got -1"),
        ({"ids": [0.0]}, TypeError, r"ids must be an integer"),
        ({"max_bytes": 31}, ValueError, r"max_bytes must hold two samples \(32 bytes\), got 31"),
        ({"max_bytes": 1e9}, TypeError, r"max_bytes must be an integer, got 1000000000\.0"),
    ],
}
VALID = {
    "Network": {},
    "add_population": {"name": "new", "size": 4, "neurons": LIF()},
    "add_poisson": {"name": "new", "population": "motor", "rate": 1.0, "weight": 1.0},
    "add_spike_source": {"name": "new", "size": 4, "times": [1.0, 2.0], "ids": [0, 1]},
    "connect": {"pre": "motor", "post": "sensor", "weights": 1.0},
    "record": {"target": "motor", "variable": "v", "every": 1.0},
}


@pytest.mark.parametrize(
    ("method", "arguments", "error", "message"),
    [(method, *case) for method, cases in REFUSED.items() for case in cases],
)
def test_refused(method, arguments, error, message):
    net = network()
    call = postdict.Network if method == "Network" else getattr(net, method)
    with pytest.raises(error, match=message):
        call(**{**VALID[method], **arguments})
    assert repr(net) == repr(network())  # and nothing was added
    assert len(net.recorders) == 2


@pytest.mark.parametrize("method", VALID)
def test_what_the_refusals_start_from_is_valid(method):
    call = postdict.Network if method == "Network" else getattr(network(), method)
    call(**VALID[method])


def test_a_recorder_needs_what_its_target_has():
    net = network()
    with pytest.raises(ValueError, match=r"ids select neurons; choose weights by synapses"):
        net.record(net.projections[1], "weights", every=1.0, ids=[0])
    with pytest.raises(TypeError, match=r"variable 'v' needs a population"):
        net.record(net.projections[1], "v", every=1.0)


def parts(net):
    populations_and_sources = net.populations + net.poisson_sources + net.spike_sources
    return populations_and_sources + net.projections + net.recorders


def test_handles_are_plain_values():
    for handle, same in zip(parts(network()), parts(network()), strict=True):
        assert handle == same
        assert hash(handle) == hash(same)
        with pytest.raises(dataclasses.FrozenInstanceError):
            handle.name = "other"
    motor, sensor, noise, tutor, *_ = parts(network())
    assert repr(tutor) == "SpikeSource(tutor[3])"
    assert repr(noise) == "PoissonSource(noise→motor: 150 Hz, 0.5 mV)"
    assert repr(motor) == "Population(motor[2]: LIF(tau_m=100.0))"
    assert motor != sensor


def stranger():
    """Parts of another network, with the names and places of parts of `network()`."""
    net = postdict.Network()
    motor = net.add_population("motor", 5, LIF())
    noise = net.add_poisson("noise", motor, rate=1.0, weight=1.0)
    tutor = net.add_spike_source("tutor", 9, times=[], ids=[])
    feedback = net.connect(tutor, motor, weights=0.5, plasticity=RULE)
    recorder = net.record(feedback, "weights", every=1.0)
    return SimpleNamespace(
        motor=motor, noise=noise, tutor=tutor, feedback=feedback, recorder=recorder
    )


@pytest.mark.parametrize(
    "use",
    [
        lambda net, other: net.add_poisson("new", other.motor, rate=1.0, weight=1.0),
        lambda net, other: net.connect(other.motor, "motor", weights=1.0),
        lambda net, other: net.connect(other.tutor, "motor", weights=1.0),
        lambda net, other: net.connect("motor", other.motor, weights=1.0),
        lambda net, other: net.record(other.motor, "v", every=1.0),
        lambda net, other: net.record(other.feedback, "weights", every=1.0),
        lambda net, other: net.spikes(other.tutor),
        lambda net, other: net.weights(other.feedback),
        lambda net, other: postdict.Simulation(net).spikes(other.motor),
        lambda net, other: postdict.Simulation(net).spike_count(other.motor),
        lambda net, other: postdict.Simulation(net).potentials(other.motor),
        lambda net, other: postdict.Simulation(net).set_recording(other.motor, False),
        lambda net, other: postdict.Simulation(net).set_rate(other.noise, 1.0),
        lambda net, other: postdict.Simulation(net).weights(other.feedback),
        lambda net, other: postdict.Simulation(net).set_weights(other.feedback, 0.1),
        lambda net, other: postdict.Simulation(net).set_plasticity(other.feedback, False),
        lambda net, other: postdict.Simulation(net).recorded(other.recorder),
    ],
)
def test_handles_of_another_network_are_refused(use):
    with pytest.raises(ValueError, match=r"is not (a|that) ?.*of this network"):
        use(network(), stranger())


MATRIX = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
FORMS = {
    "list": MATRIX,
    "integers": np.array(MATRIX, int),
    "float32": np.array(MATRIX, np.float32),
    "big endian": np.array(MATRIX, ">f8"),
    "Fortran": np.asfortranarray(MATRIX),
    "strided": np.repeat(np.repeat(MATRIX, 2, axis=0), 2, axis=1)[::2, ::2],
    "reversed": np.array(MATRIX)[::-1, ::-1][::-1, ::-1],
    "read-only": np.broadcast_to(np.array(MATRIX), (3, 2)),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("plasticity", [None, AntisymmetricSTDP(0.1)])
def test_a_matrix_may_come_in_any_form(form, plasticity):
    net = network()
    projection = net.connect("motor", "sensor", weights=FORMS[form], plasticity=plasticity)
    sim = postdict.Simulation(net)
    assert np.array_equal(net.weights(projection), MATRIX)
    assert np.array_equal(sim.weights(projection), MATRIX)
    sim.set_weights(projection, 2.0 * np.array(FORMS[form]))
    assert np.array_equal(sim.weights(projection), 2.0 * np.array(MATRIX))


@pytest.mark.parametrize("number", [2, 2.0, np.float32(2.0), np.int16(2), np.array(2.0)])
def test_one_number_stays_one_number_unless_it_learns(number):
    net = network()
    fixed = net.connect("motor", "sensor", weights=number)
    plastic = net.connect("motor", "sensor", weights=number, plasticity=RULE)
    sim = postdict.Simulation(net)
    assert type(sim.weights(fixed)) is float
    assert sim.weights(fixed) == 2.0
    assert np.array_equal(sim.weights(plastic), np.full((3, 2), 2.0))


def test_a_matrix_of_one_stays_a_matrix():
    net = postdict.Network()
    net.add_population("cell", 1, LIF())
    projection = net.connect("cell", "cell", weights=[[0.5]])
    sim = postdict.Simulation(net)
    assert np.shape(sim.weights(projection)) == (1, 1)
    sim.set_weights(projection, [[0.7]])
    assert np.array_equal(sim.weights(projection), [[0.7]])


def test_the_description_holds_copies():
    weights, times, ids = np.array(MATRIX), np.array([3.0, 1.0]), np.array([0, 2])
    net = network()
    projection = net.connect("motor", "sensor", weights=weights)
    source = net.add_spike_source("replay", 3, times=times, ids=ids)
    weights[:], times[:], ids[:] = 0.0, 0.0, 0
    assert np.array_equal(net.weights(projection), MATRIX)
    assert np.array_equal(net.spikes(source), [[1.0, 3.0], [2, 0]])  # by time
    with pytest.raises(ValueError, match="read-only"):
        net.weights(projection)[0, 0] = 9.0


def test_spikes_of_a_source_come_back_by_time_and_id():
    net = network()
    source = net.add_spike_source("replay", 3, times=[2, 1, 2, 2], ids=[2, 1, 0, 0])
    times, ids = net.spikes(source)
    assert (list(times), list(ids)) == ([1.0, 2.0, 2.0, 2.0], [1, 0, 0, 2])
    empty = net.add_spike_source("silent", 1, times=[], ids=[])
    assert [len(part) for part in net.spikes(empty)] == [0, 0]


def test_a_simulation_and_its_network_go_separate_ways():
    net = network()
    sim = postdict.Simulation(net)
    late = net.add_population("late", 1, LIF())
    with pytest.raises(ValueError, match=r"late"):
        sim.spikes(late)
    sim.network.add_population("other", 1, LIF())
    assert repr(sim.network) == repr(network())


class Patient(LIF):
    def __repr__(self):
        return "patient"


class Reversed(AntisymmetricSTDP):
    def window(self, lag):
        return -super().window(lag)


class Sines(postdict.Steps):
    def value_at(self, t):
        return np.sin(t)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda net: net.add_population("more", 2, Patient()),
            r"neurons must be a LIF, .* or a LIFCond itself, got the subclass Patient, .* to one",
        ),
        (
            lambda net: net.connect("motor", "sensor", weights=0.1, plasticity=Reversed(0.1)),
            r"plasticity must be a postdict rule itself, got the subclass Reversed, .* WindowSTDP",
        ),
        (
            lambda net: net.add_poisson("more", "motor", rate=Sines([0.0], [1.0]), weight=0.1),
            r"rate must be Steps itself, got the subclass Sines, .* by Steps\.sampled",
        ),
        (
            lambda net: net.add_current("more", "motor", Sines([0.0], [1.0])),
            r"current must be Steps itself, got the subclass Sines",
        ),
    ],
)
def test_a_subclass_whose_methods_nobody_would_call_is_refused(call, message):
    net = network()
    before = repr(net)
    with pytest.raises(TypeError, match=message):
        call(net)
    assert repr(net) == before


def test_a_shallow_copy_is_a_network_of_its_own():
    net = network()
    for twin in (copy.copy(net), net.copy(), copy.deepcopy(net)):
        twin.add_population("more", 2, LIF())
        net.populations.clear()  # a list of its own
        assert len(net.populations) == 2
        assert len(twin.populations) == 3


def test_parts_with_many_numbers_have_short_reprs():
    net = postdict.Network()
    lags = np.arange(1000.0)
    cells = net.add_population("cells", 10_000, LIF(v_thresh=1.0 + np.arange(10_000.0)))
    rule = postdict.WindowSTDP(0.1, lags, lags)
    parts = [
        cells,
        net.add_current("current", cells, postdict.Steps(lags, lags), ids=np.arange(5000)),
        net.connect(cells, cells, weights=postdict.one_to_one(10_000, weight=0.1), plasticity=rule),
        net.record(cells, "v", every=1.0),
        net.record(cells, "v", times=lags, ids=[0]),
        postdict.Triplets(np.arange(10_000), np.arange(10_000), 0.1),
    ]
    assert all(len(repr(part)) < 200 for part in parts)
    assert "v_thresh=<10000 values from 1 to 10000>" in repr(cells)
    short = LIF(tau_m=[10.0, 20.0])
    assert eval(repr(short), {"LIF": LIF}) == short


def test_pythons_own_messages_name_public_classes():
    with pytest.raises(TypeError, match=r"^Network\.add_poisson\(\) missing"):
        postdict.Network().add_poisson("noise")
    with pytest.raises(TypeError, match=r"^Network\.weights\(\) missing"):
        postdict.Network().weights()
    with pytest.raises(TypeError, match=r"^Simulation\.spikes\(\) got an unexpected"):
        postdict.Simulation(network()).spikes("motor", from_=1.0)
    with pytest.raises(TypeError, match=r"^Simulation\.set_rate\(\) got an unexpected"):
        postdict.Simulation(network()).set_rate("noise", weight=1.0)
