"""World matrices: drawn ones, and those in a user's files."""

import re

import numpy as np
import pytest

from postdict.world import check_world, conditioned_world, load_world, sparse_world, tonotopic_world


def rng():
    return np.random.default_rng(3)


def test_sparse_world_has_fan_out_entries_a_motor_neuron():
    world = sparse_world(60, 20, fan_out=6, gain=2.0, rng=rng())
    assert world.shape == (60, 20)
    assert ((world > 0).sum(axis=0) == 6).all()
    assert world[world > 0].min() >= 1.0
    assert world.max() <= 3.0


def test_tonotopic_world_is_harder_the_wider_its_footprints():
    narrow, wide = (
        np.linalg.cond(tonotopic_world(60, 20, overlap=overlap, rng=rng()))
        for overlap in (0.7, 1.0)
    )
    assert 5 < narrow < 12
    assert 12 < wide < 40
    world = tonotopic_world(60, 20, overlap=0.7, gain=2.0, rng=rng())
    assert (np.abs(np.argmax(world, axis=0) - 3 * np.arange(20) - 1) <= 2).all()


@pytest.mark.parametrize("suffix", [".npy", ".csv"])
def test_a_world_file_is_used_as_it_is(tmp_path, suffix):
    world = sparse_world(5, 3, fan_out=5, rng=rng())
    path = tmp_path / f"world{suffix}"
    if suffix == ".npy":
        np.save(path, world)
    else:
        np.savetxt(path, world, delimiter=",")
    np.testing.assert_allclose(load_world(path), world, rtol=1e-15)


def write(path, content):
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("world.csv", b"1,2\n3\n", "is not a matrix of numbers"),
        ("world.csv", b"1,two\n", "is not a matrix of numbers"),
        ("world.csv", b"", "must have sensors and motor neurons"),
        ("world.csv", b"1,nan\n2,3\n", re.escape("must be finite, got nan at [0, 1]")),
        ("world.npy", b"not numpy", "is not a matrix of numbers"),
        ("world.npy", b"", "is not a matrix of numbers"),
        ("world.mat", b"", "must end in .npy or .csv"),
    ],
)
def test_malformed_world_files_are_refused(tmp_path, name, content, message):
    with pytest.raises(ValueError, match=message):
        load_world(write(tmp_path / name, content))


def test_a_pickled_world_is_refused(tmp_path):
    np.save(tmp_path / "world.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="is not a matrix"):
        load_world(tmp_path / "world.npy")


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_world(tmp_path / "world.npy")


def test_silent_sensors_and_unreachable_motor_neurons_are_named():
    world = np.eye(4)
    world[2, 2] = 0.0
    with pytest.warns(UserWarning) as caught:
        check_world(world)
    messages = " ".join(str(warning.message) for warning in caught)
    assert "no motor neuron drives sensor 2" in messages
    assert "no sensor hears motor neuron 2" in messages


def test_fan_out_cannot_exceed_the_sensors():
    with pytest.raises(ValueError, match="fan_out must be at most n_sensor = 4, got 5"):
        sparse_world(4, 2, fan_out=5, rng=rng())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sparse_world(60, 20, rng=1), r"rng must be a numpy.random.Generator, got 1"),
        (lambda: sparse_world(60.5, 20, rng=rng()), r"n_sensor must be an integer, got 60\.5"),
        (lambda: sparse_world(60, 20, gain=np.nan, rng=rng()), "gain must be finite, got nan"),
        (lambda: tonotopic_world(60, 0, rng=rng()), "n_motor must be at least 1, got 0"),
        (lambda: tonotopic_world(60, 20, variation=-1.0, rng=rng()), "variation must be non"),
        (lambda: tonotopic_world(60, 20, rng=None), r"Generator, got None"),
        (lambda: conditioned_world(60, 20, condition=9.0, rng=3), r"Generator, got 3"),
    ],
)
def test_worlds_that_cannot_be_drawn_are_refused(make, message):
    with pytest.raises((TypeError, ValueError), match=message):
        make()
