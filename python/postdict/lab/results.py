"""Results of experiments: what was found, summarised over seeds, and handed to other programs."""

from __future__ import annotations

import html
import os
import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .. import _checks, _html
from ..exchange import Recording, Train

if TYPE_CHECKING:
    import neo
    import scipy.sparse
    import xarray

Nested = dict[str, Any]


@_checks.brief
@dataclass(frozen=True, eq=False)
class Result:
    """What an experiment found.

    Parameters
    ----------
    experiment : str
        Its name on the command line.
    config : dict
        Its configuration.
    summary : dict
        Headline metrics, controls and spread over seeds: nested dicts of numbers, texts and None.
    arrays : dict of arrays
        Named arrays of the first seed.
    tables : dict of dict of arrays
        Columns by name, of every table to be written as .csv.
    files : dict of bytes
        What else is to be written, by file name.

    Examples
    --------
    >>> import numpy as np
    >>> from postdict.lab.results import Result
    >>> result = Result("mine", {"n_motor": 3}, {"scale": 0.8}, {"weights": np.zeros((3, 6))})
    >>> result
    Result(experiment='mine', config={'n_motor': 3}, summary={'scale': 0.8}, arrays=<1 entry:
    weights>, tables={}, files={})
    """

    experiment: str
    config: Nested
    summary: Nested
    arrays: Mapping[str, NDArray[Any]]
    tables: Mapping[str, Mapping[str, NDArray[Any]]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    def _repr_html_(self) -> str:
        spread = self.summary.get("spread")
        ranges = spread if isinstance(spread, Mapping) else {}  # a user's metric may have the name
        rows = [
            (name, _number(value), _range(ranges.get(name)))
            for name, value in self.summary.items()
            if isinstance(value, Real) and not isinstance(value, bool)
        ]
        shapes = [
            (name, " × ".join(map(str, np.shape(array))) or "1")
            for name, array in self.arrays.items()
        ]
        return "".join(
            [
                f"<p><b>Result</b> of {html.escape(self.experiment)}</p>",
                _html.table("metrics", ("name", "median", "range over seeds"), rows),
                _html.table("arrays", ("name", "shape"), shapes),
            ]
        )

    def recording(self) -> Recording:
        """Return spikes (arrays ``x_times`` in ms and ``x_ids``) and the other arrays.

        A train has as many neurons as the config has motor neurons, or more if its ids need them.
        """
        names = [
            name.removesuffix("_ids")
            for name in self.arrays
            if name.endswith("_ids") and f"{name.removesuffix('_ids')}_times" in self.arrays
        ]
        n_motor = self.config.get("n_motor")
        n_least = n_motor if isinstance(n_motor, int) else 1
        spikes = {name: self._train(name, n_least) for name in names}
        start = min((float(train.times.min(initial=0.0)) for train in spikes.values()), default=0.0)
        stop = max((float(train.times.max(initial=0.0)) for train in spikes.values()), default=0.0)
        others = {
            name: array
            for name, array in self.arrays.items()
            if name.removesuffix("_times").removesuffix("_ids") not in spikes
        }
        about = {"experiment": self.experiment, "config": self.config, "summary": self.summary}
        return Recording(start, stop, spikes, arrays=others, about=about)

    def _train(self, name: str, n_least: int) -> Train:
        times = _checks.finite_array(f"{name}_times", self.arrays[f"{name}_times"], ndim=1)
        given = _checks.finite_array(f"{name}_ids", self.arrays[f"{name}_ids"], ndim=1)
        ids = given.astype(np.int64)
        if (ids != given).any():
            raise ValueError(f"{name}_ids must be integers, got {given[ids != given][0]:g}")
        if times.shape != ids.shape:
            raise ValueError(
                f"{name}_times and {name}_ids must have one length, got {len(times)} and {len(ids)}"
            )
        size = max(n_least, int(ids.max(initial=-1)) + 1)
        return Train(*_checks.sorted_spikes(times, ids), size)

    def to_neo(self) -> neo.Block:
        """Return the spikes as a `neo.Block` (extra `neo`)."""
        return self.recording().to_neo()

    def to_nwb(self, path: str | os.PathLike[str]) -> None:
        """Write the spikes, in seconds, as an NWB file (extra `nwb`)."""
        self.recording().to_nwb(path)

    def to_sonata(self, path: str | os.PathLike[str]) -> None:
        """Write the spikes as a SONATA file (extra `hdf5`)."""
        self.recording().to_sonata(path)

    def to_xarray(self) -> xarray.Dataset:
        """Return spikes and arrays as an `xarray.Dataset` (extra `xarray`)."""
        return self.recording().to_xarray()

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the spikes as lines ``time_ms,population,id``."""
        self.recording().to_csv(path)

    def to_scipy(self, name: str) -> scipy.sparse.csr_array:
        """Return a matrix of `arrays` as a `scipy.sparse.csr_array` (extra `scipy`)."""
        return Recording(0.0, 0.0, {}, arrays=self.arrays).to_scipy(name)


def over_seeds(per_seed: Sequence[Nested], reduce: Callable[[list[float]], Any]) -> Nested:
    """Return nested dicts like those given, each number replaced by `reduce` of all seeds' numbers.

    A number that is None (undefined) in any seed is None.
    """
    result: Nested = {}
    for key, first in per_seed[0].items():
        values = [found[key] for found in per_seed]
        if isinstance(first, dict):
            result[key] = over_seeds(values, reduce)
        else:
            result[key] = None if any(v is None for v in values) else reduce(values)
    return result


def median_and_range(per_seed: Sequence[Nested]) -> tuple[Nested, Nested]:
    """Return the medians over seeds, and [smallest, largest] over seeds."""
    return over_seeds(per_seed, statistics.median), over_seeds(
        per_seed, lambda values: [min(values), max(values)]
    )


def with_spread(per_seed: Sequence[Nested]) -> Nested:
    """Return medians over seeds, and their range as `spread`."""
    medians, ranges = median_and_range(per_seed)
    return {**medians, "spread": ranges}


def summarised(per_seed: Sequence[Nested], seeds: Sequence[int]) -> Nested:
    """Return medians over seeds, their range as `spread`, the seeds, and what each found."""
    return {**with_spread(per_seed), "seeds": list(seeds), "per_seed": list(per_seed)}


def shown(value: float | None, form: str = ".3f") -> str:
    """Return a metric as the command line prints it."""
    return "undefined" if value is None else format(value, form)


def _number(value: object) -> str:
    if isinstance(value, Real):
        with suppress(OverflowError):  # an integer that no double holds
            return f"{float(value):.4g}"
    return str(value)


def _range(values: object) -> str:
    return " … ".join(map(_number, values)) if isinstance(values, (list, tuple)) else ""
