"""Sweeps: which points there are, and in which streams."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import fields, is_dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from .. import _checks
from .._html import table
from ..lab.plain_values import plain
from . import keys
from .folder import Record
from .points import Point, changed, with_seed
from .progress import Count
from .run import Report, run_points
from .tables import to_xarray
from .values import lists_of, random_rows

if TYPE_CHECKING:
    import xarray

Function = Callable[[Any], Any]


class Sweep:
    """Runs of one function over a list of configurations, each with several seeds.

    Parameters
    ----------
    function : callable
        Takes a config, returns a `lab.results.Result` or a dict of numbers: the `run` of an
        experiment, or your own; defined at the top of a module, so that other processes find it.
    configs : sequence of dataclasses or dicts
        All of one kind. The parameters in which they differ are the swept ones.
    seeds : int or sequence of int
        Replicates of each config, whose `seed` is set (and `seeds`, where a config has it, to 1):
        a number of streams spawned from `seed`, or the seeds themselves.
    seed : int
        The root of the streams.
    streams : "shared" or "own"
        Shared: replicate r has the same seed in every config, so that configs differ by their
        parameters and not by luck. Own: every config has streams of its own. Neither depends on
        the number of workers, on other points, or on what ran before.
    keep : "summary" or "full"
        Full: the arrays and tables of every result as well, in an .npz beside its file.
    units : dict, optional
        Units of parameters and metrics by name, for the collected table.
    metrics : sequence of str, optional
        Dotted names or patterns (``controls.pinv.*``) of what the collected table holds; all by
        default. The points' files hold everything.
    version : str
        Part of every point's name: change it when your function changes.

    Raises
    ------
    ValueError, TypeError
        No config, two that are equal, settings that differ in kind: the message names what.

    Examples
    --------
    >>> from postdict import Sweep
    >>> def area(config):
    ...     return {"area": config["a"] * config["b"]}
    ...
    >>> sweep = Sweep.grid(area, {"a": 1, "b": 2, "seed": 0}, {"a": [1, 2, 3]}, seeds=2)
    >>> len(sweep), sweep.dims
    (6, {'a': 3, 'seed': 2})
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(1) as executor:
    ...     print(sweep.run("areas", executor))
    ...
    6 of 6 points done (6 now)
    """

    def __init__(
        self,
        function: Function,
        configs: Sequence[Any],
        *,
        seeds: int | Sequence[int] = 1,
        seed: int = 0,
        streams: str = "shared",
        keep: str = "summary",
        units: Mapping[str, str] | None = None,
        metrics: Sequence[str] = (),
        version: str = "",
        _axes: Mapping[str, Sequence[Any]] | None = None,
    ) -> None:
        self.function = function
        self.source: dict[str, Any] | None = None
        self.name = keys.name_of(function)
        configs = list(configs)
        if not configs:
            raise ValueError("a sweep needs at least one config, got none")
        for name, value, choices in (
            ("streams", streams, ("shared", "own")),
            ("keep", keep, ("summary", "full")),
        ):
            if value not in choices:
                raise ValueError(f"{name} must be {' or '.join(map(repr, choices))}, got {value!r}")
        self.keep, self.streams, self.version = keep, streams, str(version)
        self.metrics = _names("metrics", metrics)
        self.units = {**_units(configs[0]), **(units or {})}
        if _axes is None:
            swept = _differing(configs)
            self.dims = {"point": len(configs)}
            self.coords = {name: ("point", values) for name, values in swept.items()}
        else:
            self.dims = {name: len(values) for name, values in _axes.items()}
            self.coords = {name: (name, list(values)) for name, values in _axes.items()}
        self.points = self._points(configs, seeds, _checks.integer("seed", seed))
        self.dims["seed"] = len(self.points) // len(configs)

    def _points(self, configs: list[Any], seeds: int | Sequence[int], root: int) -> list[Point]:
        given: list[int] | None = None
        if isinstance(seeds, Sequence) and not isinstance(seeds, str):
            given = [_checks.integer("seeds", each) for each in seeds]
            n = len(given)
            if not given or len(set(given)) < n:
                raise ValueError(f"seeds must be different, and at least one, got {given}")
        else:
            n = _checks.integer("seeds", seeds, at_least=1)
        shared = given or keys.seeds_of(root, n)
        own = self.streams == "own" and given is None
        points, seen = [], set[str]()
        lists = [values for _, values in self.coords.values()]
        on_axes = "point" not in self.dims
        places = itertools.product(*lists) if on_axes else zip(*lists, strict=True)
        values_of = list(places) if lists else [()] * len(configs)
        for config, values in zip(configs, values_of, strict=True):
            streams = shared
            if own:
                unseeded = {**keys.fields_of(config), "seed": None, "seeds": None}
                streams = keys.seeds_of(root, n, own=plain(unseeded))
            for stream in streams:
                seeded = with_seed(config, stream)
                key = keys.key_of(self.name, self.version, keys.fields_of(seeded))
                swept = dict(zip(self.coords, values, strict=True))
                if key in seen:
                    raise ValueError(f"a config is given twice: {swept or keys.fields_of(config)}")
                seen.add(key)
                points.append(Point(key, seeded, stream, swept))
        return points

    @classmethod
    def grid(
        cls, function: Function, base: Any, values: Mapping[str, Sequence[Any]], **options: Any
    ) -> Sweep:
        """Return every combination of the listed values, over a base configuration.

        Parameters
        ----------
        function, **options
            As for `Sweep`.
        base : dataclass or dict
            What is not swept.
        values : dict of lists
            The values of each swept parameter.

        Raises
        ------
        ValueError, TypeError
            A list is empty, or has a value twice.
        """
        axes = lists_of("grid", values)
        places = list(itertools.product(*(range(len(listed)) for listed in axes.values())))
        configs = [
            changed(base, {name: axes[name][k] for name, k in zip(axes, place, strict=True)})
            for place in places
        ]
        for place, config in zip(places, configs, strict=True):
            for name, k in zip(axes, place, strict=True):  # as the config has it: 1 may be 1.0
                axes[name][k] = plain(keys.fields_of(config)[name])
        return cls(function, configs, _axes=axes, **options)

    @classmethod
    def zip(
        cls, function: Function, base: Any, values: Mapping[str, Sequence[Any]], **options: Any
    ) -> Sweep:
        """Return the first values of all lists, the second ones, and so on; see `grid`.

        Raises
        ------
        ValueError, TypeError
            The lists are not equally long, or two of the configs are equal.
        """
        lists = lists_of("zip", values)
        lengths = {name: len(listed) for name, listed in lists.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"the lists of zip must be equally long, got {lengths}")
        rows = [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
        return cls(function, [changed(base, row) for row in rows], **options)

    @classmethod
    def random(
        cls,
        function: Function,
        base: Any,
        values: Mapping[str, Sequence[Any] | Mapping[str, Any]],
        *,
        samples: int,
        seed: int = 0,
        **options: Any,
    ) -> Sweep:
        """Return configurations with values drawn independently, each once; see `grid`.

        Parameters
        ----------
        values : dict
            For each parameter a list to draw from, or ``{"low": , "high": , "log": False}``.
        samples : int
            The first n of more samples are equal.

        Raises
        ------
        ValueError, TypeError
            A list is empty, a range has no bounds, or there are too few values.
        """
        samples = _checks.integer("samples", samples, at_least=1)
        lists = lists_of("random", values)
        rows = random_rows(lists, samples, seed)
        return cls(function, [changed(base, row) for row in rows], seed=seed, **options)

    def plan(self) -> Record:
        """Return what sweep.json holds, less its digest."""
        return {
            "format": keys.FILE_FORMAT,
            "engine": keys.engine(),
            "function": self.name,
            "keep": self.keep,
            "streams": self.streams,
            "dims": list(self.dims.items()),  # the order of keys and seeds, the last one fastest
            "coords": {name: [dim, plain(v)] for name, (dim, v) in self.coords.items()},
            "units": dict(self.units),
            "metrics": self.metrics,
            "source": self.source,  # the TOML from which the command line makes it again
            "keys": [point.key for point in self.points],
            "seeds": [point.seed for point in self.points],
        }

    def __len__(self) -> int:
        return len(self.points)

    def __repr__(self) -> str:
        dims = " × ".join(f"{n} {name}" for name, n in self.dims.items())
        return f"Sweep({self.name}: {len(self)} points, {dims})"

    def _repr_html_(self) -> str:
        rows = [
            (name, _checks.in_short(values), self.units.get(name, ""))
            for name, (_, values) in self.coords.items()
        ]
        rows.append(("seed", _checks.in_short(sorted({point.seed for point in self.points})), ""))
        return f"<p><b>Sweep</b> of {escape(self.name)}, {len(self)} points</p>" + table(
            "what differs", ("name", "values", "unit"), rows
        )

    def run(
        self,
        folder: str | os.PathLike[str],
        executor: Executor | Any = None,
        *,
        workers: int | None = None,
        shard: tuple[int, int] = (0, 1),
        retries: int = 0,
        again: bool = False,
        chunk: int = 1,
        progress: bool | Callable[[Count], None] = False,
    ) -> Report:
        """Run the points that have no verified file yet.

        Parameters
        ----------
        folder : path
            New, or of this sweep, or of one whose points are all in this one.
        executor : optional
            Anything with `submit`: of `concurrent.futures`, `mpi4py.futures`, joblib's loky, a
            `dask.distributed.Client`, a `submitit.AutoExecutor`. By default processes of this
            machine, of one thread each. It is not shut down.
        workers : int, optional
            How many of those; by default one for each processor that may be used.
        shard : (i, n)
            Every n-th point from the i-th, for job arrays; i from 0.
        retries : int
            Further attempts at a point that fails.
        again : bool
            Try points that failed in an earlier run.
        chunk : int
            Points handed to a worker at a time: for many short ones, or one job for several.
        progress : bool or callable
            True: one line on a terminal or in a notebook. A callable is given each `Count`.

        Returns
        -------
        Report

        Raises
        ------
        SweepError
            The folder is another sweep's.
        """
        return run_points(
            self.function, self.points, self.plan(), folder, executor,
            workers=workers, shard=shard, retries=retries, again=again, chunk=chunk,
            progress=progress,
        )  # fmt: skip

    def to_xarray(self, folder: str | os.PathLike[str]) -> xarray.Dataset:
        """Return what the folder holds of this sweep; see `postdict.sweep.to_xarray`."""
        return to_xarray(folder)


def _names(name: str, value: Any) -> list[str]:
    if isinstance(value, (list, tuple)) and all(isinstance(name, str) for name in value):
        return list(value)
    raise TypeError(f"{name} must be a list of names, got {value!r}")


def _differing(configs: list[Any]) -> dict[str, list[Any]]:
    rows = [plain(keys.fields_of(config)) for config in configs]
    if any(set(row) != set(rows[0]) for row in rows):
        raise ValueError("all configs of a sweep must have the same settings")
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return {
        name: values
        for name, values in columns.items()
        if name not in ("seed", "seeds") and any(v != values[0] for v in values)
    }


def _units(config: Any) -> dict[str, str]:
    if not is_dataclass(config):
        return {}
    return {f.name: f.metadata["unit"] for f in fields(config) if f.metadata.get("unit")}
