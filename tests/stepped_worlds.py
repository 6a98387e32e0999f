"""Worlds in Python for tests, which processes of their own import too."""

import numpy as np

import postdict
from postdict import LIF, AntisymmetricSTDP


class LinearWorld:
    """What a matrix (sensor, motor) with a delay does, in steps: motor spikes in, kicks out."""

    def __init__(self, matrix, delay, interval):
        self.matrix, self.delay, self.interval = matrix, delay, interval

    def reset(self, seed):
        pass

    def step(self, motor):
        times, ids = motor
        sensors, spikes = np.nonzero(self.matrix[:, ids])
        return times[spikes] + self.delay, sensors, self.matrix[sensors, ids[spikes]]


class Arm:
    """A noisy plant with a state of its own, which it offers; `n` numbers out."""

    interval = 5.0

    def __init__(self, n=3, scale=1.0):
        self.n, self.scale = n, scale
        self.heard = []

    def reset(self, seed):
        self.rng = np.random.default_rng(seed)
        self.x = np.zeros(self.n)
        self.heard = []

    def step(self, motor):
        push = sum(np.sum(part) for part in motor) if isinstance(motor, tuple) else np.sum(motor)
        self.heard.append(float(push))
        self.x = 0.8 * self.x + 0.1 * np.tanh(push) + self.rng.uniform(0.0, 0.3, self.n)
        return self.scale * self.x

    def state(self):
        random = self.rng.bit_generator.state
        return {"x": self.x, "random": random, "heard": self.heard, "push": self.x.sum()}

    def restore(self, state):
        self.x, self.heard = state["x"], state["heard"]
        self.rng.bit_generator.state = state["random"]


def arm_loop(arm=None, **options):
    """Ten motor neurons that explore, an arm, three sensors that inhibit them plastically."""
    net = postdict.Network(seed=3)
    motor = net.add_population("motor", 10, LIF(tau_m=50.0))
    sensor = net.add_population("sensor", 3, LIF(tau_m=10.0))
    net.add_poisson("exploration", motor, rate=300.0, weight=0.1)
    rule = AntisymmetricSTDP(eta=0.01, A_minus=0.7)
    net.connect(sensor, motor, weights=0.2)
    net.connect(sensor, motor, weights=0.2, inhibitory=True, plasticity=rule)
    given = {"readout": "rates", "tau": 20.0, "drive": "current"} | options
    net.add_world("arm", arm or Arm(scale=2.0), motor, sensor, **given)
    return net


def outcome(sim):
    """What must be equal to the last bit."""
    motor, sensor = sim.spikes("motor"), sim.spikes("sensor")
    weights = sim.weights(sim.network.projections[1])
    world = sim.worlds["arm"]
    return [*motor, *sensor, weights, sim.potentials("sensor"), np.array(world.heard), world.x]


def assert_equal(one, other):
    for a, b in zip(outcome(one), outcome(other), strict=True):
        assert np.array_equal(a, b)


def resumed(path, until):
    """In a process of its own: load, run on, and return what came of it."""
    sim = postdict.Simulation.load(path, worlds={"arm": Arm(scale=2.0)})
    sim.run_until(until)
    return outcome(sim)
