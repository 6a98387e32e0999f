"""The mean drift: where it ends, at which rates, how modes grow."""

import numpy as np
import pytest

from postdict.theory import LinearTheory, fixed_point, modes, relaxation

RNG = np.random.default_rng(3)
RESPONSE = RNG.normal(size=(9, 5))


def test_the_drift_ends_at_the_fixed_point_and_modes_relax_at_their_rates():
    theory = LinearTheory(rate=10.0, own=-0.3, kappa=1.0, mirror=0.25, area=0.0)
    noise = 20.0
    s = np.linalg.svd(RESPONSE, compute_uv=False)
    step = 0.05 / theory.mode_rates(s, noise).max()  # s
    weights, amplitudes = np.zeros((5, 9)), []
    for _ in range(3000):
        product = weights @ RESPONSE
        amplitudes.append(modes(product, RESPONSE))
        drive = theory.own * np.eye(5) + theory.kappa * product - theory.mirror * product.T
        weights -= step * (theory.rate * drive @ RESPONSE.T + noise * theory.kappa * weights)
    ridge = theory.ridge(noise)
    np.testing.assert_allclose(weights, fixed_point(RESPONSE, theory.scale, ridge=ridge), atol=1e-9)
    times = step * np.arange(3000)
    for rate, amplitude, mode in zip(
        theory.mode_rates(s, noise), np.array(amplitudes).T, s, strict=True
    ):
        end, found = relaxation(times, amplitude)
        assert found == pytest.approx(rate, rel=0.03)  # Euler steps
        assert end == pytest.approx(theory.scale * mode**2 / (mode**2 + ridge), rel=1e-3)


def test_growth_is_exponential_where_all_couplings_are_equal():
    theory = LinearTheory(rate=10.0, own=-0.3, kappa=1e-3, mirror=2e-4, area=0.0)
    s = np.linalg.svd(RESPONSE, compute_uv=False)
    times = np.linspace(0.0, 2e6, 101)  # ms
    expected = theory.scale * -np.expm1(-1e-3 * times[:, None] * theory.mode_rates(s))
    np.testing.assert_allclose(theory.growth(RESPONSE, times), expected, rtol=0.05, atol=0.5)
    weak = theory.growth(RESPONSE, times[:3], self_coupling=1e-4)
    assert weak[2].sum() > theory.growth(RESPONSE, times[:3])[2].sum()
