"""Fuzz the border of Python with atheris: checkpoints, Steps, Triplets, connect. By hand:

python tests/fuzz_border.py -max_total_time=60

What is refused is refused by ValueError or TypeError; what is accepted runs and can be saved.
"""

import contextlib
import io
import json
import sys
import warnings

import atheris
import numpy as np

import postdict
from postdict import _files
from postdict.network.description import digest

SMALL = [0.0, -0.0, 1.0, -1.0, 0.5, 20.0, 1e-9, 5e-324]
NUMBERS = [*SMALL, 1e9, 1e100, 1e308, np.inf, -np.inf, np.nan]
DTYPES = [np.float64, np.float32, np.int64, np.uint8, np.bool_, object, np.complex128, "U3"]


def small():
    net = postdict.Network(seed=1)
    net.add_population("a", 2, postdict.LIF(i_offset=1.2, tau_refrac=1.0))
    net.add_population("b", 2, postdict.LIFExp(i_offset=1.1))
    net.add_poisson("p", "a", rate=postdict.Steps([0.0, 5.0], [300.0, 900.0]), weight=0.3)
    net.add_spike_source("s", 1, times=[1.0, 4.0], ids=[0, 0])
    rule = postdict.AntisymmetricSTDP(0.01)
    net.connect("a", "b", weights=0.3)
    net.connect("s", "a", weights=np.full((2, 1), 0.2), plasticity=rule, precision="single")
    net.connect("b", "a", weights=postdict.Triplets([0, 1], [1, 0], 0.1), axonal_delay=[1.0, 2.0])
    net.record("a", "v", every=2.0)
    return net


SIMULATION = postdict.Simulation(small())
SIMULATION.run(20.0)
CONTENT = SIMULATION._to_bytes()
ARRAYS = _files.read_npz(CONTENT)
HEADER = json.loads(ARRAYS.pop("header").tobytes())
del HEADER["digest"]


def number(data):
    """Mostly what is plausible, so that something is accepted."""
    kind = data.ConsumeIntInRange(0, 15)
    if kind == 0:
        return NUMBERS[data.ConsumeIntInRange(0, len(NUMBERS) - 1)]
    return data.ConsumeFloat() if kind == 1 else data.ConsumeIntInRange(1, 40) / 8


def length(data):
    return 3 if data.ConsumeIntInRange(0, 15) else data.ConsumeIntInRange(0, 5)


def array(data):
    values = [number(data) for _ in range(length(data))]
    dtype = DTYPES[data.ConsumeIntInRange(0, len(DTYPES) - 1)]
    with np.errstate(all="ignore"):
        result = np.array(values).astype(float if data.ConsumeIntInRange(0, 7) else dtype)
    return result.reshape(1, -1) if data.ConsumeIntInRange(0, 15) == 0 else result


def ids(data):
    wild = data.ConsumeIntInRange(0, 9) == 0
    return [data.ConsumeIntInRange(-wild, 1 + 2 * wild) for _ in range(length(data))]


def damaged_bytes(data):
    content = bytearray(CONTENT)
    for _ in range(data.ConsumeIntInRange(1, 8)):
        place = data.ConsumeIntInRange(0, len(content) - 1)
        if data.ConsumeBool():
            content[place] = data.ConsumeIntInRange(0, 255)
        else:
            content[place : place + data.ConsumeIntInRange(0, 30)] = data.ConsumeBytes(8)
    load(bytes(content))


def altered_members(data):
    """With a digest that fits."""
    header, arrays = json.loads(json.dumps(HEADER)), dict(ARRAYS)
    for _ in range(data.ConsumeIntInRange(1, 3)):
        name = sorted(arrays)[data.ConsumeIntInRange(0, len(arrays) - 1)]
        if data.ConsumeBool():
            arrays[name] = array(data)
        elif arrays[name].size:
            changed = arrays[name].copy()
            with np.errstate(all="ignore"):
                place = data.ConsumeIntInRange(0, changed.size - 1)
                changed.flat[place] = np.array(number(data)).astype(changed.dtype)
            arrays[name] = changed
    if data.ConsumeBool():
        part = header
        while isinstance(part, dict | list) and len(part):
            keys = list(part) if isinstance(part, dict) else range(len(part))
            key = keys[data.ConsumeIntInRange(0, len(keys) - 1)]
            if not isinstance(part[key], dict | list) or data.ConsumeIntInRange(0, 5) == 0:
                part[key] = [None, -1, 3, 0.5, "a", [], {}, True][data.ConsumeIntInRange(0, 7)]
                break
            part = part[key]
    header["digest"] = digest(header, arrays)
    text = np.frombuffer(json.dumps(header).encode(), np.uint8)
    file = io.BytesIO()
    np.savez(file, header=text, **arrays)
    load(file.getvalue())


def load(content):
    sim = postdict.Simulation._from_bytes(content)
    run(sim)


def run(sim):
    """A few slices, as a run would do them; the present is kept."""
    end = sim._core.picoseconds + 20 * 10**9
    for _ in range(5):
        try:
            if sim._core.run_until(end, 200):
                break
        except (RuntimeError, OverflowError):  # a limit, too many spikes at once
            return
    sim.potentials("a")


def steps(data):
    times = array(data)
    if data.ConsumeIntInRange(0, 9):
        times = np.cumsum(np.asarray(times, float), axis=-1)
    signal = postdict.Steps(times, array(data))
    net = small()
    if data.ConsumeBool():
        net.add_poisson("q", "a", rate=signal, weight=number(data))
    else:
        net.add_current(
            "q", data.PickValueInList(["a", "b"]), signal, ids=sorted({*ids(data)}) or None
        )
    run(postdict.Simulation(net))


def connected(data):
    net = small()
    weights = array(data) if data.ConsumeBool() else number(data)
    if data.ConsumeIntInRange(0, 5):
        weights = postdict.Triplets(ids(data), ids(data), weights)
    rules = [
        None,
        postdict.AntisymmetricSTDP(0.01),
        postdict.VogelsSTDP(number(data) if data.ConsumeBool() else 0.1, rho=5.0),
    ]
    projection = net.connect(
        data.PickValueInList(["a", "b", "s"]),
        data.PickValueInList(["a", "b"]),
        weights=weights,
        axonal_delay=array(data) if data.ConsumeBool() else number(data),
        dendritic_delay=number(data) if data.ConsumeBool() else 0.0,
        inhibitory=data.ConsumeBool(),
        plasticity=rules[data.ConsumeIntInRange(0, 2)],
        precision=data.PickValueInList(["double", "single"]),
    )
    sim = postdict.Simulation(net)
    run(sim)
    sim.set_weights(projection, sim.weights(projection))
    postdict.Simulation._from_bytes(sim._to_bytes())


TARGETS = [damaged_bytes, altered_members, steps, connected]


def one(content):
    data = atheris.FuzzedDataProvider(content)
    with contextlib.suppress(ValueError, TypeError):
        TARGETS[data.ConsumeIntInRange(0, len(TARGETS) - 1)](data)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    atheris.instrument_all()  # an editable install hides its imports from instrument_imports
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
