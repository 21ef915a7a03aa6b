"""Every parameter of signals, channels, rules, classifiers and the floor, read from the source where it stands."""

import ast
import importlib
import inspect
import pkgutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any, Final

from driver_monitor import classifiers, floor, rules, signals, state
from driver_monitor.channels import voice

PARTS: Final = (state, signals, voice, classifiers, rules, floor)
# The functions of driver_monitor.parameter, and what a source is called that came from each.
KINDS: Final = {
    "norm": "norm",
    "paper": "paper",
    "measured": "measured",
    "defined": "definition",
    "judged": "judgement",
}
# By the end of a constant's name, longer ones first.
UNITS: Final = {
    "_DEG_S": "deg/s",
    "_DEG": "deg",
    "_KMH": "km/h",
    "_FPS": "1/s",
    "_PX": "px",
    "_HZ": "Hz",
    "_DB": "dB",
    "_SHARE": "share",
    "_S": "s",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """``module`` is below ``driver_monitor``. ``unit`` is empty where neither the name nor the source code tells it;
    ``source`` is empty for judgements."""

    module: str
    name: str
    value: Any
    unit: str
    words: str
    kind: str
    source: str

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "value": _plain(self.value)}


def parameters() -> list[Parameter]:
    """All of them, in the order of the source."""
    return [
        parameter
        for part in PARTS
        for found in pkgutil.iter_modules(part.__path__, f"{part.__name__}.")
        for parameter in _of_module(found.name)
    ]


def counts(rows: Sequence[Parameter]) -> Counter[str]:
    """How many there are of each kind."""
    return Counter(row.kind for row in rows)


def table(rows: Sequence[Parameter]) -> str:
    """One line a parameter: module, name, value, unit, meaning and source; below, how many came from where."""
    lines = [
        f"{row.module:<24}  {row.name:<22}  {shown(row.value):<12}  {row.unit:<10}  {row.words} [{_source(row)}]"
        for row in rows
    ]
    found = counts(rows)
    of_kinds = ", ".join(f"{kind} {found[kind]}" for kind in KINDS.values())
    return "\n".join((*lines, "", f"{len(rows)} parameters: {of_kinds}", ""))


def shown(value: Any) -> str:
    """A value in a few letters."""
    if isinstance(value, tuple):
        return ", ".join(f"({shown(item)})" if isinstance(item, tuple) else shown(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return shown({name: item for name, item in asdict(value).items() if item})
    if isinstance(value, dict):
        return ", ".join(f"{name} {shown(item)}" for name, item in value.items())
    return f"{value:g}"


def _source(row: Parameter) -> str:
    return f"{row.kind}: {row.source}" if row.source else row.kind


def _of_module(name: str) -> Iterator[Parameter]:
    module = importlib.import_module(name)
    for statement in ast.parse(inspect.getsource(module)).body:
        if (
            not isinstance(statement, ast.AnnAssign)
            or not isinstance(statement.target, ast.Name)
            or not isinstance(statement.value, ast.Call)
            or not isinstance(statement.value.func, ast.Name)
            or statement.value.func.id not in KINDS
        ):
            continue
        constant, call = statement.target.id, statement.value
        words, *source = map(ast.literal_eval, call.args[1:])
        unit = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}.get("unit")
        yield Parameter(
            name.partition(".")[2],
            constant,
            getattr(module, constant),
            unit or next((unit for end, unit in UNITS.items() if constant.endswith(end)), ""),
            words,
            KINDS[statement.value.func.id],
            *(source or [""]),
        )


def _plain(value: Any) -> Any:
    """The value as JSON has it; a point of a picture is [x, y]."""
    if isinstance(value, complex):
        return [value.real, value.imag]
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
