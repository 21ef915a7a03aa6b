"""A number that was decided has a name, a unit, a meaning and a source."""

import ast
import importlib
import json
import math
import pkgutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from driver_monitor import parameter_table, state
from driver_monitor.cli.main import main
from driver_monitor.parameter_table import KINDS, PARTS, UNITS, counts, parameters
from driver_monitor.state import terms
from tests.documents import ROOT

MODULES: Final = [
    found.name
    for part in PARTS
    for found in pkgutil.iter_modules(part.__path__, f"{part.__name__}.")
    if part is not state or found.name == terms.__name__
]
PARAMETERS: Final = parameters()
NAMED: Final = {(parameter.module, parameter.name) for parameter in PARAMETERS}

# Numbers inside functions that need no name anywhere: counting, halves, percent, thousandths, minutes and hours.
ARITHMETIC: Final = {0, 1, 2, 0.5, 60, 100, 1000, 3600}
EPSILON: Final = 1e-3  # no larger a number keeps a division or a comparison of sums safe
# Those of one module, with what they are there.
ALLOWED: Final[dict[str, dict[float, str]]] = {
    "signals.change": {4: "the fifth smallest of five: the sorted list's index", 5: "the same"},
    "signals.hands": {3: "contrasts of a mouth"},
    "signals.head": {3: "yaw, pitch and roll"},
    "signals.head_pose": {3: "dimensions"},
    "rules.attention": {3: "the last of four quarters"},
    "rules.budget": {3: "decimals of a time"},
    "rules.phrases": {256: "sentences kept"},
    "classifiers.card": {110: "letters in a line of a file"},
    "classifiers.face_crop": {3: "points that are averaged", 4: "points that are averaged"},
    "classifiers.model": {4: "ONNX Runtime's level 'fatal'"},
    "channels.voice.listener": {10.0: "decibels"},
    "channels.voice.pitch": {4: "the height of a parabola through three points"},
    "floor.lapse": {30.0: "frames a second of a scripted camera"},
}


def source_of(module: str) -> ast.Module:
    file = importlib.import_module(module).__file__
    assert file is not None
    return ast.parse(Path(file).read_text(encoding="utf-8"))


def numeric(value: Any) -> bool:
    """A number, or nothing but numbers, however nested. NaN stands for no number."""
    if isinstance(value, bool):
        return False
    if isinstance(value, tuple):
        return bool(value) and all(map(numeric, value))
    if isinstance(value, dict):
        return bool(value) and all(map(numeric, value.values()))
    return isinstance(value, int | float | complex) and not (isinstance(value, float) and math.isnan(value))


def constants(tree: ast.Module) -> Iterator[str]:
    """The names that a module gives values to, but for places that are looked up by name."""
    for statement in tree.body:
        value = getattr(statement, "value", None)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "index":
            continue
        for target in getattr(statement, "targets", [getattr(statement, "target", None)]):
            yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name)) if target else ()


def literals(tree: ast.Module) -> Iterator[float]:
    """Numbers inside functions and classes, but for plain places in a sequence."""

    def within(node: ast.AST) -> Iterator[float]:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            yield node.value
        for name, child in ast.iter_fields(node):
            if isinstance(node, ast.Subscript) and name == "slice" and not isinstance(child, ast.BinOp):
                continue
            for one in child if isinstance(child, list) else [child]:
                if isinstance(one, ast.AST):
                    yield from within(one)

    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield from within(statement)


@pytest.mark.parametrize("name", MODULES)
def test_every_constant_that_is_a_number_is_a_parameter(name: str) -> None:
    module, below = importlib.import_module(name), name.partition(".")[2]
    found = {constant for constant in constants(source_of(name)) if numeric(getattr(module, constant))}
    assert found - {constant for where, constant in NAMED if where == below} == set()


@pytest.mark.parametrize("name", MODULES)
def test_a_number_inside_a_function_is_arithmetic(name: str) -> None:
    allowed = ALLOWED.get(name.partition(".")[2], {})
    found = {value for value in literals(source_of(name)) if value not in ARITHMETIC and value > EPSILON}
    assert found == set(allowed)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda each: f"{each.module}.{each.name}")
def test_a_parameter_has_unit_meaning_and_source(parameter: parameter_table.Parameter) -> None:
    assert parameter.unit
    assert parameter.words
    assert bool(parameter.source) == (parameter.kind != "judgement")


def test_a_unit_is_not_said_twice() -> None:
    assert [
        parameter
        for parameter in PARAMETERS
        for end, unit in UNITS.items()
        if parameter.name.endswith(end) and parameter.unit == unit and f'unit="{unit}"' in _statement(parameter)
    ] == []


def _statement(parameter: parameter_table.Parameter) -> str:
    tree = source_of(f"driver_monitor.{parameter.module}")
    return next(ast.unparse(s) for s in tree.body if isinstance(s, ast.AnnAssign) and parameter.name in ast.unparse(s))


def test_one_name_and_value_stand_in_one_place() -> None:
    shared = {parameter.name for parameter in PARAMETERS if parameter.module == "state.terms"}
    again = Counter((each.name, str(each.value) * (each.name not in shared)) for each in PARAMETERS)
    assert [name for name, times in again.items() if times > 1] == []


def test_the_command_prints_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "show", "--parameters"]) == 0
    *lines, empty, total = capsys.readouterr().out.splitlines()
    assert [tuple(line.split()[:2]) for line in lines] == [(each.module, each.name) for each in PARAMETERS]
    assert "s           time away adds up over this long (VATS) [norm: Euro NCAP 2026]" in "\n".join(lines)
    assert not empty
    assert total == f"{len(PARAMETERS)} parameters: " + ", ".join(
        f"{kind} {counts(PARAMETERS)[kind]}" for kind in KINDS.values()
    )


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "show", "--parameters", "--json"]) == 0
    found = {(each["module"], each["name"]): each for each in json.loads(capsys.readouterr().out)}
    assert set(found) == NAMED
    assert found["signals.glances", "WINDOW_S"]["value"] == 30.0
    assert found["classifiers.face_crop", "TARGET_PX"]["value"][0] == [15.5, 18.8]


def test_json_alone_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "show", "--json"]) == 2
    assert "--parameters" in capsys.readouterr().err


def test_the_scripts_page_counts_them() -> None:
    found = counts(PARAMETERS)
    row = " | ".join(str(found[kind]) for kind in KINDS.values())
    assert f"| {len(PARAMETERS)} | {row} |" in (ROOT / "scripts" / "README.md").read_text(encoding="utf-8")
