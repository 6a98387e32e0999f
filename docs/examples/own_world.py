"""A world of one's own: its inverse is learned, saved and resumed, tested and swept."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import postdict
from postdict.analysis import specific_gain
from postdict.loop import ImitationTest, LoopParameters, closed_loop, explore, learn
from postdict.world import SteppedWorld

LOOP = LoopParameters()


class Tract:
    """Resonators that ring for some milliseconds, heard by a compressive ear."""

    interval, bands = 1.0, np.kron(np.eye(4), np.full((3, 1), 5.0)) + 0.2  # ms; (12, 4)

    def __init__(self, ringing):
        self.decay = np.exp(-self.interval / ringing)

    def reset(self, seed):
        self.sound = np.zeros(12)

    def step(self, motor):  # how often each motor neuron fired; returns a kick to each sensor, mV
        self.sound = self.decay * self.sound + self.bands @ motor
        return np.log1p(self.sound)

    def state(self):
        return {"sound": self.sound}

    def restore(self, state):
        self.sound = state["sound"]


def imitation(config):
    """Learn the inverse, and imitate songs that were never heard."""
    world = SteppedWorld(Tract(config["ringing"]), shape=(12, 4), drive="kicks")
    rule = postdict.AntisymmetricSTDP(eta=2e-3, A_minus=config["A_minus"])
    learned = learn(world, LOOP, rule, duration=4e4, seed=config["seed"]).weights
    response = explore(world, LOOP, None, duration=4e4, seed=config["seed"]).response()
    test = ImitationTest(world, LOOP, rates=(4.0,), duration=5e3, seed=config["seed"])
    decoder, song = test.choose(learned, specific_gain(learned, response)), test.songs[4.0]
    return {"f1": test.score(decoder, song.tutor, song.clean).f1}


if __name__ == "__main__":  # worker processes of a sweep import this file
    tract = SteppedWorld(Tract(ringing=2.0), shape=(12, 4), drive="kicks")
    loop = closed_loop(tract, LOOP, postdict.AntisymmetricSTDP(eta=2e-3, A_minus=0.7), seed=1)
    simulation = postdict.Simulation(loop.network)
    simulation.run(2e4)
    simulation.save("half.npz")
    resumed = postdict.Simulation.load("half.npz", worlds={"world": Tract(ringing=2.0)})
    for each in (simulation, resumed):
        each.run(2e4)
    assert np.array_equal(*(each.weights(loop.inhibition) for each in (simulation, resumed)))

    grid = {"ringing": [1.0, 3.0, 9.0], "A_minus": [0.5, 0.7, 0.9]}
    sweep = postdict.Sweep.grid(imitation, {"ringing": 1.0, "A_minus": 0.7}, grid)
    print(sweep.run("sweep", workers=1))
    postdict.sweep.collect("sweep", "table.csv")
    table = pd.read_csv("table.csv").pivot_table("f1", index="A_minus", columns="ringing")
    print(table)
    axes = plt.figure().subplots()
    axes.figure.colorbar(axes.imshow(table, vmin=0.0, vmax=1.0), label="F1 of unseen songs")
    axes.set(xticks=range(3), xticklabels=table.columns, xlabel="ringing (ms)")
    axes.set(yticks=range(3), yticklabels=table.index, ylabel="A_minus")
    axes.figure.savefig("f1.png")
