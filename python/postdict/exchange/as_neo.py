"""A `neo.Block`, whose spike trains are made from flat arrays: cheap whatever their number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ._extras import module

if TYPE_CHECKING:
    from .recording import Recording, Samples


def block(recording: Recording) -> Any:
    """Return the block."""
    neo = module("neo", what="Neo objects", extra="neo")
    quantities = module("quantities", what="Neo objects", extra="neo")
    limits = {
        "t_start": recording.start * quantities.ms,
        "t_stop": recording.stop * quantities.ms,
    }
    segment = neo.Segment(name="run")
    for name, train in recording.spikes.items():
        trains = neo.spiketrainlist.SpikeTrainList.from_spike_time_array(
            train.times,
            train.ids,
            all_channel_ids=np.arange(train.size),
            units="ms",
            **limits,
        )
        for k, one in enumerate(trains):
            one.name = f"{name} {k}"
            one.annotate(population=name, neuron=k)
            segment.spiketrains.append(one)
    for name, samples in recording.samples.items():
        kind, signal = _signal(neo, quantities, name, samples)
        getattr(segment, kind).append(signal)
    result = neo.Block(name="postdict", about=recording.about_json())
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
