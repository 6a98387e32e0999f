"""Gymnasium: an environment as the world, the loop as an environment; codes."""

import numpy as np
import pytest

import postdict
from postdict import LIF, Simulation
from postdict.simulation.worlds import seed_of
from postdict.world import ChoiceDecoder, LinearDecoder, TuningCurves

gymnasium = pytest.importorskip("gymnasium")
gym = pytest.importorskip("postdict.gym")

ATTRIBUTES = ("state", "_elapsed_steps")
TORQUES = np.array([[-2.0, -1.0, 1.0, 2.0]])


def pendulum(attributes=ATTRIBUTES, decoder=None):
    """Pendulum-v1 whose four motor neurons are torques, and whose sensors see its speed."""
    return gym.GymWorld(
        gymnasium.make("Pendulum-v1"),
        interval=10.0,
        decoder=decoder or LinearDecoder(TORQUES, -2.0, 2.0),
        encoder=TuningCurves(np.linspace(-8.0, 8.0, 9)[:, None] * [0, 0, 1], [9.0, 9.0, 1.0], 1.5),
        attributes=attributes,
    )


def swinging(world=None):
    net = postdict.Network(seed=4)
    motor = net.add_population("motor", 4, LIF(tau_m=50.0))
    sensor = net.add_population("sensor", 9, LIF(tau_m=10.0))
    net.add_poisson("exploration", motor, rate=300.0, weight=0.1)
    net.connect(sensor, motor, weights=0.05)
    net.add_world("pendulum", world or pendulum(), motor, sensor, latency=2.0)
    return Simulation(net)


def test_an_environment_hears_torques_and_shows_itself():
    sim = swinging()
    sim.run_until(5000.0)
    world = sim.worlds["pendulum"]
    assert sim.spike_count("sensor") > 100
    assert world.n_episodes == 2  # of 200 steps, the third not over
    assert world.total_reward < 0.0

    # The same environment, stepped by hand with the torques of the recorded spikes.
    times, ids = sim.spikes("motor")
    by_hand = gymnasium.make("Pendulum-v1").unwrapped
    by_hand.reset(seed=seed_of(4, "pendulum"))
    for k in range(100):
        heard = ids[(times >= 10.0 * k) & (times < 10.0 * (k + 1))]
        observed, *_ = by_hand.step(np.clip([TORQUES[0, heard].sum()], -2.0, 2.0))
    sim = swinging()
    sim.run_until(1000.0 + 1e-6)
    assert sim.worlds["pendulum"].env.unwrapped.state[1] == pytest.approx(observed[2], rel=1e-5)


def test_an_environment_goes_on_from_a_file_to_the_last_bit(tmp_path):
    whole = swinging()
    whole.run_until(5000.0)
    sim = swinging()
    for t in (1234.0, 2000.0, 3999.0):
        sim.run_until(t)
        sim.save(tmp_path / "state.npz")
        sim = Simulation.load(tmp_path / "state.npz", worlds={"pendulum": pendulum()})
    sim.run_until(5000.0)
    for name in ("motor", "sensor"):
        for values, others in zip(sim.spikes(name), whole.spikes(name), strict=True):
            assert np.array_equal(values, others)
    worlds = sim.worlds["pendulum"], whole.worlds["pendulum"]
    assert worlds[0].total_reward == worlds[1].total_reward
    assert np.array_equal(*(world.env.unwrapped.state for world in worlds))


def test_an_environment_whose_state_is_not_named_is_not_saved(tmp_path):
    sim = swinging(pendulum(attributes=()))
    sim.run_until(100.0)
    with pytest.raises(TypeError, match=r"Pendulum-v1.* can be saved only where .* attributes"):
        sim.save(tmp_path / "state.npz")


def test_an_action_outside_of_the_space_is_named():
    sim = swinging(pendulum(decoder=LinearDecoder(10.0 * TORQUES)))
    with pytest.raises(ValueError, match=r"the decoder's action .* is not in Box\(-2\.0, 2\.0"):
        sim.run_until(5000.0)


def test_a_step_that_fails_before_the_environment_loses_nothing_and_one_after_it_moves_twice():
    def elapsed(code, method):
        def fail(*_):
            raise ZeroDivisionError

        world = pendulum()
        sim = swinging(world)
        sim.run_until(50.0 + 1e-6)
        before = world.env.get_wrapper_attr("_elapsed_steps")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(getattr(world, code)), method, fail)
            with pytest.raises(ZeroDivisionError):
                sim.run_until(100.0)
        sim.run_until(60.0 + 1e-6)
        return world.env.get_wrapper_attr("_elapsed_steps") - before

    assert elapsed("decoder", "decode") == 1
    assert elapsed("encoder", "encode") == 2


def test_choices_drive_a_cart(tmp_path):
    world = gym.GymWorld(
        gymnasium.make("CartPole-v1"),
        interval=20.0,
        decoder=ChoiceDecoder(2),
        encoder=TuningCurves(np.linspace(-0.2, 0.2, 9)[:, None] * [0, 0, 1, 0], [9, 9, 0.1, 9], 1),
        attributes=("state", "steps_beyond_terminated", "_elapsed_steps"),
    )
    sim = swinging(world)
    sim.run_until(5000.0)
    assert world.n_episodes > 3
    assert world.total_reward == 249.0
    sim.save(tmp_path / "state.npz")


# -- the loop as an environment


def listener(seed):
    net = postdict.Network(seed)
    motor = net.add_population("motor", 3, LIF(tau_m=20.0))
    sensor = net.add_population("sensor", 2, LIF(tau_m=10.0, reset="by"))
    net.add_poisson("noise", motor, rate=100.0, weight=0.1)
    net.connect(motor, sensor, weights=[[1.5, 0.0, 0.7], [0.0, 1.2, 0.7]], axonal_delay=3.0)
    return net


def loop_env(**changes):
    given = {"act": "motor", "observe": "sensor", "interval": 25.0, "n_steps": 40} | changes
    return gym.LoopEnv(listener, reward=lambda counts, action: counts[0] - action.sum(), **given)


def test_the_loop_passes_the_checks_of_gymnasium():
    from gymnasium.utils.env_checker import check_env

    check_env(loop_env(), skip_render_check=True)


def test_an_episode_of_the_loop():
    env = loop_env()
    first, info = env.reset(seed=5)
    assert (list(first), info) == ([0.0, 0.0], {})
    total, truncated, n = np.zeros(2), False, 0
    while not truncated:
        counts, reward, terminated, truncated, info = env.step([1.0, 0.0, 0.0])
        assert reward == counts[0] - 1.0
        assert not terminated
        total, n = total + counts, n + 1
    assert n == 40
    assert info["t"] == 1025.0
    assert total[0] > 20 > total[1]
    assert total.sum() == env.simulation.spike_count("sensor")
    again, _ = env.reset(seed=5)
    assert np.array_equal(first, again)
    with pytest.raises(ValueError, match=r"the action .* is not in Box"):
        env.step([3.0, 0.0, 0.0])
    with pytest.raises(ValueError, match="no population is named 'sensors'; did you mean 'sensor'"):
        loop_env(observe="sensors")


def test_an_action_acts_within_its_step():
    env = loop_env(interval=50.0)
    env.reset(seed=5)
    env.step([1.0, 0.0, 0.0])
    times, ids = env.simulation.spikes("motor")
    driven = times[ids == 0]
    assert 50.0 < driven[0] < 50.0 + 20.0 * np.log(2.0) + 1e-9
    assert driven[-1] < 100.0


# -- codes


def rewarded(modulator, *, seed=4):
    """A network with synapses that a reward, if there is one, makes learn."""
    net = postdict.Network(seed=seed)
    motor = net.add_population("motor", 4, LIF(tau_m=50.0))
    sensor = net.add_population("sensor", 9, LIF(tau_m=10.0))
    net.add_poisson("exploration", motor, rate=300.0, weight=0.1)
    net.add_poisson("noise", sensor, rate=600.0, weight=0.2)
    rule = postdict.Modulated(postdict.AntisymmetricSTDP(1e-3), 100.0, modulator)
    return net, net.connect(sensor, motor, weights=0.5, plasticity=rule)


def test_the_reward_of_an_environment_is_a_modulator():
    net, plastic = rewarded("pendulum")
    net.add_world("pendulum", pendulum(), "motor", "sensor", latency=2.0)
    sim, rewards = Simulation(net), []
    for k in range(1, 51):
        sim.run_until(10.0 * k + 1e-6)  # its step is taken
        rewards.append(sim.worlds["pendulum"].reward)
    assert sum(rewards) == pytest.approx(sim.worlds["pendulum"].total_reward, rel=1e-12)
    steps = postdict.Steps(10.0 * np.arange(1, 51), rewards)
    again, same = rewarded(steps)
    again.add_world("pendulum", pendulum(), "motor", "sensor", latency=2.0)
    other = Simulation(again)
    other.run_until(sim.time)
    assert np.array_equal(sim.weights(plastic), other.weights(same))
    assert np.ptp(sim.weights(plastic)) > 0.01


@pytest.mark.parametrize("given", [0.0, 0.5])
def test_the_reward_of_an_agent_is_a_modulator(given):
    env = gym.LoopEnv(
        lambda seed: rewarded("agent", seed=seed)[0],
        act="motor",
        observe="sensor",
        interval=25.0,
        n_steps=20,
        reward=lambda counts, action: given,  # noqa: ARG005 -- whatever they are
    )
    env.reset(seed=1)
    for _ in range(20):
        env.step(np.zeros(4, np.float32))
    learned = env.simulation.weights("sensor->motor")
    assert (np.ptp(learned) > 0.01) == (given > 0.0)
    assert np.all(learned == 0.5) == (given == 0.0)
