"""A model run by the slow twin."""

import numpy as np

from . import twin as slow
from .by_engine import kicks
from .description import PAUSES, SYNAPTIC, Reflex, kind_of, rule_of, signal_of, title
from .outcome import Outcome


class Running:
    """A twin in motion, and who is who in it."""

    def __init__(self, model):
        self.model, self.sim, self.handles = model, slow.Twin(), {}
        for name, (size, parameters) in model.populations.items():
            add = {
                "LIF": self.sim.add_population,
                "LIFExp": self.sim.add_population_exp,
                "LIFCond": self.sim.add_population_cond,
            }[kind_of(parameters)]
            self.handles[name] = add(size, **parameters)
        for name, spikes in model.sources.items():
            self.handles[name] = self.sim.add_spike_source(*spikes)
        for name, (population, rate, weight) in model.noise.items():
            given = kicks(model, name, model.populations[population][0], rate)
            self.sim.add_kicks(self.handles[population], *given, weight)
        for population, *steps in model.currents.values():
            self.sim.add_current(self.handles[population], *steps)
        for p in model.projections:
            self.connect(p)

        for given in model.worlds:
            world = Reflex(given)
            world.reset(0)
            names = ("readout", "drive", "weight", "latency", "interval")
            options = {name: given[name] for name in names}
            handles = self.handles[given["motor"]], self.handles[given["sensor"]]
            self.sim.add_world(*handles, **options, tau=given["tau"] or 1.0, ask=world.step)

    def connect(self, p):
        pre, post, weights, pairs = (
            self.handles[p["pre"]],
            self.handles[p["post"]],
            p["weights"],
            p["pairs"],
        )
        options = {**p["to"], "stdp": rule_of(slow, p["rule"])}
        shape = matrix_of_delays(p)
        if shape:  # every pair is a synapse of its own
            pairs = [ids.ravel() for ids in np.indices(shape)][::-1]
            options["axonal_delay"] = np.ravel(options["axonal_delay"])
            weights = np.ravel(np.broadcast_to(weights, shape))
        if pairs:
            self.sim.connect_sparse(pre, post, *pairs, weights, **options)
        else:
            self.sim.connect(pre, post, weights, **options)

    def potentials(self, name):
        size = self.model.populations[name][0]
        return np.array([self.sim.potential(self.handles[name], i) for i in range(size)])

    def weights(self, k):
        """(post, pre), or (n,) where they were given by pairs."""
        shape = matrix_of_delays(self.model.projections[k])
        weights = np.array(self.sim.weights(k))
        return weights.reshape(shape) if shape else weights

    def fluxes(self, k):
        """The same form: what was added, what was taken."""
        shape = matrix_of_delays(self.model.projections[k])
        found = [np.array(flux) for flux in self.sim.fluxes(k)]
        return [flux.reshape(shape) for flux in found] if shape else found

    def readings(self):
        t, found = self.sim.now, {}
        for name in self.model.populations:
            found[t, f"v of {name}"] = self.potentials(name)
        for k, p in enumerate(self.model.projections):
            found[t, f"weights of {title(k, p)}"] = self.weights(k)
            if p["account"] is not None and p["account"] * self.model.duration < t:
                names = f"added by {title(k, p)}", f"taken by {title(k, p)}"
                found |= zip(((t, name) for name in names), self.fluxes(k), strict=True)
        return found

    def samples(self):
        """What the engine's recorders are to show now."""
        t, found = self.sim.now, {}
        for name, (size, parameters) in self.model.populations.items():
            found[t, f"recorded v of {name}"] = self.potentials(name)
            kind = kind_of(parameters)
            if SYNAPTIC[kind]:
                read = self.sim.currents if kind == "LIFExp" else self.sim.conductances
                pairs = [read(self.handles[name], i) for i in range(size)]
                for which, values in zip(SYNAPTIC[kind], np.transpose(pairs), strict=True):
                    found[t, f"recorded {which} of {name}"] = values
        for k, p in enumerate(self.model.projections):
            if p["rule"]:
                w = self.weights(k).ravel()
                found[t, f"recorded weights of {title(k, p)}"] = w
                statistics = [w.mean(), w.std(), w.min(), w.max()] if w.size else [np.nan] * 4
                found[t, f"recorded weight_statistics of {title(k, p)}"] = np.array(statistics)
        return found

    def change(self, share):
        for k, p in enumerate(self.model.projections):
            self.sim.set_plasticity(k, share != PAUSES[0] or not p["pause"])
            if p["rate"] is not None and share == PAUSES[0]:
                self.sim.set_learning_rate(k, p["rate"])
            if p["account"] == share:
                self.sim.account_fluxes(k, True)
            if p["rule"] and "other" in p["rule"] and share == 0.5:
                self.sim.set_modulator(k, signal_of(slow, p["rule"]["other"]))
            if p["halve"] and share == 0.5:
                weights = 0.5 * np.array(self.sim.weights(k))
                self.sim.set_weights(k, weights.tolist())
        for when, source, times, ids in self.model.appended:
            if when == share:
                self.sim.append_spikes(self.handles[source], times, ids)


def matrix_of_delays(p):
    """Its shape, or () where one delay is for all, or one for each of the given pairs."""
    return () if p["pairs"] else np.shape(p["to"]["axonal_delay"])


def twin(model):
    run, readings = Running(model), {}
    run.change(0.0)
    pauses = {share * model.duration: share for share in (*PAUSES, 1.0)}
    for t in sorted({*model.samples, *pauses}):
        run.sim.run_until(t)
        if t in model.samples:
            readings |= run.samples()
        if t in pauses:
            readings |= run.readings()
            run.change(pauses[t])
    return Outcome(
        {
            name: tuple(map(np.array, run.sim.spikes(run.handles[name])))
            for name in model.populations
        },
        {name: run.potentials(name) for name in model.populations},
        [run.weights(k) for k in range(len(model.projections))],
        readings,
    )
