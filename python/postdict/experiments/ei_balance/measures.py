"""What `ei-balance` measures of a network: its operating state, currents and tuning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..._types import Floats, Integers, Spikes
from ...analysis import (
    ei_correlation,
    isi_cv,
    lifetime_sparseness,
    low_passed,
    pairwise_correlation,
    population_sparseness,
)
from ...lab.results import Nested
from ...lab.stages import Stage
from .config import Stimuli
from .cortex import Cortex

SETTLING = 1e3  # ms at the start of each measurement that count for nothing
BIN = 50.0  # ms, of spike counts for correlations and sparseness
EVERY = 1.0  # ms between samples of currents
LOW_PASS = 10.0  # ms, of the currents
MAX_LAG = 50.0  # ms
BEFORE, AFTER = 50.0, 250.0  # ms about the onset of a stimulus that count as evoked
WITHIN = 0.25  # of the target rate
STEEPNESS, CLOSE, LOOKS = 5.0, 0.03, 12  # of the search for a factor of weights


@dataclass(frozen=True)
class Currents:
    """Low-passed currents of recorded cells, and how they are correlated."""

    excitation: Floats  # (T, n) mV, of the ongoing part
    inhibition: Floats  # (T, n) mV, with the sign of excitation
    lags: Floats  # (n_lags,) ms
    within: Floats  # (n_lags, n) of a cell's own currents, ongoing
    evoked: Floats  # (n_lags, n) the same in trials of the cell's own group
    pairs: dict[str, Floats]  # (n_lags,) medians over pairs, by "kind_partner_when"


@dataclass(frozen=True)
class Measured:
    """The operating state of one frozen network."""

    rates: Floats  # (n_excitatory,) Hz
    cv: Floats  # (n_excitatory,)
    spikes: Spikes  # of the excitatory cells, ongoing
    currents: Currents
    metrics: Nested


def ongoing_and_evoked(
    cortex: Cortex,
    weights: Floats | float,
    recorded: Integers,
    *,
    target: float,
    ongoing: float,
    stimuli: Stimuli,
    stream: int,
    stage: Stage,
) -> Measured:
    """Measure without stimuli for a time, and then with them.

    Parameters
    ----------
    cortex : Cortex
    weights : array (n_synapses,) or float
        From I to E, mV.
    recorded : array of int
        Cells of E whose currents, and pairs whose spikes, are compared; by group, equally many.
    target : float
        Hz.
    ongoing : float
        ms, from `SETTLING` on.
    stimuli : Stimuli
        With onsets that count from the end of that.
    stream : int
        Of the input.
    stage : Stage
    """
    stop = SETTLING + ongoing
    shifted = Stimuli(stop + stimuli.onsets, stimuli.groups, stimuli.duration, stimuli.gain)
    end = float(shifted.onsets[-1]) + AFTER if len(stimuli.onsets) else stop
    run = cortex.simulation(
        end, weights, stream=stream, stimuli=shifted, recorded=recorded, every=EVERY
    )
    run.until(end, stage)
    simulation, config = run.simulation, cortex.config
    times, ids = simulation.spikes("E", start=SETTLING, stop=stop)
    n, seconds = config.n_excitatory, 1e-3 * ongoing
    rates = np.bincount(ids, minlength=n) / seconds
    n_inhibitory = len(simulation.spikes("I", start=SETTLING, stop=stop)[0])
    cv = isi_cv(times, ids, n=n, start=SETTLING, stop=stop)
    chosen = np.isin(ids, recorded)
    pairs = pairwise_correlation(
        times[chosen],
        np.searchsorted(recorded, ids[chosen]),
        n=len(recorded),
        start=SETTLING,
        stop=stop,
        bin_width=BIN,
    )
    groups = config.groups(n)[recorded]
    same = groups[:, None] == groups
    sparse = {
        f"{name}_sparseness": measure(times, ids, n=n, start=SETTLING, stop=stop, bin_width=BIN)
        for name, measure in (
            ("lifetime", lifetime_sparseness),
            ("population", population_sparseness),
        )
    }
    sample_times, excitation = simulation.recorded(run.recorders[0])
    _, inhibition = simulation.recorded(run.recorders[1])
    currents = _currents(sample_times, excitation, -inhibition, groups, stop, shifted)
    metrics = {
        "rate": float(rates.mean()),
        "rate_inhibitory": n_inhibitory / (config.n_inhibitory * seconds),
        "share_within": float(np.mean(np.abs(rates / target - 1.0) <= WITHIN)),
        "rate_sd": float(rates.std()),
        "cv": _mean(cv),
        "share_with_cv": float(np.isfinite(cv).mean()),
        "pairwise": _mean(pairs),
        "pairwise_same_group": _mean(pairs[same]),
        "pairwise_other_group": _mean(pairs[~same]),
        **sparse,
        "excitation": float(currents.excitation.mean()),
        "inhibition": float(currents.inhibition.mean()),
        "ongoing": peaks(currents.lags, currents.within),
        "evoked": peaks(currents.lags, currents.evoked),
        "pairs": {
            name: float(np.max(curve)) if np.isfinite(curve).all() else None
            for name, curve in currents.pairs.items()
        },
    }
    return Measured(rates, cv, (times, ids), currents, metrics)


def _currents(
    times: Floats,
    excitation: Floats,
    inhibition: Floats,
    groups: Integers,
    stop: float,
    stimuli: Stimuli,
) -> Currents:
    e, i = (low_passed(x, every=EVERY, tau=LOW_PASS) for x in (excitation, inhibition))
    during = (times >= SETTLING) & (times < stop)
    neighbour, stranger = partners(groups)
    curves: dict[str, Floats] = {}
    lags, within = _correlated(e[during], i[during])
    evoked = np.full((len(lags), e.shape[1]), np.nan)
    pairs = {
        f"{kind}_{who}_evoked": np.full((len(lags), e.shape[1]), np.nan)
        for kind in ("ei", "ee", "ii")
        for who in ("same_group", "other_group")
    }
    for who, partner in (("same_group", neighbour), ("other_group", stranger)):
        for kind, a, b in (("ei", e, i), ("ee", e, e), ("ii", i, i)):
            curve = _correlated(a[during], b[during][:, partner])[1]
            curves[f"{kind}_{who}_ongoing"] = _median(curve)
    for group in np.unique(groups):
        onsets = stimuli.onsets[stimuli.groups == group]
        cells = groups == group
        first = np.searchsorted(times, onsets - BEFORE - 1e-9)
        samples = first[:, None] + np.arange(round((BEFORE + AFTER) / EVERY))
        if not len(onsets):
            continue
        evoked[:, cells] = _correlated(e[samples][..., cells], i[samples][..., cells])[1]
        for who, partner in (("same_group", neighbour), ("other_group", stranger)):
            for kind, a, b in (("ei", e, i), ("ee", e, e), ("ii", i, i)):
                pairs[f"{kind}_{who}_evoked"][:, cells] = _correlated(
                    a[samples][..., cells], b[samples][..., partner[cells]]
                )[1]
    curves.update({name: _median(curve) for name, curve in pairs.items()})
    return Currents(e[during], i[during], lags, within, evoked, curves)


def _correlated(e: Floats, i: Floats) -> tuple[Floats, Floats]:
    return ei_correlation(e, i, every=EVERY, max_lag=MAX_LAG)


def _median(curves: Floats) -> Floats:
    known = np.isfinite(curves).all(axis=0)
    if not known.any():
        return np.full(len(curves), np.nan)
    return np.asarray(np.median(curves[:, known], axis=1))


def partners(groups: Integers) -> tuple[Integers, Integers]:
    """Return another cell of the same group, and one of the group across, for each cell.

    Parameters
    ----------
    groups : array (n,)
        Of each cell, rising, equally many of each.
    """
    n, per_group = len(groups), int((groups == groups[0]).sum())
    place = np.arange(n)
    neighbour = place - place % per_group + (place + 1) % per_group
    across = (n // per_group) // 2 * per_group
    return neighbour, (place + across) % n


def peaks(lags: Floats, correlation: Floats) -> Nested:
    """Return the height and lag (ms) of the peaks over cells: medians and quartiles.

    Parameters
    ----------
    lags : array (n_lags,)
    correlation : array (n_lags, n)
        Cells with nan are left out.
    """
    known = np.isfinite(correlation).all(axis=0)
    if not known.any():
        return dict.fromkeys(("median", "low", "high", "lag", "lag_low", "lag_high"))
    heights = correlation[:, known].max(axis=0)
    at = lags[correlation[:, known].argmax(axis=0)]
    low, median, high = np.quantile(heights, (0.25, 0.5, 0.75))
    lag_low, lag, lag_high = np.quantile(at, (0.25, 0.5, 0.75))
    return {
        "median": float(median),
        "low": float(low),
        "high": float(high),
        "lag": float(lag),
        "lag_low": float(lag_low),
        "lag_high": float(lag_high),
    }


def tuning_profiles(cortex: Cortex, weights: Floats) -> Floats:
    """Return the inhibition of each cell by group (n_excitatory, n_groups), mV.

    The weights onto it, each shared out over the groups that its inhibitory cell hears.
    """
    config = cortex.config
    heard = config.profile()[config.groups(config.n_inhibitory)]  # (n_inhibitory, n_groups)
    result = np.empty((config.n_excitatory, config.n_groups))
    for group in range(config.n_groups):
        result[:, group] = np.bincount(
            cortex.ie.post, weights * heard[cortex.ie.pre, group], config.n_excitatory
        )
    return result


def tuning(cortex: Cortex, weights: Floats) -> Floats:
    """Return each cell's correlation, over groups, of its inhibition and its excitation (n,).

    nan where all groups inhibit it equally.
    """
    config = cortex.config
    inhibition = tuning_profiles(cortex, weights)
    excitation = config.profile()[config.groups(config.n_excitatory)]
    a = inhibition - inhibition.mean(axis=1, keepdims=True)
    b = excitation - excitation.mean(axis=1, keepdims=True)
    size = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    result = np.full(len(a), np.nan)
    np.divide((a * b).sum(axis=1), size, out=result, where=size > 0.0)
    return result


def shuffled_by_cell(cortex: Cortex, weights: Floats, seed: int) -> Floats:
    """Return the weights permuted among the synapses of each excitatory cell."""
    rng = np.random.default_rng([seed, 0x5F])
    post = cortex.ie.post
    result = np.empty_like(weights)
    result[np.argsort(post, kind="stable")] = weights[np.lexsort((rng.random(len(post)), post))]
    return result


def factor_for_rate(rate: Callable[[float], float], target: float, most: float) -> float | None:
    """Return the factor, from 1/most to most, by which weights make a network fire at a rate.

    `rate` of the factor (Hz) falls, about as its power -`STEEPNESS`. None where the rate is not
    reached, to a share of `CLOSE`, in `LOOKS` looks.
    """
    factor = 1.0
    for _ in range(LOOKS):
        found = rate(factor)
        if abs(found / target - 1.0) <= CLOSE:
            return factor
        change = (max(found, 0.1 * target) / target) ** (1.0 / STEEPNESS)
        factor *= min(change, 1.5)
        if not 1.0 / most <= factor <= most:
            return None
    return None


def _mean(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None
