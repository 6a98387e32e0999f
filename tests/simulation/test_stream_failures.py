"""Streams that are interrupted, killed or out of space: every datum is left in one place."""

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
from postdict import LIF, Simulation
from postdict.simulation import stream_writer
from streams import END, assert_equal_state, assert_holds, network, whole

pytest.importorskip("h5py")

FOLDER = str(Path(__file__).parents[1])


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_is_raised_inside_leaves_file_and_simulation_whole(tmp_path, error, monkeypatch):
    monkeypatch.setattr("postdict.simulation.runner._SLICE", 100)
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
                here = Path(code.co_filename).name in ("stream_writer.py", "stream_layout.py")
                if here and event == "line" and code.co_name != "set_aside":
                    lines += 1
                    if lines == k + 1 and not interrupted:
                        interrupted = True
                        raise KeyboardInterrupt
                return trace

            sim._core.run_until(80 * 10**9, 10**6)
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
from postdict import Simulation
from postdict.simulation import stream_layout
from streams import network
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
    end = 1.0 + max(run.time, *(run.recorded(k)[0][-1] for k in run.recorders))
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
import postdict
from postdict import Simulation
from postdict.simulation import stream_layout
from streams import NAMES, assert_equal_state, network, whole
stream_layout._ROWS = 32
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
in_memory = 0.0 if sim._recordings.moved is None else sim._recordings.moved.before
sim.run_until(1000.0)
assert_equal_state(sim, expected)
if sim._recordings.moved is None:
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
    append, calls = stream_writer.append, []

    def fail(*arguments):
        calls.append(arguments)
        if len(calls) == 30:  # in the midst of the fourth flush
            raise OSError("a broken disk")
        append(*arguments)

    monkeypatch.setattr(stream_writer, "append", fail)
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
