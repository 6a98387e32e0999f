"""The claims of `theory`, at full size."""

from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from postdict.experiments import theory
from postdict.experiments.theory.config import BALANCED


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
