"""Random small networks, full of ties, of any selection of features.

Rounding may decide nothing in them: values are generic (drawn from a seeded generator), or exact
binary fractions on neurons whose V at rest is exact. Where spike times are known to 1e-13 ms only,
because neurons fire by themselves or by currents, delays come from `DELAYS`, by whose sums what
ties by one path ties by all.
"""

from dataclasses import dataclass

import numpy as np
from hypothesis import assume, target
from hypothesis import strategies as st

from .by_engine import engine
from .description import DELAYS, DURATION, PAUSES, Model, synapses

FEATURES = (
    "exp",  # LIFExp beside LIF
    "sparse",  # synapses given one by one, several of a pair among them
    "delays",  # one for each synapse
    "dendritic",
    "rules",  # Vogels and causal beside antisymmetric
    "windows",  # rules given by a window
    "pairing",  # also nearest spikes alone
    "soft",  # bounds
    "rate",  # of learning, changed at the first pause
    "fluxes",  # accounted from one of the pauses on, or from the start
    "halve",  # new weights at half time
    "currents",
    "appended",  # spikes, while paused
    "steps",  # of Poisson rates
    "samples",  # recorders at given times
)


DC = "current"


@dataclass
class Drawing:
    """What is at hand while a model is drawn: hypothesis for its structure, numbers from a seed."""

    draw: object
    rng: np.random.Generator
    features: frozenset
    on_grid: bool  # spike times and delays
    model: Model

    def maybe(self, feature=None):
        return (feature is None or feature in self.features) and self.draw(st.booleans())

    def one_of(self, values):
        return self.draw(st.sampled_from(list(values)))

    def exp(self, name):
        return "tau_syn_e" in self.model.populations[name][1]


@st.composite
def models(draw, features=()):
    rng, on_grid = np.random.default_rng(draw(st.integers(0, 2**32 - 1))), draw(st.booleans())
    model = Model(seed=draw(st.integers(0, 2**64 - 1)))
    d = Drawing(draw, rng, frozenset(features), on_grid, model)
    for k in range(draw(st.integers(1, 3))):
        size = draw(st.integers(1, 4))
        kind = lif_exp if d.maybe("exp") else lif
        model.populations[f"p{k}"] = (size, kind(d, size))
    for k in range(draw(st.integers(1, 2))):
        size = draw(st.integers(1, 4))
        model.sources[f"s{k}"] = (size, *spikes(d, size, 0.0))
    for k in range(draw(st.integers(0, 2))):
        add_noise(d, f"n{k}")
    if "currents" in features:
        for k in range(draw(st.integers(1, 3))):
            add_current(d, f"i{k}")
    if "worlds" in features:  # which transforms and files of models do not know
        for _ in range(draw(st.integers(1, 2))):
            model.worlds.append(world(d))
    for _ in range(draw(st.integers(1, 6))):
        model.projections.append(projection(d))
    if "appended" in features:
        for share in PAUSES:
            source = d.one_of(model.sources)
            given = spikes(d, model.sources[source][0], share * DURATION)
            model.appended.append((share, source, *given))
    if "samples" in features:
        # At events of the grid among others, but not at pauses.
        times = rng.choice(np.setdiff1d(np.arange(128), 32 * np.arange(4)), 3, replace=False)
        model.samples = sorted(0.5 * times)
    return model


def lif(d, size):
    """LIF parameters. No two drives are equal: neurons of different pasts could tie by them."""
    rng = d.rng

    def value(low, high):
        return rng.uniform(low, high, size if d.maybe() else None)

    exact = d.maybe()
    rest = 0.0 if exact else value(-70.0, -60.0)
    parameters = {
        "tau_m": value(3.0, 40.0),
        "v_rest": rest,
        "v_thresh": 1.0 if exact else rest + value(0.7, 1.3),
        "v_reset": 0.0 if exact else rest + value(-0.5, 0.3),
        "reset": d.one_of(["to", "by"]),
    }
    drive = d.one_of([None, None, (-0.5, 0.8), (1.1, 2.5)])
    if drive:
        parameters["i_offset"] = rng.uniform(*drive, size) * (parameters["v_thresh"] - rest)
    if d.maybe():
        parameters["v_init"] = rest + value(-0.3, 0.5)
    if d.maybe():
        above = [parameters["v_reset"], rest + parameters.get("i_offset", 0.0)]
        lowest = np.minimum(np.minimum(*above), parameters.get("v_init", rest))
        parameters["v_min"] = lowest - d.one_of([0.0, 0.25])
    if parameters["reset"] == "to" and d.maybe():
        choices = [0.0, *DELAYS, rng.uniform(0.1, 5.0)]
        parameters["tau_refrac"] = rng.choice(choices, size if d.maybe() else None)
    return parameters


def lif_exp(d, size):
    """LIFExp parameters, all generic but for time constants that are equal or nearly so."""
    rng = d.rng
    rest, tau_m = rng.uniform(-70.0, -60.0), rng.uniform(5.0, 40.0, size)
    near = [rng.uniform(0.1, 2.0, 2), 1.0, 1.0 + 1e-9, rng.uniform(0.97, 1.03, 2)]
    tau_e, tau_i = np.broadcast_to(near[d.one_of(range(4))], 2)
    span = rng.uniform(0.7, 1.3, size)
    parameters = {
        "tau_m": tau_m,
        "v_rest": rest,
        "v_thresh": rest + span,
        "v_reset": rest + rng.uniform(-0.5, 0.3, size),
        "tau_syn_e": tau_m * tau_e,
        "tau_syn_i": tau_m * tau_i,
        "i_offset": rng.uniform(*d.one_of([(-0.5, 0.8), (1.1, 2.0)]), size) * span,
    }
    if d.maybe():
        parameters["v_init"] = rest + rng.uniform(-0.3, 0.5, size)
    if d.maybe():
        parameters["tau_refrac"] = rng.choice([0.0, *DELAYS, rng.uniform(0.1, 5.0)], size)
    return parameters


def drive_of(model, name):
    """The largest v_inf - v_thresh that the neurons of a population ever have."""
    _, p = model.populations[name]
    steps = sum(max(0.0, *c[2]) for c in model.currents.values() if c[0] == name)
    steps += sum(2.0 * w["scale"] for w in model.worlds if (w["sensor"], w["drive"]) == (name, DC))
    return np.max(p["v_rest"] + p.get("i_offset", 0.0) + steps - p["v_thresh"])


def fires_by_itself(model):
    """Whether a LIF does: when it does is known to 1e-13 ms."""
    delta = [name for name, (_, p) in model.populations.items() if "tau_syn_e" not in p]
    return any(drive_of(model, name) > 0.0 for name in delta)


def exact_times(model):
    """Whether all spikes are made by arrivals and kicks, whose times are exact."""
    exp = any("tau_syn_e" in p for _, p in model.populations.values())
    return not (exp or fires_by_itself(model))


def spikes(d, size, start):
    """Times and ids of a source from `start` on, at times two at once of one neuron."""
    n = d.draw(st.integers(0, 60 if start == 0.0 else 12))
    grid = 0.5 * d.rng.integers(2 * start, 2 * DURATION, n)
    times = grid if d.on_grid else d.rng.uniform(start, DURATION, n)
    return times, d.rng.integers(0, size, n)


def add_noise(d, name):
    kicked = d.one_of(d.model.populations)
    weight = d.rng.uniform(-0.4, 1.2)
    weight *= weight_unit(d, kicked, inhibitory=weight < 0.0)
    rate = d.rng.uniform(50.0, 500.0)
    if d.maybe("steps"):
        times = np.sort(d.rng.uniform(0.0, DURATION, 4))
        times[0] *= d.one_of([0.0, 1.0])
        rate = (times, d.rng.choice([0.0, 1.0], 4) * d.rng.uniform(50.0, 1000.0, 4))
    d.model.noise[name] = (kicked, rate, weight)


def weight_unit(d, post, inhibitory):
    """What moves V of these neurons about as much as 1 mV moves V of a LIF."""
    if not d.exp(post):
        return 1.0
    parameters = d.model.populations[post][1]
    tau = parameters["tau_syn_i" if inhibitory else "tau_syn_e"]
    return float(np.mean(parameters["tau_m"] / tau))


def add_current(d, name):
    rng, population = d.rng, d.one_of(d.model.populations)
    size, parameters = d.model.populations[population]
    span = np.mean(parameters["v_thresh"] - parameters["v_rest"])
    n = d.draw(st.integers(1, 4))
    times = np.sort(rng.uniform(0.0, DURATION, n))
    if d.maybe():  # together with spikes of the grid
        times = np.sort(0.5 * rng.choice(2 * int(DURATION), n, replace=False))
    values = span * rng.uniform(-0.8, 1.5, n)
    if d.maybe():
        values[-1] = 0.0
    ids = sorted(rng.choice(size, rng.integers(1, size + 1), replace=False)) if d.maybe() else None
    d.model.currents[name] = (population, times, values, ids)
    # No two drives are equal, and none is below v_min.
    if "i_offset" not in parameters:
        parameters["i_offset"] = rng.uniform(0.0, 0.3, size) * span
    if "v_min" in parameters:
        parameters["v_min"] = parameters["v_min"] + min(0.0, *values) - 0.01


def world(d):
    """A world between any two; currents only where no lower bound forbids them."""
    model = d.model
    motor, sensor = d.one_of([*model.sources, *model.populations]), d.one_of(model.populations)
    size, parameters = model.populations[sensor]
    drive = d.one_of(["kicks", "spikes", *([DC] if "v_min" not in parameters else [])])
    readout = d.one_of(["counts", "rates", "spikes"])
    return {
        "motor": motor,
        "sensor": sensor,
        "n_motor": (model.populations | model.sources)[motor][0],
        "n_sensor": size,
        "interval": d.one_of([2.5, 4.0, d.rng.uniform(1.0, 10.0)]),
        "latency": d.one_of([0.0, *DELAYS, d.rng.uniform(0.0, 15.0)]),
        "readout": readout,
        "tau": d.rng.uniform(2.0, 30.0) if readout == "rates" else None,
        "drive": drive,
        "weight": 1.0 if drive == "spikes" else None,
        "scale": d.rng.uniform(0.2, 1.0) * np.mean(parameters["v_thresh"] - parameters["v_rest"]),
        "seed": int(d.rng.integers(2**32)),
    }


def projection(d):
    rng, model = d.rng, d.model
    post = d.one_of(model.populations)
    # What hears itself while it fires by itself would meet its echoes at its threshold.
    loops = not fires_by_itself(model)
    pre = d.one_of([*model.sources, *(name for name in model.populations if loops or name < post)])
    n_post, n_pre = model.populations[post][0], (model.populations | model.sources)[pre][0]
    inhibitory, plastic, sparse = d.maybe(), d.maybe(), d.maybe("sparse")
    each_delay = d.maybe("delays")
    pairs, shape = None, (n_post, n_pre) if d.maybe() or each_delay else ()
    if sparse:
        n = d.draw(st.integers(1, 2 * n_pre * n_post))
        pairs = rng.integers(0, n_pre, n), rng.integers(0, n_post, n)
        shape = (n,)
    unit = weight_unit(d, post, inhibitory)
    dendritic = dendritic_delay(d) if d.maybe("dendritic") else 0.0
    weights = unit * weights_of(d, post, shape)
    halve = d.maybe("halve")
    # Not with new weights: see test_new_weights_leave_the_fluxes_as_they_are.
    accounted = plastic and not halve and d.maybe("fluxes")
    if pre in model.populations and not inhibitory:
        weights = 0.5 * weights  # or activity explodes
    if not (inhibitory or plastic) and d.maybe():
        weights = weights * rng.choice([-1.0, 1.0], shape)
    return synapses(
        pre,
        post,
        weights if shape else float(weights),
        delays_of(d, shape if each_delay else ()),
        inhibitory,
        rule(d, 1.5 * unit, inhibitory) if plastic else None,
        plastic and d.maybe(),
        pairs=pairs,
        dendritic=dendritic,
        halve=halve,
        rate=d.rng.uniform(0.0, 0.1) if plastic and d.maybe("rate") else None,
        account=d.one_of([0.0, *PAUSES]) if accounted else None,
    )


def weights_of(d, post, shape):
    # Sums of exact weights reach the threshold, or multiples of it, exactly; on the grid alone,
    # or two arrivals that should tie could miss each other by a bit.
    parameters = d.model.populations[post][1]
    exact = d.on_grid and np.all(parameters["v_rest"] == 0.0) and "i_offset" not in parameters
    if exact and d.maybe():
        return d.rng.choice([0.0, 0.25, 0.5, 1.0, 1.5], shape)
    return d.rng.uniform(0.0, 1.5, shape)


def delays_of(d, shape):
    """A few that differ, on the grid or generic; generic ones only where times are exact."""
    generic = [] if d.on_grid or not exact_times(d.model) else [d.rng.uniform(0.1, 4.0)]
    if not shape:
        return d.one_of([*DELAYS, *generic])
    if generic and d.maybe():
        return d.rng.uniform(0.1, 4.0, shape)
    return d.rng.choice([*DELAYS, *generic], shape)


def dendritic_delay(d):
    """On the grid, where the synapse sees the spike together with arrivals, or generic."""
    grid = DELAYS if exact_times(d.model) else []
    return d.one_of([*grid, *([] if d.on_grid and grid else [d.rng.uniform(0.1, 4.0)])])


def rule(d, w_max, inhibitory):
    kinds = ["AntisymmetricSTDP"]
    if "rules" in d.features:
        kinds += ["VogelsSTDP", "CausalSTDP"]
    if "windows" in d.features:
        kinds += ["HaasSTDP", "WindowSTDP"]
    kind = d.one_of(kinds)
    given = {"kind": kind, "eta": d.rng.uniform(0.01, 0.1)}
    # Excitation that grows without bound would multiply the rounding of every spike by thousands.
    given["w_max"] = d.one_of([np.inf if inhibitory else 3.0 * w_max, w_max])
    if d.maybe("pairing"):
        given["pairing"] = "nearest"
    elif kind == "HaasSTDP":
        given["pairing"] = "all"
    if given["w_max"] < np.inf and d.maybe("soft"):
        given["bounds"] = "soft"
    return given | OWN[kind](d)


def antisymmetric(d):
    amplitudes, taus = d.rng.uniform(-1.0, 2.0, 2), d.rng.uniform(3.0, 40.0, 2)
    return dict(
        zip(("A_plus", "A_minus", "tau_plus", "tau_minus"), [*amplitudes, *taus], strict=True)
    )


def haas(d):
    rng = d.rng
    return {
        "A_plus": rng.uniform(-1.0, 2.0),
        "A_minus": rng.uniform(-1.0, 2.0),
        "alpha_plus": rng.uniform(0.5, 2.0),
        "alpha_minus": rng.uniform(0.5, 2.0),
        "beta": rng.uniform(1.5, 16.0),
        "stretch": rng.uniform(0.5, 2.0),
        "latency": d.one_of([0.0, rng.uniform(-5.0, 5.0)]),
    }


def sampled_window(d):
    """Knots anywhere, or where times are exact on the grid, so that lags meet them and jumps."""
    rng, n = d.rng, d.draw(st.integers(2, 6))
    lags = rng.uniform(-25.0, 10.0) + np.cumsum(rng.uniform(0.5, 8.0, n))
    if d.on_grid and exact_times(d.model) and d.maybe():
        lags = np.round(2.0 * lags) / 2.0
    values = rng.uniform(-1.5, 1.5, n)
    if d.maybe():  # a jump
        k = rng.integers(n)
        lags, values = np.insert(lags, k, lags[k]), np.insert(values, k, rng.uniform(-1.5, 1.5))
    return {"lags": tuple(lags.tolist()), "values": tuple(values.tolist())}


OWN = {  # the parameters that only one kind of rule has
    "AntisymmetricSTDP": antisymmetric,
    "VogelsSTDP": lambda d: {"rho": d.rng.uniform(1.0, 30.0), "tau": d.rng.uniform(3.0, 40.0)},
    "CausalSTDP": lambda d: {"bias": d.rng.uniform(0.0, 1.0), "tau": d.rng.uniform(3.0, 40.0)},
    "HaasSTDP": haas,
    "WindowSTDP": sampled_window,
}


def engine_unless_too_busy(model):
    """The engine's outcome. Much activity is asked for, but not more than the twin can follow.

    Nor more than 1e-9 can: with currents, every spike passes on the rounding of all before it.
    """
    exp = any("tau_syn_e" in p for _, p in model.populations.values())
    try:
        outcome = engine(model, max_recorded_spikes=300 if exp else 1000)
    except (RuntimeError, OverflowError):  # the latter: a million at once, by subtraction
        assume(False)
    n_spikes = sum(len(times) for times, _ in outcome.spikes.values())
    target(min(100.0 if exp else 300.0, n_spikes))
    return outcome
