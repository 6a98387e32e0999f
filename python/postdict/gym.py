"""Gymnasium, both ways: an environment as the world, and the loop as an environment.

Needs the extra `gym` (``pip install 'postdict[gym]'``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _checks
from .network import Network
from .simulation import Simulation
from .world.codes import Decoder, Encoder

try:
    import gymnasium
    from gymnasium.spaces import Box
except ModuleNotFoundError:
    raise ImportError("environments need gymnasium: pip install 'postdict[gym]'") from None


SEAT = "agent"  # the name of the world that a LoopEnv attaches


class GymWorld:
    """A Gymnasium environment in the place of the world.

    A step decodes an action from the motor neurons, takes it in the environment, and encodes what
    is observed then. An episode that ends is followed by another, without a gap.

    A step that fails is asked again when the simulation is run on. An environment cannot go back:
    where it raises, or the encoder does after it, or Ctrl-C falls into it, it may have moved, and
    takes another step then. What the decoder raises comes before, and loses nothing. Go on from a
    checkpoint where this matters.

    Parameters
    ----------
    env : gymnasium.Env
    interval : float
        ms of the network's time for one step of the environment.
    decoder : Decoder
        What the motor neurons did → an action (see `postdict.world`).
    encoder : Encoder
        An observation → what drives the sensors. Codes that remember something have `state` and
        `restore`, and `reset()`, which is called where an episode begins.
    attributes : sequence of str
        Attributes of the environment or its wrappers that are its state besides its random numbers:
        with them a simulation can be saved. Of Pendulum-v1: ``("state", "_elapsed_steps")``.

    Attributes
    ----------
    n_episodes : int
        How many have ended.
    total_reward : float
        Of all steps so far.
    reward : float
        Of the last step; it can modulate a rule (`Modulated`), as it is.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> import gymnasium
    >>> import numpy as np
    >>> from postdict.gym import GymWorld
    >>> from postdict.world import LinearDecoder, TuningCurves
    >>> arm = GymWorld(
    ...     gymnasium.make("Pendulum-v1"),
    ...     interval=20.0,
    ...     decoder=LinearDecoder([[1.0, -1.0]], low=-2.0, high=2.0),
    ...     encoder=TuningCurves([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]], [0.5, 0.5, 4.0], height=10.0),
    ... )
    >>> arm.reset(1).shape, arm.step(np.array([3, 1])).shape
    ((2,), (2,))
    """

    def __init__(
        self,
        env: Any,
        *,
        interval: float,
        decoder: Decoder,
        encoder: Encoder,
        attributes: Sequence[str] = (),
    ) -> None:
        if not isinstance(env, gymnasium.Env):
            raise TypeError(f"env must be a gymnasium.Env, got {type(env).__name__}")
        for name, code, method in (("decoder", decoder, "decode"), ("encoder", encoder, "encode")):
            if isinstance(code, type) or not callable(getattr(code, method, None)):
                raise TypeError(f"{name} must be an object with {method}(...), got {code!r}")
        if isinstance(attributes, str):
            raise TypeError(f"attributes must be several texts, got the text {attributes!r} alone")
        self.env = env
        self.interval = _checks.number("interval", interval, "ms", above=0.0)
        self.decoder = decoder
        self.encoder = encoder
        self.attributes = tuple(attributes)
        self.n_episodes = 0
        self.total_reward = 0.0
        self.reward = 0.0

    @property
    def shape(self) -> tuple[int, int]:
        """(n_sensor, n_motor): what the loop asks.

        Raises
        ------
        AttributeError
            A code does not know.
        """
        return self.encoder.n_sensor, self.decoder.n_motor  # type: ignore[attr-defined]

    def reset(self, seed: int) -> Any:
        """Begin an episode, and return how it looks at its start.

        Raises
        ------
        ValueError
            An attribute that is to be the environment's state is not there.
        """
        self.n_episodes, self.total_reward, self.reward = 0, 0.0, 0.0
        observation = self._begin(seed=seed)
        for name in self.attributes:  # refused now, and not when a simulation is saved
            if not self.env.has_wrapper_attr(name):
                raise ValueError(f"attributes: {self.env} has no {name!r}")
        return self.encoder.encode(observation)

    def __repr__(self) -> str:
        interval = f"interval={_checks.shown(self.interval)}"
        return f"GymWorld({self.env}, {interval}, {self.decoder!r}, {self.encoder!r})"

    def step(self, motor: Any) -> Any:
        """Take one step of the environment.

        Raises
        ------
        ValueError
            The decoder's action is not in the environment's space, or the reward is no number.
        """
        action = self.decoder.decode(motor)
        if not self.env.action_space.contains(action):
            raise ValueError(f"the decoder's action {action!r} is not in {self.env.action_space}")
        observation, reward, terminated, truncated, _ = self.env.step(action)
        self.reward = _checks.number("the environment's reward", reward)
        self.total_reward += self.reward
        if terminated or truncated:
            self.n_episodes += 1
            observation = self._begin()
        return self.encoder.encode(observation)

    def state(self) -> dict[str, Any]:
        """Return the state of the environment, and of the codes that have one.

        Raises
        ------
        TypeError
            It was not said which attributes are the environment's state.
        """
        if not self.attributes:
            raise TypeError(
                f"{self.env} can be saved only where GymWorld is given its attributes, that "
                "is, which of them are its state"
            )
        return {
            "attributes": {name: self.env.get_wrapper_attr(name) for name in self.attributes},
            "random": self.env.unwrapped.np_random.bit_generator.state,
            "codes": [code.state() for code in self._codes()],
            "n_episodes": self.n_episodes,
            "total_reward": self.total_reward,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` returned, in an environment that was reset."""
        for name, value in state["attributes"].items():
            self.env.set_wrapper_attr(name, value)
        self.env.unwrapped.np_random.bit_generator.state = state["random"]
        for code, code_state in zip(self._codes(), state["codes"], strict=True):
            code.restore(code_state)
        self.n_episodes, self.total_reward = state["n_episodes"], state["total_reward"]

    def _begin(self, **options: Any) -> Any:
        """Begin an episode, also for the codes, and return what is observed."""
        observation, _ = self.env.reset(**options)
        for code in (self.decoder, self.encoder):
            if hasattr(code, "reset"):
                code.reset()
        return observation

    def _codes(self) -> list[Any]:
        return [code for code in (self.decoder, self.encoder) if hasattr(code, "state")]


class LoopEnv(gymnasium.Env):  # type: ignore[misc]
    """A network as an environment: an agent drives one population and sees another's spikes.

    The reward of a step can modulate a rule of the network as well, from the next step on: by
    ``Modulated(rule, tau_eligibility, modulator="agent")``.

    An action in [-1, 1] for each driven neuron, times `gain`, is its current for one step. The
    observation is the number of spikes of each observed neuron in that step; the first one, after
    `reset`, is that of a step without a current.

    Parameters
    ----------
    network : callable
        Makes the network from a seed: ``network(seed)`` returns a new `Network`, in
        which nothing is called "agent".
    act : str
        Name of the population that actions drive.
    observe : str
        Name of the population whose spikes are shown.
    interval : float
        ms of a step.
    n_steps : int
        After which an episode is truncated.
    reward : callable
        ``reward(counts, action)`` of a step.
    gain : float
        mV that an action of 1 adds to v_rest + i_offset.
    most : int
        Largest number of spikes of a neuron in a step that is shown.

    Raises
    ------
    ValueError, TypeError
        For bad input.

    Examples
    --------
    >>> from postdict import LIF, Network
    >>> from postdict.gym import LoopEnv
    >>> def network(seed):
    ...     net = Network(seed=seed)
    ...     net.add_population("driven", 2, LIF())
    ...     net.add_population("seen", 3, LIF(i_offset=2.0))
    ...     return net
    ...
    >>> env = LoopEnv(
    ...     network, act="driven", observe="seen", interval=50.0, n_steps=10,
    ...     reward=lambda counts, action: float(counts.sum()),
    ... )
    >>> counts, _ = env.reset(seed=1)
    >>> counts
    array([3., 3., 3.], dtype=float32)
    >>> counts, reward, *_ = env.step([1.0, -1.0])
    >>> reward
    12.0
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012 -- as Gymnasium has it

    def __init__(
        self,
        network: Callable[[int], Network],
        *,
        act: str,
        observe: str,
        interval: float,
        n_steps: int,
        reward: Callable[[NDArray[np.float32], NDArray[np.float32]], float],
        gain: float = 2.0,
        most: int = 1000,
    ) -> None:
        for name, given in (("network", network), ("reward", reward)):
            if not callable(given):
                raise TypeError(f"{name} must be a function, got {type(given).__name__}")
        self._make = network
        self._act, self._observe = act, observe
        self._interval = _checks.time_constant("interval", interval)
        self._n_steps = _checks.integer("n_steps", n_steps, at_least=1)
        self._reward = reward
        self._gain = _checks.number("gain", gain, "mV")
        made = self._made(0)
        sizes = {p.name: p.size for p in made.populations}
        for name in (act, observe):
            if name not in sizes:
                raise ValueError(_checks.unknown("population", name, sizes))
        self._sizes = sizes[act], sizes[observe]
        self._seat: _Seat | None = None
        self._attach(made)
        self._most = _checks.integer("most", most, at_least=1)
        self.action_space = Box(-1.0, 1.0, (sizes[act],), np.float32)
        self.observation_space = Box(0.0, most, (sizes[observe],), np.float32)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Make the network anew, from the seed or a random one."""
        super().reset(seed=seed, options=options)
        network = self._made(int(self.np_random.integers(2**32)))
        self._seat = self._attach(network)
        self.simulation = Simulation(network)
        self._k = 0
        return self._advance(), {}

    def step(self, action: Any) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Drive for one interval, and observe.

        Raises
        ------
        RuntimeError
            `reset` was not called before.
        ValueError
            The action is not in `action_space`.
        """
        if self._seat is None:
            raise RuntimeError("reset must be called before the first step")
        try:
            given = np.asarray(action, np.float32)
        except (TypeError, ValueError):  # what is no array is in no box
            given = np.empty(0, np.float32)
        if not self.action_space.contains(given):
            raise ValueError(f"the action {action!r} is not in {self.action_space}")
        self._seat.current = self._gain * given
        counts = self._advance()
        reward = _checks.number("reward", self._reward(counts, given))
        self._seat.reward = reward
        return counts, reward, False, self._k > self._n_steps, {"t": self.simulation.time}

    def __repr__(self) -> str:
        (n_act,), (n_observe,) = self.action_space.shape, self.observation_space.shape
        ways = f"{self._act}[{n_act}] → network → {self._observe}[{n_observe}]"
        return f"LoopEnv({ways}, {self._n_steps} steps of {_checks.shown(self._interval)} ms)"

    def _made(self, seed: int) -> Network:
        network = self._make(seed)
        if not isinstance(network, Network):
            raise TypeError(f"network(seed) must return a Network, got {type(network).__name__}")
        return network

    def _attach(self, network: Network) -> _Seat:
        if any(world.name == SEAT for world in network.worlds):
            raise ValueError("network(seed) must make a new Network each time, got one with a seat")
        seat = _Seat(self._interval, self._sizes[0])
        network.add_world(SEAT, seat, self._act, self._act)
        return seat

    def _advance(self) -> NDArray[np.float32]:
        # Counted last, so that a step that was interrupted is the same one when it is taken again.
        self.simulation.run_until((self._k + 1) * self._interval)
        _, ids = self.simulation.spikes(self._observe, start=self._k * self._interval)
        self._k += 1
        counts = np.bincount(ids, minlength=self._sizes[1])
        return np.minimum(counts, self._most).astype(np.float32)


class _Seat:
    """The world that answers what the agent says."""

    def __init__(self, interval: float, n: int) -> None:
        self.interval = interval
        self.current = np.zeros(n, np.float32)
        self.reward = 0.0  # of the agent's last step, which the network hears at its next

    def reset(self, seed: int) -> None:
        """There is nothing to reset."""

    def step(self, _: Any) -> NDArray[np.float32]:
        """Return the current, mV."""
        return self.current

    def state(self) -> dict[str, Any]:
        """Return the current, and the last reward."""
        return {"current": self.current, "reward": self.reward}

    def restore(self, state: dict[str, Any]) -> None:
        """Take them up."""
        self.current, self.reward = state["current"], state["reward"]
