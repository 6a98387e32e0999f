"""The claims of the experiments: small here, at full size with `pytest -m slow`."""

from dataclasses import replace

import pytest

from postdict.experiments import inverse_model


def f1(summary, *path):
    for key in path:
        summary = summary[key]
    return min(summary["imitation_f1"].values()), min(summary["imitation_f1_noisy"].values())


def test_a_tenth_of_the_learning_inverts_already():
    config = replace(inverse_model.Config().quick(), song_duration=1e4, seeds=1)
    summary = inverse_model.run(config).summary
    assert summary["specific_inverse_error"] < 0.3
    clean, noisy = f1(summary)
    assert clean > 0.98
    assert noisy > 0.93
    assert f1(summary, "controls", "transpose")[0] < 0.85
    assert f1(summary, "controls", "shuffled")[0] < 0.25
    assert f1(summary, "controls", "reversed_window")[0] < 0.25
    assert summary["motor_rate_after"] < 0.7 * summary["motor_rate_before"]
    carrying = [summary[f"imbalance_{when}"]["carrying"] for when in ("before", "after")]
    assert carrying[1] < 0.5 * carrying[0]


@pytest.mark.slow
def test_inverse_model_at_full_size():
    summary = inverse_model.run(inverse_model.Config()).summary
    assert summary["specific_inverse_error"] <= 0.15
    assert summary["mode_spread"] <= 1.5
    clean, noisy = f1(summary)
    assert clean >= 0.99
    assert noisy >= 0.96
    for rate, value in summary["imitation_f1"].items():
        assert summary["controls"]["transpose"]["imitation_f1"][rate] <= value - 0.15
        assert summary["controls"]["shuffled"]["imitation_f1"][rate] <= 0.25
    assert summary["motor_rate_after"] <= 0.7 * summary["motor_rate_before"]


@pytest.mark.slow
def test_inverse_model_of_a_badly_conditioned_world():
    summary = inverse_model.run(inverse_model.Config(world="tonotopic")).summary
    clean, noisy = f1(summary)
    assert clean >= 0.99
    assert noisy >= 0.90
    pinv = summary["controls"]["pinv"]
    for metric in ("imitation_f1", "imitation_f1_noisy"):
        for rate, value in summary[metric].items():
            assert value > pinv[metric][rate]
