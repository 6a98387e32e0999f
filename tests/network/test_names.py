"""Parts by their names, given or made; handles of the same code; what differs where it does."""

import numpy as np
import pytest

import postdict
from postdict import LIF, AntisymmetricSTDP, Simulation

RULE = AntisymmetricSTDP(eta=0.01)


def network(delay=1.0, tau_m=20.0, size=3, rule=RULE, extra=False):
    net = postdict.Network(seed=3)
    if extra:
        net.add_population("extra", 2, LIF())
        net.connect("extra", "extra", weights=0.1)
        net.record("extra", "v", every=1.0)
    motor = net.add_population("motor", size, LIF(tau_m=tau_m))
    sensor = net.add_population("sensor", 4, LIF())
    net.add_poisson("noise", motor, rate=900.0, weight=0.2)
    net.connect(motor, sensor, weights=0.4)
    net.connect(motor, sensor, weights=0.2, axonal_delay=delay, plasticity=rule)
    net.record(motor, "v", every=1.0)
    net.record(motor, "v", every=2.0, name="slowly")
    net.record("motor->sensor 2", "weights", every=5.0)
    return net


def test_names_are_made_of_what_is_joined_or_recorded_and_counted():
    net = network()
    assert [p.name for p in net.projections] == ["motor->sensor", "motor->sensor 2"]
    assert [r.name for r in net.recorders] == ["motor.v", "slowly", "motor->sensor 2.weights"]
    assert net.connect("motor", "motor", weights=1.0, name="home").name == "home"


def test_a_part_is_found_by_its_name_also_after_a_file(tmp_path):
    sim = Simulation(network())
    sim.run(50.0)
    sim.save(tmp_path / "state.npz")
    sim = Simulation.load(tmp_path / "state.npz")
    net = sim.network
    assert net["motor"] == net.populations[0]
    assert net["noise"] == net.poisson_sources[0]
    assert net["motor->sensor 2"] == net.projections[1]
    assert net["slowly"] == net.recorders[1]
    assert "slowly" in net and "quickly" not in net
    assert set(net._ipython_key_completions_()) >= {"motor", "motor->sensor", "slowly"}
    by_handle, by_name = sim.weights(net.projections[1]), sim.weights("motor->sensor 2")
    assert np.array_equal(by_handle, by_name)
    sim.set_weights("motor->sensor 2", 2.0 * by_name)
    sim.set_plasticity("motor->sensor 2", False)
    assert np.array_equal(sim.weights("motor->sensor 2"), 2.0 * by_name)
    assert np.array_equal(sim.recorded("slowly")[1], sim.recorded(net.recorders[1])[1])


@pytest.mark.parametrize("extra", [False, True])
def test_handles_of_the_same_code_are_good_wherever_the_parts_stand(extra):
    own, sim = network(), Simulation(network(extra=extra))
    sim.run(50.0)
    assert np.array_equal(sim.weights(own["motor->sensor 2"]), sim.weights("motor->sensor 2"))
    assert np.array_equal(sim.recorded(own["slowly"])[1], sim.recorded("slowly")[1])
    weights = own["motor->sensor 2.weights"]
    assert np.array_equal(sim.recorded(weights)[1], sim.recorded(weights.name)[1])
    assert np.array_equal(sim.spikes(own["motor"])[0], sim.spikes("motor")[0])


@pytest.mark.parametrize(
    ("change", "name", "message"),
    [
        ({"delay": 2.0}, "motor->sensor 2", "its axonal_delay is 2.0, here 1.0"),
        ({"size": 5}, "motor", "its size is 5, here 3"),
        ({"tau_m": 30.0}, "motor", "its neurons.tau_m is 30.0, here 20.0"),
        ({"tau_m": 30.0}, "slowly", "its target.neurons.tau_m is 30.0, here 20.0"),
        (
            {"rule": AntisymmetricSTDP(eta=0.02)},
            "motor->sensor 2",
            "its plasticity.eta is 0.02, here 0.01",
        ),
        ({"extra": True}, "extra", "it has none of that name"),
    ],
)
def test_a_handle_that_does_not_fit_says_in_what(change, name, message):
    other, sim = network(**change)[name], Simulation(network())
    read = {
        "Population": sim.spikes,
        "Projection": sim.weights,
        "Recorder": sim.recorded,
    }[type(other).__name__]
    with pytest.raises(ValueError, match=f"of this network: {message}$"):
        read(other)


def test_what_is_named_is_named_once():
    net = network()
    for name in ("motor", "motor->sensor", "slowly", "noise"):
        with pytest.raises(ValueError, match="name must be new"):
            net.connect("motor", "sensor", weights=1.0, name=name)
        with pytest.raises(ValueError, match="name must be new"):
            net.record("motor", "v", every=1.0, name=name)
        with pytest.raises(ValueError, match="name must be new"):
            net.add_population(name, 1, LIF())
    with pytest.raises(ValueError, match="did you mean 'slowly'"):
        net["slowli"]
    with pytest.raises(TypeError):
        iter(net)
