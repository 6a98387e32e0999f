"""LIFCond against other simulators, whose steps are made finer: NEST, Brian2, NEURON with CVODE.

None has this model without steps. Inputs come at multiples of the coarsest step, so that all
receive them at their times, and what differs is of the steps: it has to shrink with them, and to
vanish where it is extrapolated to steps of 0. None of their code is used here.
"""

import numpy as np
import pytest

import postdict

pytestmark = pytest.mark.oracle

DURATION, COARSEST, DELAY = 1000.0, 0.1, 1.0  # ms
N, N_SOURCES, RATE = 20, 20, 50.0  # neurons; sources, each to all neurons; Hz
INHIBITORY = np.arange(N_SOURCES) >= 16
SEEDS = [1, 2]
CELL = {
    "tau_m": 20.0,
    "v_rest": -60.0,
    "v_thresh": -50.0,
    "v_reset": -60.0,
    "tau_refrac": 5.0,
    "tau_syn_e": 5.0,
    "tau_syn_i": 10.0,
    "e_rev_e": 0.0,
    "e_rev_i": -80.0,
}


def draw(seed):
    """Spikes on the grid, at most one of a source at a time; weights in leak conductances."""
    rng = np.random.default_rng(seed)
    n_slots = int((DURATION - 2.0 * DELAY) / COARSEST)
    chosen = rng.random((N_SOURCES, n_slots)) < RATE * COARSEST * 1e-3
    trains = [(COARSEST * (1.0 + np.flatnonzero(row))).round(9) for row in chosen]
    largest = np.where(INHIBITORY, 1.0, 0.6)
    return trains, largest * rng.uniform(0.2, 1.0, (N, N_SOURCES))


def ours(trains, weights, every=None, **changed):
    net = postdict.Network()
    cells = net.add_population("cells", N, postdict.LIFCond(**(CELL | changed)))
    samples = [net.record(cells, "v", every=every)] if every else []
    ids = np.repeat(np.arange(N_SOURCES), [len(train) for train in trains])
    source = net.add_spike_source("source", N_SOURCES, times=np.concatenate(trains), ids=ids)
    for inhibitory in (False, True):
        given = np.where(inhibitory == INHIBITORY, weights, 0.0)
        net.connect(source, cells, weights=given, axonal_delay=DELAY, inhibitory=inhibitory)
    sim = postdict.Simulation(net)
    sim.run(DURATION)
    return by_neuron(*sim.spikes(cells)), [sim.recorded(recorder)[1] for recorder in samples]


def by_neuron(times, ids):
    return [np.sort(np.asarray(times)[np.asarray(ids) == i]) for i in range(N)]


def lateness(spikes, theirs):
    """Of those of our spikes (N trains) that a simulator with steps has within 0.5 ms.

    A step can lose a spike that only just is one; then both go their own ways for a while.
    """
    late = []
    for mine, other in zip(spikes, theirs, strict=True):
        after = np.clip(np.searchsorted(other, mine), 1, len(other) - 1)
        before = mine - other[after - 1]
        difference = np.where(other[after] - mine < before, other[after] - mine, -before)
        late.append(difference[abs(difference) < 0.5])
    return late


def shrinks_to_zero(compared, what, run, steps, given):
    """Both have the same spikes, later by some part of a step, and by 0 at steps of 0."""
    spikes, _ = ours(*given)
    n = sum(map(len, spikes))
    typical = []
    for step in steps:
        late = lateness(spikes, run(*given, step))
        of_all = np.abs(np.concatenate(late))
        compared(f"{what}, step {step:g} ms", (n, "spikes"), (np.median(of_all), "ms (median)"))
        assert n > 1000
        assert len(of_all) > 0.95 * n
        typical.append([np.median(train) for train in late])
    extrapolated = 2.0 * np.array(typical[1]) - np.array(typical[0])
    error = extrapolated.std(ddof=1) / np.sqrt(N)
    compared(f"{what}, step 0", (n, "spikes"), (abs(extrapolated.mean()), "ms (mean of medians)"))
    assert abs(extrapolated.mean()) < 4.0 * error
    assert error < steps[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_that_of_nest_in_the_limit_of_small_steps(nest, compared, seed):
    def run(trains, weights, step):
        nest.ResetKernel()
        nest.resolution = step
        leak = 10.0  # nS
        cells = nest.Create(
            "iaf_cond_exp",
            N,
            {
                "C_m": CELL["tau_m"] * leak,
                "g_L": leak,
                "E_L": CELL["v_rest"],
                "V_m": CELL["v_rest"],
                "V_th": CELL["v_thresh"],
                "V_reset": CELL["v_reset"],
                "t_ref": CELL["tau_refrac"],
                "tau_syn_ex": CELL["tau_syn_e"],
                "tau_syn_in": CELL["tau_syn_i"],
                "E_ex": CELL["e_rev_e"],
                "E_in": CELL["e_rev_i"],
            },
        )
        source = nest.Create(
            "spike_generator", N_SOURCES, [{"spike_times": train} for train in trains]
        )
        signed = leak * np.where(INHIBITORY, -weights, weights)
        nest.Connect(source, cells, "all_to_all", {"weight": signed, "delay": DELAY})
        recorder = nest.Create("spike_recorder")
        nest.Connect(cells, recorder)
        nest.Simulate(DURATION)
        events = recorder.get("events")
        return by_neuron(events["times"], events["senders"] - cells[0].global_id)

    steps = (COARSEST / 10, COARSEST / 20)
    shrinks_to_zero(compared, "LIFCond and NEST iaf_cond_exp", run, steps, draw(seed))


@pytest.mark.filterwarnings("ignore")  # of Brian2's own libraries
def test_it_is_that_of_brian2_in_the_limit_of_small_steps(compared):
    b2 = pytest.importorskip("brian2")
    b2.prefs.codegen.target = "numpy"

    def run(trains, weights, step):
        b2.start_scope()
        b2.defaultclock.dt = step * b2.ms
        cells = b2.NeuronGroup(
            N,
            """dv/dt = (-60 - v - g_e*v - g_i*(v + 80))/(20*ms) : 1 (unless refractory)
               dg_e/dt = -g_e/(5*ms) : 1
               dg_i/dt = -g_i/(10*ms) : 1""",
            threshold="v >= -50",
            reset="v = -60",
            refractory=CELL["tau_refrac"] * b2.ms,
            method="rk4",
        )
        cells.v = CELL["v_rest"]
        ids = np.repeat(np.arange(N_SOURCES), [len(train) for train in trains])
        source = b2.SpikeGeneratorGroup(N_SOURCES, ids, np.concatenate(trains) * b2.ms)
        synapses = []
        for name, which in (("g_e", ~INHIBITORY), ("g_i", INHIBITORY)):
            joined = b2.Synapses(source, cells, "w : 1", on_pre=f"{name}_post += w")
            pre, post = np.flatnonzero(which).repeat(N), np.tile(np.arange(N), which.sum())
            joined.connect(i=pre, j=post)
            joined.w, joined.delay = weights[post, pre], DELAY * b2.ms
            synapses.append(joined)
        monitor = b2.SpikeMonitor(cells)
        b2.Network(cells, source, monitor, *synapses).run(DURATION * b2.ms)
        # A spike that Brian2 finds at the end of a step has the time of the step's beginning; and
        # what arrives at a time acts after the step from it: both are one step.
        return by_neuron(monitor.t / b2.ms, monitor.i)

    steps = (COARSEST / 5, COARSEST / 10)
    shrinks_to_zero(compared, "LIFCond and Brian2", run, steps, draw(1))


def test_its_potential_is_that_of_neuron_with_cvode(compared):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEURON_MODULE_OPTIONS", "-nogui")
        h = pytest.importorskip("neuron").h
    h.load_file("stdrun.hoc")
    trains, weights = draw(3)
    _, (v,) = ours(trains, weights, every=5.0, v_thresh=-1e-3)
    # 1e-8 cm2 x 5e-5 S/cm2 x 1e6 = 5e-7 uS of leak on a capacitance for 20 ms.
    area, leak = 1e-5, 5e-5  # cm2, S/cm2
    cells, watched, keep = [], [], []
    side = np.sqrt(area * 1e8 / np.pi)  # um
    for i in range(N):
        cell = h.Section(name=f"cell{i}")
        cell.L = cell.diam = side
        cell.cm = CELL["tau_m"] * leak * 1e3  # uF/cm2
        cell.insert("pas")
        cell(0.5).pas.g, cell(0.5).pas.e = leak, CELL["v_rest"]
        cells.append(cell)
        synapses = []
        for tau, reversal in ((5.0, 0.0), (10.0, -80.0)):
            synapse = h.ExpSyn(cell(0.5))
            synapse.tau, synapse.e = tau, reversal
            synapses.append(synapse)
        for k in range(N_SOURCES):
            link = h.NetCon(None, synapses[int(INHIBITORY[k])])
            link.weight[0] = weights[i, k] * leak * area * 1e6  # uS
            keep.append((link, synapses, trains[k]))
        watched.append(h.Vector().record(cell(0.5)._ref_v, 5.0))

    def send():
        for link, _, train in keep:
            for t in train:
                link.event(t + DELAY)

    handler = h.FInitializeHandler(send)
    events = h.CVode()
    events.active(True)
    events.atol(1e-10)
    events.rtol(1e-10)
    try:
        h.finitialize(CELL["v_rest"])
        events.solve(DURATION)
    finally:
        events.active(False)
        del handler
    theirs = np.array(watched).T
    mv = compared(
        "LIFCond and NEURON pas, ExpSyn with CVODE",
        (v.size, "potentials"),
        (np.abs(v[:200] - theirs[:200]).max(), "mV"),
    )
    assert mv < 1e-5
