"""The experiment `inverse-model`: a small run has learned already."""

from dataclasses import replace

import pytest

from postdict.experiments.inverse_model import Config, run


@pytest.mark.slow
def test_a_tenth_of_the_learning_inverts_already():
    config = replace(Config().quick(), song_duration=1e4, seeds=1)
    summary = run(config).summary
    assert summary["specific_inverse_error"] < 0.3
    assert min(summary["imitation_f1"].values()) > 0.98
    assert min(summary["imitation_f1_noisy"].values()) > 0.93
    for name, bound in (("transpose", 0.85), ("shuffled", 0.25), ("reversed_window", 0.25)):
        assert min(summary["controls"][name]["imitation_f1"].values()) < bound
    assert summary["motor_rate_after"] < 0.7 * summary["motor_rate_before"]
    carrying = [summary[f"imbalance_{when}"]["carrying"] for when in ("before", "after")]
    assert carrying[1] < 0.5 * carrying[0]
