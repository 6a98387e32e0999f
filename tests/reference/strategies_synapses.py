"""Random projections: their weights, delays and rules."""

import numpy as np
from hypothesis import strategies as st

from .description import DELAYS, PAUSES, synapses
from .strategies_drawing import exact_times, fires_by_itself, weight_unit


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
    conducts = "e_rev_e" in model.populations[post][1]
    if not (inhibitory or plastic or conducts) and d.maybe():
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
        kinds += ["VogelsSTDP", "CausalSTDP", "TripletSTDP", "CustomSTDP"]
    if "windows" in d.features:
        kinds += ["HaasSTDP", "WindowSTDP"]
    kind = d.one_of(kinds)
    given = {"kind": kind, "eta": d.rng.uniform(0.01, 0.1)}
    # Excitation that grows without bound would multiply the rounding of every spike by thousands.
    given["w_max"] = d.one_of([np.inf if inhibitory else 3.0 * w_max, w_max])
    third = third_factor(d) if d.maybe("modulated") else {}
    if kind == "CustomSTDP":
        return custom(d, given) | third
    if d.maybe("pairing"):
        given["pairing"] = "nearest"
    elif kind == "HaasSTDP":
        given["pairing"] = "all"
    if given["w_max"] < np.inf and d.maybe("soft"):
        given["bounds"] = "soft"
    return given | OWN[kind](d) | third


def third_factor(d):
    """A trace that lasts from less than an interval to most of a run, and pulses of any sign."""

    def signal():
        n = d.draw(st.integers(1, 6))
        times = d.rng.uniform(0.0, 60.0, n) if d.maybe() else d.rng.choice(np.arange(121), n) / 2.0
        times = np.unique(times)
        signs = d.rng.choice([-1.0, 0.0, 1.0], len(times), p=[0.3, 0.2, 0.5])
        return times.tolist(), (signs * d.rng.uniform(0.02, 0.3, len(times))).tolist()

    given = {"third": (d.rng.uniform(2.0, 60.0), signal())}
    return given | ({"other": d.one_of([0.1, signal()])} if d.maybe() else {})


def antisymmetric(d):
    amplitudes, taus = d.rng.uniform(-1.0, 2.0, 2), d.rng.uniform(3.0, 40.0, 2)
    return dict(
        zip(("A_plus", "A_minus", "tau_plus", "tau_minus"), [*amplitudes, *taus], strict=True)
    )


UPDATES = [  # of the user's own: pairs, bounds of their own, triplets, decay
    ("w - eta * a * y", "w + eta * b * x"),
    ("w - eta * a * w * y", "w + eta * b * (1.5 - min(w, 1.0)) * x ** 1.5"),
    ("w - eta * y * (a + b * x2)", "w + eta * x * (a + b * y2)"),
    ("where(x2 > 0.5, 0.9 * w, w + eta * a)", "max(w - eta * abs(y2 - x), w / (1.0 + eta * x2))"),
    ("w + eta * (exp(-y) - sqrt(a * x + y2))", "w + eta * log(1.0 + b * x + y)"),
]


def custom(d, given):
    rng, (on_pre, on_post) = d.rng, d.one_of(UPDATES)
    return {
        "kind": "CustomSTDP",
        "pre": {"x": rng.uniform(3.0, 40.0), "x2": rng.uniform(3.0, 60.0)},
        "post": {"y": rng.uniform(3.0, 40.0), "y2": rng.uniform(3.0, 60.0)},
        "on_pre": on_pre,
        "on_post": on_post,
        "parameters": {"eta": given["eta"], "a": rng.uniform(0.1, 1.0), "b": rng.uniform(0.1, 1.0)},
        "set_to_one": d.one_of([(), ("x",), ("y", "x2")]),
        "w_max": given["w_max"],
    }


def triplets(d):
    names = ("A2_plus", "A2_minus", "A3_plus", "A3_minus")
    taus = ("tau_plus", "tau_minus", "tau_x", "tau_y")
    return {
        **dict(zip(names, d.rng.uniform(-1.0, 2.0, 4), strict=True)),
        **dict(zip(taus, d.rng.uniform(3.0, 60.0, 4), strict=True)),
    }


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
    "TripletSTDP": triplets,
    "HaasSTDP": haas,
    "WindowSTDP": sampled_window,
}
