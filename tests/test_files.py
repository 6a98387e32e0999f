"""Files are whole or not there, and read without trust; results and their folders."""

import errno
import io
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from postdict import _files
from postdict.lab.result_files import prepare_directory, write
from postdict.lab.results import Result, median_and_range


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "result"
    _files.write_bytes(path, b"old")

    def full(_):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        _files.write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["result"]


def test_equal_arrays_give_equal_bytes_that_numpy_reads(tmp_path):
    arrays = {"a": np.arange(3), "b/c": np.eye(2)}
    content = _files.npz_bytes(arrays)
    assert content == _files.npz_bytes({k: v.copy() for k, v in arrays.items()})
    (tmp_path / "x.npz").write_bytes(content)
    with np.load(tmp_path / "x.npz", allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["b/c"], np.eye(2))
    np.testing.assert_array_equal(_files.read_npz(content)["a"], np.arange(3))


def test_compressed_and_broken_archives_are_refused(tmp_path):
    np.savez_compressed(tmp_path / "x.npz", a=np.zeros(1000))
    with pytest.raises(ValueError, match="compressed"):
        _files.read_npz((tmp_path / "x.npz").read_bytes())
    with pytest.raises(ValueError, match="not a whole"):
        _files.read_npz(b"PK")


def npy(shape, descr="<f8"):
    """Return an .npz with one array that is declared and not there."""
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.npy", b"\x93NUMPY\x01\0" + len(head).to_bytes(2, "little") + head)
    return content.getvalue()


@pytest.mark.parametrize("shape", [f"({10**12},)", f"({10**30},)", f"(0, {10**30})", "(-1,)"])
def test_sizes_that_are_only_declared_are_refused(shape):
    with pytest.raises(ValueError):
        _files.read_npz(npy(shape))


def test_files_that_belong_together_are_all_replaced_or_none(tmp_path, monkeypatch):
    paths = [tmp_path / name for name in ("summary", "arrays", "figure")]
    _files.write_together(dict.fromkeys(paths, b"old"))
    write, written = Path.write_bytes, []

    def fill(path, content):
        written.append(path)
        if len(written) == 3:
            raise OSError("no space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(OSError, match="no space"):
        _files.write_together(dict.fromkeys(paths, b"new"))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "summary": b"old", "arrays": b"old", "figure": b"old",
    }  # fmt: skip


def test_none_of_several_files_is_replaced_before_all_are_on_the_disk(tmp_path, monkeypatch):
    paths = [tmp_path / name for name in ("summary", "arrays")]
    _files.write_together(dict.fromkeys(paths, b"old"))
    synced = []

    def fail(file):
        synced.append(file)
        if len(synced) == 2:
            raise OSError("the disk is gone")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="the disk is gone"):
        _files.write_together(dict.fromkeys(paths, b"new"))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "summary": b"old", "arrays": b"old",
    }  # fmt: skip


def test_a_full_disk_is_told_with_the_file(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match=f"No space left on device: '{tmp_path}/x'"):
        _files.write_bytes(tmp_path / "x", b"")
    with pytest.raises(OSError, match=f"No space left on device: '{tmp_path}/y'"):
        _files.write_together({tmp_path / "y": b"", tmp_path / "z": b""})


def test_a_missing_folder_is_told_with_the_file_and_no_temporary_one(tmp_path):
    with pytest.raises(FileNotFoundError, match=f"No such file or directory: '{tmp_path}/none/x'"):
        _files.write_bytes(tmp_path / "none" / "x", b"")


def test_medians_and_ranges_keep_the_nesting():
    seeds = [{"a": 1.0, "b": {"c": 5, "d": None}}, {"a": 3.0, "b": {"c": 7, "d": 1.0}}]
    median, span = median_and_range(seeds)
    assert median == {"a": 2.0, "b": {"c": 6.0, "d": None}}
    assert span == {"a": [1.0, 3.0], "b": {"c": [5, 7], "d": None}}


def test_results_are_written_with_their_provenance(tmp_path):
    result = Result(
        "test",
        {"n": 3},
        {"error": float("inf"), "undefined": None, "n": np.int64(2)},
        {"x": np.arange(2.0)},
        {"spikes": {"time_ms": np.array([1.5]), "motor": np.array([2])}},
    )

    def draw(result, figure):
        figure.subplots().plot(result.arrays["x"])

    paths = write(result, tmp_path, {"line": ((2.0, 2.0), draw)}, wall_s=1.0).paths
    assert {path.name for path in paths} == {
        "summary.json", "provenance.json", "result.npz", "spikes.csv", "line.png"
    }  # fmt: skip
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary == {
        "experiment": "test", "error": None, "undefined": None, "n": 2, "config": {"n": 3}
    }  # fmt: skip
    assert (tmp_path / "spikes.csv").read_text() == "time_ms,motor\n1.5,2\n"
    provenance = json.loads((tmp_path / "provenance.json").read_text())
    assert {"postdict", "numpy", "python"} <= set(provenance["versions"])
    before = (tmp_path / "line.png").read_bytes()
    write(result, tmp_path, {"line": ((2.0, 2.0), draw)}, wall_s=2.0)
    assert (tmp_path / "line.png").read_bytes() == before


def test_an_output_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="cannot write to the output folder"):
        prepare_directory(tmp_path / "file" / "out")
