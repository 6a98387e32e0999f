"""What notebooks show of a network, a simulation and a result."""

from html.parser import HTMLParser

import numpy as np
import pytest

import postdict
from postdict import LIF, AntisymmetricSTDP, LIFExp, Network, Simulation, Steps
from postdict.lab.results import Result


class Cells(HTMLParser):
    """The rows of all tables, and whether every tag is closed."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.open, self.words = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, _):
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1].append(data)


@pytest.fixture
def net():
    net = Network(seed=3)
    cells = net.add_population("<cells>", 5, LIF())
    other = net.add_population("other", 4, LIFExp())
    net.add_poisson("noise", cells, rate=800.0, weight=0.2)
    net.add_poisson("wave", other, rate=Steps([0.0], [5.0]), weight=0.2)
    net.add_current("pulse", cells, Steps([0.0], [1.0]))
    source = net.add_spike_source("source", 2, times=[1.0], ids=[0])
    rule = AntisymmetricSTDP(eta=1e-3)
    net.connect(cells, other, weights=0.1, inhibitory=True, plasticity=rule)
    net.connect(source, cells, weights=postdict.Triplets(pre=[0, 1], post=[0, 1], weight=0.1))
    net.record(cells, "v", every=2.0)
    net.record(cells, "v", times=[1.0, 2.0])
    return net


def test_a_network_shows_its_parts_escaped(net):
    rows = Cells(net._repr_html_()).rows
    assert ["<cells>", "5", "LIF"] in rows
    assert ["noise", "Poisson", "<cells>", "800 Hz, 0.2 mV"] in rows
    assert ["source", "spikes", "2 neurons, 1 spikes"] in rows
    assert ["<cells> → other", "20", "−", "1 ms", "AntisymmetricSTDP"] in rows
    assert ["source → <cells>", "2", "+", "1 ms"] in rows
    assert ["v of <cells>", "every 2 ms"] in rows
    assert ["v of <cells>", "2 times"] in rows


class Silence:
    interval = 5.0

    def reset(self, seed):
        pass

    def step(self, _motor):
        return [0.0] * 4


def test_a_network_shows_the_world_that_closes_its_loop(net):
    net.add_world("air", Silence(), "<cells>", "other")
    assert ["air", "<cells>", "other", "5 ms"] in Cells(net._repr_html_()).rows


def test_a_simulation_shows_time_and_rates(net):
    sim = Simulation(net)
    assert ["<cells>", "0"] in Cells(sim._repr_html_()).rows
    sim.run(1000.0)
    found = Cells(sim._repr_html_())
    n = sim.spike_count("<cells>")
    assert ["<cells>", f"{n:,}", f"{n / 5:.3g} Hz"] in found.rows
    assert any("t = 1000 ms" in words for words in found.words)


def test_a_sweep_shows_what_differs():
    base = {"a": 1, "b<": 2, "seed": 0}
    sweep = postdict.Sweep.grid(
        dict, base, {"a": [1, 2], "b<": list(range(50))}, seeds=[7, 8], units={"a": "ms"}
    )
    rows = Cells(sweep._repr_html_()).rows
    assert ["a", "[1, 2]", "ms"] in rows
    assert ["b<", "<50 values from 0 to 49>"] in rows
    assert ["seed", "[7, 8]"] in rows
    assert repr(sweep) == f"Sweep({sweep.name}: 200 points, 2 a × 50 b< × 2 seed)"


def test_a_stream_shows_what_is_in_the_file_by_now(net, tmp_path):
    pytest.importorskip("h5py")
    sim = Simulation(net)
    with sim.stream(tmp_path / "a&b.h5"):
        sim.run(100.0)
        run = postdict.read_stream(tmp_path / "a&b.h5")
        found = Cells(run._repr_html_())
    n = len(run.spikes("<cells>")[0])
    assert n > 0
    assert ["<cells>", "5", f"{n:,}"] in found.rows
    assert ["<cells>.v", "5", str(len(run.recorded("<cells>.v")[0]))] in found.rows
    assert any("a&b.h5" in words for words in found.words)


def test_a_result_shows_medians_ranges_and_shapes():
    summary = {"scale": 0.8, "spread": {"scale": [0.7, 0.9]}, "controls": {"scale": 1.0}, "x": None}
    result = Result("inverse-model", {}, summary, {"world": np.zeros((6, 2))})
    rows = Cells(result._repr_html_()).rows
    assert ["scale", "0.8", "0.7 … 0.9"] in rows
    assert ["world", "6 × 2"] in rows


@pytest.mark.parametrize(
    ("summary", "row"),
    [
        ({"spread": 0.3}, ["spread", "0.3"]),  # a metric of that name, and no ranges
        ({"scale": 1.0, "spread": None}, ["scale", "1"]),
        ({"scale": 1.0, "spread": {"scale": [None, None]}}, ["scale", "1", "None … None"]),
        ({"scale": 1.0, "spread": {"scale": 2.0}}, ["scale", "1"]),
        ({"n": 10**400}, ["n", str(10**400)]),
        ({"x": np.float32(0.5)}, ["x", "0.5"]),
        ({"n": np.int64(3)}, ["n", "3"]),
    ],
)
def test_a_result_of_a_users_function_is_shown_whatever_its_summary_holds(summary, row):
    result = Result("<mine>", {}, summary, {"list": [1, 2]})
    found = Cells(result._repr_html_())
    assert row in found.rows
    assert ["list", "2"] in found.rows
