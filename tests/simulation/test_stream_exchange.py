"""What a file of a stream holds leaves as a recording does."""

import numpy as np
import pytest

import postdict
from streams import network, whole

pytest.importorskip("h5py")


@pytest.fixture
def run(tmp_path):
    sim = postdict.Simulation(network())
    with sim.stream(tmp_path / "run.h5"):
        sim.run(1000.0)
    return postdict.read_stream(tmp_path / "run.h5")


def test_a_recording_of_a_file_is_that_of_a_simulation(run):
    found, expected = run.recording(), whole().recording()
    assert (found.start, found.stop) == (expected.start, expected.stop) == (0.0, 1000.0)
    assert list(found.spikes) == list(expected.spikes)
    for name, train in expected.spikes.items():
        assert found.spikes[name].size == train.size
        assert np.array_equal(found.spikes[name].times, train.times)
        assert np.array_equal(found.spikes[name].ids, train.ids)
    assert list(found.samples) == list(expected.samples) == list(run.recorders)
    for name, samples in expected.samples.items():
        assert np.array_equal(found.samples[name].times, samples.times)
        assert np.array_equal(found.samples[name].values, samples.values)


def test_a_recorder_is_found_by_its_name(run):
    assert run.recorders[0] == "motor.v"
    for by_name, by_number in zip(run.recorded("motor.v"), run.recorded(0), strict=True):
        assert np.array_equal(by_name, by_number)
    with pytest.raises(ValueError, match=r"recorder.*'motor\.w'"):
        run.recorded("motor.w")
    with pytest.raises(ValueError, match=r"recorder must be in \[0, 5\), got 5"):
        run.recorded(5)


def test_a_file_leaves_as_text(run, tmp_path):
    run.recording().to_csv(tmp_path / "spikes.csv")
    whole().recording().to_csv(tmp_path / "expected.csv")
    assert (tmp_path / "spikes.csv").read_bytes() == (tmp_path / "expected.csv").read_bytes()


def test_a_file_leaves_for_neo(run):
    pytest.importorskip("neo")
    (segment,) = run.to_neo().segments
    assert len(segment.spiketrains) == 9
    assert sum(len(train) for train in segment.spiketrains) == sum(
        len(run.spikes(name)[0]) for name in run.populations
    )


def test_a_file_leaves_for_xarray(run):
    pytest.importorskip("xarray")
    found = run.to_xarray()
    assert np.array_equal(found["motor_times"].values, run.spikes("motor")[0])


def test_a_file_leaves_for_nwb(run, tmp_path):
    pynwb = pytest.importorskip("pynwb")
    run.to_nwb(tmp_path / "run.nwb")
    with pynwb.NWBHDF5IO(tmp_path / "run.nwb", "r") as io:
        assert len(io.read().units) == 9
