"""Random small networks, full of ties, of any selection of features.

Rounding may decide nothing in them: values are generic (drawn from a seeded generator), or exact
binary fractions on neurons whose V at rest is exact. Where spike times are known to 1e-13 ms only,
because neurons fire by themselves or by currents, delays come from `DELAYS`, by whose sums what
ties by one path ties by all.
"""

import numpy as np
from hypothesis import assume, target
from hypothesis import strategies as st

from .by_engine import engine
from .description import DELAYS, DURATION, PAUSES, Model
from .strategies_drawing import DC, Drawing, weight_unit
from .strategies_synapses import projection

FEATURES = (
    "exp",  # LIFExp beside LIF
    "conductances",  # LIFCond beside LIF
    "sparse",  # synapses given one by one, several of a pair among them
    "delays",  # one for each synapse
    "dendritic",
    "rules",  # Vogels and causal beside antisymmetric
    "windows",  # rules given by a window
    "modulated",  # rules with a third factor
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


@st.composite
def models(draw, features=()):
    rng, on_grid = np.random.default_rng(draw(st.integers(0, 2**32 - 1))), draw(st.booleans())
    model = Model(seed=draw(st.integers(0, 2**64 - 1)))
    d = Drawing(draw, rng, frozenset(features), on_grid, model)
    for k in range(draw(st.integers(1, 3))):
        size = draw(st.integers(1, 4))
        kind = lif_exp if d.maybe("exp") else lif_cond if d.maybe("conductances") else lif
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


def lif_cond(d, size):
    """LIFCond parameters: those of LIFExp, and inhibition that draws V down or only shunts."""
    rng, parameters = d.rng, lif_exp(d, size)
    rest, thresh = parameters["v_rest"], parameters["v_thresh"]
    return parameters | {
        "e_rev_e": rest + rng.uniform(30.0, 70.0, size),
        "e_rev_i": rest + d.one_of([rng.uniform(-20.0, -1.0, size), 0.0, 0.5 * (thresh - rest)]),
    }


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
    unit = np.mean(parameters["v_thresh"] - parameters["v_rest"])
    if "e_rev_e" in parameters and drive != DC:
        unit = weight_unit(d, sensor, inhibitory=False)
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
        "scale": d.rng.uniform(0.2, 1.0) * unit,
        "seed": int(d.rng.integers(2**32)),
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
