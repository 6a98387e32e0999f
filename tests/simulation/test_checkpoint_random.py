"""Random networks, cut at random times, saved, and continued in a new process."""

import subprocess
import sys

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import postdict
from reference.by_engine import network
from reference.description import DURATION
from reference.strategies import FEATURES, models

CONTINUED = """
import sys
from pathlib import Path
import postdict
end = float(sys.argv[2])
for path in sorted(Path(sys.argv[1]).glob("*.cut.npz")):
    twice = [postdict.Simulation.load(path) for _ in range(2)]
    for sim in twice:
        sim.run_until(end)
    assert twice[0]._to_bytes() == twice[1]._to_bytes(), path
    twice[0].save(path.with_name(path.name.replace("cut", "end")))
"""


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_random_networks_go_on_in_a_new_process_to_the_last_bit(tmp_path):
    whole, n_under_way = {}, 0
    n = settings.default.max_examples // 3

    @settings(max_examples=n)
    @given(models(FEATURES), st.integers(0, 255), st.booleans())
    def cut(model, when, on_grid):
        nonlocal n_under_way
        sim = postdict.Simulation(network(model), max_recorded_spikes=1000)
        try:
            sim.run_until(0.25 * when + (0.0 if on_grid else 0.1377))
            name = f"{len(whole):04}"
            sim.save(tmp_path / f"{name}.cut.npz")
            state = sim._core.state()
            n_under_way += any(len(state[k]) for k in state if k.startswith("line"))
            sim.run_until(DURATION + 1.0)
        except (RuntimeError, OverflowError):  # too busy
            assume(False)
        whole[name] = sim._to_bytes()

    cut()
    for path in tmp_path.glob("*.cut.npz"):  # of those that were too busy later
        if path.name.split(".")[0] not in whole:
            path.unlink()
    command = [sys.executable, "-W", "ignore", "-c", CONTINUED, tmp_path, str(DURATION + 1.0)]
    subprocess.run(command, check=True, timeout=300.0)
    for name, expected in whole.items():
        assert (tmp_path / f"{name}.end.npz").read_bytes() == expected, name
    assert len(whole) >= n // 2
    assert n_under_way >= n // 10
