"""The two pictures that everybody draws first: what is connected to what, spikes with rates."""

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from postdict import LIF, AntisymmetricSTDP, LIFExp, Network, Simulation, plotting
from postdict.plotting.wiring import placed


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


class Air:
    interval = 5.0

    def reset(self, seed):
        pass

    def step(self, _motor):
        return [0.0] * 6


@pytest.fixture
def net():
    net = Network(seed=2)
    motor = net.add_population("motor", 4, LIF(i_offset=2.0))
    sensor = net.add_population("sensor", 6, LIFExp())
    net.add_poisson("noise", motor, rate=100.0, weight=0.1)
    net.add_poisson_source("input", 30, rate=5.0)
    net.add_world("air", Air(), motor, sensor)
    net.connect("input", sensor, weights=0.1)
    rule = AntisymmetricSTDP(eta=1e-3)
    net.connect(sensor, motor, weights=0.1, inhibitory=True, plasticity=rule, name="learns")
    net.connect(motor, motor, weights=0.1)
    return net


def test_a_network_is_drawn_with_names_signs_and_plasticity(net):
    ax = net.plot()
    ax.figure.draw_without_rendering()
    texts = [text.get_text() for text in ax.texts]
    for box in ("motor\n4 LIF", "sensor\n6 LIFExp", "noise\n100 Hz", "air\nevery 5 ms"):
        assert box in texts
    assert "input\n30 trains, 5 Hz" in texts
    assert "learns\nAntisymmetricSTDP" in texts
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == 1 + 3 + 2
    (inhibitory,) = [a for a in arrows if type(a.get_arrowstyle()).__name__ == "BarAB"]
    assert inhibitory.get_linestyle() == "--" or inhibitory.get_linestyle()[1] is not None
    assert len({a.get_facecolor() for a in arrows}) == 2
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["excitatory", "inhibitory", "plastic"]


def test_boxes_lie_apart_and_within_the_axes(net):
    ax = net.plot()
    ax.figure.draw_without_rendering()
    boxes = [p.get_window_extent() for p in ax.patches if isinstance(p, FancyBboxPatch)]
    assert len(boxes) == 5
    for k, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:k])
        assert ax.get_window_extent().contains(box.x0, box.y0)
        assert ax.get_window_extent().contains(box.x1, box.y1)
    arrows = [plotting.Arrow("a", "b"), plotting.Arrow("b", "c"), plotting.Arrow("c", "a")]
    assert [x for x, _ in placed("abc", arrows).values()] == sorted(
        x for x, _ in placed("abc", arrows).values()
    )  # a circle begins somewhere


def test_a_network_is_drawn_on_axes_that_are_given_and_an_empty_one_too(net):
    ax = Figure().subplots()
    assert net.plot(ax) is ax
    assert len(Network().plot().texts) == 0
    assert len(plt.get_fignums()) == 1


def test_spikes_and_rates_are_those_of_the_simulation(net):
    sim = Simulation(net)
    sim.run(200.0)
    raster, rates = sim.plot_spikes(["sensor", net["motor"][1:3]], start=50.0, bin_width=50.0)
    assert raster.get_shared_x_axes().joined(raster, rates)
    times, ids = sim.spikes(net["motor"][1:3], start=50.0, stop=200.0)
    drawn = raster.lines[-2] if len(raster.lines[-1].get_xdata()) == 2 else raster.lines[-1]
    assert np.array_equal(drawn.get_xdata(), times)
    assert np.array_equal(drawn.get_ydata(), 6 + ids)
    mean = np.average(rates.lines[1].get_ydata()[:-1])
    assert mean == pytest.approx(sim.rates(net["motor"][1:3], start=50.0).mean())
    raster.figure.draw_without_rendering()
    upper, lower = raster.get_window_extent(), rates.get_window_extent()
    assert (upper.x0, upper.x1) == pytest.approx((lower.x0, lower.x1))
    assert [t.get_text() for t in raster.get_yticklabels()] == ["sensor\n6", "motor[1:3]\n2"]


def test_of_many_neurons_some_are_drawn_and_rates_are_of_all():
    net = Network(seed=1)
    net.add_population("cells", 1000, LIF(i_offset=2.0))
    sim = Simulation(net)
    sim.run(100.0)
    raster, rates = sim.plot_spikes(most=300)
    assert raster.get_yticklabels()[0].get_text() == "cells\n250 of 1000"
    _, ids = sim.spikes("cells")
    assert len(raster.lines[0].get_xdata()) == (ids % 4 == 0).sum()
    hz = rates.lines[0].get_ydata()[:-1]
    assert hz.mean() == pytest.approx(sim.rates("cells").mean())


def test_there_is_nothing_to_draw_before_the_first_run(net):
    with pytest.raises(ValueError, match="stop must be after start"):
        Simulation(net).plot_spikes()
    assert plt.get_fignums() == []
