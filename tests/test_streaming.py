"""Streams: no bit changes, memory stays bounded, and a failure leaves every datum in one place."""

import builtins
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import postdict
from postdict import (
    LIF,
    CheckpointError,
    Simulation,
    checkpoint,
    streaming,
)
from streams import END, NAMES, assert_equal_state, assert_holds, network, whole

h5py = pytest.importorskip("h5py")

FOLDER = str(Path(__file__).parent)


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
    monkeypatch.setattr("postdict.simulation._SLICE", 100)
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
    assert Simulation._from_bytes(small)._moved.before == 300.0


def test_a_checkpoint_with_a_wrong_stream_is_refused():
    sim = whole(10.0)
    for wrong in (("x", -1.0), ("x", np.nan), (3, 1.0), ("x",), 5):
        content = checkpoint.pack(sim._network, sim._limits, sim._core.state(), wrong)
        with pytest.raises(CheckpointError):
            Simulation._from_bytes(content)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_is_raised_inside_leaves_file_and_simulation_whole(tmp_path, error, monkeypatch):
    monkeypatch.setattr("postdict.simulation._SLICE", 100)
    sim = Simulation(network())

    def fail(t, *_):
        if t > 300.0:
            raise error("enough")

    with pytest.raises(error, match="enough"), sim.stream(tmp_path / "run.h5", flush_every=100.0):
        sim.run(END, progress=fail)
    assert 300.0 < sim.time < END
    run = postdict.read_stream(tmp_path / "run.h5")
    assert run.time == sim.time
    expected = whole()
    assert_holds(run, expected, sim.time)
    sim.run_until(END)
    assert_equal_state(sim, expected)


def test_an_interruption_anywhere_in_a_flush_loses_and_doubles_nothing(tmp_path):
    """KeyboardInterrupt at the k-th line that a flush runs, for every k."""
    net = postdict.Network(seed=1)
    net.add_population("cells", 3, LIF(i_offset=1.5, tau_m=5.0))
    net.record("cells", "v", every=0.5)
    expected = whole(100.0, net)
    k, interrupted = 0, True
    while interrupted:
        sim = Simulation(net)
        with sim.stream(tmp_path / f"{k}.h5") as file:
            sim.run(50.0)
            lines, interrupted = 0, False

            def trace(frame, event, _, k=k):
                nonlocal lines, interrupted
                code = frame.f_code
                here = code.co_filename.endswith("postdict/streaming.py")
                if here and event == "line" and code.co_name != "_set_aside":
                    lines += 1
                    if lines == k + 1 and not interrupted:
                        interrupted = True
                        raise KeyboardInterrupt
                return trace

            sim._core.run_until(80.0, 10**6)
            sys.settrace(trace)
            try:
                with suppress(KeyboardInterrupt):
                    file.flush()
            finally:
                sys.settrace(None)
            sim.run_until(100.0)
        run = postdict.read_stream(tmp_path / f"{k}.h5")
        for of_file, of_memory in (
            (run.spikes("cells"), expected.spikes("cells")),
            (run.recorded(0), expected.recorded(net.recorders[0])),
        ):
            assert all(map(np.array_equal, of_file, of_memory))
        k += 1
    assert k > 50


def test_limits_that_streaming_cannot_help_still_hold(tmp_path):
    limits = {"max_pending_spikes": 1}
    sim, expected = Simulation(network(), **limits), Simulation(network(), **limits)
    with pytest.raises(RuntimeError, match="max_pending_spikes = 1 reached"):
        expected.run(END)
    with (
        pytest.raises(RuntimeError, match="max_pending_spikes = 1 reached"),
        sim.stream(tmp_path / "run.h5"),
    ):
        sim.run(END)
    assert_holds(postdict.read_stream(tmp_path / "run.h5"), expected)


CHILD = """
import sys, numpy as np
sys.path.insert(0, sys.argv[1])
from test_streaming import Simulation, network
sim = Simulation(network())
with sim.stream(sys.argv[2], flush_every=0.0):
    sim.run(1e7, progress=lambda t, *_: print(t, flush=True))
"""


@pytest.mark.parametrize("after", [1, 30, 100])
def test_a_killed_run_leaves_a_readable_file(tmp_path, after):
    path = tmp_path / "run.h5"
    command = [sys.executable, "-c", CHILD, FOLDER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        for _ in range(after):
            reached = float(child.stdout.readline())
        live = postdict.read_stream(path)  # while it is being written
        assert live.time >= reached
        assert len(live.spikes("motor")[0]) > 100
        time.sleep(0.01 * np.random.default_rng(after).random())  # anywhere in its work
        os.kill(child.pid, signal.SIGKILL)
        child.stdout.close()
    assert child.returncode == -signal.SIGKILL
    run = postdict.read_stream(path)
    assert run.time >= reached
    end = 1.0 + max(run.time, *(run.recorded(k)[0][-1] for k in range(run.n_recorders)))
    expected = whole(end, network(max_bytes=2**28))
    times, ids = expected.spikes("motor")
    n = len(run.spikes("motor")[0])
    assert n >= np.searchsorted(times, run.time)
    assert np.array_equal(run.spikes("motor")[0], times[:n])
    assert np.array_equal(run.spikes("motor")[1], ids[:n])
    for recorder in expected.network.recorders:
        times, values = run.recorded(recorder)
        assert np.array_equal(times, expected.recorded(recorder)[0][: len(times)])
        assert np.array_equal(values, expected.recorded(recorder)[1][: len(times)])


FULL = """
import resource, sys
sys.path.insert(0, sys.argv[1])
import numpy as np
import postdict, postdict.streaming
from test_streaming import NAMES, Simulation, assert_equal_state, network, whole
postdict.streaming._ROWS = 32
sim, expected = Simulation(network()), whole()
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
failed = False
try:
    with sim.stream(sys.argv[2], flush_every=0.0) as file:
        try:
            while sim.time < 1000.0:
                sim.run(10.0)
        except OSError as error:
            failed = True
            assert sys.argv[2] in str(error), error
            try:
                sim.run(1.0)
            except OSError as error:
                assert "in memory" in str(error), error
except OSError as error:
    failed = True
assert failed
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
in_memory = 0.0 if sim._moved is None else sim._moved.before
sim.run_until(1000.0)
assert_equal_state(sim, expected)
if sim._moved is None:
    for name in NAMES:
        assert np.array_equal(sim.spikes(name), expected.spikes(name))
else:
    run = postdict.read_stream(sys.argv[2])
    assert run.time == in_memory, (run.time, in_memory)
    for name in NAMES:
        both = zip(run.spikes(name), sim.spikes(name, start=in_memory))
        for joined, whole_of_it in zip(map(np.concatenate, both), expected.spikes(name)):
            assert np.array_equal(joined, whole_of_it)
    for recorder in sim.network.recorders:
        both = zip(run.recorded(recorder), sim.recorded(recorder, start=in_memory))
        for joined, whole_of_it in zip(map(np.concatenate, both), expected.recorded(recorder)):
            assert np.array_equal(joined, whole_of_it)
print("in the file:", in_memory)
"""


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="nothing can be set aside")
@pytest.mark.parametrize(("limit", "some_in_file"), [(100, False), (2_150_000, True)])
def test_a_full_disk_leaves_everything_in_one_place(tmp_path, limit, some_in_file):
    command = [sys.executable, "-c", FULL, FOLDER]
    done = subprocess.run(
        [*command, str(tmp_path / "run.h5"), str(limit)],
        capture_output=True,
        text=True,
        timeout=60.0,
    )
    assert done.returncode == 0, done.stderr
    assert (float(done.stdout.removeprefix("in the file: ")) > 0.0) == some_in_file


def test_a_write_that_fails_leaves_everything_in_one_place(tmp_path, monkeypatch):
    sim, expected = Simulation(network()), whole()
    append, calls = streaming._append, []

    def fail(*arguments):
        calls.append(arguments)
        if len(calls) == 30:  # in the midst of the fourth flush
            raise OSError("a broken disk")
        append(*arguments)

    monkeypatch.setattr(streaming, "_append", fail)
    with sim.stream(tmp_path / "run.h5"):
        for _ in range(2):
            sim.run(100.0)
        with pytest.raises(
            OSError, match=r"run\.h5: writing failed, .* in memory \(a broken disk\)"
        ):
            sim.run(100.0)
        with pytest.raises(OSError, match=r"run\.h5: writing failed before; end this stream"):
            sim.run(100.0)
    assert sim.time == 300.0
    run = postdict.read_stream(tmp_path / "run.h5")
    assert run.time == 200.0
    assert_holds(run, expected, 200.0)
    with sim.stream(tmp_path / "another.h5"):
        sim.run_until(END)
    times, ids = postdict.read_stream(tmp_path / "another.h5").spikes("motor")
    assert np.array_equal((times, ids), expected.spikes("motor", start=200.0))


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

    def absent(name, *rest, load=builtins.__import__):
        if name == "h5py":
            raise ImportError(name)
        return load(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
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
    assert (run.time, run.populations, run.n_recorders) == (5.0, (), 0)
