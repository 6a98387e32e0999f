"""What checkpoints of an experiment hold: one state a running simulation, and what was read."""

import numpy as np
import pytest

from postdict import LIF, Network, Simulation
from postdict.lab import checkpoints
from postdict.lab.checkpoints import Keeper, Stopped
from postdict.lab.runs import run_bounded, run_for_spikes
from postdict.lab.stages import Stage
from postdict.simulation.checkpoint import CheckpointError


def network():
    net = Network(seed=3)
    cells = net.add_population("cells", 4, LIF())
    net.add_poisson("noise", cells, rate=2000.0, weight=0.1)
    return net, cells


def stage(folder, *, resume=False, every=0.0, report=None):
    return Stage("a", report=report, keeper=Keeper(folder, {}, every=every, resume=resume))


def in_parts(progress, calls=None):
    """Return the spikes of three parts, each read and dropped at its end."""
    net, cells = network()
    sim = Simulation(net)

    def read(k):
        times, ids = sim.spikes(cells, start=100.0 * k)
        sim.set_recording(cells, start=100.0 * (k + 1))
        if calls is not None:
            calls.append(k)
        return {"times": times, "ids": ids}

    return run_bounded(sim, cells, 300.0, n_parts=3, read=read, progress=progress)


def same(found, expected):
    assert len(found) == len(expected)
    for part, wanted in zip(found, expected, strict=True):
        assert set(part) == set(wanted)
        for name in part:
            np.testing.assert_array_equal(part[name], wanted[name])


def names(folder):
    return sorted(path.name.rpartition("-")[0] for path in folder.rglob("*.npz"))


def test_a_simulation_that_has_ended_leaves_what_was_read_and_is_not_run_again(tmp_path):
    expected = in_parts(False)
    same(in_parts(stage(tmp_path)), expected)
    assert names(tmp_path) == ["found-a-1", "found-a-2", "found-a-3"]
    calls = []
    same(in_parts(stage(tmp_path, resume=True), calls), expected)
    assert calls == []


@pytest.mark.parametrize("at", [10.0, 110.0, 250.0, 299.0])
def test_one_state_is_kept_and_the_parts_before_it_are_not_run_again(tmp_path, at):
    def give_up(_, t, *__):
        if t >= at:
            raise Stopped

    with pytest.raises(Stopped):
        in_parts(stage(tmp_path, report=give_up))
    states = [name for name in names(tmp_path) if not name.startswith("found")]
    assert len(states) == 1
    calls = []
    same(in_parts(stage(tmp_path, resume=True), calls), in_parts(False))
    assert calls == list(range(int(at // 100.0), 3))


def test_states_without_what_was_read_are_taken_up_as_version_0_1_left_them(tmp_path):
    net, cells = network()
    sim = Simulation(net)
    reads = []

    def after_part():
        reads.append(sim.spikes(cells, start=100.0 * len(reads)))
        sim.set_recording(cells, start=100.0 * len(reads))

    run_bounded(sim, cells, 300.0, n_parts=3, after_part=after_part, progress=stage(tmp_path))
    assert names(tmp_path) == ["a-1", "a-2", "a-3"]
    same(in_parts(stage(tmp_path, resume=True)), in_parts(False))
    assert len(reads) == 3


def test_what_does_not_fit_is_run_again_to_the_same_bits(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "BOUND", 10)
    same(in_parts(stage(tmp_path)), in_parts(False))
    assert names(tmp_path) == []
    net, cells = network()
    run_bounded(Simulation(net), cells, 300.0, n_parts=3, progress=stage(tmp_path))
    assert names(tmp_path) == []
    same(in_parts(stage(tmp_path, resume=True)), in_parts(False))


def test_spikes_alone_are_kept_as_spikes(tmp_path):
    net, cells = network()
    (expected,) = run_for_spikes(Simulation(net), [cells], 200.0)
    for resume in (False, True):
        (found,) = run_for_spikes(
            Simulation(net), [cells], 200.0, progress=stage(tmp_path, resume=resume)
        )
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(found[1], expected[1])
    assert found[1].dtype == np.int64


def test_a_damaged_file_is_named(tmp_path):
    in_parts(stage(tmp_path))
    (path,) = tmp_path.rglob("found-a-2-*.npz")
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(CheckpointError, match=r"found-a-2-.*remove it to run this simulation"):
        in_parts(stage(tmp_path, resume=True))
    path.unlink()
    same(in_parts(stage(tmp_path, resume=True)), in_parts(False))


def test_nothing_is_made_before_the_first_checkpoint_and_old_ones_stay_till_then(tmp_path):
    in_parts(stage(tmp_path))
    before = names(tmp_path)
    in_parts(stage(tmp_path, every=1e3))
    assert names(tmp_path) == before
    keeper = Keeper(tmp_path, {}, every=1e3, resume=False)
    assert keeper.holds_any and not keeper.has_saved
    keeper.claim()
    assert names(tmp_path) == []
    in_parts(stage(tmp_path / "other", every=1e3))
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("asked", [True, False])
def test_a_full_disk_ends_what_nobody_asked_for_and_not_the_run(tmp_path, monkeypatch, asked):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints._files, "write_bytes", full)
    keeper = Keeper(tmp_path, {}, every=0.0, resume=False, asked=asked)
    if asked:
        with pytest.raises(OSError, match="No space left"):
            in_parts(Stage("a", keeper=keeper))
    else:
        with pytest.warns(
            UserWarning, match=r"no checkpoints from here on: .*No space left"
        ) as caught:
            same(in_parts(Stage("a", keeper=keeper)), in_parts(False))
        assert len(caught) == 1
