"""Checkpoints: a run goes on to the last bit in another process; damaged files are refused."""

import copy
import io
import json
import os
import pickle  # noqa: TID251 -- our own objects, to see that they can
import signal
import subprocess
import sys
from itertools import product

import numpy as np
import pytest

import postdict
from postdict import LIF, AntisymmetricSTDP, CheckpointError, Simulation, _files
from postdict.network.description import digest

HALF = 400.0  # ms
NEURONS = {
    "plain": LIF(),
    "by subtraction": LIF(tau_m=10.0, reset="by"),
    "refractory": LIF(tau_refrac=[0.0, 3.0, 30.0], v_reset=-0.25),
    "driven": LIF(tau_m=[10.0, 20.0, 30.0], i_offset=[1.5, 0.5, -0.5]),
    "driven and refractory": LIF(i_offset=1.2, tau_refrac=2.0),
    "bounded": LIF(v_min=-0.125, v_init=0.5, tau_m=[5.0, 15.0, 15.0]),
    "currents": postdict.LIFExp(tau_m=[10.0, 20.0, 5.0], i_offset=[1.2, 0.9, 0.5], tau_refrac=1.5),
    "conductances": postdict.LIFCond(
        tau_m=[10.0, 20.0, 5.0],
        v_rest=0.0,
        v_thresh=1.0,
        v_reset=0.0,
        i_offset=[1.2, 0.9, 0.5],
        e_rev_e=6.0,
        e_rev_i=-2.0,
        tau_refrac=1.5,
    ),
}
RULES = {"fixed": None, "antisymmetric": AntisymmetricSTDP(0.02, A_minus=0.9, w_max=0.6)}


def network(neurons=NEURONS["plain"], source="poisson", rule=RULES["antisymmetric"]):
    rng = np.random.default_rng(4)
    net = postdict.Network(seed=2**64 - 1)
    net.add_population("νευρών", 3, neurons)
    if source == "poisson":
        net.add_poisson("kicks", "νευρών", rate=400.0, weight=0.4)
    else:
        times, ids = rng.uniform(0.0, 2 * HALF, 700), rng.integers(0, 2, 700)
        net.add_spike_source("kicks", 2, times=times, ids=ids)
        net.connect("kicks", "νευρών", weights=rng.uniform(0.2, 0.6, (3, 2)), plasticity=rule)
    net.connect("νευρών", "νευρών", weights=0.3, inhibitory=True, plasticity=rule)
    net.connect("νευρών", "νευρών", weights=0.2, axonal_delay=7.5)
    net.record(net.projections[0], "weights", every=10.0, max_bytes=8 * 9 * 30)
    net.record("νευρών", "v", every=3.0, ids=[2])
    return net


def simulation(*args, until=HALF, **limits):
    sim = Simulation(network(*args), **limits)
    sim.run_until(until)
    return sim


def readings(sim):
    spikes, potentials = sim.spikes("νευρών"), sim.potentials("νευρών")
    samples = [sim.recorded(recorder)[1] for recorder in sim.network.recorders]
    return [*spikes, potentials, *map(sim.weights, sim.network.projections), *samples]


def assert_equal(sim, other):
    """All that can be read is equal, and all that is saved."""
    assert (sim.time, sim.n_events) == (other.time, other.n_events)
    assert all(map(np.array_equal, readings(sim), readings(other)))
    assert pickle.dumps(sim) == pickle.dumps(other)


def saved(tmp_path, sim):
    path = tmp_path / "state.npz"
    sim.save(path)
    return path


GO_ON = """
import sys, postdict
for path in sys.argv[2:]:
    sim = postdict.Simulation.load(path)
    sim.run(float(sys.argv[1]))
    sim.save(path)
"""


def go_on_elsewhere(paths, duration):
    """Load, run and save in a new process."""
    warnings = ["-W", "error", "-W", "ignore:the recorder"]  # which is bounded on purpose
    command = [sys.executable, *warnings, "-c", GO_ON, repr(duration), *map(str, paths)]
    subprocess.run(command, check=True, timeout=60.0)


SOURCES = ["poisson", "spike times"]


@pytest.fixture(scope="module")
def gone_on(tmp_path_factory):
    """Checkpoints of every network below, gone on with in one new process."""
    folder = tmp_path_factory.mktemp("gone on")
    paths = {}
    for number, (neurons, source, rule) in enumerate(product(NEURONS, SOURCES, RULES)):
        path = paths[neurons, source, rule] = folder / f"{number}.npz"
        simulation(NEURONS[neurons], source, RULES[rule]).save(path)
    go_on_elsewhere(paths.values(), HALF)
    return paths


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("neurons", NEURONS)
def test_a_run_goes_on_in_a_new_process_to_the_last_bit(gone_on, neurons, source, rule):
    whole = simulation(NEURONS[neurons], source, RULES[rule], until=2 * HALF)
    assert whole.spike_count("νευρών") > 50
    assert_equal(Simulation.load(gone_on[neurons, source, rule]), whole)


def test_what_was_changed_between_runs_goes_along(tmp_path):
    def change(sim):
        learning = sim.network.projections[0]
        sim.set_rate("kicks", 700.0)
        sim.set_weights(learning, 0.5 * sim.weights(learning))
        sim.set_plasticity(learning, False)
        sim.set_recording("νευρών", False)
        return sim

    whole = change(simulation())
    whole.run(HALF)
    path = saved(tmp_path, change(simulation()))
    go_on_elsewhere([path], HALF)
    assert_equal(Simulation.load(path), whole)


def test_limits_go_along(tmp_path):
    sim = Simulation.load(saved(tmp_path, simulation(max_recorded_spikes=200)))
    with pytest.raises(RuntimeError, match="max_recorded_spikes = 200"):
        sim.run(1e6)


@pytest.mark.parametrize("until", [0.0, 1e-9, 37.5, HALF])
def test_restored_twice_and_side_by_side(tmp_path, until):
    sim = simulation(until=until)
    path = saved(tmp_path, sim)
    first = Simulation.load(path)
    assert path.read_bytes() == saved(tmp_path, first).read_bytes()
    second = Simulation.load(path)
    first.run_until(2 * HALF)
    assert_equal(second, sim)  # the first one's run is its own
    second.run_until(2 * HALF)
    assert_equal(second, first)


def test_pickled_and_copied():
    sim = simulation()
    for other in (pickle.loads(pickle.dumps(sim)), copy.copy(sim), copy.deepcopy(sim)):
        assert_equal(other, sim)
        other.run(HALF)
        assert_equal(other, simulation(until=2 * HALF))
    assert sim.time == HALF


def test_an_interrupted_run_is_saved_whole(tmp_path):
    sim = Simulation(network())
    with pytest.raises(KeyboardInterrupt):
        sim.run_until(50 * HALF, progress=lambda *_: signal.raise_signal(signal.SIGINT))
    restored = Simulation.load(saved(tmp_path, sim))
    restored.run_until(50 * HALF)
    assert_equal(restored, simulation(until=50 * HALF))


def test_handles_of_the_original_network_are_valid(tmp_path):
    net = network()
    sim = Simulation(net)
    sim.run_until(HALF)
    restored = Simulation.load(saved(tmp_path, sim))
    assert len(restored.spikes(net.populations[0])[0]) > 0
    assert np.array_equal(restored.weights(net.projections[0]), sim.weights(net.projections[0]))
    assert np.array_equal(restored.recorded(net.recorders[1])[1], sim.recorded(net.recorders[1])[1])
    restored.set_plasticity(net.projections[0], False)
    restored.set_rate(net.poisson_sources[0], 0.0)


@pytest.mark.parametrize("rate", [1e-9, 1e-300, 1e-310])
def test_a_source_that_never_fires_is_restored(tmp_path, rate):
    sim = simulation()
    sim.set_rate("kicks", rate)
    assert_equal(Simulation.load(saved(tmp_path, sim)), sim)


def load(tmp_path, content):
    path = tmp_path / "damaged.npz"
    path.write_bytes(content)
    return Simulation.load(path)


def test_truncated_files_are_refused(tmp_path):
    content = saved(tmp_path, simulation(until=40.0)).read_bytes()
    for length in range(0, len(content), 97):
        with pytest.raises(CheckpointError):
            load(tmp_path, content[:length])


def test_a_flipped_bit_is_refused_or_changes_nothing(tmp_path):
    """Some bits of a zip archive mean nothing: dates, versions, the system of origin."""
    content = saved(tmp_path, simulation(until=40.0)).read_bytes()
    places = np.random.default_rng(6).choice(8 * len(content), 1500, replace=False)
    encrypted = 8 * (content.index(b"PK\x01\x02") + 8)  # a flag in the archive's directory
    refused = 0
    for place in (*places, encrypted):
        damaged = bytearray(content)
        damaged[place // 8] ^= 1 << (place % 8)
        try:
            restored = load(tmp_path, damaged)
        except CheckpointError:
            refused += 1
        else:
            assert saved(tmp_path, restored).read_bytes() == content
    assert refused > 1000


def edited(place, value, *parts):
    """A checkpoint with an array (by name) or a part of the header (by path) replaced, None: left
    out, and a digest that fits.
    """
    sim = simulation(*parts)
    arrays = _files.read_npz(sim._to_bytes())
    header = json.loads(arrays.pop("header").tobytes())
    del header["digest"]
    part, path = (arrays, [place]) if isinstance(place, str) else (header, list(place))
    for key in path[:-1]:
        part = part[key]
    del part[path[-1]]
    if value is not None:
        part[path[-1]] = value
    header["digest"] = digest(header, arrays)
    text = np.frombuffer(json.dumps(header).encode(), np.uint8)
    return _files.npz_bytes({"header": text, **arrays})


def npz(save=np.savez, **arrays):
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a zip archive at all " * 100,
        npz(a=np.arange(3)),
        npz(header=np.arange(300)),
        npz(header=np.frombuffer(b"[" * 100_000, np.uint8)),
        npz(header=np.frombuffer(b'{"format": "postdict checkpoint", "version": 5}', np.uint8)),
        npz(header=np.array([{"format": "postdict checkpoint"}], dtype=object)),
        npz(np.savez_compressed, header=np.zeros(10_000)),
    ],
)
def test_foreign_files_are_refused(tmp_path, content):
    with pytest.raises(CheckpointError, match=r"not a checkpoint|altered or damaged"):
        load(tmp_path, content)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (["format"], "other"),
        (["limits"], {"max_recorded_spikes": 5}),
        (["limits"], {"max_recorded_spikes": 5, "max_pending_spikes": 5, "max_other": 5}),
        (["streamed"], ["x"]),
        (["streamed"], 5),
        (["limits", "max_pending_spikes"], 0),
        (["limits", "max_pending_spikes"], 10**40),
        (["limits", "max_recorded_spikes"], "x"),
        (["limits"], {"max_recorded_spikes": 5, "max_pending_spikes": 5, "max_rate": [1.0]}),
        (["network", "seed"], -1),
        (["network", "populations"], None),
        (["network", "populations", 0, "size"], 2),
        (["network", "projections", 0, "post"], "x"),
        ("state/time", np.array([np.nan])),
        ("state/time", np.array([10**18])),
        ("state/projection0.weights", np.full(9, -1.0)),
        ("state/spikes0.id", np.array([3])),
        ("state/poisson0.random.random", np.zeros(4, np.uint64)),
    ],
)
def test_impossible_contents_are_refused(tmp_path, place, value):
    with pytest.raises(CheckpointError):
        load(tmp_path, edited(place, value))


def test_a_negative_weight_is_a_jump_downwards_but_no_conductance(tmp_path):
    excitation = "state/projection1.weights", np.array([-0.1])
    load(tmp_path, edited(*excitation)).run(HALF)
    with pytest.raises(CheckpointError, match="a conductance is negative"):
        load(tmp_path, edited(*excitation, NEURONS["conductances"]))


def test_every_member_is_needed_in_its_type(tmp_path):
    names = _files.read_npz(saved(tmp_path, simulation()).read_bytes()).keys()
    for name in sorted(names - {"header"}):
        with pytest.raises(CheckpointError, match=r"missing|no valid network"):
            load(tmp_path, edited(name, None))
        with pytest.raises(CheckpointError, match=r"wrong type|no valid network"):
            load(tmp_path, edited(name, np.array(["text"])))


@pytest.mark.parametrize("version", [0, 1, 2, 3, 4, 6, "5"])
def test_another_version_is_refused(tmp_path, version):
    with pytest.raises(CheckpointError, match=rf"version {version!r}, this postdict reads 5"):
        load(tmp_path, edited(["version"], version))


def test_an_old_file_outlives_a_failed_save(tmp_path):
    sim = simulation()
    old = saved(tmp_path, sim).read_bytes()
    sim.run(HALF)
    (tmp_path / "folder").mkdir()
    for path in ("vanished/state.npz", "state.npz/state.npz", "folder", "n" * 300):
        with pytest.raises(OSError, match=r"\[Errno"):
            sim.save(tmp_path / path)
    assert (tmp_path / "state.npz").read_bytes() == old
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "state.npz"]
    for missing in ("vanished.npz", "folder"):
        with pytest.raises(OSError, match=missing):
            Simulation.load(tmp_path / missing)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="may write everywhere")
def test_an_old_file_outlives_a_read_only_folder(tmp_path):
    path = saved(tmp_path, simulation())
    old = path.read_bytes()
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError):
            simulation(until=2 * HALF).save(path)
        assert path.read_bytes() == old
    finally:
        tmp_path.chmod(0o700)
