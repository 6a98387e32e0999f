"""Distances of spike trains against Elephant's, on trains of every kind that scores meet."""

import numpy as np
import pytest

from postdict.analysis import population_distance, van_rossum, victor_purpura

pytestmark = pytest.mark.oracle

DURATION = 2000.0  # ms
TRAINS = ["random", "silent", "jittered", "deleted", "bursts"]


@pytest.fixture(scope="module")
def elephant():
    """Distances of a pair of trains, as Elephant has them: (van Rossum, Victor-Purpura)."""
    pytest.importorskip("elephant")
    from elephant import spike_train_dissimilarity as oracle
    from neo import SpikeTrain
    from quantities import ms

    def distances(a, b, tau, cost):
        trains = [SpikeTrain(np.sort(one), units="ms", t_stop=DURATION) for one in (a, b)]
        root = oracle.van_rossum_distance(trains, time_constant=tau * ms)[0, 1]
        moved = oracle.victor_purpura_distance(trains, cost_factor=cost / ms)[0, 1]
        # Elephant's is the root of the integral, so normalised that one spike is 1 from none.
        return 0.5 * root**2, moved

    return distances


def pair(kind, seed):
    """A tutor's train and an answer to it, ms."""
    rng = np.random.default_rng(seed)
    tutor = rng.uniform(0.0, DURATION, rng.integers(1, 40))
    answers = {
        "random": lambda: rng.uniform(0.0, DURATION, rng.integers(1, 40)),
        "silent": lambda: np.empty(0),
        "jittered": lambda: np.clip(tutor + rng.normal(0.0, 3.0, tutor.size), 0.0, DURATION),
        "deleted": lambda: tutor[rng.random(tutor.size) < 0.6],
        "bursts": lambda: np.repeat(tutor, 2) + np.tile([0.0, 0.25], tutor.size),
    }
    answer = answers[kind]()
    return tutor, answer[answer < DURATION]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("kind", TRAINS)
@pytest.mark.parametrize(("tau", "cost"), [(10.0, 0.1), (2.0, 1.0), (200.0, 0.01)])
def test_a_train(elephant, kind, seed, tau, cost):
    a, b = pair(kind, seed)
    rossum, purpura = elephant(a, b, tau, cost)
    assert van_rossum(a, b, tau=tau) == pytest.approx(rossum, rel=1e-9, abs=1e-9)
    assert victor_purpura(a, b, cost=cost) == pytest.approx(purpura, rel=1e-9, abs=1e-9)


def test_a_population(elephant):
    pairs = [pair(TRAINS[seed % len(TRAINS)], seed) for seed in range(20)]
    sides = []
    for which in (0, 1):
        times = [one[which] for one in pairs]
        sides += [
            np.concatenate(times),
            np.repeat(np.arange(len(times)), [len(one) for one in times]),
        ]
    rossum, purpura = np.sum([elephant(a, b, 10.0, 0.1) for a, b in pairs], axis=0)
    n = len(pairs)
    summed = population_distance(lambda a, b: van_rossum(a, b, tau=10.0), *sides, n=n)
    assert summed == pytest.approx(rossum, rel=1e-9)
    summed = population_distance(lambda a, b: victor_purpura(a, b, cost=0.1), *sides, n=n)
    assert summed == pytest.approx(purpura, rel=1e-9)
