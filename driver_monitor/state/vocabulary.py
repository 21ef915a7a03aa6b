"""The words of the rules: every signal, estimate and state a condition may name, and how to read it."""

import difflib
import operator
from collections.abc import Callable, Sequence
from typing import Any, Final

from driver_monitor.state.channels import CHANNEL_FIELDS, CHANNEL_NAMES, NOTHING
from driver_monitor.state.driver_state import ESTIMATE_KINDS, DriverState
from driver_monitor.state.policy import POLICY_NAMES, PolicyState
from driver_monitor.state.signal import Declared, declared
from driver_monitor.state.signals import FIELDS, NAMES
from driver_monitor.state.vehicle import INPUT_FIELDS, INPUT_NAMES, NO_INPUTS

SPEED: Final = "speed_kmh"

# Every name a rule may use.
VOCABULARY: Final[dict[str, Declared]] = {
    **{field.name: field for field in FIELDS},
    **{f"{name}.{field.name}": field for name, kind in ESTIMATE_KINDS.items() for field in declared(kind)},
    **{field.name: field for field in CHANNEL_FIELDS},
    SPEED: Declared(SPEED, "km/h", "speed of the car: measured, given or assumed", float),
    **{field.name: field for field in INPUT_FIELDS},
    **{field.name: field for field in declared(PolicyState)},
}
# The Python type that each takes for a rule when it is known: to a rule every number is a float.
KINDS: Final[dict[str, type]] = {
    name: field.kind if field.kind in (bool, str) else float for name, field in VOCABULARY.items()
}
DESCRIBED: Final = {name: (field.unit, field.description) for name, field in VOCABULARY.items()}


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
        self._channels = _many([name for name in CHANNEL_NAMES if name in wanted])
        self._inputs = _many([name for name in INPUT_NAMES if name in wanted])
        self._policy = _many([name for name in POLICY_NAMES if name in wanted])
        self._groups: list[tuple[str, Callable[[Any], tuple[Any, ...]], tuple[None, ...]]] = []
        order = [name for name in wanted if name in NAMES]
        order += [name for name in CHANNEL_NAMES if name in wanted]
        order += [name for name in INPUT_NAMES if name in wanted]
        order += [name for name in POLICY_NAMES if name in wanted]
        for group in ESTIMATE_KINDS:
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
        values = [*self._signals(state.signals), *self._channels(state.channels or NOTHING)]
        values += (*self._inputs(state.vehicle or NO_INPUTS), *self._of_policy)
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
