"""Recordings in other programs' formats, read back by those programs where they are installed."""

import csv
import datetime as dt
import json
import re
import sys
import warnings

import numpy as np
import pytest

from postdict import LIF, Network, Simulation
from postdict.exchange import Recording, Samples, Train
from postdict.exchange._names import unique_names
from postdict.lab.results import Result


@pytest.fixture(scope="module")
def sim():
    net = Network(seed=4)
    cells = net.add_population("cells", 6, LIF())
    silent = net.add_population("silent", 2, LIF())
    net.add_poisson("noise", cells, rate=900.0, weight=0.1)
    net.connect(cells, silent, weights=0.01)
    net.record(cells, "v", every=0.5, ids=[1, 4])
    net.record(cells, "v", times=[1.0, 2.0, 90.0])
    sim = Simulation(net)
    sim.run(200.0)
    assert sim.spike_count(cells) > 20
    return sim


@pytest.fixture(scope="module")
def recording(sim):
    return sim.recording()


def result():
    times = np.array([1.0, 2.5, 2.5])
    arrays = {
        "song_times": times,
        "song_ids": np.array([0, 2, 1]),
        "world": np.array([[0.0, 2.0, 0.0], [1.0, 0.0, 0.0]]),
        "history_times": np.arange(4.0),
    }
    return Result("inverse-model", {"n_motor": 3}, {"scale": 0.8}, arrays)


def quiet():
    """Libraries warn, of numpy's and of their own future."""
    return warnings.catch_warnings(action="ignore")


def module(name):
    with quiet():
        return pytest.importorskip(name)


def test_a_recording_has_all_that_the_simulation_recorded(sim, recording):
    assert list(recording.spikes) == ["cells", "silent"]
    times, ids = sim.spikes("cells")
    np.testing.assert_array_equal(recording.spikes["cells"].times, times)
    np.testing.assert_array_equal(recording.spikes["cells"].ids, ids)
    assert recording.spikes["silent"].size == 2
    assert recording.samples["cells.v"].interval == pytest.approx(0.5)
    assert recording.samples["cells.v 2"].interval is None
    assert (recording.start, recording.stop) == (0.0, 200.0)
    for k, one in enumerate(recording.spikes["cells"].by_neuron()):
        np.testing.assert_array_equal(one, times[ids == k])


def test_neo(recording):
    module("neo")
    with quiet():
        (segment,) = recording.to_neo().segments
    trains = {(one.annotations["population"], one.annotations["neuron"]): one
              for one in segment.spiketrains}  # fmt: skip
    assert len(trains) == 8
    for name, train in recording.spikes.items():
        for k, times in enumerate(train.by_neuron()):
            one = trains[name, k].rescale("ms")
            np.testing.assert_array_equal(one.magnitude, times)
            assert float(one.t_stop.rescale("ms")) == 200.0
    (signal,) = segment.analogsignals
    samples = recording.samples["cells.v"]
    np.testing.assert_array_equal(signal.rescale("mV").magnitude, samples.values)
    np.testing.assert_allclose(signal.times.rescale("ms").magnitude, samples.times)
    (other,) = segment.irregularlysampledsignals
    np.testing.assert_array_equal(other.times.rescale("ms").magnitude, [1.0, 2.0, 90.0])


def test_neo_of_a_recorder_without_samples_yet():
    module("neo")
    none = Samples(np.empty(0), np.empty((0, 2)))
    with quiet():
        (segment,) = Recording(0.0, 1.0, {}, {"cells.v": none}).to_neo().segments
    assert segment.irregularlysampledsignals[0].shape == (0, 2)


def test_nwb(recording, tmp_path):
    pynwb = module("pynwb")
    path = tmp_path / "run.nwb"
    start = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    with quiet():
        recording.to_nwb(path, session_start_time=start)
        assert not pynwb.validate(path=str(path))
        with pynwb.NWBHDF5IO(str(path), "r") as io:
            nwb = io.read()
            assert nwb.session_start_time == start
            units = nwb.units
            assert list(units["population"][:]) == ["cells"] * 6 + ["silent"] * 2
            for k, times in enumerate(recording.spikes["cells"].by_neuron()):
                np.testing.assert_allclose(units.get_unit_spike_times(k), 1e-3 * times)
            series = nwb.acquisition["cells.v"]
            assert series.unit == "volts"
            np.testing.assert_array_equal(series.data[:], recording.samples["cells.v"].values)
            assert series.rate == pytest.approx(2000.0)
            assert json.loads(nwb.notes)["seed"] == 4
    with pytest.raises(ValueError, match="time zone"):
        recording.to_nwb(path, session_start_time=dt.datetime(2026, 1, 1))


def test_sonata(recording, tmp_path):
    libsonata = module("libsonata")
    path = tmp_path / "spikes.h5"
    recording.to_sonata(path)
    reader = libsonata.SpikeReader(str(path))
    assert sorted(reader.get_population_names()) == ["cells", "silent"]
    population = reader["cells"]
    assert population.sorting == "by_time"
    assert population.time_units == "ms"
    train = recording.spikes["cells"]
    given = population.get_dict()
    np.testing.assert_array_equal(given["timestamps"], train.times)
    np.testing.assert_array_equal(given["node_ids"], train.ids)


def test_sonata_refuses_a_name_that_is_a_path(tmp_path):
    empty = Train(np.empty(0), np.empty(0, np.int64), 1)
    for name in ("a/b", "a\0b", "."):
        with pytest.raises(ValueError, match=re.escape(repr(name))):
            Recording(0.0, 1.0, {name: empty}).to_sonata(tmp_path / "x.h5")
    assert list(tmp_path.iterdir()) == []


def test_sonata_without_a_population_can_be_read(tmp_path):
    libsonata = module("libsonata")
    Recording(0.0, 1.0, {}).to_sonata(tmp_path / "x.h5")
    assert libsonata.SpikeReader(str(tmp_path / "x.h5")).get_population_names() == []


def test_names_with_slashes(tmp_path):
    one = Samples(np.array([0.0, 1.0]), np.zeros((2, 1)))
    none = Train(np.empty(0), np.empty(0, np.int64), 1)
    arrays = {"b/c": np.zeros(3)}
    both = Recording(0.0, 2.0, {"a/b": none}, {"a/b.v": one, "a_b.v": one}, arrays)
    module("xarray")
    data = both.to_xarray()
    assert {"a|b_times", "a|b_ids", "a|b.v", "a_b.v", "b|c"} <= set(data.variables)
    pynwb = module("pynwb")
    with quiet():
        both.to_nwb(tmp_path / "x.nwb")
        with pynwb.NWBHDF5IO(str(tmp_path / "x.nwb"), "r") as io:
            nwb = io.read()
            assert sorted(nwb.acquisition) == ["a_b.v", "a_b.v.2"]
            assert list(nwb.units["population"][:]) == ["a/b"]


def test_nwb_says_nothing_of_temporary_files(recording, tmp_path):
    module("pynwb")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        recording.to_nwb(tmp_path / "x.nwb")
    assert not [one for one in said if ".part" in str(one.message)]
    with pytest.raises(TypeError, match="must be a datetime with a time zone, got '2026-11-24'"):
        recording.to_nwb(tmp_path / "y.nwb", session_start_time="2026-11-24")


def test_unique_names():
    assert unique_names(["v", "v.2", "v", "v"]) == ["v", "v.2", "v.3", "v.4"]


def test_xarray(recording):
    module("xarray")
    data = recording.to_xarray()
    np.testing.assert_array_equal(data["cells_times"], recording.spikes["cells"].times)
    assert data["cells_times"].attrs["units"] == "ms"
    assert data["cells.v"].shape == (401, 2) == recording.samples["cells.v"].values.shape
    np.testing.assert_array_equal(data["cells.v_time"], recording.samples["cells.v"].times)
    assert json.loads(data.attrs["about"])["seed"] == 4


def test_csv(recording, tmp_path):
    recording.to_csv(tmp_path / "spikes.csv")
    with (tmp_path / "spikes.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    times = np.array([float(row["time_ms"]) for row in rows])
    np.testing.assert_array_equal(times, recording.spikes["cells"].times)
    assert {row["population"] for row in rows} == {"cells"}
    np.testing.assert_array_equal([int(row["id"]) for row in rows], recording.spikes["cells"].ids)


def test_a_result_goes_the_same_ways(tmp_path):
    one = result()
    recording = one.recording()
    assert list(recording.spikes) == ["song"]
    assert recording.spikes["song"].size == 3
    assert set(recording.arrays) == {"world", "history_times"}
    one.to_csv(tmp_path / "song.csv")
    lines = (tmp_path / "song.csv").read_text().splitlines()
    assert lines == ["time_ms,population,id", "1.0,song,0", "2.5,song,1", "2.5,song,2"]
    matrix = one.to_scipy("world")
    assert matrix.nnz == 2
    np.testing.assert_array_equal(matrix.toarray(), one.arrays["world"])
    with pytest.raises(ValueError, match="did you mean 'world'"):
        one.to_scipy("word")
    with pytest.raises(ValueError, match="history_times must be a matrix, got shape"):
        one.to_scipy("history_times")


def test_spikes_of_a_result_are_sorted_and_checked():
    def train(times, ids, **config):
        arrays = {"x_times": np.array(times), "x_ids": np.array(ids)}
        return Result("mine", config, {}, arrays).recording()

    found = train([3.0, -1.0, 2.0, 2.0], [0, 1, 1, 0], n_motor=None)
    assert found.spikes["x"].times.tolist() == [-1.0, 2.0, 2.0, 3.0]
    assert found.spikes["x"].ids.tolist() == [1, 0, 1, 0]
    assert found.spikes["x"].size == 2
    assert (found.start, found.stop) == (-1.0, 3.0)
    with pytest.raises(ValueError, match=r"x_times must be finite, got nan at \[0\]"):
        train([np.nan], [0])
    with pytest.raises(ValueError, match=r"x_ids must be integers, got 0\.5"):
        train([1.0], [0.5])
    with pytest.raises(ValueError, match="x_times and x_ids must have one length, got 1 and 2"):
        train([1.0], [0, 1])


def test_a_result_in_neo_nwb_sonata_and_xarray(tmp_path):
    for name in ("neo", "pynwb", "libsonata", "xarray"):
        module(name)
    one = result()
    with quiet():
        assert len(one.to_neo().segments[0].spiketrains) == 3
        one.to_nwb(tmp_path / "song.nwb")
    one.to_sonata(tmp_path / "song.h5")
    assert one.to_xarray()["world"].shape == (2, 3)


@pytest.mark.parametrize(
    ("library", "extra", "call"),
    [
        ("neo", "neo", lambda one, _: one.to_neo()),
        ("pynwb", "nwb", lambda one, path: one.to_nwb(path)),
        ("h5py", "hdf5", lambda one, path: one.to_sonata(path)),
        ("xarray", "xarray", lambda one, _: one.to_xarray()),
        ("scipy.sparse", "scipy", lambda one, _: one.to_scipy("world")),
    ],
)
def test_an_absent_library_is_named_with_its_extra(tmp_path, monkeypatch, library, extra, call):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=rf"pip install 'postdict\[{extra}\]'"):
        call(result(), tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("times", "ids", "message"),
    [
        (np.zeros(2), np.zeros(1, np.int64), "times and ids must have one length"),
        (np.zeros(1), np.array([3]), r"ids must be in \[0, 3\), got 3"),
    ],
)
def test_trains_that_cannot_be_are_refused(times, ids, message):
    with pytest.raises(ValueError, match=message):
        Train(times, ids, 3)


def test_regular_samples_know_their_interval():
    assert Samples(np.array([0.0, 0.5, 1.0]), np.zeros(3)).interval == 0.5
    assert Samples(np.array([0.0, 0.5, 1.1]), np.zeros(3)).interval is None
    assert Samples(np.array([0.0]), np.zeros(1)).interval is None
    assert Samples(np.array([1.0, 1.0]), np.zeros(2)).interval is None
