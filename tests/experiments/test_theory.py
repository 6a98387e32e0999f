"""The experiment `theory`: its settings, its lone neurons against loops, and a tiny run."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from postdict import AntisymmetricSTDP, Network, Simulation
from postdict.experiments._shared.lone_neurons import lone
from postdict.experiments.theory import Config, headline, in_words, run
from postdict.experiments.theory.balance import balanced
from postdict.experiments.theory.comparisons import NOISE, SCALES
from postdict.experiments.theory.config import TAUS, WINDOWS
from postdict.experiments.theory.figures import draw
from postdict.experiments.theory.loops import learned
from postdict.lab.stages import Stage
from postdict.loop import LoopParameters
from postdict.world.linear import as_linear

TINY = Config(
    n_motor=5,
    n_sensor=15,
    delays="31",
    eta=2e-3,
    lone_duration=2e4,
    imposed_duration=1e4,
    scale_duration=2e4,
    mode_duration=1e5,
    noise_eta=1e-3,
    noise_duration=2e4,
    perturbations=1,
    seeds=1,
)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_sensor": 10}, "n_sensor must be at least n_motor = 20, got 10"),
        ({"fan_out": 61}, "fan_out must be at most n_sensor = 60, got 61"),
        ({"delays": "11 1"}, "delays must be above 1 ms, the synapse's own, got 1 ms"),
        ({"delays": "soon"}, "delays must be numbers in ms, got 'soon'"),
        ({"delays": " "}, "delays must name at least one delay, got none"),
    ],
)
def test_wrong_settings_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(Config(), **changes)


def test_a_tiny_run_compares_all_and_draws():
    result = run(TINY)
    assert list(result.summary["scale"]) == [f"{tau:g}" for tau in TAUS]
    assert list(result.summary["scale"]["100"]) == list(WINDOWS)
    assert list(result.summary["ridge"]) == [f"{noise:g}" for noise in NOISE]
    assert result.arrays["imposed_drive_100"].shape == (1, len(SCALES))
    assert any("signs of c right" in label for label, _ in headline(result))
    assert in_words(result).startswith("Linear theory names the sign of c at")
    figure = Figure(figsize=(11.0, 9.5))
    draw(result, figure)
    letters = [ax.get_title(loc="left") for ax in figure.axes]
    assert [letter for letter in letters if letter] == list("abcdefghij")


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_averaging_over_kicks_agrees_with_pairs_of_simulations(sign):
    # The same noise with and without a kick: the difference is the response, by its definition.
    parameters = LoopParameters()
    alone = lone(parameters, 20, 3e5, 1, Stage())
    n, duration = 100, 1e5
    when = np.arange(1e3, duration - 1e3, 500.0)

    def weighted(size):
        network = Network(seed=2)
        motor = network.add_population("motor", n, parameters.motor)
        network.add_poisson("exploration", motor, rate=150.0, weight=0.1)
        kicks = network.add_spike_source("kicks", 1, times=when, ids=np.zeros(len(when), int))
        network.connect(kicks, motor, weights=size, axonal_delay=1.0)
        simulation = Simulation(network)
        simulation.run(duration)
        times = simulation.spikes(motor)[0]
        after = (times - when[0] - 1.0 + 1e-6) % 500.0
        return np.exp(-after[(times > 1e3) & (times < when[-1] + 500.0)] / 20.0).sum()

    by_pairs = (weighted(0.1 * sign) - weighted(0.0)) / (0.1 * sign * n * len(when))
    response = alone.excited if sign > 0 else alone.inhibited
    by_average = response.weighted(AntisymmetricSTDP(eta=1.0).window)
    assert by_average == pytest.approx(by_pairs, rel=0.1)


def test_a_lone_neuron_that_hears_itself_predicts_what_a_loop_learns():
    parameters = LoopParameters(world_delay=30.0)
    rule = AntisymmetricSTDP(eta=4e-4)
    ((scale, _),), drive = balanced(
        parameters,
        [AntisymmetricSTDP(eta=1.0)],
        [0.0],
        SCALES,
        n=20,
        duration=1e5,
        seed=1,
        progress=Stage(),
    )
    loop = learned(
        as_linear(4.0 * np.eye(20)), parameters, rule, duration=1e6, seed=1, progress=Stage()
    )
    seen = 4.0 * np.trace(loop.settled()) / 20
    assert seen == pytest.approx(scale, rel=0.15)
    # The linear theory knows the drive at W = 0 and not how little a neuron that has just fired
    # answers a kick: the response that counts is weaker by a half, and c larger.
    linear = lone(parameters, 20, 3e5, 1, Stage()).linear(rule.window, 31.0)
    assert linear.own / rule.eta == pytest.approx(drive[2], abs=0.02)
    assert 1.3 < seen / linear.scale < 2.2
