"""What may change between two runs: weights, what learns and how fast, rates, spikes to come."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from .. import _checks
from ..network.parts import PoissonSource, Projection, SpikeSource, index_of, label
from ..steps import Steps, as_steps, checked_rate
from .reading import Readings


class Changes(Readings):
    """A simulation that is read and changed while it is paused; `Simulation` adds the running."""

    def weights(self, projection: Projection) -> Any:
        """Return the present weights (mV) in the form in which they were given.

        Returns
        -------
        float, array (post, pre), scipy.sparse matrix or Triplets
            A sparse matrix in the format given; Triplets in the order given.
        """
        synapses = self._network.synapses(projection)
        return synapses.in_form(self._core.weights(projection.index))

    def set_weights(self, projection: Projection, weights: Any) -> None:
        """Replace the weights (mV).

        Parameters
        ----------
        projection : Projection
        weights : float, array (post, pre), scipy.sparse matrix or Triplets
            In the form in which the projection has them, with the same synapses; or one number
            for all, or for synapses given singly (n_synapses,) values in their order.
        """
        synapses = self._network.synapses(projection)
        self._core.set_weights(projection.index, synapses.in_core_order(weights))

    def set_plasticity(self, projection: Projection, on: bool) -> None:
        """Switch learning on or off; while off, the rule still follows the spikes."""
        self._plastic(projection)
        self._core.set_learning(projection.index, bool(on))

    def set_learning_rate(self, projection: Projection, eta: float) -> None:
        """Change a projection's learning rate (eta of its rule, mV) from now on."""
        self._plastic(projection)
        self._core.set_eta(projection.index, _checks.number("eta", eta, "mV", at_least=0.0))

    def account_fluxes(self, projection: Projection, on: bool = True) -> None:
        """Account from now on what the rule does to each synapse, or no longer; see `fluxes`."""
        self._plastic(projection)
        self._core.set_accounting(projection.index, bool(on))

    def fluxes(self, projection: Projection) -> tuple[Any, Any]:
        """Return what the rule has added to each synapse, and taken from it, while accounted.

        Bounds are left aside, and weights that do not learn are accounted as if they did.

        Returns
        -------
        potentiation, depression : array (post, pre), scipy.sparse matrix or Triplets
            mV, >= 0, in the form of the weights.

        Raises
        ------
        ValueError
            They are not accounted: `account_fluxes` begins it.
        """
        self._plastic(projection)
        synapses = self._network.synapses(projection)
        try:
            potentiation, depression = self._core.fluxes(projection.index)
        except ValueError:
            raise ValueError(
                f"fluxes of the {label(projection)} are not accounted: call account_fluxes first"
            ) from None
        return synapses.in_form(potentiation), synapses.in_form(depression)

    def _plastic(self, projection: Projection) -> None:
        self._network.check_projection(projection)
        if projection.plasticity is None:
            raise ValueError(f"the {label(projection)} has no plasticity")

    def set_rate(self, source: PoissonSource | str, rate: float | Steps) -> None:
        """Change the rate (Hz per neuron) of a Poisson source from now on.

        The times of `Steps` count from t = 0, not from the present.
        """
        index = index_of(source, PoissonSource, self._network.poisson_sources, "Poisson source")
        steps = as_steps(checked_rate(rate))
        self._core.set_rate(index, steps.times, steps.values)

    def append_spikes(self, source: SpikeSource | str, *, times: ArrayLike, ids: ArrayLike) -> None:
        """Add spikes to those that a spike source will replay, as if they had been there before.

        Parameters
        ----------
        source : SpikeSource or str
        times : array (n_spikes,)
            ms, not before the present, in any order; also between spikes that are there already.
        ids : array (n_spikes,) of int
            Who fires.
        """
        sources = self._network.spike_sources
        index = index_of(source, SpikeSource, sources, "spike source")
        name, size = sources[index].name, sources[index].size
        with self._paused():
            piece = _checks.spike_arrays(name, times, ids, size, earliest=self._core.time)
            self._core.append_spikes(index, *piece)
            self._network.given_spikes(sources[index]).append(piece)
