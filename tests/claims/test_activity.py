"""The claims on sparse activity, negative images and the balance of a cortex, at full size."""

from dataclasses import replace

import pytest

from postdict.experiments import ei_balance, negative_image, sparse_activity


@pytest.mark.slow
def test_learning_makes_motor_activity_sparse_and_less_predictable():
    # Of the map, the chosen point and its control without a mean are enough.
    config = sparse_activity.Config(delays=(), ratios=())
    summary = sparse_activity.run(config).summary
    assert summary["regime"] == {"sparse inverse": config.seeds}
    assert summary["motor_rate_change"] <= -0.3
    assert summary["lifetime_sparseness_after"] < 0.6 * summary["lifetime_sparseness_before"]
    deviation = summary["potential_deviation"]
    assert deviation["after"] < 0.5 * deviation["before"]
    for one in summary["per_seed"]:
        controls = one["controls"]
        assert one["predictable_variance_change"] < -0.03
        # Uniform inhibition alone makes sparse, but not less predictable; the inverse alone makes
        # less predictable, but not sparse; and without learning nothing changes.
        assert controls["shuffled"]["predictable_variance_change"] > 0.0
        assert controls["no_mean"]["motor_rate_change"] > 0.0
        assert abs(controls["untrained"]["predictable_variance_change"]) < 0.02
        assert abs(controls["untrained"]["motor_rate_change"]) < 0.05


@pytest.mark.slow
def test_relays_learn_the_negative_image_and_the_reversed_window_does_not():
    config = replace(negative_image.Config().quick(), probe_trials=4000)
    summary = negative_image.run(config).summary
    worst = summary["spread"]["rules"]
    for name in ("unequal_sides", "causal", "vogels"):
        assert worst[name]["residual"][1] <= 0.25  # of each target: eta is four times the default
        assert worst[name]["residual_mean"][1] <= 0.1
        assert worst[name]["extinction"]["image_gain"][1] <= 0.15
        assert worst[name]["renewal"]["image_correlation"][1] <= -0.93
    for name, limits in worst.items():
        assert limits["residual_mean"][1] <= 0.2, name
        assert limits["image_correlation"][1] <= -0.93, name
        assert max(map(abs, limits["novel"]["attenuation"])) < 0.1, name
        assert limits["renewal"]["residual_mean_first"][0] > 1.0, name
    for name in ("causal", "vogels"):
        assert worst[name]["residual"][1] <= 0.2
    controls = summary["spread"]["controls"]
    assert controls["reversed_window"]["residual"][0] > 1.5
    assert controls["untrained"]["residual"][0] > 0.95
    bursts = summary["bursts"]["4"]
    assert bursts["residual"] < 0.5
    assert bursts["residual_uniform"] > 0.8


@pytest.mark.slow
def test_inhibition_learns_to_follow_excitation_and_hides_an_assembly():
    # A fifth of the network; both antisymmetric rules stand for the others.
    config = replace(ei_balance.Config().quick(), seeds=1, seed=7, ratios=(0.7, 1.0))
    summary = ei_balance.run(config).summary
    before, after, shuffled = (
        summary["before"],
        summary["after"],
        summary["controls"]["shuffled"],
    )
    assert after["share_within"] >= 0.8
    assert after["cv"] >= 0.8
    assert after["pairwise"] <= 0.05
    assert shuffled["share_within"] < 0.3
    for when in ("ongoing", "evoked"):
        # Quartiles over cells do not overlap.
        assert after[when]["low"] > max(before[when]["high"], shuffled[when]["high"])
        assert 0.0 <= after[when]["lag_low"] <= after[when]["lag_high"] <= 10.0
    assert after["ongoing"]["median"] > 0.7
    # The same mean inhibition, but for the rates of the cells that it comes from.
    assert shuffled["inhibition"] == pytest.approx(after["inhibition"], rel=0.2)
    assembly = summary["assembly"]
    for hidden in ("balanced", "restored"):
        assert assembly[hidden]["assembly"] == pytest.approx(assembly[hidden]["rest"], rel=0.3)
    for shown, factor in (("stored", 2.5), ("lowered", 2.5), ("lowered_all", 1.5)):
        assert assembly[shown]["assembly"] > factor * assembly[shown]["rest"]
    assert assembly["lowered_others"]["others"] < 0.5 * assembly["lowered"]["assembly"]
    rules = summary["rules"]
    for ratio in ("0.7", "1"):
        # Antisymmetric STDP does not hold the rate, and correlates less at equal rate.
        assert rules[f"uniform_antisymmetric_{ratio}"]["ei"] < rules["uniform_vogels"]["ei"] - 0.2
    assert rules["learned_antisymmetric_0.7"]["rate"] < 0.7 * config.target_rate
    assert rules["learned_antisymmetric_1"]["rate"] > 1.2 * config.target_rate
