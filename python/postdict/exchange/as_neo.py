"""A `neo.Block`, whose spike trains are made from flat arrays: cheap whatever their number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .. import _optional
from .values import Samples, Train


def block(
    window: tuple[float, float],
    spikes: Mapping[str, Train],
    samples: Mapping[str, Samples],
    about: str,
) -> Any:
    """Return the block of what was recorded in a window (ms)."""
    neo = _optional.module("neo", what="Neo objects", extra="neo")
    quantities = _optional.module("quantities", what="Neo objects", extra="neo")
    limits = {"t_start": window[0] * quantities.ms, "t_stop": window[1] * quantities.ms}
    segment = neo.Segment(name="run")
    for name, train in spikes.items():
        trains = neo.spiketrainlist.SpikeTrainList.from_spike_time_array(
            train.times,
            train.ids,
            all_channel_ids=np.arange(train.size),
            units="ms",
            **limits,
        )
        for k, of_neuron in enumerate(trains):
            of_neuron.name = f"{name} {k}"
            of_neuron.annotate(population=name, neuron=k)
            segment.spiketrains.append(of_neuron)
    for name, sampled in samples.items():
        kind, signal = _signal(neo, quantities, name, sampled)
        getattr(segment, kind).append(signal)
    result = neo.Block(name="postdict", about=about)
    result.segments.append(segment)
    return result


def _signal(neo: Any, quantities: Any, name: str, samples: Samples) -> tuple[str, Any]:
    width = math.prod(samples.values.shape[1:])
    values = samples.values.reshape(len(samples.times), width)
    times = samples.times * quantities.ms
    if samples.interval is None:
        signal = neo.IrregularlySampledSignal(times, values, units=samples.unit, name=name)
        return "irregularlysampledsignals", signal
    period = samples.interval * quantities.ms
    signal = neo.AnalogSignal(
        values, units=samples.unit, t_start=times[0], sampling_period=period, name=name
    )
    return "analogsignals", signal
