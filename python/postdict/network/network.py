"""What exists: populations, sources, projections and recorders, declared one by one.

A `Network` is a description and holds no state; any number of simulations can be made of it. What
its methods return are plain values that name a part, valid in every simulation of this network.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from ..neurons import LIF, LIFExp, Model
from ..plasticity import RULES, Rule
from . import connecting, html, recording
from .driving import Driven
from .forms import Bounds
from .parts import Emitter, Population, Projection, Recorder, Variable, checked_size


class Network(Driven):
    """A description of populations, sources, projections and recorders.

    Parameters
    ----------
    seed : int
        Every random source has its own stream, made from this seed and the source's name, so that
        adding one changes no other's numbers.

    Examples
    --------
    >>> net = Network(seed=7)
    >>> cells = net.add_population("cells", 20, LIF(tau_m=100.0))
    >>> noise = net.add_poisson("noise", cells, rate=150.0, weight=0.1)
    """

    def _repr_html_(self) -> str:
        return html.of_network(self)

    def add_population(self, name: str, size: int, neurons: Model) -> Population:
        """Add `size` neurons.

        Parameters
        ----------
        name : str
            Unique among populations and sources.
        size : int
            Number of neurons, at least 1.
        neurons : LIF or LIFExp
            Their parameters: numbers, or arrays of `size` values.

        Returns
        -------
        Population
        """
        name = self._new_name(name)
        size = checked_size(size)
        if not isinstance(neurons, (LIF, LIFExp)):
            raise TypeError(f"neurons must be a LIF or a LIFExp, got {type(neurons).__name__}")
        neurons.check_size(size)
        population = Population(name, size, neurons)
        self.populations.append(population)
        return population

    def connect(
        self,
        pre: Emitter | str,
        post: Population | str,
        *,
        weights: Any,
        axonal_delay: ArrayLike = 1.0,
        dendritic_delay: float = 0.0,
        inhibitory: bool = False,
        plasticity: Rule | None = None,
        allow_multapses: bool = True,
        precision: Literal["double", "single"] = "double",
    ) -> Projection:
        """Connect neurons of `pre` to neurons of `post`: all to all, or by synapses given singly.

        Parameters
        ----------
        pre : Population, SpikeSource or str
        post : Population or str
        weights : float, array (post, pre), scipy.sparse matrix (post, pre) or Triplets
            mV. One number stands for all pairs (with a plasticity: the start value of each).
            Entries that a sparse matrix stores are synapses, zeros too. Inhibitory and plastic
            weights are non-negative: the projection carries the sign.
        axonal_delay : float or array
            From a presynaptic spike to its arrival, ms, > 0; or one per synapse: (post, pre) with
            a matrix, (n_synapses,) in the order of the Triplets or of the matrix's ``.tocoo()``.
        dendritic_delay : float
            From a postsynaptic spike to its arrival at the plastic synapse, ms, >= 0. It does not
            delay the potential.
        inhibitory : bool
            Whether an arrival lowers V.
        plasticity : a rule of `postdict.plasticity`, optional
            Without one the weights are fixed.
        allow_multapses : bool
            False refuses Triplets that join a pair more than once.
        precision : "double" or "single"
            In which the weights are held; all arithmetic is in double.

        Returns
        -------
        Projection
        """
        source, target = self._emitter(pre), self._population(post)
        if plasticity is not None and not isinstance(plasticity, tuple(RULES.values())):
            raise TypeError(f"plasticity must be a postdict rule, got {type(plasticity).__name__}")
        if precision not in ("double", "single"):
            raise ValueError(f"precision must be 'double' or 'single', got {precision!r}")
        if plasticity is not None and precision == "single" and plasticity.w_max < 1e-37:
            raise ValueError(
                "w_max, in single precision, must be at least 1e-37 mV, "
                f"got {plasticity.w_max:g} mV"
            )
        plastic = plasticity is not None
        w_max = plasticity.w_max if plasticity else np.inf
        synapses = connecting.declared(
            weights,
            axonal_delay,
            (target.size, source.size),
            Bounds(bool(inhibitory) or plastic, w_max, precision == "single"),
            plastic=plastic,
            allow_multapses=allow_multapses,
        )
        projection = Projection(
            len(self.projections),
            source.name,
            target.name,
            synapses.delay,
            bool(inhibitory),
            plasticity,
            _checks.number("dendritic_delay", dendritic_delay, "ms", at_least=0.0),
            precision,
        )
        self.projections.append(projection)
        self._synapses.append(synapses)
        return projection

    def record(
        self,
        target: Projection | Population | str,
        variable: Variable,
        *,
        every: float | None = None,
        times: ArrayLike | None = None,
        ids: ArrayLike | None = None,
        synapses: recording.Chosen | None = None,
        max_bytes: int = 2**28,
    ) -> Recorder:
        """Sample a variable at 0, every, 2 every, ... ms, or at given times.

        A sample shows the state from before the events of its instant. With `every`, when
        `max_bytes` is full, every second sample is dropped and the interval doubles: samples always
        span the whole run. With `times` all samples must fit. `Simulation.stream` moves samples to
        a file instead.

        Parameters
        ----------
        target : Projection, Population or str
            A projection for "weights" and "weight_statistics", a population for the others.
        variable : "weights", "weight_statistics", "v", "g_e" or "g_i"
            Weights; their mean, standard deviation, minimum and maximum; membrane potential,
            excitatory or inhibitory current (of `LIFExp`); mV.
        every : float, optional
            Interval, ms.
        times : array (n_samples,), optional
            ms, >= 0, rising; instead of `every`.
        ids : array of int, optional
            Which neurons; all by default.
        synapses : tuple of two arrays (post_ids, pre_ids), or array of int, optional
            Which weights; all by default. Positions in the order of the Triplets, of a sparse
            matrix's ``.tocoo()`` or of a matrix's ``.ravel()`` where one array is given.
        max_bytes : int
            Bound on memory (8 bytes a number); at least two samples must fit.

        Returns
        -------
        Recorder
        """
        if isinstance(target, str):
            target = self._population(target)
        recording.check_target(target, variable)
        if isinstance(target, Projection):
            self.check_projection(target)
        else:
            target = self._population(target)
        recorder = recording.declared(
            len(self.recorders),
            target,
            variable,
            self.recorded_synapses(target),
            every=every,
            times=times,
            ids=ids,
            synapses=synapses,
            max_bytes=max_bytes,
        )
        self.recorders.append(recorder)
        return recorder
