"""Streams: no bit changes, memory stays bounded, and the file holds what left it."""

import json
import sys

import numpy as np
import pytest

import postdict
from postdict import CheckpointError, Simulation
from postdict.simulation.checkpoint import Checkpoint
from postdict.simulation.limits import Limits
from postdict.simulation.stream_reader import Moved
from streams import END, NAMES, assert_equal_state, assert_holds, network, whole

h5py = pytest.importorskip("h5py")


@pytest.mark.parametrize("flush_every", [0.0, 0.001, 100.0])
@pytest.mark.parametrize("max_bytes", [240, 2**20])
def test_the_file_holds_what_memory_would_and_no_bit_changes(tmp_path, flush_every, max_bytes):
    sim = Simulation(network(max_bytes), max_recorded_spikes=30)
    path = tmp_path / "run.h5"
    with sim.stream(path, flush_every=flush_every) as file:
        for pause in (0.0, 0.0, 100.0, 100.25, 777.7, END):
            sim.run_until(pause)
            assert file.time == pause
    run = postdict.read_stream(path)
    expected = whole()
    assert_holds(run, expected)
    assert_equal_state(sim, expected)
    assert expected.spike_count("motor") > 100
    assert (run.time, run.seed, run.postdict_version) == (END, 2**64 - 5, postdict.__version__)
    assert run.populations == tuple(NAMES)
    assert run.network["populations"][0]["size"] == 5


def test_memory_stays_within_its_bounds(tmp_path):
    sim = Simulation(network(max_bytes=240), max_recorded_spikes=30)
    held = []

    def look(*_):
        start = file.time
        held.append(sum(len(sim.spikes(name, start=start)[0]) for name in NAMES))
        for recorder in sim.network.recorders:
            assert sim.recorded(recorder, start=start)[1].nbytes <= recorder.max_bytes

    with sim.stream(tmp_path / "run.h5", flush_every=100.0) as file:
        sim.run(END, progress=look)
    assert max(held) <= 30 + 5
    assert len(held) > 100


def test_the_layout_and_its_units(tmp_path):
    sim = Simulation(network())
    with sim.stream(tmp_path / "run.h5"):
        sim.run(200.0)
    with h5py.File(tmp_path / "run.h5") as file:
        assert set(file["spikes"]) == {"motor", "a%2Fb%25c.", "%2E"}
        assert file["spikes/motor/times"].attrs["units"] == "ms"
        assert file["spikes/motor"].attrs["size"] == 5
        values = file["samples/1/values"]
        assert values.shape == (41, 3, 5)
        assert list(values.attrs["sample_shape"]) == [3, 5]
        assert values.attrs["variable"] == "weights"
        assert values.attrs["target"] == "motor→a/b%c."
        assert values.attrs["units"] == "mV"
        assert file["samples/3/values"].shape == (3,)
        assert json.loads(file.attrs["network"])["seed"] == file.attrs["seed"] == 2**64 - 5
        assert file["time"][()] == 200.0
        assert list(file["rows"])[3:] == [401, 41, 2, 3, 21]
        stored = file.id.get_filesize()
    assert (tmp_path / "run.h5").stat().st_size == stored < 2 * 10**6  # nothing set aside is left


def test_what_was_recorded_before_goes_along(tmp_path):
    sim = whole(300.0)
    with sim.stream(tmp_path / "run.h5") as file:
        assert file.time == 300.0
        sim.run_until(END)
    assert_holds(postdict.read_stream(tmp_path / "run.h5"), whole())


def test_what_is_in_the_file_is_not_in_memory_and_the_error_says_so(tmp_path):
    sim, expected = Simulation(network()), whole()
    path = tmp_path / "run.h5"
    message = rf"before t = 500\.0 ms is in '{path}'.*read_stream.*start=500\.0"
    v = sim.network.recorders[0]
    with sim.stream(path):
        sim.run(500.0)
        for start in (None, 499.0):
            with pytest.raises(RuntimeError, match=message):
                sim.spikes("motor", start=start)
            with pytest.raises(RuntimeError, match=message):
                sim.recorded(v, start=start)
        assert len(sim.spikes("motor", start=500.0)[0]) == 0
    sim.run(500.0)
    with pytest.raises(RuntimeError, match=message):
        sim.spikes("motor")
    assert np.array_equal(sim.spikes("motor", start=500.0), expected.spikes("motor", start=500.0))
    times, values = expected.recorded(v)
    later = times > 500.0
    assert np.array_equal(sim.recorded(v, start=500.0)[0], times[later])
    assert np.array_equal(sim.recorded(v, start=500.0)[1], values[later])
    assert_holds(postdict.read_stream(path), expected, 500.0)


def test_several_streams_one_after_the_other(tmp_path):
    sim, expected = Simulation(network()), whole()
    for k in range(4):
        with sim.stream(tmp_path / f"{k}.h5"):
            sim.run(250.0)
    runs = [postdict.read_stream(tmp_path / f"{k}.h5") for k in range(4)]
    for name in NAMES:
        for k in range(2):
            pieces = [run.spikes(name)[k] for run in runs]
            assert np.array_equal(np.concatenate(pieces), expected.spikes(name)[k])
    for recorder in sim.network.recorders:
        for k in range(2):
            pieces = [run.recorded(recorder)[k] for run in runs]
            assert np.array_equal(np.concatenate(pieces), expected.recorded(recorder)[k])


def test_after_a_stream_a_full_recorder_stops_the_run_until_there_is_another(tmp_path):
    sim = Simulation(network(max_bytes=1600))  # 100 samples of two potentials: 50 ms
    with sim.stream(tmp_path / "one.h5"):
        sim.run(300.0)
    with pytest.raises(RuntimeError, match=r"max_bytes of a recorder is reached at t = 349\.5 ms"):
        sim.run_until(END)
    assert sim.time == 349.5
    sim.save(tmp_path / "state.npz")
    sim = Simulation.load(tmp_path / "state.npz")
    with pytest.raises(RuntimeError, match=r"one\.h5': stream to another"):
        sim.run(1.0)
    with sim.stream(tmp_path / "two.h5"):
        sim.run_until(END)
    assert_equal_state(sim, whole())
    times = postdict.read_stream(tmp_path / "two.h5").recorded(0)[0]
    assert np.array_equal(times, 300.5 + 0.5 * np.arange(1400))


def test_checkpoints_in_mid_stream_hold_what_is_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("postdict.simulation.runner._SLICE", 100)
    sim, expected = Simulation(network()), whole()
    saved = []

    def save(t, *_):
        if t > 400.0 and not saved:
            saved.append((t, file.time))
            sim.save(tmp_path / "state.npz")

    with sim.stream(tmp_path / "one.h5", flush_every=100.0) as file:
        sim.run(300.0)
        small = Simulation.__reduce__(sim)[1][0]
        sim.run_until(END, progress=save)
    ((t, before),) = saved
    assert before == 300.0 < t < END
    loaded = Simulation.load(tmp_path / "state.npz")
    assert loaded.time == t
    with pytest.raises(RuntimeError, match=r"before t = 300\.0 ms is in '.*one\.h5'"):
        loaded.spikes("motor")
    window = {"start": 300.0, "stop": t}
    assert np.array_equal(loaded.spikes("motor", start=300.0), expected.spikes("motor", **window))
    with loaded.stream(tmp_path / "two.h5"):
        loaded.run_until(END)
    assert_equal_state(loaded, expected)
    two = postdict.read_stream(tmp_path / "two.h5")
    assert np.array_equal(two.spikes("motor"), expected.spikes("motor", start=300.0))
    assert Simulation._from_bytes(small)._recordings.moved.before == 300.0


def test_a_checkpoint_with_a_wrong_stream_is_refused():
    sim = whole(10.0)
    for wrong in (("x", -1.0), ("x", np.nan), (3, 1.0)):
        given = Checkpoint(sim._registry, Limits(), sim._core.state(), moved=Moved(*wrong))
        content = given.to_bytes()
        with pytest.raises(CheckpointError):
            Simulation._from_bytes(content)


def test_calls_that_make_no_sense_are_refused(tmp_path, monkeypatch):
    sim = Simulation(network())
    path = tmp_path / "run.h5"

    def stream(*arguments, **options):
        with sim.stream(*arguments, **options):
            pass

    path.write_bytes(b"precious")
    with pytest.raises(FileExistsError, match=r"run\.h5 exists already: stream to a new file"):
        stream(path)
    assert path.read_bytes() == b"precious"
    with pytest.raises(FileNotFoundError):
        stream(tmp_path / "nowhere" / "run.h5")
    with pytest.raises(ValueError, match=r"flush_every must be non-negative, got -1 s"):
        stream(tmp_path / "x.h5", flush_every=-1)
    with sim.stream(tmp_path / "a.h5"):
        with pytest.raises(RuntimeError, match=r"streams to '.*a\.h5' already"):
            stream(tmp_path / "b.h5")
        with pytest.raises(RuntimeError, match="already"):
            sim.run(1.0, progress=lambda *_: stream(tmp_path / "b.h5"))
    with pytest.raises(RuntimeError, match="is running already"):
        sim.run(1.0, progress=lambda *_: stream(tmp_path / "b.h5"))
    assert not (tmp_path / "b.h5").exists()

    monkeypatch.setitem(sys.modules, "h5py", None)
    for call in (lambda: stream(tmp_path / "c.h5"), lambda: postdict.read_stream(path)):
        with pytest.raises(ImportError, match=r"streams need h5py: pip install 'postdict\[hdf5\]'"):
            call()
    monkeypatch.undo()
    sim.run(10.0)


def test_a_network_without_parts_streams(tmp_path):
    sim = Simulation(postdict.Network())
    with sim.stream(tmp_path / "run.h5"):
        sim.run(5.0)
    run = postdict.read_stream(tmp_path / "run.h5")
    assert (run.time, run.populations, run.recorders) == (5.0, (), ())


def test_trials_go_to_a_file_each(tmp_path):
    """Restored while a stream is open, what comes next would lie behind what is in the file."""
    sim = Simulation(network())
    sim.run_until(100.0)
    sim.save(tmp_path / "start.npz")
    with sim.stream(tmp_path / "run.h5"):
        sim.run_until(300.0)
        with pytest.raises(RuntimeError, match=r"streams to '.*run\.h5', which .* end the stream"):
            sim.restore(tmp_path / "start.npz")
        sim.run_until(400.0)
    assert_holds(postdict.read_stream(tmp_path / "run.h5"), whole(400.0))
    for trial in range(2):
        sim.restore(tmp_path / "start.npz")
        with sim.stream(tmp_path / f"{trial}.h5"):
            sim.run_until(300.0)
        assert_holds(postdict.read_stream(tmp_path / f"{trial}.h5"), whole(300.0))
    assert_equal_state(sim, whole(300.0))
