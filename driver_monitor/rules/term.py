"""One comparison over the driver's state: ``signal op threshold``."""

import difflib
import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Final

from driver_monitor.classifiers.state import Distraction, DriverState, Fatigue, Stress
from driver_monitor.signals.signals import NAMES, Signals

Value = float | bool | str
_Getter = Callable[[DriverState], Any]

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}
_TERM = re.compile(r"^\s*([A-Za-z_][\w.]*)\s*(>=|<=|==|!=|>|<|\bin\b)\s*(.+?)\s*$")


def _kind(annotation: Any) -> type:
    """The Python type a signal takes when it is known; annotations here are ``T`` or ``T | None``."""
    for kind in (bool, str):
        if annotation is kind or annotation == kind | None:
            return kind
    return float


_GROUPS: Final = {"fatigue": Fatigue, "stress": Stress, "distraction": Distraction}
_KINDS: Final[dict[str, type]] = {
    **{f.name: _kind(f.type) for f in fields(Signals) if f.name in NAMES},
    **{f"{group}.{f.name}": _kind(f.type) for group, kind in _GROUPS.items() for f in fields(kind)},
    "speed_kmh": float,
}


def signal_names() -> tuple[str, ...]:
    """Every name a rule may use."""
    return tuple(_KINDS)


def _getter(name: str) -> _Getter:
    if name == "speed_kmh":
        return operator.attrgetter("speed.kmh")
    group, _, member = name.partition(".")
    if not member:
        return operator.attrgetter(f"signals.{name}")

    def get(state: DriverState) -> Any:
        estimate = getattr(state, group)
        return None if estimate is None else getattr(estimate, member)

    return get


@dataclass(frozen=True, slots=True)
class Term:
    """``evaluate`` answers True, False, or None when the signal is not known in this frame."""

    signal: str
    op: str
    threshold: Value | tuple[Value, ...]
    get: _Getter

    def evaluate(self, state: DriverState) -> tuple[bool | None, Any]:
        value = self.get(state)
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return None, None
        if self.op == "in":
            assert isinstance(self.threshold, tuple)
            return value in self.threshold, value
        return _COMPARE[self.op](value, self.threshold), value

    def __str__(self) -> str:
        shown = f"[{', '.join(map(str, self.threshold))}]" if isinstance(self.threshold, tuple) else self.threshold
        return f"{self.signal} {self.op} {shown}"


def _threshold(text: str, kind: type, signal: str) -> Value:
    text = text.strip().strip("'\"")
    if kind is float:
        try:
            number = float(text)
        except ValueError:
            raise ValueError(
                f"'{signal}' is a number, so '{text}' cannot be its threshold (write a number, no unit)"
            ) from None
        if not math.isfinite(number):
            raise ValueError(f"the threshold of '{signal}' must be a finite number, got '{text}'")
        return number
    if kind is bool:
        if text not in ("true", "false"):
            raise ValueError(f"'{signal}' is true or false, got '{text}'")
        return text == "true"
    if not text:
        raise ValueError(f"'{signal}' needs a word to compare with")
    return text


def parse_term(text: str) -> Term:
    """Read ``signal op threshold``. Raises ValueError with one sentence that says what is wrong and what is near."""
    match = _TERM.match(text)
    if match is None:
        raise ValueError(f"'{text}' is not of the form 'signal op threshold' with op one of >= <= > < == != in")
    signal, op, raw = match.groups()
    kind = _KINDS.get(signal)
    if kind is None:
        near = difflib.get_close_matches(signal, _KINDS, n=1, cutoff=0.5)
        hint = f"; did you mean '{near[0]}'?" if near else "; 'driver-monitor config show --signals' lists them"
        raise ValueError(f"there is no signal '{signal}'{hint}")
    if op == "in":
        if not (raw.startswith("[") and raw.endswith("]")):
            raise ValueError(f"'in' needs a list in brackets, as in '{signal} in [a, b]', got '{raw}'")
        choices = tuple(_threshold(part, kind, signal) for part in raw[1:-1].split(","))
        return Term(signal, op, choices, _getter(signal))
    if kind is not float and op not in ("==", "!="):
        raise ValueError(f"'{signal}' cannot be ordered: use ==, != or in, not '{op}'")
    return Term(signal, op, _threshold(raw, kind, signal), _getter(signal))
