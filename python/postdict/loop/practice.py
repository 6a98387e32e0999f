"""A bird that practises chooses how it learns: by songs of its own, through the noise it lives in.

Sensor spikes that no motor spike caused are Tikhonov's regularisation of the learned inverse, and
stopping early is Landweber's (see the theory). Neither needs more than the loop: practice learns
with several levels of such spikes, looks at several moments, and keeps what imitates the practice
song best. No song that is tested is heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .. import _checks
from .._types import Floats
from ..analysis import inverse_quality
from ..plasticity import Rule
from ..simulation import ProgressCallback
from ..world.stepped import AnyWorld
from .circuit import LoopParameters
from .learning import learn
from .unseen_songs import ImitationDecoder, ImitationTest

HALVINGS = 5  # how often the time of learning is halved, to find when to stop


@_checks.brief
@dataclass(frozen=True, eq=False)
class Practice:
    """What practice chose.

    Parameters
    ----------
    weights : array (n_motor, n_sensor)
        Effective weights W = E - w where learning was stopped, mV.
    decoder : ImitationDecoder
        They with the gain and lower bound that imitate the practice song best.
    spontaneous_rate : float
        Hz, of sensor spikes that no motor spike caused, while this was learned.
    moment : float
        ms, when learning was stopped.
    spontaneous_rates : array (n_rates,)
        Hz, that were tried.
    moments : array (n_moments,)
        ms, that were looked at.
    practice_f1 : array (n_rates, n_moments)
        How well each imitates the practice song: mean of clean and noisy.

    Examples
    --------
    `practise` makes them:

    >>> import numpy as np
    >>> import postdict
    >>> rule = postdict.AntisymmetricSTDP(eta=2e-3, A_minus=0.7)
    >>> world, parameters = 2.0 * np.eye(2), LoopParameters()
    >>> test = ImitationTest(world, parameters, rates=[4.0], duration=5e3)
    >>> practice = practise(world, parameters, rule, test, world, duration=1e4, seed=1)
    >>> practice.moment in practice.moments
    True
    """

    weights: Floats
    decoder: ImitationDecoder
    spontaneous_rate: float
    moment: float
    spontaneous_rates: Floats
    moments: Floats
    practice_f1: Floats


def practise(
    world: AnyWorld,
    parameters: LoopParameters,
    rule: Rule,
    test: ImitationTest,
    response: Floats,
    *,
    duration: float,
    seed: int,
    spontaneous_rates: Sequence[float] = (0.0, 1.0, 2.0),
    anneal: float = 0.2,
    progress: bool | ProgressCallback = False,
) -> Practice:
    """Learn with several levels of spontaneous sensor spikes, and stop each where it is best.

    Parameters
    ----------
    world : array (n_sensor, n_motor), LinearWorld, SteppedWorld or World
    parameters : LoopParameters
        Its own `spontaneous_rate` is not used.
    rule : Rule
        Of the inhibition.
    test : ImitationTest
        Of whose songs the practice song alone is heard.
    response : array (n_sensor, n_motor)
        G, which says of what size weights are; see `Exploration.response`.
    duration : float
        ms, the longest time of learning. It is halved up to five times.
    seed : int
        Of the exploration.
    spontaneous_rates : sequence of float
        Levels that are tried, Hz a sensor.
    anneal : float
        The learning rate falls to so many times that of the rule, see `learn`.
    progress : bool, callable or Stage
        As `learn` has it.

    Returns
    -------
    Practice
        Of equals the lower rate and the earlier moment.

    Raises
    ------
    ValueError, TypeError
        No level, or a negative one; what `learn` refuses.

    Examples
    --------
    >>> import numpy as np
    >>> import postdict
    >>> rule = postdict.AntisymmetricSTDP(eta=2e-3, A_minus=0.7)
    >>> world, parameters = 2.0 * np.eye(2), LoopParameters()
    >>> test = ImitationTest(world, parameters, rates=[4.0], duration=5e3)
    >>> practice = practise(world, parameters, rule, test, world, duration=1e4, seed=1)
    >>> practice.practice_f1.shape
    (3, 6)
    """
    rates = [_checks.number("spontaneous_rates", r, "Hz", at_least=0.0) for r in spontaneous_rates]
    if not rates:
        raise ValueError("spontaneous_rates must name at least one rate, got none")
    duration = _checks.number("duration", duration, "ms", above=0.0)
    moments = duration * 0.5 ** np.arange(HALVINGS, -1.0, -1.0)
    tried: list[list[tuple[ImitationDecoder, Floats]]] = []
    for rate in rates:
        learned = learn(
            world,
            replace(parameters, spontaneous_rate=rate),
            rule,
            duration=duration,
            seed=seed,
            sample_times=moments.tolist(),
            anneal=anneal,
            progress=progress,
        )
        at_moments = [parameters.excitation - inhibition for inhibition in learned.inhibition]
        tried.append([(_chosen(test, weights, response), weights) for weights in at_moments])
    scores = np.array([[decoder.practice_f1 for decoder, _ in row] for row in tried])
    level, place = np.unravel_index(np.argmax(scores), scores.shape)
    decoder, weights = tried[level][place]
    return Practice(
        weights,
        decoder,
        rates[level],
        float(moments[place]),
        np.array(rates),
        moments,
        scores,
    )


def _chosen(test: ImitationTest, weights: Floats, response: Floats) -> ImitationDecoder:
    return test.choose(weights, inverse_quality(weights, response).scale or 1.0)
