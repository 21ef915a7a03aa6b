"""One comparison of a rule: ``signal op threshold``, where a window over time may stand for the signal.

eyes_closed_s >= 1.5                       a signal
zone in [lap, console]                     one of several words
mean(openness, 10) < 0.6                   over the last 10 s; min and max likewise
fraction(on_road == false, 30) >= 0.6      share of the time in which a comparison holds
count(yawn, 600) >= 3                      how often one came true (a true-or-false signal may stand alone)
"""

import math
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from driver_monitor.state.vocabulary import KINDS, known_name

Value = float | bool | str
Threshold = Value | tuple[Value, ...]
Function = Literal["mean", "min", "max", "fraction", "count"]

COVERAGE: Final = 0.5  # share of a window that must be known, unless the term asks for another
MAX_WINDOW_S: Final = 3600.0
FUNCTIONS: Final[tuple[Function, ...]] = ("mean", "min", "max", "fraction", "count")
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
    "in": lambda value, choices: value in choices,
}
_OPS: Final = r">=|<=|==|!=|>|<|\bin\b"
_TERM: Final = re.compile(rf"^\s*([A-Za-z_][\w.]*)\s*({_OPS})\s*(.+?)\s*$")
_WINDOW: Final = re.compile(rf"^\s*([A-Za-z_]\w*)\s*\((.*)\)\s*({_OPS})\s*([^()]+?)\s*$")
_FORM: Final = "is not of the form 'signal op threshold' with op one of >= <= > < == != in"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A signal against a threshold, or against a choice of words for ``in``."""

    signal: str
    op: str
    threshold: Threshold

    @property
    def compare(self) -> Callable[[Any, Any], bool]:
        return _COMPARE[self.op]

    def __str__(self) -> str:
        return f"{self.signal} {self.op} {_shown(self.threshold)}"


@dataclass(frozen=True, slots=True)
class Window:
    """A figure over the last ``length_s``, known once ``coverage`` of that time is.

    ``of`` is a signal for mean, min and max, a comparison for fraction and count.
    """

    function: Function
    of: Comparison | str
    length_s: float
    coverage: float = COVERAGE

    @property
    def signal(self) -> str:
        return self.of if isinstance(self.of, str) else self.of.signal

    def __str__(self) -> str:
        asked = "" if self.coverage == COVERAGE else f", {self.coverage:g}"
        return f"{self.function}({self.of}, {self.length_s:g}{asked})"


@dataclass(frozen=True, slots=True)
class Term:
    """What a condition is made of. Hashable: equal terms of different rules are looked at once a frame."""

    operand: str | Window
    op: str
    threshold: Threshold

    @property
    def signal(self) -> str:
        """The signal's name, or the window as it is written."""
        return str(self.operand)

    @property
    def compare(self) -> Callable[[Any, Any], bool]:
        return _COMPARE[self.op]

    def comparisons(self) -> Iterator[tuple[str, tuple[Value, ...]]]:
        """Every signal in it that is compared, with what it is compared with."""
        if isinstance(self.operand, str):
            yield self.operand, _choices(self.threshold)
        elif isinstance(self.operand.of, Comparison):
            yield self.operand.of.signal, _choices(self.operand.of.threshold)

    def __str__(self) -> str:
        return f"{self.operand} {self.op} {_shown(self.threshold)}"


def parse_term(text: str) -> Term:
    """Read a term. Raises ValueError with one sentence that says what is wrong and what is near."""
    window = _WINDOW.match(text)
    if window is None:
        comparison = _comparison(text)
        return Term(comparison.signal, comparison.op, comparison.threshold)
    name, inside, op, raw = window.groups()
    if name not in FUNCTIONS:
        raise ValueError(f"there is no window '{name}'; there are {', '.join(FUNCTIONS)}")
    if op == "in":
        raise ValueError(f"'{name}(...)' is a number, so it cannot be compared with 'in'")
    operand = _window(name, inside)
    return Term(operand, op, _threshold(raw, float, str(operand)))


def _window(name: Function, inside: str) -> Window:
    parts = [part.strip() for part in re.split(r",(?![^\[]*\])", inside)]
    if not 2 <= len(parts) <= 3:
        raise ValueError(f"'{name}' takes what to look at and how many seconds back, as in {_EXAMPLES[name]}")
    length_s = _threshold(parts[1], float, f"{name} seconds")
    coverage = _threshold(parts[2], float, f"{name} coverage") if len(parts) == 3 else COVERAGE
    if not 0 < float(length_s) <= MAX_WINDOW_S:
        raise ValueError(f"a window is above 0 to {MAX_WINDOW_S:g} s long, got {parts[1]}")
    if not 0 < float(coverage) <= 1:
        raise ValueError(f"the known share of a window is above 0 to 1, got {parts[2]}")
    of: Comparison | str
    if name in ("mean", "min", "max"):
        of = known_name(parts[0]) if re.fullmatch(r"[\w.]+", parts[0]) else ""
        if not of or KINDS[of] is not float:
            raise ValueError(f"'{name}' takes a signal that is a number, as in {_EXAMPLES[name]}, got '{parts[0]}'")
    elif re.fullmatch(r"[\w.]+", parts[0]):
        signal = known_name(parts[0])
        if KINDS[signal] is not bool:
            raise ValueError(f"'{name}' takes a comparison, as in {_EXAMPLES[name]}, got '{parts[0]}' alone")
        of = Comparison(signal, "==", True)
    else:
        of = _comparison(parts[0])
    return Window(name, of, float(length_s), float(coverage))


_EXAMPLES: Final = {
    "mean": "mean(openness, 10) < 0.6",
    "min": "min(quality, 10) >= 0.5",
    "max": "max(off_road_s, 60) >= 2",
    "fraction": "fraction(on_road == false, 30) >= 0.6",
    "count": "count(yawn, 600) >= 3",
}


def _comparison(text: str) -> Comparison:
    match = _TERM.match(text)
    if match is None:
        raise ValueError(f"'{text}' {_FORM}")
    name, op, raw = match.groups()
    signal = known_name(name)
    kind = KINDS[signal]
    if op == "in":
        if not (raw.startswith("[") and raw.endswith("]")):
            raise ValueError(f"'in' needs a list in brackets, as in '{signal} in [a, b]', got '{raw}'")
        return Comparison(signal, op, tuple(_threshold(part, kind, signal) for part in raw[1:-1].split(",")))
    if kind is not float and op not in ("==", "!="):
        raise ValueError(f"'{signal}' cannot be ordered: use ==, != or in, not '{op}'")
    return Comparison(signal, op, _threshold(raw, kind, signal))


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


def _choices(threshold: Threshold) -> tuple[Value, ...]:
    return threshold if isinstance(threshold, tuple) else (threshold,)


def _shown(threshold: Threshold) -> str:
    if isinstance(threshold, tuple):
        return f"[{', '.join(map(_shown, threshold))}]"
    return str(threshold).lower() if isinstance(threshold, bool) else str(threshold)
