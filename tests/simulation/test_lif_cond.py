"""Conductances: against 50 digits, in great numbers by quadrature, and by hand."""

import mpmath
import numpy as np
import pytest

import postdict
from postdict import LIF, LIFCond, LIFExp

# By what they are: parameters; excitation and inhibition as (arrivals per ms, weight).
CELLS = {
    "benchmark": (LIFCond(tau_refrac=5.0), (2.0, 0.6), (0.5, 2.0)),
    "high conductance": (LIFCond(tau_refrac=2.0), (10.0, 0.5), (4.0, 1.0)),
    "equal time constants": (LIFCond(tau_m=10.0, tau_syn_e=10.0), (2.0, 0.2), (0.5, 0.5)),
    "driven, shunted": (LIFCond(i_offset=14.0, e_rev_i=-54.0), (0.5, 0.1), (0.5, 0.5)),
    "slow": (LIFCond(tau_m=5.0, tau_syn_e=40.0, tau_syn_i=25.0), (0.5, 0.04), (0.5, 0.05)),
    "fast": (LIFCond(tau_syn_e=0.5, tau_syn_i=1.0, v_reset=-85.0), (5.0, 2.0), (0.5, 2.0)),
}


def trains(excitation, inhibition, duration, n, seed=1):
    """For each of n neurons, what arrives: sorted times (whole picoseconds) and weights."""
    rng = np.random.default_rng(seed)
    given = []
    for _ in range(n):
        times, e, i = [], [], []
        for (rate, weight), (a, b) in zip((excitation, inhibition), ((1, 0), (0, 1)), strict=True):
            k = rng.poisson(rate * duration)
            times.append(rng.uniform(0.0, duration - 1.0, k).round(9) + 1.0)
            size = weight * rng.uniform(0.5, 1.5, k)
            e.append(a * size)
            i.append(b * size)
        order = np.argsort(np.concatenate(times))
        given.append(tuple(np.concatenate(x)[order] for x in (times, e, i)))
    return given


def simulated(neurons, given, duration, *records):
    """The neurons, each with its own train: a source of spikes for each weight that arrives."""
    net = postdict.Network()
    cells = net.add_population("cells", len(given), neurons)
    for name, which in (("e", 1), ("i", 2)):
        rows = [(t, w[which - 1], k) for k, (t, *w) in enumerate(given)]
        parts = [(t[w > 0] - 1.0, w[w > 0], np.full((w > 0).sum(), k)) for t, w, k in rows]
        times, weights, post = (np.concatenate(x) for x in zip(*parts, strict=True))
        if not len(times):
            continue
        ids = np.arange(len(times))
        source = net.add_spike_source(name, len(times), times=times, ids=ids)
        triplets = postdict.Triplets(pre=ids, post=post, weight=weights)
        net.connect(source, cells, weights=triplets, axonal_delay=1.0, inhibitory=name == "i")
    recorders = [net.record(cells, what, times=times) for what, times in records]
    sim = postdict.Simulation(net)
    sim.run(duration)
    return sim, recorders


NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)


class Quadrature:
    """V of many stretches without input at once: 20 points on each of `PIECES` pieces.

    Not the scheme of the core: V - V_rest from an integral over pieces of equal length, with the
    conductances as they are and extended precision where numpy has it.
    """

    PIECES = 4

    def __init__(self, p):
        self.p = p

    def step(self, s, v, g_e, g_i):
        p, s = self.p, np.longdouble(s)
        for _ in range(self.PIECES):
            h = s / self.PIECES
            r = h[:, None] * (np.longdouble(NODES) + 1) / 2

            def lost(a, b, g_e=g_e, g_i=g_i):
                """The integral of all conductances from a to b, over tau_m."""
                e = g_e * p.tau_syn_e * (np.exp(-a / p.tau_syn_e) - np.exp(-b / p.tau_syn_e))
                i = g_i * p.tau_syn_i * (np.exp(-a / p.tau_syn_i) - np.exp(-b / p.tau_syn_i))
                return ((b - a) + e + i) / p.tau_m

            e = g_e[:, None] * np.exp(-r / p.tau_syn_e)
            i = g_i[:, None] * np.exp(-r / p.tau_syn_i)
            pull = p.v_rest + p.i_offset + e * p.e_rev_e + i * p.e_rev_i
            kept = np.exp(-lost(r, h[:, None], g_e[:, None], g_i[:, None]))
            gained = (np.longdouble(WEIGHTS) / 2 * kept * pull).sum(axis=1) * h / p.tau_m
            v = v * np.exp(-lost(0 * h, h)) + gained
            g_e, g_i = g_e * np.exp(-h / p.tau_syn_e), g_i * np.exp(-h / p.tau_syn_i)
        return v, g_e, g_i

    def slope(self, v, g_e, g_i):
        p = self.p
        pull = p.v_rest + p.i_offset - v + g_e * (p.e_rev_e - v) + g_i * (p.e_rev_i - v)
        return pull / p.tau_m


def earliness(neurons, given, sim, duration):
    """By how much (ms) each spike is early, V being at threshold when it should; largest V else.

    All neurons at once, from one of their events to its next, which may be an arrival, a spike, or
    the end of refractoriness.
    """
    n, p = len(given), neurons
    spikes, ids = sim.spikes("cells")
    queues = []
    for k, (times, e, i) in enumerate(given):
        own = spikes[ids == k]
        events = [*zip(times, e, i, np.zeros(len(times)), strict=True)]
        events += [(t, 0.0, 0.0, 1) for t in own] + [(t + p.tau_refrac, 0.0, 0.0, 2) for t in own]
        queues.append(sorted(e for e in events if e[0] < duration))
    exact = Quadrature(p)
    v, g = np.full(n, p.v_rest, np.longdouble), [np.zeros(n, np.longdouble) for _ in range(2)]
    t, late, held = np.zeros(n), np.zeros(n), np.zeros(n, bool)
    found, highest = [], -np.inf
    for k in range(max(map(len, queues))):
        who = np.array([j for j in range(n) if k < len(queues[j])])
        until, e, i, kind = np.array([queues[j][k] for j in who]).T
        s = np.longdouble(until) - np.longdouble(t[who])
        middle = exact.step(s / 2, v[who], g[0][who], g[1][who])[0]
        after = exact.step(s, v[who], g[0][who], g[1][who])
        free = ~held[who]
        v[who] = np.where(free, after[0], v[who])
        g[0][who], g[1][who] = after[1:]
        t[who] = until
        fires = kind == 1
        highest = max(highest, np.max(np.where(free & ~fires, np.maximum(middle, v[who]), -1e9)))
        early = (v[who] - p.v_thresh) / exact.slope(v[who], *after[1:])
        found.append(early[fires])
        # It goes on from its crossing, not from the picosecond of its spike.
        late[who[fires]] = -early[fires]
        start = who[fires] if p.tau_refrac == 0.0 else who[kind == 2]
        held[who[fires]] = p.tau_refrac > 0.0
        held[start] = False
        v[who[fires]] = p.v_reset
        back = exact.slope(np.longdouble(p.v_reset), g[0][start], g[1][start])
        v[start] = p.v_reset - late[start] * back
        g[0][who] += e
        g[1][who] += i
    return np.concatenate(found), float(highest)


def check_spikes(name, n, duration, seed=1):
    """Check all spikes of n neurons; return how many there were, and how far the farthest was."""
    neurons, *rates = CELLS[name]
    given = trains(*rates, duration, n, seed)
    sim, _ = simulated(neurons, given, duration)
    early, highest = earliness(neurons, given, sim, duration)
    assert len(early) == len(sim.spikes("cells")[0])
    assert highest < neurons.v_thresh + 1e-9  # none was missed between two events
    worst = float(np.abs(early).max())
    assert worst < 0.5e-9 + 2e-11  # half a picosecond, to which times are rounded
    return len(early), worst


@pytest.mark.parametrize("name", CELLS)
def test_every_spike_is_at_its_picosecond(name):
    n, _ = check_spikes(name, 20, 100.0)
    assert n > 30


@pytest.mark.slow
def test_a_hundred_thousand_spikes_are_at_their_picoseconds():
    n = 0
    for name in CELLS:
        found, worst = check_spikes(name, 400, 110.0, seed=2)
        print(f"{name}: {found} spikes, at most {worst:.3g} ms away")
        n += found
    assert n > 100_000


@pytest.mark.parametrize("name", CELLS)
def test_potentials_agree_with_fifty_digits(name):
    neurons, *rates = CELLS[name]
    ((times, e, i),) = given = trains(*rates, 30.0, 1)
    neurons = LIFCond(**(neurons.to_dict() | {"v_thresh": -1e-3}))  # which it does not reach
    sim, _ = simulated(neurons, given, 30.0)
    with mpmath.workdps(50):
        t, v, g_e, g_i = (mpmath.mpf(x) for x in (0.0, neurons.v_rest, 0.0, 0.0))
        for when, w_e, w_i in [*zip(times, e, i, strict=True), (30.0, 0.0, 0.0)]:
            v, g_e, g_i = fifty_digits(neurons, mpmath.mpf(when) - t, v, g_e, g_i)
            t, g_e, g_i = mpmath.mpf(when), g_e + mpmath.mpf(w_e), g_i + mpmath.mpf(w_i)
        assert abs(sim.potentials("cells")[0] - v) < 1e-12 * 60.0


def fifty_digits(p, s, v, g_e, g_i, n_terms=45):
    """By power series, in steps of a quarter of the shortest time constant."""
    while s > 0:
        step = min(s, min(p.tau_m / (1 + g_e + g_i), p.tau_syn_e, p.tau_syn_i) / 4)
        terms, e, i = [v], [g_e], [g_i]
        for k in range(n_terms):
            pull = (p.v_rest + p.i_offset if k == 0 else 0) + e[k] * p.e_rev_e + i[k] * p.e_rev_i
            pull -= terms[k] + sum((e[j] + i[j]) * terms[k - j] for j in range(k + 1))
            terms.append(pull / (p.tau_m * (k + 1)))
            e.append(-e[k] / p.tau_syn_e / (k + 1))
            i.append(-i[k] / p.tau_syn_i / (k + 1))
        v, g_e, g_i = (sum(a * step**k for k, a in enumerate(x)) for x in (terms, e, i))
        s -= step
    return v, g_e, g_i


@pytest.mark.parametrize(("surplus", "n_spikes"), [(1e-6, 1), (-1e-6, 0)])
def test_a_double_crossing_between_two_inputs_is_not_missed(surplus, n_spikes):
    # One kick lifts V just to threshold (or just not) and lets it fall again before the next.
    probe = LIFCond(v_thresh=1e3, e_rev_e=2e3, e_rev_i=-80.0)
    given = [(np.array([1.0, 60.0]), np.array([0.15, 0.01]), np.zeros(2))]
    sim, (course,) = simulated(probe, given, 40.0, ("v", np.linspace(1.0, 39.0, 3801)))
    t, v = sim.recorded(course)
    k = int(v[:, 0].argmax())
    a, b, c = np.polyfit(t[k - 5 : k + 6] - t[k], v[k - 5 : k + 6, 0], 2)
    peak, when = c - b**2 / (4 * a), t[k] - b / (2 * a)
    neurons = LIFCond(v_thresh=peak - surplus, e_rev_e=2e3, e_rev_i=-80.0)
    times = simulated(neurons, given, 100.0)[0].spikes("cells")[0]
    assert len(times[times < 60.0]) == n_spikes
    assert np.all(np.abs(times[:1] - when) < 0.05)


def test_inhibition_may_draw_v_up_to_its_reversal():
    """From a deep reset, a shunt brings a spike forward; late inhibition puts it off."""

    def first(v_init, when):
        neurons = LIFCond(i_offset=12.0, e_rev_i=-62.0, v_init=v_init)
        given = [(np.array([when]), np.zeros(1), np.array([1.0]))]
        return simulated(neurons, given, 100.0)[0].spikes("cells")[0][0]

    free = first(-90.0, 99.0)
    assert free == pytest.approx(20.0 * np.log((90.0 - 48.0) / 2.0), abs=1e-9)
    assert first(-90.0, 2.0) < free < first(-90.0, 40.0)


def test_conductances_and_potential_are_sampled_exactly():
    at = np.linspace(0.0, 29.0, 30)
    given = [(np.array([5.0, 7.0]), np.array([0.5, 0.0]), np.array([0.0, 0.25]))]
    sim, recorders = simulated(
        LIFCond(v_thresh=-1.0), given, 30.0, ("g_e", at), ("g_i", at), ("v", at)
    )
    e, i, v = (sim.recorded(recorder)[1][:, 0] for recorder in recorders)
    np.testing.assert_allclose(e, np.where(at > 5, 0.5 * np.exp(-(at - 5) / 5), 0), atol=1e-15)
    np.testing.assert_allclose(i, np.where(at > 7, 0.25 * np.exp(-(at - 7) / 10), 0), atol=1e-15)
    g = (mpmath.mpf(0.5), mpmath.mpf(0))
    then = fifty_digits(LIFCond(), mpmath.mpf(2), mpmath.mpf(-60), *g)
    assert v[7] == pytest.approx(float(then[0]), abs=1e-12)
    then = fifty_digits(LIFCond(), mpmath.mpf(13), then[0], then[1], mpmath.mpf(0.25))
    assert v[20] == pytest.approx(float(then[0]), abs=1e-12)


def test_negative_kicks_are_inhibition():
    net = postdict.Network(seed=2)
    cells = net.add_population("cells", 4, LIFCond())
    net.add_poisson("e", cells, rate=1500.0, weight=0.3)
    net.add_poisson("i", cells, rate=300.0, weight=-0.5)
    g = [net.record(cells, what, every=1.0) for what in ("g_e", "g_i")]
    sim = postdict.Simulation(net)
    sim.run(2000.0)
    mean = [sim.recorded(recorder)[1][200:].mean() for recorder in g]
    assert mean == pytest.approx([1.5 * 0.3 * 5.0, 0.3 * 0.5 * 10.0], rel=0.05)
    assert len(sim.spikes(cells)[0]) > 20


def test_a_run_in_pieces_and_from_checkpoints_gives_the_same_bits(tmp_path):
    def network():
        net = postdict.Network(seed=3)
        cells = net.add_population("cells", 5, LIFCond(tau_refrac=[0.0, 2.0, 2.0, 2.0, 5.0]))
        net.add_poisson("e", cells, rate=900.0, weight=0.5)
        net.add_poisson("i", cells, rate=300.0, weight=-0.5)
        rule = postdict.VogelsSTDP(eta=0.01, rho=5.0, tau=20.0)
        net.connect(cells, cells, weights=0.2, inhibitory=True, plasticity=rule)
        return net

    net = network()
    whole, parts = postdict.Simulation(net), postdict.Simulation(net)
    whole.run(3000.0)
    rng = np.random.default_rng(1)
    while parts.time < 3000.0:
        parts.run_until(min(3000.0, parts.time + rng.exponential(60.0)))
        parts.potentials("cells")
        parts.save(tmp_path / "state.npz")
        parts = postdict.Simulation.load(tmp_path / "state.npz")
    assert len(whole.spikes("cells")[0]) > 100
    for given, other in zip(whole.spikes("cells"), parts.spikes("cells"), strict=True):
        np.testing.assert_array_equal(given, other)
    np.testing.assert_array_equal(
        whole.weights(net.projections[0]), parts.weights(net.projections[0])
    )


def test_silence_costs_nothing_and_forgets_nothing():
    given = [(np.array([10.0, 1e6 + 10.0]), np.array([3.0, 3.0]), np.zeros(2))]
    sim, _ = simulated(LIFCond(tau_refrac=2.0), given, 2e6)
    times, _ = sim.spikes("cells")
    first, second = times[times < 1e6], times[times > 1e6] - 1e6
    assert len(first) > 1
    np.testing.assert_allclose(first, second, atol=2e-9, rtol=0)


def test_a_neuron_that_fires_by_itself_does_so_at_exact_times():
    net = postdict.Network()
    cells = net.add_population("cells", 1, LIFCond(i_offset=15.0, tau_refrac=1.0))
    sim = postdict.Simulation(net)
    sim.run(2000.0)
    times, _ = sim.spikes(cells)
    period = 20.0 * np.log(15.0 / 5.0) + 1.0
    np.testing.assert_allclose(
        times, period * np.arange(1, len(times) + 1) - 1.0, atol=0.5e-9 + 1e-10, rtol=0
    )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"tau_syn_i": [5.0, -1.0]}, "tau_syn_i must be positive, got -1.0 ms"),
        ({"v_thresh": -65.0}, "v_thresh must be above v_reset"),
        ({"e_rev_e": float("nan")}, "e_rev_e must be finite, got nan mV"),
        ({"e_rev_i": -40.0}, "e_rev_i must be at most v_thresh, got e_rev_i = -40 mV, v_thresh ="),
        ({"e_rev_e": -80.0, "e_rev_i": -75.0}, "e_rev_e must be above e_rev_i"),
        ({"e_rev_i": [-70.0, -80.0], "v_thresh": [-50.0] * 3}, "one value per neuron each"),
    ],
)
def test_impossible_parameters_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        LIFCond(**parameters)


def test_excitation_that_cannot_reach_threshold_is_doubted():
    with pytest.warns(UserWarning, match="e_rev_e is not above v_thresh"):
        LIFCond(e_rev_e=-55.0)
    LIFCond(e_rev_i=-55.0)  # shunts: nothing to be said


def test_weights_are_conductances_and_not_negative():
    net = postdict.Network()
    cells = net.add_population("cells", 2, LIFCond())
    source = net.add_spike_source("source", 1, times=[1.0], ids=[0])
    with pytest.raises(ValueError, match="onto LIFCond must be non-negative"):
        net.connect(source, cells, weights=-0.5)
    net.connect(source, cells, weights=2e6)
    sim = postdict.Simulation(net)
    message = "conductances of neuron 0 exceed 1e\\+06 times its leak at t = 2.0+ ms; its input is"
    with pytest.raises(OverflowError, match=message):
        sim.run(10.0)


def test_variables_are_called_what_they_are():
    net = postdict.Network()
    cells = {model: net.add_population(model.__name__, 2, model()) for model in (LIF, LIFExp)}
    conducting = net.add_population("conducting", 2, LIFCond())
    with pytest.raises(TypeError, match="variable 'i_e' needs neurons of the model LIFExp"):
        net.record(conducting, "i_e", every=1.0)
    with pytest.raises(TypeError, match="variable 'g_e' needs neurons of the model LIFCond"):
        net.record(cells[LIF], "g_e", every=1.0)
    with pytest.warns(FutureWarning, match="'g_i' of LIFExp is a current and is called 'i_i'"):
        old = net.record(cells[LIFExp], "g_i", every=1.0)
    assert old.variable == "i_i"
