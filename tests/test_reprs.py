"""Everything public is one short line, whatever it holds."""

import dataclasses
import importlib

import numpy as np
import pytest

import postdict
from postdict import LIF, LIFExp, Network, Steps, Triplets
from postdict._checks import brief_repr
from postdict.analysis import score_imitation
from postdict.bird import Ear, Gestures, Hearing, Recall, SoundWorld, Syrinx, VoiceWorld
from postdict.loop import ImitationTest, LoopParameters, Tutor
from postdict.sweep import Sweep
from postdict.world import LinearWorld

MANY = 4000


@pytest.fixture(scope="module")
def net():
    net = Network(seed=1)
    cells = net.add_population("cells", MANY, LIF(v_thresh=np.linspace(1.0, 2.0, MANY)))
    few = net.add_population("few", 5, LIFExp())
    net.add_poisson("noise", cells, rate=np.full(MANY, 9.0), weight=0.2)
    net.add_poisson("kicks", cells, rate=9.0, weight=-0.2, ids=[1, 2])
    net.add_current("pulse", cells, Steps(np.arange(500.0), np.ones(500)))
    trains = net.add_poisson_source("trains", 1000, rate=5.0)
    rule = postdict.VogelsSTDP(eta=1e-3, rho=5.0)
    net.connect(trains, few, weights=np.full((5, 1000), 0.1), axonal_delay=np.ones((5, 1000)))
    net.connect(few, cells, weights=0.1, inhibitory=True, plasticity=rule, name="back")
    net.connect(cells[:3], few, weights=0.1, name="some")
    net.record("back", "weights", synapses=np.arange(100), times=np.arange(50.0))
    net.record(cells[:10], "v", every=1.0, name="look")
    return net


def test_parts_say_what_they_are(net):
    assert repr(net["cells"]) == "Population(cells[4000]: LIF(v_thresh=<4000 values from 1 to 2>))"
    assert repr(net["few"]) == "Population(few[5]: LIFExp())"
    assert repr(net["kicks"]) == "PoissonSource(kicks→2 of cells: 9 Hz, -0.2 mV)"
    assert repr(net["pulse"]).startswith("CurrentSource(pulse→cells: Steps(500 from 0 to 499 ms")
    assert repr(net["trains"]) == "PoissonTrains(trains[1000]: 5 Hz)"
    assert repr(net["trains->few"]) == "Projection(trains->few, 1 ms)"
    assert repr(net["back"]) == (
        "Projection(back: few->cells, inhibitory, 1 ms, VogelsSTDP(eta=0.001, rho=5.0))"
    )
    assert repr(net["some"]) == "Projection(some: groups of cells->few, 1 ms)"
    assert repr(net["back.weights"]) == "Recorder(back.weights, 100 synapses, 50 times)"
    assert repr(net["look"]) == "Recorder(look: cells.v, 10 neurons, every 1 ms)"


def test_every_public_thing_is_a_line(net):
    sim = postdict.Simulation(net)
    sim.run(5.0)
    gestures = Gestures(np.full(300, 1.2e3), np.full(300, 0.5))
    parameters = LoopParameters()
    world = np.eye(60, 20)
    song = np.arange(500.0), np.arange(500) % 20
    things = [
        *[net[name] for name in net._ipython_key_completions_()],
        net,
        net.memory(),
        net["cells"][::7],
        sim,
        sim.recording(),
        sim.recording().spikes["cells"],
        sim.recording().samples["look"],
        Triplets(np.arange(MANY), np.arange(MANY), 0.1),
        postdict.WindowSTDP(0.1, np.arange(900.0), np.arange(900.0)),
        LinearWorld(world, [10.0], [1.0]),
        Tutor("motor", song),
        parameters,
        ImitationTest(world, parameters, duration=1000.0),
        score_imitation(*song, *song, delay=1.0),
        gestures,
        Hearing(),
        Ear(Hearing()),
        Recall(),
        VoiceWorld(gestures, Hearing(), Syrinx()),
        SoundWorld(iter(()), 30),
        Sweep.grid(dict, {"a": 1, "seed": 0}, {"a": list(range(200))}, seeds=50),
    ]
    for thing in things:
        assert "\n" not in repr(thing), thing
        assert len(repr(thing)) < 400, thing
        assert " at 0x" not in repr(thing), thing


def test_a_network_of_many_parts_names_the_first():
    net = Network()
    for k in range(40):
        net.add_population(f"p{k}", 1, LIF())
    assert repr(net).endswith("p11[1], and 28 more)")
    assert "and 34 more" in repr(net.memory())
    about = postdict.Simulation(net).recording().about  # other programs have all of it
    assert "p39[1]" in about["network"]


DOORS = ("analysis", "bird", "exchange", "loop", "sweep", "theory", "world")


def test_dataclasses_leave_out_what_is_long_and_what_is_by_default():
    for door in DOORS:
        module = importlib.import_module(f"postdict.{door}")
        for name in module.__all__:
            thing = getattr(module, name)
            if dataclasses.is_dataclass(thing):
                assert thing.__repr__ is brief_repr, name
