"""The balance of motor neurons that hear themselves: what it predicts of c and b."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ... import analysis, theory
from ..._types import Floats, Spikes
from ...loop.circuit import LoopParameters
from ...plasticity import AntisymmetricSTDP
from ...simulation import ProgressCallback
from .._shared.lone_neurons import SETTLING, autocorrelation, hears_itself, mean_rate


def drives(
    spikes: Spikes, rule: AntisymmetricSTDP, delay: float, n: int, duration: float
) -> tuple[float, float]:
    """Return c_ii / r and c_ik / r (mV), means included: what learning balances to zero."""
    own = theory.own_drive(
        rule.window, delay, rate=0.0, autocorrelation=autocorrelation(spikes, n, duration)
    )
    times = spikes[0][spikes[0] >= SETTLING]
    pooled_ids = np.zeros(len(times), dtype=np.int64)
    potentiation, depression = analysis.fluxes(
        times + delay,
        pooled_ids,
        times,
        pooled_ids,
        n_pre=1,
        n_post=1,
        eta=rule.eta,
        A_plus=rule.A_plus,
        A_minus=rule.A_minus,
        tau_plus=rule.tau_plus,
        tau_minus=rule.tau_minus,
        start=SETTLING,
        stop=duration,
    )
    pooled = float(potentiation[0, 0] - depression[0, 0]) / max(len(times), 1)
    return own, (pooled - own) / (n - 1)


def balanced(
    parameters: LoopParameters,
    rules: Sequence[AntisymmetricSTDP],
    uniforms: Sequence[float],
    scales: Floats,
    *,
    n: int,
    duration: float,
    seed: int,
    progress: ProgressCallback,
) -> tuple[list[tuple[float | None, float]], Floats]:
    """Predict (c, b) of each rule from motor neurons that hear themselves and one another.

    c is where a neuron's own drive vanishes. Where the window has an area, the drive between
    neurons must vanish too: two values of b, the linear one (`uniforms`) and 0.8 of it, are
    simulated and b is interpolated. The drive of the first rule over `scales` is returned as well.
    """

    def sweep(uniform: float) -> list[Spikes]:
        return [
            hears_itself(parameters, (float(c), uniform), n, duration, seed, progress)
            for c in scales
        ]

    alone = [
        (mean_rate(spikes, n, duration), autocorrelation(spikes, n, duration))
        for spikes in sweep(0.0)
    ]
    found: list[tuple[float | None, float]] = []
    curve = np.zeros(len(scales))
    for k, (rule, uniform) in enumerate(zip(rules, uniforms, strict=True)):
        if abs(uniform) < 1e-6:
            own = np.array(
                [
                    theory.own_drive(rule.window, parameters.delay, rate=rate, autocorrelation=auto)
                    for rate, auto in alone
                ]
            )
            if k == 0:
                curve = own
            found.append((theory.balanced_scale(scales, own), 0.0))
            continue
        ends = []
        for b in (uniform, 0.8 * uniform):
            own, other = _curves(sweep(b), rule, parameters.delay, n, duration)
            c = theory.balanced_scale(scales, own - other)
            if c is not None:
                ends.append((b, c, float(np.interp(c, scales, other))))
        if len(ends) < 2:
            found.append((None, uniform))
            continue
        (b1, c1, f1), (b2, c2, f2) = ends
        step = -f1 / (f2 - f1)
        found.append((c1 + step * (c2 - c1), b1 + step * (b2 - b1)))
    return found, curve


def _curves(
    sweep: Sequence[Spikes], rule: AntisymmetricSTDP, delay: float, n: int, duration: float
) -> tuple[Floats, Floats]:
    values = np.array([drives(spikes, rule, delay, n, duration) for spikes in sweep])
    return values[:, 0], values[:, 1]
