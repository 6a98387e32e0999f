"""Running: pauses, seeds, what may change between runs, recordings, threads, Ctrl-C."""

import math
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import postdict
from busy_network import assert_equal, everything, finished, network, replay
from postdict import LIF, AntisymmetricSTDP


def test_pausing_and_reading_change_no_bit():
    sim = postdict.Simulation(network())
    pauses = np.random.default_rng(2).uniform(0.0, 3000.0, 100)
    for pause in sorted([*pauses, 0.0, 100.0, 100.0, 1600.0, 3000.0]):  # samples are due at some
        sim.run_until(pause)
        assert abs(everything(sim)["time"] - pause) <= 0.51e-9  # half a picosecond
    assert sim.spike_count("motor") > 100
    assert sim.spike_count("sensor") > 100
    assert_equal(everything(sim), finished(network()))


def test_the_seed_decides_everything():
    assert_equal(finished(network()), finished(network()))
    other = finished(network(seed=6))
    assert other["n_events"] != finished(network())["n_events"]


@pytest.mark.parametrize(
    ("method", "arguments", "error", "message"),
    [
        ("run", [-1.0], ValueError, r"duration must be non-negative, got -1\.0 ms"),
        ("run", [math.nan], ValueError, r"duration must be finite, got nan ms"),
        ("run", ["1 s"], TypeError, r"duration must be a number, got '1 s'"),
        ("run_until", [math.inf], ValueError, r"t must be finite, got inf ms"),
        ("run_until", [9.0], ValueError, r"t must not be before the present, 10 ms, got 9 ms"),
        ("spikes", ["moter"], ValueError, r"no population is .*; did you mean 'motor'"),
        ("spikes", ["tutor"], ValueError, r"'tutor' is a source of given spikes, which are"),
        ("spikes", [5], ValueError, r"5 is not a population of this network"),
        ("potentials", ["x"], ValueError, r"there are motor, sensor"),
        ("set_rate", ["tutor", 1.0], ValueError, r"no Poisson source is named 'tutor'"),
        ("set_rate", ["background", -1.0], ValueError, r"rate must be non-negative, got -1\.0 Hz"),
        ("set_rate", ["background", 1e7], ValueError, r"rate must be at most 1e\+06"),
        ("set_rate", ["background", None], TypeError, r"rate must be a number, got None"),
    ],
)
def test_calls_that_make_no_sense_are_refused(method, arguments, error, message):
    sim = postdict.Simulation(network())
    sim.run_until(10.0)
    with pytest.raises(error, match=message):
        getattr(sim, method)(*arguments)
    assert sim.time == 10.0


def test_recording_can_be_switched_and_changes_nothing_else():
    net = network()
    sim, reference = postdict.Simulation(net), finished(net, 600.0)
    sim.set_recording("motor", False)
    sim.run_until(200.0)
    sim.set_recording("motor", True)
    sim.run_until(400.0)
    sim.set_recording("motor", False)
    sim.run_until(600.0)
    times = reference["times of motor"]
    assert np.array_equal(sim.spikes("motor")[0], times[(times >= 200.0) & (times < 400.0)])
    assert sim.spike_count("motor") == len(times)
    assert np.array_equal(sim.spikes("sensor")[0], reference["times of sensor"])


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [
        (None, None, [2.0, 4.0, 4.0, 7.0]),
        (2.0, 7.0, [2.0, 4.0, 4.0]),
        (2.0 + 1e-9, 1e9, [4.0, 4.0, 7.0]),
        (-5, 4, [2.0]),
        (4.0, 4.0, []),
        (7.0, 2.0, []),
    ],
)
def test_spikes_are_selected_from_start_up_to_stop(start, stop, expected):
    sim = postdict.Simulation(replay([1.0, 3.0, 3.0, 6.0], LIF(reset="by"), weights=1.0)[0])
    sim.run_until(20.0)
    times, ids = sim.spikes("cell", start=start, stop=stop)
    assert list(times) == expected
    assert (times.dtype, ids.dtype) == (np.float64, np.int64)
    with pytest.raises(ValueError, match=r"start must be finite, got nan"):
        sim.spikes("cell", start=math.nan)


def test_an_event_at_the_end_belongs_to_the_next_run():
    net, _ = replay([0.0, 4.0], weights=1.0, axonal_delay=1.0)
    sim = postdict.Simulation(net)
    counts = []
    for t in (1.0, 1.0, 5.0, 5.0 + 1e-9):
        sim.run_until(t)
        counts.append(sim.spike_count("cell"))
    assert counts == [0, 0, 1, 2]


def recorded(net, *recorders, until):
    sim = postdict.Simulation(net)
    sim.run_until(until)
    return [sim.recorded(recorder) for recorder in recorders]


def test_samples_show_the_state_before_their_instant():
    net, plastic = replay([1.0, 4.0], weights=0.75, plasticity=AntisymmetricSTDP(0.125))
    net.connect("source", "cell", weights=0.5)
    v, w = net.record("cell", "v", every=1.0), net.record(plastic, "weights", every=2.0)
    (times, potentials), (weight_times, weights) = recorded(net, v, w, until=5.0)
    assert list(times) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]  # the end too: it is before its events
    assert not potentials.any()  # the cell fires at 2 ms and again at 5 ms
    assert list(weight_times) == [0.0, 2.0, 4.0]
    assert weights[:, 0, 0] == pytest.approx([0.75, 0.75, 0.875], abs=1e-15)


def test_shapes_of_samples():
    net = network()
    number = net.record(net.projections[1], "weights", every=100.0)
    matrix = net.record(net.projections[0], "weights", every=100.0)
    some = net.record("sensor", "v", every=0.1, ids=[3, 3, 0])
    for until, n, n_fine in ((0.0, 1, 1), (300.0, 4, 3001)):
        of_number, of_matrix, of_some = recorded(net, number, matrix, some, until=until)
        assert np.array_equal(of_matrix[0], 100.0 * np.arange(n))
        assert np.array_equal(of_some[0], np.arange(n_fine) / 10)
        shapes = of_number[1].shape, of_matrix[1].shape, of_some[1].shape
        assert shapes == ((n,), (n, 4, 3), (n_fine, 3))
    assert len(postdict.Simulation(net).recorded(matrix)[0]) == 0


@pytest.mark.parametrize("most", [2, 3, 4, 7, 64])
def test_a_full_recorder_drops_every_second_sample(most):
    net = network()
    all_of_it = net.record("motor", "v", every=1.0)
    bounded = net.record("motor", "v", every=1.0, max_bytes=8 * 3 * most + 5)
    (times, values), (kept_times, kept) = recorded(net, all_of_it, bounded, until=1000.0)
    step = int(kept_times[1])
    assert most / 2 <= len(kept) <= most
    assert step & (step - 1) == 0
    assert np.array_equal(kept_times, times[::step])
    assert np.array_equal(kept, values[::step])


def test_progress_is_told_between_slices(capsys):
    calls = []
    sim = postdict.Simulation(network())
    sim.run_until(10.0)
    events_before = sim.n_events
    sim.run(2990.0, progress=lambda *now: calls.append(now))
    times, stops, walls, n_events = map(list, zip(*calls, strict=True))
    assert len(calls) > 2
    assert times == sorted(times)
    assert (times[-1], set(stops)) == (3000.0, {3000.0})
    assert walls == sorted(walls)
    assert n_events[-1] == sim.n_events - events_before
    sim.run(10.0, progress=True)  # silent: stderr is no terminal
    assert capsys.readouterr() == ("", "")


def test_threads_do_not_disturb_each_other():
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(finished, [network(), network(6)]))
    for result, seed in zip(results, (5, 6), strict=True):
        assert_equal(result, finished(network(seed)))


def test_one_simulation_in_two_threads_is_refused():
    net, started, enough = network(), threading.Event(), threading.Event()
    sim = postdict.Simulation(net)

    def report(*_):
        started.set()
        if enough.is_set():
            raise InterruptedError

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(sim.run_until, 1e8, progress=report)
        assert started.wait(60.0)
        try:
            with pytest.raises(RuntimeError, match=r"is running in another thread"):
                for _ in range(1_000_000):
                    sim.weights(net.projections[0])
        finally:
            enough.set()
        assert isinstance(running.exception(60.0), InterruptedError)
    assert_equal(everything(sim), finished(network(), sim.time))


@pytest.mark.parametrize("how", ["raise", "signal"])
def test_an_interrupted_simulation_goes_on(how):
    def interrupt(*_):
        if how == "raise":
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)

    sim = postdict.Simulation(network())
    with pytest.raises(KeyboardInterrupt):
        sim.run_until(3000.0, progress=interrupt)
    assert 0.0 < sim.time < 3000.0
    assert_equal(everything(sim), finished(network(), sim.time))
    sim.run_until(3000.0)
    assert_equal(everything(sim), finished(network()))


def test_what_is_added_to_the_network_later_is_warned_of_once():
    net = network()
    sim, unaware = postdict.Simulation(net), postdict.Simulation(net.copy())
    sim.run(10.0)
    net.add_population("late", 2, LIF())
    net.connect("motor", "late", weights=0.1)
    message = r"the Population late and the projection motor->late came to the network after this"
    with pytest.warns(UserWarning, match=message):
        sim.run(10.0)
    sim.run(10.0)
    net.record("late", "v", every=1.0)
    with pytest.warns(UserWarning, match=r"the recorder of v of late came .*: make a new Simul"):
        sim.run(10.0)
    unaware.run(40.0)
    assert_equal(everything(sim), everything(unaware))
    postdict.Simulation(net).run(1.0)
