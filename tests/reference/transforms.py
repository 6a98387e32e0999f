"""Models made into others that must act alike, and the way back from their outcomes."""

from dataclasses import replace

import numpy as np

from .description import Model

TIME_CONSTANTS = ("tau_m", "tau_refrac", "tau_syn_e", "tau_syn_i")
RULE_TIMES = ("tau_plus", "tau_minus", "tau", "tau_x", "tau_y", "latency")
RULE_RATES = ("rho", "alpha_plus", "alpha_minus")


def on_even_picoseconds(model):
    """All times and delays are even picoseconds, which half and double of them are whole ones."""
    return scaled(model, 1.0, lambda t: np.round(5e8 * t) / 5e8)


def scaled(model, factor, rounded=lambda t: t):
    """Everything takes `factor` times as long; weights and learning steps stay."""

    def times(t):
        return rounded(factor * np.asarray(t, float))

    def rate(r):
        return (times(r[0]), np.divide(r[1], factor)) if isinstance(r, tuple) else r / factor

    def projection(p):
        to = {k: times(v) if k.endswith("delay") else v for k, v in p["to"].items()}
        to = {k: float(v) if k.endswith("delay") and not v.ndim else v for k, v in to.items()}
        return {**p, "to": to, "rule": p["rule"] and rule(p["rule"])}

    def rule(given):
        scaled = {k: factor * v if k in RULE_TIMES else v for k, v in given.items()}
        scaled |= {k: v / factor for k, v in given.items() if k in RULE_RATES}
        if "lags" in given:
            scaled["lags"] = tuple(factor * lag for lag in given["lags"])
        for side in {"pre", "post"} & given.keys():  # traces of a rule of one's own
            scaled[side] = {name: factor * tau for name, tau in given[side].items()}
        if "third" in given:
            tau, signal = given["third"]
            scaled["third"] = factor * tau, modulator(signal)
        if "other" in given:
            scaled["other"] = modulator(given["other"])
        return scaled

    def modulator(d):
        return d / factor if isinstance(d, float) else (times(d[0]), np.divide(d[1], factor))

    return Model(
        {
            name: (n, {k: times(v) if k in TIME_CONSTANTS else v for k, v in parameters.items()})
            for name, (n, parameters) in model.populations.items()
        },
        {name: (n, times(t), ids) for name, (n, t, ids) in model.sources.items()},
        {name: (of, rate(r), weight) for name, (of, r, weight) in model.noise.items()},
        [projection(p) for p in model.projections],
        factor * model.duration,
        model.seed,
        {name: (of, times(t), *rest) for name, (of, t, *rest) in model.currents.items()},
        [(share, source, times(t), ids) for share, source, t, ids in model.appended],
        list(times(model.samples)),
    )


def unscaled(outcome, factor):
    return replace(
        outcome,
        spikes={name: (t / factor, ids) for name, (t, ids) in outcome.spikes.items()},
        readings={(t / factor, what): v for (t, what), v in outcome.readings.items()},
    )


def permuted(model, random):
    """Neuron i of every population and source is called order[i]; what is random stays away."""
    everyone = model.populations | model.sources
    orders = {name: random.sample(range(part[0]), part[0]) for name, part in everyone.items()}
    orders = {name: np.array(order) for name, order in orders.items()}

    def along(name, values, axis=0):
        """values[i] go to where order[i] is; one number stays."""
        values = np.asarray(values)
        return np.take(values, np.argsort(orders[name]), axis) if values.ndim else values.item()

    def parameters(name, given):
        return {k: v if isinstance(v, str) else along(name, v) for k, v in given.items()}

    def spikes(name, t, ids):
        return t, orders[name][np.asarray(ids, int)]

    def matrix(p, values):
        return along(p["pre"], along(p["post"], values), 1) if np.ndim(values) == 2 else values

    def projection(p):
        if p["pairs"]:
            pre, post = p["pairs"]
            return {**p, "pairs": (orders[p["pre"]][pre], orders[p["post"]][post])}
        to = {**p["to"], "axonal_delay": matrix(p, p["to"]["axonal_delay"])}
        return {**p, "weights": matrix(p, p["weights"]), "to": to}

    other = replace(
        model,
        populations={
            name: (n, parameters(name, given)) for name, (n, given) in model.populations.items()
        },
        sources={name: (n, *spikes(name, *given)) for name, (n, *given) in model.sources.items()},
        currents={
            name: (of, t, v, None if ids is None else orders[of][np.asarray(ids, int)])
            for name, (of, t, v, ids) in model.currents.items()
        },
        appended=[
            (share, source, *spikes(source, *given)) for share, source, *given in model.appended
        ],
        projections=[projection(p) for p in model.projections],
    )

    def restore(outcome):
        back = {}
        for name, (times, ids) in outcome.spikes.items():
            ids = np.argsort(orders[name])[ids]
            by_time = np.lexsort((ids, times))
            back[name] = times[by_time], ids[by_time]
        weights = []
        for p, values in zip(model.projections, outcome.weights, strict=True):
            dense = not p["pairs"] and values.ndim == 2
            weights.append(values[np.ix_(orders[p["post"]], orders[p["pre"]])] if dense else values)
        potentials = {name: v[orders[name]] for name, v in outcome.potentials.items()}
        return replace(outcome, spikes=back, potentials=potentials, weights=weights, readings={})

    return other, restore


def divided(model, random):
    """Fixed weights in two halves, which act as one, and all projections in another order."""
    pieces = []
    for k, p in enumerate(model.projections):
        half = {**p, "weights": 0.5 * np.asarray(p["weights"])}
        pieces += [(k, p)] if p["rule"] else [(k, half), (k, half)]
    random.shuffle(pieces)

    def restore(outcome):
        whole = {}
        for (k, _), part in zip(pieces, outcome.weights, strict=True):
            whole[k] = whole.get(k, 0.0) + part
        return replace(outcome, weights=[whole[k] for k in sorted(whole)], readings={})

    return replace(model, projections=[p for _, p in pieces]), restore


def matrices_as_triplets(model):
    """Every matrix, zeros included, as synapses one by one."""
    shapes = {
        k: (model.populations[p["post"]][0], (model.populations | model.sources)[p["pre"]][0])
        for k, p in enumerate(model.projections)
    }

    def triplets(k, p):
        post, pre = (ids.ravel() for ids in np.indices(shapes[k]))
        delay = p["to"]["axonal_delay"]
        to = {**p["to"], "axonal_delay": np.ravel(delay) if np.ndim(delay) else delay}
        weights = np.ravel(np.broadcast_to(p["weights"], shapes[k]))
        return {**p, "weights": weights, "pairs": (pre, post), "to": to}

    def restore(outcome):
        weights = [w.reshape(shapes[k]) for k, w in enumerate(outcome.weights)]
        return replace(outcome, weights=weights, readings={})

    projections = [triplets(k, p) for k, p in enumerate(model.projections)]
    return replace(model, projections=projections), restore
