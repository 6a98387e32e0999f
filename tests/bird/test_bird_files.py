"""Birds that are kept in a file, and files that are not what they say."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from postdict._files import npz_bytes, read_npz
from postdict.bird import posture_grid
from postdict.bird.bird_files import KeptBird, bird_bytes, read_birds
from postdict.experiments.song import Config
from postdict.neurons import LIF

PAGE = (Path(__file__).parents[2] / "docs/errors.md").read_text(encoding="utf-8")
SAID = dict(
    re.findall(r"^\| ((?:a file that holds no )?birds.*?) \| `(.+?)` \|$", PAGE, flags=re.MULTILINE)
)
SINGER = Config(n_motor=3).singer()
SHAPE = (3, SINGER.hearing.n_sensor)


def birds(n=2):
    rng = np.random.default_rng(1)
    return [
        KeptBird(
            7 + k,
            rng.normal(size=SHAPE),
            (0.5, 0.25),
            np.array([0.0, 1e3]),
            rng.normal(size=(2, 3)),
            np.array([0.0, 500.0]),
            rng.normal(size=(2, *SHAPE)).astype(np.float32).astype(np.float64),
        )
        for k in range(n)
    ]


@pytest.fixture
def kept(tmp_path):
    path = tmp_path / "bird.npz"
    path.write_bytes(bird_bytes(birds(), SINGER, {"eta": 1e-4}))
    return path


def test_birds_come_back_as_they_were(kept):
    found = read_birds(kept, SINGER)
    assert [bird.seed for bird in found] == [7, 8]
    for before, after in zip(birds(), found, strict=True):
        np.testing.assert_array_equal(before.weights, after.weights)
        np.testing.assert_array_equal(before.history, after.history)
        np.testing.assert_array_equal(before.stages, after.stages)
        np.testing.assert_array_equal(before.young, after.young)
        assert before.rates == after.rates
    assert kept.read_bytes() == bird_bytes(birds(), SINGER, {"eta": 1e-4})


def test_birds_of_another_voice_or_ear_are_refused_by_name(kept):
    deaf = replace(SINGER, hearing=replace(SINGER.hearing, gain=3.0))
    with pytest.raises(ValueError, match=r"another ear: gain is 20.0 there and 3.0 here; let new"):
        read_birds(kept, deaf)
    slow = replace(SINGER, sensor=LIF(tau_m=20.0, reset="by"))
    with pytest.raises(ValueError, match=r"another ear: tau_sensor is 10.0 there and 20.0 here"):
        read_birds(kept, slow)
    other = replace(SINGER, gestures=replace(posture_grid(3), duration=9.0))
    with pytest.raises(ValueError, match=r"another voice: duration is 8.0 there and 9.0 here"):
        read_birds(kept, other)
    syrinx = Config(voice="syrinx", n_motor=3).singer()
    with pytest.raises(ValueError, match=r"bird\.npz holds birds with another voice: oversampling"):
        read_birds(kept, syrinx)


def changed(kept, **arrays):
    found = {**read_npz(kept.read_bytes()), **arrays}
    kept.write_bytes(npz_bytes({k: v for k, v in found.items() if v is not None}))


def test_birds_of_before_there_were_stages_have_none(kept):
    changed(kept, stages=None, young=None)
    found = read_birds(kept, SINGER)
    assert [bird.young.shape for bird in found] == [(0, *SHAPE)] * 2
    np.testing.assert_array_equal(found[0].weights, birds()[0].weights)


def with_header(kept, change):
    header = json.loads(bytes(read_npz(kept.read_bytes())["header"]))
    changed(kept, header=np.frombuffer(json.dumps({**header, **change}).encode(), np.uint8))


def test_another_version_is_refused_by_name(kept):
    with_header(kept, {"version": 99})
    with pytest.raises(ValueError, match="holds birds of version 99, this is version 1"):
        read_birds(kept, SINGER)


@pytest.mark.parametrize("what", sorted(SAID))
def test_what_the_page_of_errors_says_is_said(kept, what):
    singer = SINGER
    if what == "birds of another version":
        with_header(kept, {"version": 99})
    elif what == "birds of another ear":
        singer = replace(SINGER, hearing=replace(SINGER.hearing, gain=3.0))
    elif what == "birds of another voice":
        singer = replace(SINGER, gestures=replace(posture_grid(3), duration=9.0))
    elif what == "a file that holds no birds":
        with_header(kept, {"format": "a nest"})
    else:
        assert what == "birds of which a weight is missing"
        changed(kept, weights=None)
    with pytest.raises(ValueError, match=re.escape(SAID[what])) as caught:
        read_birds(kept, singer)
    assert str(caught.value) == f"{kept} {SAID[what]}"


def test_the_page_of_errors_has_files_of_birds():
    assert len(SAID) == 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no file of birds"),
        (b"RIFF" * 9, "is no file of birds"),
        (npz_bytes({"weights": np.ones(3)}), "is no file of birds"),
        (npz_bytes({"header": np.frombuffer(b"{", np.uint8)}), "is no file of birds"),
        (npz_bytes({"header": np.frombuffer(b"[1]", np.uint8)}), "does not say that it is one"),
        (npz_bytes({"header": np.ones(3) * np.nan}), "is no file of birds"),
    ],
)
def test_what_is_no_file_of_birds_is_refused(tmp_path, content, message):
    path = tmp_path / "bird.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_birds(path, SINGER)
    with pytest.raises(OSError, match=r"none\.npz"):
        read_birds(tmp_path / "none.npz", SINGER)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"weights": None}, "its weights are missing, or not what they must be"),
        ({"weights": np.full((2, *SHAPE), np.nan)}, "its weights are missing"),
        ({"weights": np.full((2, *SHAPE), 1e9)}, r"a weight is above 1e\+06 mV"),
        ({"weights": np.ones((2, 3, 4))}, "its weights are missing"),
        ({"weights": np.ones((2, *SHAPE), np.int64)}, "its weights are missing"),
        ({"seeds": np.zeros(0, np.int64)}, "it holds 0 birds"),
        ({"seeds": np.array([7, 7])}, "it holds 2 birds, which are not 1 to 1000 of different"),
        ({"seeds": np.zeros(2)}, "its seeds are missing"),
        ({"rates": np.ones(2)}, "its rates are missing"),
        ({"history": np.ones((2, 5, 3))}, "its history are missing"),
        ({"young": None}, "its young are missing"),
        ({"young": np.full((2, 2, *SHAPE), np.inf)}, "its young are missing"),
        ({"stages": np.ones(3)}, "its young are missing"),
        ({"stages": np.ones((2, 2))}, "its stages are missing"),
    ],
)
def test_a_damaged_file_is_refused(kept, arrays, message):
    changed(kept, **arrays)
    with pytest.raises(ValueError, match=message):
        read_birds(kept, SINGER)


def test_a_file_that_is_cut_off_anywhere_is_refused(kept):
    content = kept.read_bytes()
    for n in range(0, len(content), 997):
        kept.write_bytes(content[:n])
        with pytest.raises(ValueError, match="is no file of birds"):
            read_birds(kept, SINGER)
