"""postdict against the same network in numpy on a 0.1 ms grid: first the answers, then the time.

python benchmarks/bench_pure_python.py              # proves, then times: about 2 minutes
pytest benchmarks/bench_pure_python.py              # proves a little, times nothing
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import exact_loop
import numpy as np
import pure_python
from pure_python import Floats, Result

WORLD = pure_python.random_world(1)
FAST_ETA = 1e-3  # mV; the proofs learn twenty times faster than the default, to see an inverse
LARGEST_DIFFERENCE = 2.0  # of two means, in units of the seed-to-seed sd


def prove_equal_on_the_grid(duration: float) -> str:
    """Give both the same kicks on the grid: all spikes must be equal, weights to 1e-12 mV."""
    kicks = pure_python.poisson_kicks(duration, seed=11)
    reference = pure_python.simulate(WORLD, duration=duration, eta=FAST_ETA, kicks=kicks)
    engine = exact_loop.run(WORLD, duration=duration, eta=FAST_ETA, kicks=kicks, dt=0.1)
    for one, other in ((engine.motor, reference.motor), (engine.sensor, reference.sensor)):
        np.testing.assert_allclose(one[0], other[0], rtol=0.0, atol=1e-6)
        np.testing.assert_array_equal(one[1], other[1])
    np.testing.assert_allclose(engine.weights, reference.weights, rtol=0.0, atol=1e-12)
    return (
        f"{len(engine.motor[0])} motor and {len(engine.sensor[0])} sensor spikes equal one by one, "
        f"weights to {np.abs(engine.weights - reference.weights).max():.0e} mV"
    )


def answers(result: Result, duration: float) -> dict[str, float]:
    """Return what a user would read off a run of `duration` (ms)."""
    product = (pure_python.EXCITATION - result.weights) @ WORLD  # (motor, motor)
    return {
        "motor rate (Hz)": 1e3 * len(result.motor[0]) / (pure_python.N_MOTOR * duration),
        "sensor rate (Hz)": 1e3 * len(result.sensor[0]) / (pure_python.N_SENSOR * duration),
        "mean inhibition (mV)": result.weights.mean(),
        "sd of inhibition (mV)": result.weights.std(),
        "diagonal of WA": np.diag(product).mean(),
        "off-diagonal of WA": product[~np.eye(len(product), dtype=bool)].mean(),
    }


def prove_equal_on_average(duration: float, n_seeds: int) -> None:
    """Give each its own noise: means over seeds must agree within the seed-to-seed spread.

    postdict runs ten times as many seeds, which cost it little, so that its own mean is known well.
    """
    runs = {
        "postdict": _answers_by_seed(exact_loop.run, duration, 10 * n_seeds),
        "numpy": _answers_by_seed(pure_python.simulate, duration, n_seeds),
    }
    print(f"{'mean and sd over seeds':24}{'postdict':>20}{'numpy':>20}  difference / sd")
    for quantity in runs["numpy"][0]:
        engine, reference = (np.array([a[quantity] for a in of]) for of in runs.values())
        spread = np.sqrt(0.5 * (engine.var(ddof=1) + reference.var(ddof=1)))
        difference = (reference.mean() - engine.mean()) / spread
        columns = [f"{x.mean():.5f} +- {x.std(ddof=1):.5f}" for x in (engine, reference)]
        print(f"{quantity:24}{columns[0]:>20}{columns[1]:>20}  {difference:+.2f}")
        if not abs(difference) < LARGEST_DIFFERENCE:
            raise SystemExit(f"the answers differ in the {quantity}; nothing was timed")


def _answers_by_seed(
    simulate: Callable[..., Result], duration: float, n_seeds: int
) -> list[dict[str, float]]:
    return [
        answers(simulate(WORLD, duration=duration, eta=FAST_ETA, seed=seed), duration)
        for seed in range(n_seeds)
    ]


def timed(simulate: Callable[..., Result], duration: float, seed: int) -> tuple[float, float]:
    """Return wall and processor seconds of a run, from its set-up to its results."""
    wall, processor = time.perf_counter(), time.process_time()
    simulate(WORLD, duration=duration, seed=seed)
    return time.perf_counter() - wall, time.process_time() - processor


def time_in_turns(duration: float, n_rounds: int) -> tuple[Floats, Floats]:
    """Return the (round, wall and processor) seconds of postdict and of numpy, run in turns."""
    engine, reference = [], []
    for seed in range(n_rounds):
        engine.append(timed(exact_loop.run, duration, seed))
        reference.append(timed(pure_python.simulate, duration, seed))
    return np.array(engine), np.array(reference)


def test_same_kicks_give_the_same_spikes() -> None:
    prove_equal_on_the_grid(5e3)


def test_own_noise_gives_the_same_rates() -> None:
    engine = answers(exact_loop.run(WORLD, duration=20e3), 20e3)
    reference = answers(pure_python.simulate(WORLD, duration=20e3), 20e3)
    for rate in ("motor rate (Hz)", "sensor rate (Hz)"):
        assert np.isclose(engine[rate], reference[rate], rtol=0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description="postdict against numpy: answers, then time.")
    parser.add_argument("--duration", type=float, default=100e3, help="ms of biological time")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    seconds = 1e-3 * options.duration

    print(f"Same kicks on a 0.1 ms grid, 30 s: {prove_equal_on_the_grid(30e3)}")
    print(
        f"\nOwn noise, postdict exact, numpy at 0.1 ms, {seconds:g} s, "
        f"{10 * options.rounds} and {options.rounds} seeds"
    )
    prove_equal_on_average(options.duration, options.rounds)

    print(f"\nDefault loop, {seconds:g} s, {options.rounds} rounds in turns: median (range)")
    engine, reference = time_in_turns(options.duration, options.rounds)
    for column, kind in enumerate(("wall", "processor")):
        for name, spent in (("postdict", engine[:, column]), ("numpy", reference[:, column])):
            print(
                f"{kind:10}{name:10}{np.median(spent):8.3f} s ({spent.min():.3f}-{spent.max():.3f})"
                f"{seconds / np.median(spent):10.0f} x real time"
            )
        ratio = reference[:, column] / engine[:, column]
        print(
            f"{kind:10}{'ratio':10}{np.median(ratio):8.0f}   ({ratio.min():.0f}-{ratio.max():.0f})"
        )


if __name__ == "__main__":
    main()
