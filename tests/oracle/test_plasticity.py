"""Weights against other simulators: trace rules against NEST and Brian2, which keep to a grid.

All spikes are on a grid of binary fractions and no pair meets at the synapse, where simulators
disagree (docs/delays.md). The oracles are imported, skipped where absent, and none of their code
is used here.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest

import postdict

pytestmark = [
    pytest.mark.oracle,
    # Brian2 calls pyparsing by its old names.
    pytest.mark.filterwarnings(r"ignore:'\w+' (argument is )?deprecated:DeprecationWarning"),
]

GRID = 0.125  # ms
DURATION = 4000.0  # of the random spikes
LAST = DURATION + 64.0  # NEST updates a weight when its source fires: all of them do, at the end
END = LAST + 16.0
N_PRE, N_POST, SPIKES = 40, 30, 200  # spikes of each neuron
SEEDS = [1, 2, 3]


@pytest.fixture(scope="module")
def brian2():
    brian2 = pytest.importorskip("brian2")
    brian2.prefs.codegen.target = "numpy"
    return brian2


@dataclass
class Pairing:
    """Spikes before the delays, and the weights to start from.

    Sources fire at even steps of the grid, targets at odd ones.
    """

    pre: tuple  # times, ids
    post: tuple
    weights: np.ndarray  # (post, pre)


def draw(seed):
    rng = np.random.default_rng(seed)

    def trains(n, odd):
        steps = np.arange(256, int(DURATION / GRID), 2) + odd
        times = np.concatenate([rng.choice(steps, SPIKES, replace=False) for _ in range(n)]) * GRID
        return times, np.repeat(np.arange(n), SPIKES)

    times, ids = trains(N_PRE, 0)
    pre = np.append(times, np.full(N_PRE, LAST)), np.append(ids, np.arange(N_PRE))
    return Pairing(pre, trains(N_POST, 1), rng.uniform(0.2, 0.8, (N_POST, N_PRE)))


def engine(rule, given, *, earlier=0.0, **delays):
    """Weights at the end. `earlier` (ms): the sources fire by so much before their times."""
    net = postdict.Network()
    pre = net.add_spike_source("pre", N_PRE, times=given.pre[0] - earlier, ids=given.pre[1])
    # Every post spike is forced by a strong arrival; inhibition cannot add up to prevent it.
    post = net.add_population("post", N_POST, postdict.LIF(v_min=0.0))
    force = net.add_spike_source("force", N_POST, times=given.post[0] - 1.0, ids=given.post[1])
    net.connect(force, post, weights=100.0 * np.eye(N_POST), axonal_delay=1.0)
    learning = net.connect(
        pre, post, weights=given.weights, inhibitory=True, plasticity=rule, **delays
    )
    sim = postdict.Simulation(net)
    sim.run(END)
    for ours, drawn in zip(sim.spikes("post"), by_time(*given.post), strict=True):
        assert np.array_equal(ours, drawn)
    return sim.weights(learning)


def by_time(times, ids):
    order = np.lexsort((ids, times))
    return times[order], ids[order]


def nest_weights(nest, synapse, given, *, delay, sign=1.0, **taus):
    """Parrots repeat what they are sent one step later; port 1 is deaf but plastic.

    taus: of the traces of targets, which NEST has in the neuron.
    """
    nest.ResetKernel()
    nest.resolution = GRID

    def parrots(n, times, ids, **parameters):
        trains = [np.sort(times[ids == k]) - GRID for k in range(n)]
        source = nest.Create("spike_generator", n, [{"spike_times": train} for train in trains])
        repeat = nest.Create("parrot_neuron", n, parameters)
        nest.Connect(source, repeat, "one_to_one", {"delay": GRID})
        return repeat

    pre, post = parrots(N_PRE, *given.pre), parrots(N_POST, *given.post, **taus)
    nest.Connect(
        pre,
        post,
        "all_to_all",
        {**synapse, "weight": sign * given.weights, "delay": delay, "receptor_type": 1},
    )
    recorder = nest.Create("spike_recorder")
    nest.Connect(post, recorder)
    nest.Simulate(END)
    events = recorder.get("events")
    fired = by_time(events["times"], events["senders"] - post[0].global_id)
    for theirs, drawn in zip(fired, by_time(*given.post), strict=True):
        assert np.array_equal(theirs, drawn)
    found = nest.GetConnections(pre, post).get(["source", "target", "weight"])
    weights = np.full((N_POST, N_PRE), np.nan)
    rows = np.array(found["target"]) - post[0].global_id
    columns = np.array(found["source"]) - pre[0].global_id
    weights[rows, columns] = sign * np.array(found["weight"])
    return weights


def brian_weights(brian2, given, on_pre, on_post, constants, *, pre_delay, post_delay=0.0):
    """Traces x (of sources, time constant tau_x) and y (of targets, tau_y), without a step.

    Where there is a tau_x2, x2 and y2 beside, which are raised after what they act on.
    """
    slow = "tau_x2" in constants
    ms = brian2.ms
    brian2.start_scope()
    brian2.defaultclock.dt = GRID * ms
    pre, post = (
        brian2.SpikeGeneratorGroup(n, ids, times * ms)
        for n, (times, ids) in ((N_PRE, given.pre), (N_POST, given.post))
    )
    synapses = brian2.Synapses(
        pre,
        post,
        """w : 1
        dx/dt = -x / tau_x : 1 (event-driven)
        dy/dt = -y / tau_y : 1 (event-driven)"""
        + slow
        * """
        dx2/dt = -x2 / tau_x2 : 1 (event-driven)
        dy2/dt = -y2 / tau_y2 : 1 (event-driven)""",
        on_pre=f"x += 1\nw = clip({on_pre}, 0, w_max)" + slow * "\nx2 += 1",
        on_post=f"y += 1\nw = clip({on_post}, 0, w_max)" + slow * "\ny2 += 1",
        namespace={k: v * ms if k.startswith("tau") else v for k, v in constants.items()},
    )
    synapses.connect()
    synapses.w[:] = given.weights[synapses.j[:], synapses.i[:]]
    synapses.pre.delay, synapses.post.delay = pre_delay * ms, post_delay * ms
    brian2.Network(pre, post, synapses).run(END * ms)
    weights = np.full((N_POST, N_PRE), np.nan)
    weights[synapses.j[:], synapses.i[:]] = synapses.w[:]
    return weights


def check(compared, what, given, ours, theirs):
    difference = compared(what, (ours.size, "weights"), (np.abs(ours - theirs).max(), "mV"))
    assert np.abs(ours - given.weights).mean() > 0.05  # they learned
    assert difference <= 1e-12


ANTISYMMETRIC = postdict.AntisymmetricSTDP(
    eta=0.02, A_plus=1.0, A_minus=0.7, tau_plus=17.0, tau_minus=23.0, w_max=1.0
)


def antisymmetric_in_nest(nest, given, delay):
    rule = ANTISYMMETRIC
    synapse = {
        "synapse_model": "stdp_synapse",
        "Wmax": rule.w_max,
        "lambda": rule.eta * rule.A_plus / rule.w_max,
        "alpha": rule.A_minus / rule.A_plus,
        "tau_plus": rule.tau_plus,
        "mu_plus": 0.0,  # additive
        "mu_minus": 0.0,
    }
    return nest_weights(nest, synapse, given, delay=delay, tau_minus=rule.tau_minus)


def antisymmetric_in_brian(brian2, given, **delays):
    rule = ANTISYMMETRIC
    constants = rule.to_dict() | {"tau_x": rule.tau_plus, "tau_y": rule.tau_minus}
    on_pre, on_post = "w - eta * A_minus * y", "w + eta * A_plus * x"
    return brian_weights(brian2, given, on_pre, on_post, constants, **delays)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("delay", [0.25, 2.0, 10.0])
def test_antisymmetric_stdp_is_that_of_nest(nest, compared, delay, seed):
    """NEST's delay is dendritic: lag = t_post + delay - t_pre; so ours arrive at t_pre - delay."""
    given = draw(seed)
    timing = {"earlier": delay + 1.5, "axonal_delay": 1.5}
    ours = engine(ANTISYMMETRIC, given, **timing)
    unbounded = engine(replace(ANTISYMMETRIC, w_max=np.inf), given, **timing)
    assert np.abs(ours - unbounded).max() > 0.1  # w_max made a difference
    theirs = antisymmetric_in_nest(nest, given, delay)
    check(compared, "AntisymmetricSTDP and NEST stdp_synapse", given, ours, theirs)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("delay", [0.25, 2.0, 10.0])
def test_antisymmetric_stdp_is_that_of_brian(brian2, compared, delay, seed):
    """Brian2's delay of the pre pathway is axonal, as ours."""
    given = draw(seed)
    ours = engine(ANTISYMMETRIC, given, axonal_delay=delay)
    theirs = antisymmetric_in_brian(brian2, given, pre_delay=delay)
    check(compared, "AntisymmetricSTDP and Brian2", given, ours, theirs)


VOGELS = {"eta": 0.01, "rho": 50.0, "tau": 20.0}
ALPHA = 2.0  # 2 rho tau, rho in 1/ms
CAUSAL = {"eta": 0.02, "bias": 1.1, "tau": 20.0}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("delay", [0.25, 2.0, 10.0])
def test_vogels_stdp_is_that_of_nest(nest, compared, delay, seed):
    """Without a w_max: NEST bounds the weight between the two parts of one change, we after it."""
    given = draw(seed)
    timing = {"earlier": delay + 1.5, "axonal_delay": 1.5}
    ours = engine(postdict.VogelsSTDP(**VOGELS), given, **timing)
    synapse = {
        "synapse_model": "vogels_sprekeler_synapse",
        "eta": VOGELS["eta"],
        "alpha": ALPHA,
        "tau": VOGELS["tau"],
        "Wmax": -1e9,  # inhibitory weights are negative
    }
    theirs = nest_weights(nest, synapse, given, delay=delay, tau_minus=VOGELS["tau"], sign=-1.0)
    assert (ours == 0.0).any()
    check(compared, "VogelsSTDP and NEST vogels_sprekeler_synapse", given, ours, theirs)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("delay", [0.25, 2.0, 10.0])
def test_vogels_stdp_is_that_of_brian(brian2, compared, delay, seed):
    given, tau = draw(seed), VOGELS["tau"]
    ours = engine(postdict.VogelsSTDP(**VOGELS, w_max=1.0), given, axonal_delay=delay)
    theirs = brian_weights(
        brian2,
        given,
        "w + eta * (y - alpha)",
        "w + eta * x",
        {"eta": VOGELS["eta"], "alpha": ALPHA, "tau_x": tau, "tau_y": tau, "w_max": 1.0},
        pre_delay=delay,
    )
    check(compared, "VogelsSTDP and Brian2", given, ours, theirs)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("delay", [0.25, 2.0, 10.0])
def test_causal_stdp_is_that_of_brian(brian2, compared, delay, seed):
    given, tau = draw(seed), CAUSAL["tau"]
    ours = engine(postdict.CausalSTDP(**CAUSAL, w_max=1.0), given, axonal_delay=delay)
    theirs = brian_weights(
        brian2,
        given,
        "w - eta * bias",
        "w + eta * x",
        CAUSAL | {"tau_x": tau, "tau_y": tau, "w_max": 1.0},
        pre_delay=delay,
    )
    check(compared, "CausalSTDP and Brian2", given, ours, theirs)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("delay", [0.25, 2.0, 10.0])
def test_dendritic_delay_is_that_of_nest(nest, compared, delay, seed):
    """NEST moves the potential at t_pre + delay, and its lag is t_post + delay - t_pre."""
    given = draw(seed)
    ours = engine(ANTISYMMETRIC, given, axonal_delay=delay, dendritic_delay=2.0 * delay)
    theirs = antisymmetric_in_nest(nest, given, delay)
    check(compared, "dendritic_delay and NEST stdp_synapse", given, ours, theirs)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("delay", [0.25, 2.0, 10.0])
def test_dendritic_delay_is_that_of_brian(brian2, compared, delay, seed):
    """Brian2's delays of the two pathways are ours."""
    given = draw(seed)
    ours = engine(ANTISYMMETRIC, given, axonal_delay=1.5, dendritic_delay=delay)
    theirs = antisymmetric_in_brian(brian2, given, pre_delay=1.5, post_delay=delay)
    check(compared, "dendritic_delay and Brian2", given, ours, theirs)


TRIPLETS = postdict.TripletSTDP(
    0.02, 0.5, 0.6, 0.4, 0.3, tau_plus=17.0, tau_minus=23.0, tau_x=61.0, tau_y=47.0, w_max=1.0
)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("delay", [0.25, 2.0, 10.0])
def test_triplet_stdp_is_that_of_nest(nest, compared, delay, seed):
    """By the lag rule of its pair rule; no spikes meet."""
    given, rule = draw(seed), TRIPLETS
    ours = engine(rule, given, earlier=delay + 1.5, axonal_delay=1.5)
    synapse = {
        "synapse_model": "stdp_triplet_synapse",
        "Wmax": rule.w_max,
        "Aplus": rule.eta * rule.A2_plus,
        "Aminus": rule.eta * rule.A2_minus,
        "Aplus_triplet": rule.eta * rule.A3_plus,
        "Aminus_triplet": rule.eta * rule.A3_minus,
        "tau_plus": rule.tau_plus,
        "tau_plus_triplet": rule.tau_x,
    }
    taus = {"tau_minus": rule.tau_minus, "tau_minus_triplet": rule.tau_y}
    theirs = nest_weights(nest, synapse, given, delay=delay, **taus)
    check(compared, "TripletSTDP and NEST stdp_triplet_synapse", given, ours, theirs)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("delay", [0.25, 2.0, 10.0])
def test_triplet_stdp_is_that_of_brian(brian2, compared, delay, seed):
    given, rule = draw(seed), TRIPLETS
    ours = engine(rule, given, axonal_delay=delay)
    names = {"tau_x": "tau_plus", "tau_y": "tau_minus", "tau_x2": "tau_x", "tau_y2": "tau_y"}
    theirs = brian_weights(
        brian2,
        given,
        "w - eta * y * (A2_minus + A3_minus * x2)",
        "w + eta * x * (A2_plus + A3_plus * y2)",
        rule.to_dict() | {ours: getattr(rule, theirs) for ours, theirs in names.items()},
        pre_delay=delay,
    )
    check(compared, "TripletSTDP and Brian2", given, ours, theirs)
