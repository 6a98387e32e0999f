"""A user's song in a file: as spikes of either side; what is refused."""

import numpy as np
import pytest

from postdict.loop import load_tutor

SIZES = {"n_motor": 3, "n_sensor": 5}


def load(tmp_path, text, name="tutor.csv"):
    path = tmp_path / name
    path.write_text(text)
    return load_tutor(path, **SIZES)


def test_a_csv_of_motor_spikes_is_sorted(tmp_path):
    tutor = load(tmp_path, "time_ms,motor\n42.5,2\n3,0\n")
    assert tutor.kind == "motor"
    assert tutor.duration == 42.5
    np.testing.assert_array_equal(tutor.spikes[0], [3.0, 42.5])
    np.testing.assert_array_equal(tutor.spikes[1], [0, 2])


def test_an_npz_of_sensor_spikes(tmp_path):
    path = tmp_path / "tutor.npz"
    np.savez(path, time_ms=[1.0, 52.0], sensor=[4, 0])
    tutor = load_tutor(path, **SIZES)
    assert tutor.kind == "sensor"
    np.testing.assert_array_equal(tutor.spikes[1], [4, 0])


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("time_ms,motor\n1,3\n", ValueError, r"ids must be in \[0, 3\), got 3 at \[0\]"),
        ("time_ms,motor\n-1,0\n", ValueError, "times must be non-negative"),
        ("time_ms,motor\nnan,0\n", ValueError, "must be finite"),
        ("time_ms,motor\n1,0.5\n", ValueError, "ids must be integers"),
        ("time_ms,motor\n1\n", ValueError, "rows differ in length"),
        ("time_ms,motor\n1,x\n", ValueError, "cannot be read as a table of numbers"),
        ("time_ms,motor\n", ValueError, "at least one spike"),
        ("t,motor\n1,0\n", ValueError, "must have the columns time_ms and motor"),
        ("time_ms,motor,sensor\n1,0,0\n", ValueError, "must have the columns"),
    ],
)
def test_malformed_tutors_are_refused(tmp_path, text, error, message):
    with pytest.raises(error, match=message):
        load(tmp_path, text)


def test_other_kinds_of_files_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must end in .csv or .npz"):
        load(tmp_path, "", "tutor.txt")
    with pytest.raises(ValueError, match="cannot be read"):
        load(tmp_path, "not a zip", "tutor.npz")


def test_a_song_in_seconds_is_suspected(tmp_path):
    with pytest.warns(UserWarning, match="times are in ms, did you mean s"):
        load(tmp_path, "time_ms,motor\n0.05,2\n1.2,0\n")
