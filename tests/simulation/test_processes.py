"""Other processes: spawned workers, pickles across them, SIGINT; memory over many simulations."""

import multiprocessing
import os
import pickle  # noqa: TID251 -- our own objects
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

import postdict
from process_functions import gone_on, gone_on_elsewhere, made, made_elsewhere, network


def test_spawned_processes_give_the_bits_of_this_one():
    seeds = range(3)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        there = list(pool.map(made_elsewhere, seeds))
        went_on = list(pool.map(gone_on_elsewhere, there))
    here = [pickle.dumps(made(seed)) for seed in seeds]
    assert there == here
    assert went_on == [pickle.dumps(gone_on(made(seed))) for seed in seeds]


def test_threads_give_the_bits_of_one_after_another():
    seeds = range(8)
    with ThreadPoolExecutor(4) as pool:
        side_by_side = list(pool.map(made, seeds))
    for seed, sim in zip(seeds, side_by_side, strict=True):
        assert pickle.dumps(sim) == pickle.dumps(made(seed))


INTERRUPTED = """
import sys
sys.path.insert(0, sys.argv[1])
import postdict
from process_functions import network
sim = postdict.Simulation(network(1))
for population in ("delta", "currents"):
    sim.set_recording(population, False)
sim.run(1.0)  # so that it has begun when the signal comes: at t = 0 a sample is still to be taken
try:
    print("running", flush=True)
    sim.run(8e9)
except KeyboardInterrupt:
    sim.save(sys.argv[2])
    print("interrupted", flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are of posix")
def test_sigint_stops_a_run_within_moments_and_whole(tmp_path):
    path = tmp_path / "state.npz"
    command = [sys.executable, "-c", INTERRUPTED, str(Path(__file__).parents[1]), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout.readline() == "running\n"
            child.send_signal(signal.SIGINT)
            assert child.communicate(timeout=60.0)[0] == "interrupted\n"
        finally:
            child.kill()
    sim = postdict.Simulation.load(path)
    whole = postdict.Simulation(network(1))
    for population in ("delta", "currents"):
        whole.set_recording(population, False)
    whole.run_until(sim.time)
    assert pickle.dumps(sim) == pickle.dumps(whole)


def resident():
    """Resident memory of this process, bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_thousand_simulations_leave_no_memory_behind():
    after = []
    for cycle in range(1000):
        sim = postdict.Simulation(network(cycle % 10))
        sim.run(100.0)
        pickle.loads(pickle.dumps(sim))
        if cycle % 100 == 99:
            after.append(resident())
    print("resident after each 100 cycles, MB:", *(round(n / 2**20, 1) for n in after))
    assert after[-1] <= 1.05 * after[0]
