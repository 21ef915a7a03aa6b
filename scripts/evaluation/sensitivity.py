"""Which judgements carry weight: parameters are moved one at a time, and the acceptance matrix is played again.

A parameter is moved where it stands and in every module of the product that imported it; the simulated driver keeps
its own. What was computed from it when its module was loaded stays as it was, and is named. The rows are those of
``scripts/conformance --quick``, geometry in one preset. One simulated hour is too little to show how often false alerts
come; it shows that a value is far off. With ``--data`` real clips are judged as well: nobody knows what would be right
there, only what becomes different.
"""

import argparse
import ast
import contextlib
import importlib
import inspect
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from driver_monitor.conformance.hours import hours
from driver_monitor.conformance.judge import Outcome, judge
from driver_monitor.conformance.main import chosen_presets
from driver_monitor.conformance.play import forget, geometric
from driver_monitor.conformance.rows import matrix
from driver_monitor.conformance.table import hours_outcomes
from driver_monitor.conformance.variants import QUICK
from driver_monitor.errors import UsageError
from driver_monitor.parameter_table import PARTS, Parameter, parameters, shown
from scripts.command import above_zero, at_least, told
from scripts.evaluation.clip_course import Clip, Course, course, tracked

# Ten judgements that nearly every warning of the matrix goes through, those first that come first on the way: is the
# driver seen, where do head and eyes point, at what, and are the lids shut, lowered or blinking?
WEIGHTY: Final = (
    "signals.seen_time.FLICKER_S",
    "signals.eyesight.HIDDEN_CONTRAST",
    "signals.head.POSE_TAU_S",
    "signals.gaze.EYE_GAIN",
    "signals.zones.HELD_REACH",
    "signals.scan.CHECK_S",
    "signals.eyes.GLANCE_PITCH_DEG",
    "signals.eyes.DOUBT_S",
    "signals.closed_level.PRIOR_SHARE",
    "signals.blinks.DEPTH",
)
SAME_S: Final = 0.005  # times closer together are the same


@dataclass(frozen=True, slots=True)
class Effect:
    """What the matrix does with a parameter moved to ``value``.

    ``failing``: rows that hold without the move and no longer with it. ``shift_s``: the largest change of a time to
    alert, in the row ``shift_row``. ``other``: rows whose number of warnings changed. ``false_alerts`` and ``missed``
    lapses are those of the simulated hours. Of real clips: frames whose eyes or gaze zone become different, out of how
    many, and blinks and alerts more or fewer. ``unmoved``: what was computed from it on loading, or took its value.
    """

    parameter: str
    before: str
    value: str
    failing: tuple[str, ...]
    shift_s: float
    shift_row: str
    other: tuple[str, ...]
    false_alerts: int
    missed: int
    clip_frames: int
    clip_frames_changed: int
    clip_blinks: int
    clip_alerts: int
    unmoved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Played:
    outcomes: dict[str, Outcome]
    false_alerts: int
    missed: int
    clips: Course


def play(preset: str, rows: Sequence[str], count: int, clips: Sequence[Clip] = ()) -> Played:
    """The rows of the matrix, all of them when none is named, so many simulated hours, and the clips."""
    forget()
    configs = chosen_presets([preset], [])
    found = judge([row for row in matrix(quick=True) if not rows or row.id in rows], configs, QUICK, geometric)
    tallies = hours(count, configs) if count else {}
    found += hours_outcomes(tallies)
    return Played(
        {outcome.row: outcome for outcome in found},
        sum(sum(tally.false.values()) for tally in tallies.values()),
        sum(len(tally.missed) for tally in tallies.values()),
        course(clips, configs[preset]),
    )


def holders(parameter: Parameter) -> list[ModuleType]:
    """The module that defines it, then those of the product that imported it."""
    home = importlib.import_module(f"driver_monitor.{parameter.module}")
    inside = tuple(f"{part.__name__}." for part in PARTS)
    return [home] + [
        module
        for name, module in sorted(sys.modules.items())
        if name.startswith(inside) and module is not home and vars(module).get(parameter.name) is parameter.value
    ]


def scaled(value: Any, factor: float) -> Any:
    """Every number of it times ``factor``; whole numbers stay whole, and move by 1 at least."""
    if isinstance(value, tuple):
        return tuple(scaled(item, factor) for item in value)
    if isinstance(value, int):
        moved = round(value * factor)
        return moved if moved != value else value + (1 if factor > 1 else -1)
    return value * factor


@contextlib.contextmanager
def moved(parameter: Parameter, value: Any) -> Iterator[None]:
    modules = holders(parameter)
    try:
        for module in modules:
            setattr(module, parameter.name, value)
        yield
    finally:
        for module in modules:
            setattr(module, parameter.name, parameter.value)


def unmoved(parameter: Parameter) -> tuple[str, ...]:
    """What took the value when its module was loaded: other constants, defaults of arguments and fields."""
    found = []
    for module in holders(parameter):
        below = module.__name__.partition(".")[2]
        for statement in ast.parse(inspect.getsource(module)).body:
            if parameter.name in _read_on_loading(statement):
                name = getattr(statement, "name", None) or ast.unparse(getattr(statement, "target", statement))
                found.append(f"{below}.{name}")
    return tuple(found)


def _read_on_loading(node: ast.AST) -> set[str]:
    """Names that are read while a module is loaded: everything but the bodies of functions."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    inner: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        inner = [*node.args.defaults, *(default for default in node.args.kw_defaults if default)]
    return {name for child in inner for name in _read_on_loading(child)}


def effect(parameter: Parameter, value: Any, before: Played, after: Played) -> Effect:
    failing = [row for row, outcome in after.outcomes.items() if before.outcomes[row].holds and not outcome.holds]
    shifts, other = [(0.0, "")], []
    for row, outcome in after.outcomes.items():
        old, new = before.outcomes[row], outcome
        if (len(old.times_s), old.warned) != (len(new.times_s), new.warned):
            other.append(row)
        else:
            shifts += [(late - early, row) for early, late in zip(old.times_s, new.times_s, strict=True)]
    shift_s, shift_row = max(shifts, key=lambda shift: abs(shift[0]))
    if abs(shift_s) < SAME_S:
        shift_s, shift_row = 0.0, ""
    return Effect(
        f"{parameter.module}.{parameter.name}", shown(parameter.value), shown(value), tuple(failing), shift_s,
        shift_row, tuple(other), after.false_alerts, after.missed, len(after.clips.eyes),
        after.clips.frames_unlike(before.clips), after.clips.blinks - before.clips.blinks,
        len(after.clips.alerts) - len(before.clips.alerts), unmoved(parameter),
    )  # fmt: skip


def chosen(names: Sequence[str], top: int) -> list[Parameter]:
    """Parameters by ``module.NAME``; the first ``top`` of the weighty ones when nothing is named."""
    known = {f"{each.module}.{each.name}": each for each in parameters()}
    for name in names:
        if name not in known:
            raise UsageError(f"There is no parameter {name}; 'driver-monitor config show --parameters' lists them.")
    wanted = names or WEIGHTY[:top]
    fixed = [name for name in wanted if not isinstance(known[name].value, int | float | tuple)]
    if fixed:
        raise UsageError(f"{fixed[0]} is not a number that could be moved.")
    return [known[name] for name in wanted]


def line(found: Effect) -> str:
    """A row of the table in ``scripts/README.md``."""
    shift = f"{found.shift_s:+.2f} s ({found.shift_row})" if found.shift_row else "none"
    rows = ", ".join(found.failing) or "none"
    other = f"; warnings of {', '.join(found.other)}" if found.other else ""
    still = f"; {', '.join(found.unmoved)} not moved" if found.unmoved else ""
    return (
        f"| `{found.parameter}` {found.before} | {found.value} | {rows} | {shift}{other}{still} | "
        f"{found.false_alerts} | {found.missed} | {_clips(found)} |"
    )


def _clips(found: Effect) -> str:
    if not found.clip_frames:
        return "not played"
    share = 100 * found.clip_frames_changed / found.clip_frames
    return f"{share:.1f} % of frames, {found.clip_blinks:+d} blinks, {found.clip_alerts:+d} alerts"


HEAD: Final = (
    "| parameter | moved to | rows that stop holding | largest change of a time to alert "
    "| false alerts | lapses missed | real clips |\n"
    "|---|---|---|---|---|---|---|"
)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/sensitivity", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="parameters, as in signals.seen_time.FLICKER_S")
    parser.add_argument(
        "--top", type=at_least(1), default=len(WEIGHTY), metavar="N",
        help=f"without names: the first N of the {len(WEIGHTY)} that are thought to matter most (default: all)",
    )  # fmt: skip
    parser.add_argument("--by", type=above_zero, default=20.0, metavar="N", help="up and down by N %% (default: 20)")
    parser.add_argument("--preset", default="default", metavar="NAME", help="default: %(default)s")
    parser.add_argument("--row", action="append", default=[], metavar="ID", help="this row alone; may be repeated")
    parser.add_argument("--hours", type=at_least(0), default=1, metavar="N", help="simulated hours (default: 1)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="judge the videos in DIR/clips, or in DIR, as well")
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of a table")
    args = parser.parse_args()
    wanted = chosen(args.names, args.top)
    clips = tracked(args.data, chosen_presets([args.preset], [])[args.preset]) if args.data else []
    before = play(args.preset, args.row, args.hours, clips)
    if not args.json:
        print(HEAD, flush=True)
    for parameter in wanted:
        for factor in (1 - args.by / 100, 1 + args.by / 100):
            value = scaled(parameter.value, factor)
            with moved(parameter, value):
                after = play(args.preset, args.row, args.hours, clips)
            found = effect(parameter, value, before, after)
            print(json.dumps(asdict(found)) if args.json else line(found), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(told(main))
