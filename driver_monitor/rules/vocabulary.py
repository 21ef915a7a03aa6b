"""The words of the rules: every signal, estimate and state a condition may name, and how to read it."""

import difflib
import operator
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, Final

from driver_monitor.classifiers.state import Distraction, DriverState, Fatigue, Stress
from driver_monitor.rules.policy import PolicyState
from driver_monitor.signals.signals import NAMES, Signals

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


def signal_names() -> tuple[str, ...]:
    """Every name a rule may use."""
    return tuple(KINDS)


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

    def read(self, state: DriverState, policy: PolicyState) -> list[Any]:
        values = [*self._signals(state.signals), *self._policy(policy)]
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
