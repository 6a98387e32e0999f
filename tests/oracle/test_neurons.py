"""Neurons against other simulators: LIF against NEST and NEURON, LIFExp against NEST.

Each gets thousands of inputs at times off every grid. The oracles are imported, skipped where
absent, and none of their code is used here.
"""

from dataclasses import dataclass

import numpy as np
import pytest

import postdict

pytestmark = pytest.mark.oracle

DURATION, DELAY, RESOLUTION = 5000.0, 1.0, 0.125  # ms; NEST wants delays on its grid
EVERY = 5.0  # ms between samples of V
HALF_A_PICOSECOND = 0.5e-9  # ms: our spikes are told to the nearest one
N, N_SOURCES, RATE = 20, 20, 100.0  # neurons; sources, each to all neurons; Hz
INHIBITORY = np.arange(N_SOURCES) >= 14
SEEDS = [1, 2, 3]
NEST_NAMES = {  # with C_m set to tau_m, currents in pA are numerically our mV
    "tau_m": "tau_m",
    "v_reset": "V_reset",
    "tau_refrac": "t_ref",
    "i_offset": "I_e",
    "tau_syn_e": "tau_syn_ex",
    "tau_syn_i": "tau_syn_in",
}


@pytest.fixture(scope="module")
def neuron():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEURON_MODULE_OPTIONS", "-nogui")
        return pytest.importorskip("neuron").h


@dataclass
class Input:
    times: np.ndarray  # ms
    ids: np.ndarray
    weights: np.ndarray  # (post, pre), signed


def draw(rng):
    """Random spikes of all sources; weights between 0 and 0.4, or -0.28 and 0."""
    n = rng.poisson(N_SOURCES * RATE * DURATION * 1e-3)
    # Whole picoseconds, so that all simulators are given the same.
    times = np.sort(rng.uniform(0.5, DURATION - 2.0 * DELAY, n)).round(9)
    largest = np.where(INHIBITORY, -0.28, 0.4)
    weights = largest * rng.uniform(0.0, 1.0, (N, N_SOURCES))
    return Input(times, rng.integers(0, N_SOURCES, n), weights)


def engine(neurons, given):
    net = postdict.Network()
    cells = net.add_population("cells", N, neurons)
    samples = net.record(cells, "v", every=EVERY)
    source = net.add_spike_source("source", N_SOURCES, times=given.times, ids=given.ids)
    for inhibitory in (False, True):
        weights = np.where(inhibitory == INHIBITORY, np.abs(given.weights), 0.0)
        net.connect(source, cells, weights=weights, axonal_delay=DELAY, inhibitory=inhibitory)
    sim = postdict.Simulation(net)
    sim.run(DURATION)
    return sim.spikes("cells"), sim.recorded(samples)[1]


def nest_results(nest, model, parameters, given):
    nest.ResetKernel()
    nest.resolution = RESOLUTION
    named = {NEST_NAMES[name]: value for name, value in parameters.items()}
    ours = {"C_m": parameters["tau_m"], "E_L": 0.0, "V_th": 1.0, "V_m": 0.0}
    cells = nest.Create(model, N, named | ours)
    trains = [given.times[given.ids == k] for k in range(N_SOURCES)]
    source = nest.Create(
        "spike_generator",
        N_SOURCES,
        [{"spike_times": train, "precise_times": True} for train in trains],
    )
    nest.Connect(source, cells, "all_to_all", {"weight": given.weights, "delay": DELAY})
    recorder = nest.Create("spike_recorder")
    nest.Connect(cells, recorder)
    meter = nest.Create("multimeter", {"record_from": ["V_m"], "interval": EVERY})
    nest.Connect(meter, cells)
    nest.Simulate(DURATION)
    spikes, samples = recorder.get("events"), meter.get("events")
    in_order = np.lexsort((samples["senders"], samples["times"]))
    v = samples["V_m"][in_order].reshape(-1, N)
    return (spikes["times"], spikes["senders"] - cells[0].global_id), v


def compare(compared, what, ours, theirs, *, tolerance):
    """Spikes (ms) and, from the first step on, potentials (mV) to the same tolerance."""
    (spikes, v), (their_spikes, their_v) = ours, theirs
    ms = compared(
        what, (len(spikes[0]), "spikes"), (largest_difference(spikes, their_spikes), "ms")
    )
    assert len(their_v) == DURATION / EVERY - 1
    v = v[1:-1]  # NEST has no sample at 0 nor at the end
    mv = compared(what, (v.size, "potentials"), (np.abs(v - their_v).max(), "mV"))
    assert len(spikes[0]) > 3000
    assert max(ms, mv) <= tolerance


def largest_difference(ours, theirs):
    """Spike by spike, neuron by neuron, in ms."""
    (t, i), (u, j) = ours, theirs
    assert np.array_equal(np.bincount(i, minlength=N), np.bincount(j, minlength=N))
    return np.abs(t[np.lexsort((t, i))] - u[np.lexsort((u, j))]).max()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("tau_refrac", [RESOLUTION, 2.0, 5.0])
@pytest.mark.parametrize(
    "drive", [(0.0, 0.0), (0.0, 0.8), (1.1, 1.6)], ids=["no drive", "below", "above threshold"]
)
def test_lif_is_that_of_nest(nest, compared, drive, tau_refrac, seed):
    rng = np.random.default_rng(seed)
    parameters = {
        "tau_m": rng.uniform(5.0, 40.0, N),
        "v_reset": rng.uniform(-0.5, 0.3, N),
        "tau_refrac": tau_refrac,
        "i_offset": rng.uniform(*drive, N),
    }
    given = draw(rng)
    ours = engine(postdict.LIF(**parameters), given)
    theirs = nest_results(nest, "iaf_psc_delta_ps", parameters, given)
    what = f"LIF and NEST iaf_psc_delta_ps, drive {drive[0]:g} to {drive[1]:g} of threshold"
    compare(compared, what, ours, theirs, tolerance=HALF_A_PICOSECOND + 1e-9)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("refractory", [False, True])
def test_lif_is_that_of_neuron(neuron, compared, refractory, seed):
    rng = np.random.default_rng(seed)
    tau_m = rng.uniform(5.0, 40.0, N)
    tau_refrac = rng.uniform(0.1, 8.0, N) if refractory else np.zeros(N)
    given = draw(rng)
    ours, _ = engine(postdict.LIF(tau_m=tau_m, tau_refrac=tau_refrac), given)

    cells = [neuron.IntFire1() for _ in range(N)]
    for cell, tau, refrac in zip(cells, tau_m, tau_refrac, strict=True):
        cell.tau, cell.refrac = tau, refrac
    times, ids = neuron.Vector(), neuron.Vector()
    watches = [neuron.NetCon(cell, None) for cell in cells]
    for i, watch in enumerate(watches):
        watch.record(times, ids, i)
    synapses = [[neuron.NetCon(None, cell) for cell in cells] for _ in range(N_SOURCES)]
    for row, weights in zip(synapses, given.weights.T, strict=True):
        for synapse, weight in zip(row, weights, strict=True):
            synapse.weight[0] = weight

    def send():
        for t, k in zip(given.times, given.ids, strict=True):
            for synapse in synapses[k]:
                synapse.event(t + DELAY)  # when it arrives

    keep = neuron.FInitializeHandler(send)
    events = neuron.CVode()
    events.active(True)  # no steps
    try:
        neuron.finitialize()
        events.solve(DURATION)
    finally:
        events.active(False)
        del keep
    theirs = np.array(times), np.array(ids).astype(int)
    difference = compared(
        "LIF and NEURON IntFire1",
        (len(ours[0]), "spikes"),
        (largest_difference(ours, theirs), "ms"),
    )
    assert len(ours[0]) > 3000
    assert difference <= 1e-9


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("drive", [(0.0, 0.8), (1.1, 1.6)], ids=["below", "above threshold"])
@pytest.mark.parametrize(
    "tau_syn", [(5.0, 10.0), (8.0, 3.0), (2.0, 7.0), (6.0, 6.0)], ids=lambda tau: f"{tau}"
)
def test_lif_exp_is_that_of_nest(nest, compared, tau_syn, drive, seed):
    """To 1e-8 ms: NEST searches to within 1e-14 mV of threshold, where V may be nearly flat.

    Where the two differ most, by 9e-10 ms, 50 digits are with ours to 1e-13 ms.
    NEST sees a crossing only if V is above threshold at the next input or step, and would miss V
    that comes back before. With these seeds it does not.
    """
    rng = np.random.default_rng(seed)
    parameters = {
        "tau_m": rng.uniform(12.0, 40.0, N),
        "v_reset": rng.uniform(-0.5, 0.3, N),
        "tau_refrac": 2.0,
        "i_offset": rng.uniform(*drive, N),
        "tau_syn_e": tau_syn[0],
        "tau_syn_i": tau_syn[1],
    }
    given = draw(rng)
    # So that an arrival moves V by about as much as with delta synapses.
    given.weights *= 10.0 / np.where(INHIBITORY, tau_syn[1], tau_syn[0])
    ours = engine(postdict.LIFExp(**parameters), given)
    theirs = nest_results(nest, "iaf_psc_exp_ps", parameters, given)
    what = "LIFExp and NEST iaf_psc_exp_ps"
    compare(compared, what, ours, theirs, tolerance=HALF_A_PICOSECOND + 1e-8)
