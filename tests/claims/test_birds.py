"""The claims of the experiments with birds, at full size."""

from dataclasses import replace

import numpy as np
import pytest

from postdict.bird import Gestures, Syrinx, sing
from postdict.bird.sound_files import normalised, wav_bytes
from postdict.experiments import mirror_offset, song


@pytest.mark.slow
def test_the_mirror_offset_tells_the_causal_from_the_predictive_inverse():
    config = replace(mirror_offset.Config().quick(), delays=(20.0,), stretches=(1.0,), seed=200)
    summary = mirror_offset.run(config).summary
    assert summary["claims"]["20"] == dict.fromkeys(summary["claims"]["20"], True)
    found = summary["over_delay"]["20"]
    assert min(found["random"]["imitation_f1"].values()) >= 0.9
    assert max(found["stereotyped"]["imitation_f1"].values()) <= 0.4
    own = found["stereotyped"]["own_song_f1"]
    assert own["at_zero"] > 0.7 > 0.3 > own["at_delay"]
    low, high = summary["pooled"]["20"]["mixed"]["interval"]
    assert summary["pooled"]["20"]["stereotyped"]["interval"][1] < low
    assert high < summary["pooled"]["20"]["random"]["interval"][0]
    # A random mapping has no offset, and a motif that can be inhibited away teaches the causal one.
    assert found["shuffled"]["offset_sd"] > 5.0
    assert found["random"]["offset_sd"] < 1.0
    assert found["no_floor"]["offset"] > 10.0
    assert found["first_drift"]["correlation"] > 0.95
    assert found["rate_model_random"]["imitation_f1"]["4"] > 0.95
    assert found["rate_model_stereotyped"]["imitation_f1"]["4"] < 0.4


@pytest.mark.slow
def test_a_bird_imitates_its_own_voice_and_as_far_as_it_reaches_another(tmp_path):
    # The other voice is slower and sings other gestures; half of the babbling is enough.
    rng = np.random.default_rng(4)
    stranger = Gestures(rng.uniform(0.1, 0.25, 10), rng.uniform(0.05, 0.5, 10))
    onsets = 20.0 + 35.0 * np.arange(40)
    foreign = sing(
        stranger, onsets, rng.integers(0, 10, 40), duration=1450.0, organ=Syrinx(gamma=3.4e4)
    )
    (tmp_path / "foreign.wav").write_bytes(wav_bytes(normalised(foreign.sound), 20_000.0))
    config = replace(song.Config(voice="syrinx").quick(), tutor_file=str(tmp_path / "foreign.wav"))
    summary = song.run(config).summary
    own, tutor = summary["own"], summary["tutors"]["foreign"]
    assert own["f1_10ms"] >= 0.9
    assert own["correlation"] >= 0.85
    assert own["pitch_error"] < 0.05
    for name in ("transpose", "shuffled", "untrained"):
        assert own["controls"][name]["f1_10ms"] < own["f1_10ms"] - 0.2, name
        assert own["controls"][name]["correlation"] < own["correlation"] - 0.2, name
    shuffled = tutor["controls"]["shuffled"]["correlation"]
    assert tutor["correlation"] > shuffled + 0.1
    assert (tutor["correlation"] - shuffled) / (tutor["oracle"]["correlation"] - shuffled) >= 0.4


@pytest.mark.slow
def test_a_bird_with_a_dense_repertoire_is_recognised_by_its_pieces(tmp_path):
    # Of a voice that is not its own, as a recording is not; no recording of others is shipped.
    rng = np.random.default_rng(5)
    stranger = Gestures(rng.uniform(0.1, 0.25, 10), rng.uniform(0.05, 0.5, 10))
    onsets = 20.0 + 35.0 * np.arange(40)
    foreign = sing(
        stranger, onsets, rng.integers(0, 10, 40), duration=1450.0, organ=Syrinx(gamma=3.4e4)
    )
    (tmp_path / "foreign.wav").write_bytes(wav_bytes(normalised(foreign.sound), 20_000.0))
    config = replace(song.Config().quick(), tutor_file=str(tmp_path / "foreign.wav"))
    summary = song.run(config).summary
    recognised, mean = summary["recognised"], summary["mean"]
    assert recognised["learned"]["identified"] >= 0.6
    assert recognised["shuffled"]["identified"] <= recognised["learned"]["identified"] - 0.2
    assert mean["learned"]["correlation"] > mean["shuffled"]["correlation"] + 0.15
    assert mean["learned"]["correlation"] < mean["oracle"]["correlation"]
    own = summary["own"]
    assert own["correlation"] > own["controls"]["shuffled"]["correlation"] + 0.2
