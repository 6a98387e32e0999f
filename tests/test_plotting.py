"""What figures are drawn with: nothing hides the learned curve, and keys hide no curve."""

import numpy as np
from matplotlib.figure import Figure

from postdict import plotting
from postdict.experiments.imitation.figures import VARIANTS


def test_what_is_in_front_is_drawn_over_equal_curves_that_come_later():
    ax = Figure().subplots()
    for label, front in (("learned", True), ("ridge", False)):
        plotting.ranges_by_key(
            ax, {"1": 0.9}, {"1": (0.8, 1.0)}, label=label, color="black", front=front
        )
    learned, ridge = (container.lines[0] for container in ax.containers)
    assert learned.get_zorder() > ridge.get_zorder()
    assert learned.get_markersize() < ridge.get_markersize()


def test_a_legend_below_the_axis_covers_nothing_that_is_drawn_in_it():
    figure = Figure(figsize=(5.0, 4.0), layout="constrained")
    ax = figure.subplots()
    for k in range(7):
        ax.plot([0.0, 1.0], [k, k], label=f"decoder {k}")
    ax.set_xlabel("rate")
    plotting.legend_below(ax, ncols=3)
    figure.draw_without_rendering()
    legend = ax.get_legend().get_window_extent()
    assert legend.y1 < ax.get_window_extent().y0
    assert legend.y0 >= 0.0  # and is on the page


def test_the_loop_delay_is_named_where_curves_are_low():
    ax = Figure().subplots()
    rate = np.concatenate([np.zeros(10), [200.0], np.full(40, 10.0)])
    plotting.lagged(ax, np.arange(51.0), {"after": (rate, "black")}, delay=11.0)
    (name,) = ax.texts
    assert name.get_text().strip() == "D"
    assert name.get_position() == (11.0, 0.97)


def test_labels_of_variants_stand_by_themselves():
    assert not any("……" in label for label in VARIANTS.values())
