"""Files of streams are hostile until checked."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import postdict
from postdict import Simulation, StreamError
from streams import network

h5py = pytest.importorskip("h5py")

FOLDER = str(Path(__file__).parents[1])


@pytest.fixture(scope="module")
def streamed(tmp_path_factory):
    path = tmp_path_factory.mktemp("streamed") / "run.h5"
    sim = Simulation(network())
    with sim.stream(path):
        sim.run(100.0)
    return path


def replaced(name, **dataset):
    def change(file):
        del file[name]
        file.create_dataset(name, **dataset)

    return change


def unlinked(name):
    return lambda file: file.__delitem__(name)


def linked(name, link):
    def change(file):
        del file[name]
        file[name] = link

    return change


def attribute(name, value):
    return lambda file: file.attrs.__setitem__(name, value)


def virtual(file):
    del file["spikes/motor/times"]
    layout = h5py.VirtualLayout(shape=(9,), dtype="f8")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape=(9,))
    file.create_virtual_dataset("spikes/motor/times", layout)


MANY = {"shape": (10**13,), "dtype": "f8", "chunks": (1000,)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (unlinked("rows"), "rows is missing"),
        (unlinked("spikes"), "spikes/motor/times is missing"),
        (unlinked("spikes/motor/ids"), "spikes/motor/ids is missing"),
        (unlinked("samples/3"), "samples/3/times is missing"),
        (lambda file: file.attrs.__delitem__("network"), "network"),
        (attribute("format", "other"), "not a postdict stream"),
        (attribute("format", 3), "not a postdict stream"),
        (attribute("version", 9), "version 9, this postdict reads 1"),
        (attribute("network", "{"), "Expecting"),
        (attribute("network", "[]"), "indices"),
        (attribute("network", "{}"), "populations"),
        (replaced("rows", data=[1, 2]), r"rows has shape \(2,\)"),
        (replaced("rows", data=np.full(8, -1)), "does not have -1 rows"),
        (replaced("rows", data=np.full(8, 10**12)), "does not have 1000000000000 rows"),
        (replaced("rows", data=np.zeros(8)), "rows has the wrong type"),
        (replaced("spikes/motor/times", data=[b"a"]), "wrong type"),
        (replaced("spikes/motor/times", data=np.zeros((2, 2))), "number of dimensions"),
        (replaced("spikes/motor/times", data=np.zeros(300), compression=1), "not stored plainly"),
        (linked("spikes/motor/times", h5py.ExternalLink("/etc/x.h5", "/x")), "is a link"),
        (linked("spikes/motor/times", h5py.SoftLink("/time")), "is a link"),
        (virtual, "not stored plainly"),
        (linked("spikes/motor/times", 3.0), "wrong type or number of dim"),
    ],
)
def test_hostile_files_are_refused_by_name(streamed, tmp_path, change, message):
    path = tmp_path / "hostile.h5"
    path.write_bytes(streamed.read_bytes())
    with h5py.File(path, "r+") as file:
        change(file)
    with pytest.raises(StreamError, match=rf"hostile\.h5.*{message}"):
        postdict.read_stream(path)


def test_a_claim_of_more_than_the_file_is_refused(streamed, tmp_path):
    path = tmp_path / "hostile.h5"
    path.write_bytes(streamed.read_bytes())
    with h5py.File(path, "r+") as file:
        replaced("spikes/motor/times", **MANY)(file)
        rows = file["rows"][()]
        rows[0] = 10**13
        file["rows"][...] = rows
    with pytest.raises(StreamError, match=r"hostile\.h5.*does not have 10000000000000 rows"):
        postdict.read_stream(path)


def test_what_is_no_hdf5_is_refused_by_name(streamed, tmp_path):
    whole_file = streamed.read_bytes()
    path = tmp_path / "hostile.h5"
    for content in (b"", b"hello", whole_file[:100], whole_file[: len(whole_file) // 2]):
        path.write_bytes(content)
        with pytest.raises(StreamError, match=r"hostile\.h5: not a readable HDF5 file"):
            postdict.read_stream(path)
    with pytest.raises(FileNotFoundError):
        postdict.read_stream(tmp_path / "nothing.h5")
    with h5py.File(path, "w") as file:
        file["x"] = 1
    with pytest.raises(StreamError, match=r"hostile\.h5: not a postdict stream"):
        postdict.read_stream(path)


def test_flipped_bytes_give_an_error_or_other_numbers_and_nothing_worse(streamed, tmp_path):
    rng = np.random.default_rng(6)
    content = streamed.read_bytes()
    path = tmp_path / "hostile.h5"
    for _ in range(300):
        flipped = bytearray(content)
        for place in rng.integers(0, 4000, 4):
            flipped[place] ^= int(rng.integers(1, 256))
        path.write_bytes(flipped)
        with suppress(StreamError):
            run = postdict.read_stream(path)
            run.spikes(run.populations[0])
            run.recorded(0)


def test_reading_refuses_what_is_not_there(streamed):
    run = postdict.read_stream(streamed)
    assert repr(run) == f"StreamedRun({str(streamed)!r}: 100 ms)"
    with pytest.raises(ValueError, match=r"no population is named 'moter'; did you mean 'motor'"):
        run.spikes("moter")
    with pytest.raises(ValueError, match="no population is named None"):
        run.spikes(3)
    with pytest.raises(ValueError, match=r"recorder must be in \[0, 5\), got 5"):
        run.recorded(5)
    with pytest.raises(TypeError, match="recorder must be an integer"):
        run.recorded(1.5)
    times, ids = run.spikes("motor")
    some = (times >= 20.0) & (times < 60.0)
    assert np.array_equal(run.spikes("motor", start=20.0, stop=60.0), (times[some], ids[some]))
    assert len(run.spikes("motor", start=60.0, stop=20.0)[0]) == 0
