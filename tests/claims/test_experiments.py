"""The claims of the experiments: small here, at full size with `pytest -m slow`."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from postdict.bird import Gestures, Syrinx, sing
from postdict.bird.sound_files import normalised, wav_bytes
from postdict.experiments import (
    adaptation,
    detailed_balance,
    ei_balance,
    imitation,
    inverse_model,
    mirror_offset,
    negative_image,
    pendulum,
    scaling,
    song,
    sparse_activity,
    theory,
)
from postdict.experiments.scaling.cuts import CUTS
from postdict.experiments.theory.config import BALANCED


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
def test_theory_predicts_c_modes_and_ridge_and_draws_them():
    config = replace(
        theory.Config().quick(), delays="31", seeds=1, perturbations=1, imposed_duration=6e4
    )
    result = theory.run(config)
    summary = result.summary
    for windows in summary["scale"].values():
        cell = windows[BALANCED]["31"]
        assert cell["c_balanced"] == pytest.approx(cell["c_seen"], rel=0.2)
        assert 0.0 < cell["c_linear"] < cell["c_seen"]
    modes = summary["modes"]
    assert modes["decay_exponent"] == pytest.approx(2.0, abs=0.4)
    assert modes["decay_ratio"] == pytest.approx(1.0, abs=0.35)
    assert modes["decay_spread"] < 0.5 * modes["decay_spread_one_rate"]
    ridge = summary["ridge"]["40"]
    assert ridge["lambda_fitted"] == pytest.approx(ridge["lambda_predicted"], rel=0.5)
    assert ridge["misfit_predicted"] < min(ridge["misfit_pinv"], ridge["misfit_transpose"])
    figure = Figure(figsize=(11.0, 9.5))
    theory.draw(result, figure)
    assert [ax.get_title(loc="left") for ax in figure.axes] == list("abcdefghij")
    assert all(ax.get_xlabel() and ax.get_ylabel() for ax in figure.axes)
    assert dict(theory.headline(result))["balance of a lone neuron: signs of c right"]


@pytest.mark.slow
def test_theory_at_full_size():
    summary = theory.run(theory.Config()).summary
    # c from the drive of a lone neuron that hears itself: right in sign, and in size.
    balanced = summary["claims"]["balanced"]
    assert balanced["signs_compared"] >= 60
    assert balanced["signs_wrong"] == []
    for limits in ("seen_over_predicted_25_to_35_ms", "the_same_where_c_is_below_0.2"):
        low, high = balanced[limits]
        assert low >= 0.8
        assert high <= 1.2
    # The linear theory has the signs where the window has no area, and not the size.
    linear = summary["claims"]["linear"]
    assert all("A- 0.7" in wrong for wrong in linear["signs_wrong"])
    assert linear["seen_over_predicted_25_to_35_ms"][0] > 1.2
    modes = summary["modes"]
    assert modes["specific_inverse_error"] <= 0.15
    assert modes["specific_inverse_error_shuffled"] > 2.0
    assert modes["c_seen"] == pytest.approx(modes["c_balanced"], rel=0.2)
    assert modes["decay_exponent"] == pytest.approx(2.0, abs=0.2)
    assert modes["decay_ratio"] == pytest.approx(1.0, abs=0.2)
    assert modes["decay_spread"] < 0.3 * modes["decay_spread_one_rate"]
    for noise in ("10", "40", "160"):
        ridge = summary["ridge"][noise]
        assert ridge["lambda_fitted"] == pytest.approx(ridge["lambda_predicted"], rel=0.25)
        assert ridge["misfit_predicted"] < 0.8 * min(
            ridge["misfit_pinv"], ridge["misfit_transpose"]
        )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"delays": "11 x"}, "delays must be numbers in ms, got '11 x'"),
        ({"delays": " "}, "delays must name at least one delay, got none"),
        ({"delays": "1 11"}, "delays must be above 1 ms, the synapse's own, got 1 ms"),
        ({"n_sensor": 10}, "n_sensor must be at least n_motor = 20, got 10"),
        ({"fan_out": 61}, "fan_out must be at most n_sensor = 60, got 61"),
    ],
)
def test_theory_refuses(settings, message):
    with pytest.raises(ValueError, match=message):
        theory.Config(**settings)


@pytest.mark.slow
def test_fluxes_balance_synapse_by_synapse_and_follow_from_the_correlograms():
    summary = detailed_balance.run(detailed_balance.Config()).summary
    spread = summary["spread"]
    assert spread["imbalance_before"]["carrying"][0] > 0.25
    assert spread["imbalance_after"]["carrying"][1] < 0.05
    assert spread["imbalance_after"]["rest"][1] < 0.05
    assert spread["while_learning"]["last_window"]["carrying"][1] < 0.05
    for name, control in summary["controls"].items():
        assert control["motor_rate"] == pytest.approx(summary["motor_rate_after"], rel=0.1)
        assert control["imbalance"]["carrying"] >= 0.15, name
        # With the transpose one world of five comes to 0.14.
        assert spread["controls"][name]["imbalance"]["carrying"][0] > 0.1, name
    areas = summary["areas"]
    assert (
        areas["before"]["carrying"]["potentiation"]
        < 0.7 * areas["before"]["carrying"]["depression"]
    )
    for kind in ("carrying", "rest"):
        sides = areas["after"][kind]
        assert sides["potentiation"] == pytest.approx(sides["depression"], rel=0.05)
    for seen in ("starts", "first_window"):
        assert spread["drift"][seen]["correlation"][0] >= 0.95
    assert 0.85 < summary["drift"]["starts"]["slope"] < 1.0


@pytest.mark.slow
def test_unheard_songs_are_imitated_through_noise():
    # Of two worlds: an easy one, and one whose matrix has a condition number near 20.
    config = replace(
        imitation.Config().quick(), seeds=1, rates=(1.0, 4.0, 8.0), song_duration=2e4,
        jitters=(), deletions=(), background_rates=(),
    )  # fmt: skip
    worlds = imitation.run(config).summary["worlds"]
    assert worlds["hard"]["condition_number_of_world"] > 15

    def f1_at(world, decoder, song):
        return [one["f1"] for one in worlds[world]["decoders"][decoder][song].values()]

    for world, clean, noisy in (("default", 0.98, 0.94), ("hard", 0.97, 0.88)):
        assert min(f1_at(world, "learned", "clean")) > clean
        assert min(f1_at(world, "learned", "noisy")) > noisy
        assert max(f1_at(world, "transpose", "noisy")) < 0.8
        assert max(f1_at(world, "shuffled", "clean")) < 0.25
        assert max(f1_at(world, "untrained", "clean")) == 0.0
    hard, variants = worlds["hard"]["decoders"], worlds["hard"]["variants"]
    learned = hard["learned"]["practice_f1"]
    assert learned > hard["pinv"]["practice_f1"] + 0.02
    # Who knows the matrix but not what spiking sensors make of it is behind at any lambda.
    assert learned > variants["ridge_of_world"]["practice_f1"] + 0.01
    assert learned > variants["pinv_of_world"]["practice_f1"] + 0.1


@pytest.mark.slow
def test_an_inverse_is_learned_through_an_environment_of_gymnasium():
    pytest.importorskip("gymnasium")
    summary = pendulum.run(pendulum.Config(seeds=3, seed=50)).summary
    controls, spread = summary["controls"], summary["spread"]
    assert spread["imitation_f1"][0] > 0.88
    assert spread["torque_correlation"][0] > 0.97
    assert summary["imitation_f1"] > controls["physics"]["imitation_f1"] - 0.01
    assert summary["imitation_f1"] > controls["transpose"]["imitation_f1"] + 0.03
    assert spread["controls"]["shuffled"]["imitation_f1"][1] < 0.5
    assert controls["untrained"]["imitation_f1"] == 0.0


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
def test_the_inverse_follows_a_world_that_changes_or_drifts_where_it_is_plastic():
    summary = adaptation.run(adaptation.Config().quick()).summary
    spread, off = summary["spread"], summary["controls"]["plasticity_off"]
    for name, on in spread["changes"].items():
        assert on["imitation_f1"][0] > 0.95, name
        imbalance = spread["controls"]["plasticity_off"][name]["imbalance_last"]
        if name != "none":
            assert on["imbalance_last"][1] < 0.2 * imbalance[0], name
    assert spread["controls"]["plasticity_off"]["permutation"]["imitation_f1"][1] < 0.3
    for name in ("permutation", "gain_0.7", "silent"):
        assert off[name]["recovery_time"] is None
        at_once = spread["changes"][name]["at_once"]
        assert spread["changes"][name]["specific_inverse_error"][1] < (
            0.7 * at_once["specific_inverse_error"][0]
        )
        assert summary["recovery_exponent"][name] == pytest.approx(-1.0, abs=0.25)
    # A delay is not in the weights: nothing is lost, and c becomes what belongs to it.
    assert spread["controls"]["plasticity_off"]["delay"]["imitation_f1"][0] > 0.95
    assert summary["changes"]["delay"]["scale"] < 0.85 * off["delay"]["scale"]
    slow, fast = summary["drift"]["by_turn"].values()
    assert slow["imitation_f1"] > 0.9 > fast["imitation_f1"] > 0.5
    assert summary["drift"]["frozen"]["imitation_f1"] < 0.3
    assert slow["lag"] == pytest.approx(fast["lag"], rel=0.4)


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
def test_two_hundred_motor_neurons_learn_their_inverse():
    config = scaling.Config(
        axes="none", n_motor=200, n_sensor=600, duration=1e5, measure_duration=5e4, seeds=1
    )
    summary = scaling.run(config).summary
    assert summary["f1_1hz"] >= 0.95
    assert summary["time_to_learn"] < 5e4
    assert summary["controls"]["shuffled"]["f1_1hz"] <= 0.25


@pytest.mark.slow
def test_a_spread_of_20_ms_needs_sensors_that_hear_it():
    base = scaling.Config(axes="none", duration=4e5, song_spikes=200.0, seeds=1, seed=5)
    strong, default = (
        scaling.run(CUTS[name].at(base, 20.0)).summary for name in ("spread_strong", "spread")
    )
    assert strong["f1_1hz"] >= 0.95
    assert strong["f1_4hz"] >= 0.95
    assert strong["controls"]["shuffled"]["f1_1hz"] <= 0.25
    assert default["f1_1hz"] <= 0.9
    assert default["spikes_per_motor_spike"] < 0.3 * strong["spikes_per_motor_spike"]


@pytest.mark.slow
def test_inhibition_may_lag_only_by_as_much_as_the_excitation_is_weak():
    base = scaling.Config(axes="none", duration=4e5, song_spikes=200.0, seeds=1, seed=5)
    early, late = (scaling.run(CUTS["lag"].at(base, lag)).summary for lag in (0.1, 0.5))
    assert early["f1_1hz"] >= 0.95
    assert early["specific_inverse_error"] < 0.3
    assert late["ran_away"] or late["f1_1hz"] < 0.25
    jumps = replace(
        base, inhibition_lag=0.1, excitation=0.1
    )  # voltage jumps: nothing undoes a spike
    broken = scaling.run(jumps).summary
    assert broken["ran_away"] or broken["f1_1hz"] < 0.25


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


@pytest.mark.slow
def test_a_bird_imitates_its_own_voice_and_as_far_as_it_reaches_another(tmp_path):
    # The other voice is slower and sings other gestures; half of the babbling is enough.
    rng = np.random.default_rng(4)
    stranger = Gestures(rng.uniform(0.1, 0.25, 10), rng.uniform(0.05, 0.5, 10))
    onsets = 20.0 + 35.0 * np.arange(40)
    foreign = sing(
        stranger, onsets, rng.integers(0, 10, 40), duration=1450.0, syrinx=Syrinx(gamma=3.4e4)
    )
    (tmp_path / "foreign.wav").write_bytes(wav_bytes(normalised(foreign.sound), 20_000.0))
    config = replace(
        song.Config().quick(), tutor_file=str(tmp_path / "foreign.wav"), oracle_trials=50
    )
    summary = song.run(config).summary
    own, tutor = summary["own"], summary["tutor"]
    assert own["f1_10ms"] >= 0.9
    assert own["correlation"] >= 0.85
    assert own["pitch_error"] < 0.05
    for name in ("transpose", "shuffled", "untrained"):
        assert own["controls"][name]["f1_10ms"] < own["f1_10ms"] - 0.2, name
        assert own["controls"][name]["correlation"] < own["correlation"] - 0.2, name
    assert tutor["correlation"] > tutor["controls"]["shuffled"] + 0.1
    assert tutor["share_of_oracle"] >= 0.4
