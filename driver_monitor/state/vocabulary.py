"""The words of the rules: every signal, estimate and state a condition may name, and how to read it."""

import difflib
import operator
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, Final

from driver_monitor.state.driver_state import Distraction, DriverState, Fatigue, Stress
from driver_monitor.state.policy import PolicyState
from driver_monitor.state.signals import NAMES, Signals

_GROUPS: Final = {"fatigue": Fatigue, "stress": Stress, "distraction": Distraction}
SPEED: Final = "speed_kmh"


def _kind(annotation: Any) -> type:
    """The Python type a signal takes when it is known; annotations here are ``T`` or ``T | None``."""
    for kind in (bool, str):
        if annotation is kind or annotation == kind | None:
            return kind
    return float


KINDS: Final[dict[str, type]] = {
    **{f.name: _kind(f.type) for f in fields(Signals) if f.name in NAMES},
    **{f"{group}.{f.name}": _kind(f.type) for group, kind in _GROUPS.items() for f in fields(kind)},
    SPEED: float,
    **{f.name: _kind(f.type) for f in fields(PolicyState)},
}


# What the classifiers and the car add to the signals.
_ESTIMATES: Final[dict[str, tuple[str, str]]] = {
    "fatigue.alert": ("0..1", "probability that the last blinks are an alert driver's"),
    "fatigue.low_vigilance": ("0..1", "probability of low vigilance"),
    "fatigue.drowsy": ("0..1", "probability of drowsiness"),
    "fatigue.level": (
        "0..1",
        "the three in one number, smoothed: 0 alert, 1 drowsy; 0.4 to 0.5 while blinks are as they were at first",
    ),
    "fatigue.kss": ("1..9", "the same on the Karolinska sleepiness scale: an estimate, not a rating"),
    "fatigue.kss_sd": ("1..9", "its standard deviation; about 3 means that the model does not know"),
    "stress.calm": (
        "0..1",
        "probability of calm over the last half minute, by face, and by pulse and voice where measured",
    ),
    "stress.stressed": ("0..1", "probability of stress, likewise"),
    "stress.angry": ("0..1", "probability of anger, likewise"),
    "stress.confidence": ("0..1", "how often such an answer was right with as many channels known; less with fewer"),
    "distraction.zone": ("", "the likeliest gaze zone, or uncertain"),
    "distraction.confidence": ("0..1", "how likely that zone is"),
    "distraction.on_road": ("0..1", "probability that the gaze is on the road ahead"),
    "distraction.visual": (
        "0..1",
        "probability that the gaze is on nothing that belongs to driving, over about a second",
    ),
    "distraction.cognitive": (
        "0..1",
        "experimental: the signal daydream under another name; no model was trained for it",
    ),
    "speed_kmh": ("km/h", "speed of the car: measured, given or assumed"),
}
_DECLARED: Final = {
    f.name: (f.metadata["unit"], f.metadata["description"]) for f in (*fields(Signals), *fields(PolicyState))
}
# Every name a rule may use, with its unit and its meaning.
DESCRIBED: Final[dict[str, tuple[str, str]]] = {name: _DECLARED.get(name) or _ESTIMATES[name] for name in KINDS}


def known_name(name: str) -> str:
    """The signal meant by ``name``: ``quality.eyes`` is ``quality_eyes``, ``fatigue_drowsy`` is ``fatigue.drowsy``.

    Raises ValueError with one sentence that names the nearest signal.
    """
    group, _, member = name.partition("_")
    for candidate in (name, name.replace(".", "_"), f"{group}.{member}"):
        if candidate in KINDS:
            return candidate
    near = difflib.get_close_matches(name, KINDS, n=1, cutoff=0.5)
    hint = f"; did you mean '{near[0]}'?" if near else "; 'driver-monitor config show --signals' lists them"
    raise ValueError(f"there is no signal '{name}'{hint}")


class Reader:
    """Reads chosen names off a frame in one go; ``order`` names the values of :meth:`read`."""

    def __init__(self, names: Sequence[str]) -> None:
        wanted = dict.fromkeys(names)
        self._signals = _many([name for name in wanted if name in NAMES])
        self._policy = _many([f.name for f in fields(PolicyState) if f.name in wanted])
        self._groups: list[tuple[str, Callable[[Any], tuple[Any, ...]], tuple[None, ...]]] = []
        order = [name for name in wanted if name in NAMES]
        order += [f.name for f in fields(PolicyState) if f.name in wanted]
        for group in _GROUPS:
            members = [name.partition(".")[2] for name in wanted if name.startswith(f"{group}.")]
            if members:
                self._groups.append((group, _many(members), (None,) * len(members)))
                order += [f"{group}.{member}" for member in members]
        self.order: Final = (*order, SPEED)
        self._last_policy: PolicyState | None = None
        self._of_policy: tuple[Any, ...] = ()

    def read(self, state: DriverState, policy: PolicyState) -> list[Any]:
        if policy is not self._last_policy:
            self._last_policy, self._of_policy = policy, self._policy(policy)
        values = [*self._signals(state.signals), *self._of_policy]
        for group, members, unknown in self._groups:
            estimate = getattr(state, group)
            values += unknown if estimate is None else members(estimate)
        values.append(state.speed.kmh)
        return values


def _many(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """``attrgetter`` that gives a tuple however many names there are."""
    if not names:
        return lambda thing: ()
    get = operator.attrgetter(*names)
    return get if len(names) > 1 else lambda thing: (get(thing),)
