"""The search and the sweeps as SVG: pictures that stand by themselves, in light and dark."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from driver_monitor.counted import counted
from driver_monitor.report.svg import Scale, element, line, number, picture, text, value_ticks
from driver_monitor.score.figures import Figures
from driver_monitor.tune.finding import Swept
from driver_monitor.tune.parameter import Value, shown_value
from driver_monitor.tune.trial import Trial

WIDTH: Final = 860
_LEFT, _RIGHT = 64, WIDTH - 24
_STYLE: Final = """
.curve { fill: none; stroke: var(--c1); stroke-width: 2; stroke-linejoin: round; }
.tried { fill: var(--muted); opacity: 0.35; } .front { fill: var(--c1); }
.chosen, .base { stroke: var(--page); stroke-width: 2; } .chosen { fill: var(--c1); } .base { fill: var(--c2); }
.held { fill: none; stroke-width: 2; } .held.c1 { stroke: var(--c1); } .held.c2 { stroke: var(--c2); }
"""


@dataclass(frozen=True, slots=True)
class Point:
    """A config in the plane: false alerts an hour, and the share of events that it catches."""

    false_per_h: float
    sensitivity: float

    @classmethod
    def of(cls, figures: Figures) -> "Point | None":
        """None where there is nothing to count."""
        rate, share = figures.false_per_hour.value, figures.sensitivity.value
        return None if rate is None or share is None else cls(rate, share)


@dataclass(frozen=True, slots=True)
class Marked:
    """A config that the picture names; ``held_out`` is what became of it with drivers it had not seen."""

    word: str
    tuned: Point
    held_out: Point | None = None


def front_svg(
    trials: Sequence[Trial], front: Sequence[Trial], *, base: Marked, chosen: Marked, budget_per_h: float, title: str
) -> Markup:
    """Every trial, the line of those that nothing beats, the base and the chosen one, each with its hold-out figure."""
    height, top, bottom = 500, 64, 440
    shown = [each for mark in (base, chosen) for each in (mark.tuned, mark.held_out) if each is not None]
    most = (
        max([budget_per_h * 1.6, *(point.false_per_h for point in shown), *_typical(front)], default=1.0) * 1.06 + 0.05
    )
    least = min([*(point.sensitivity for point in shown), *(trial.sensitivity for trial in front[:1])])
    x = Scale(-0.015 * most, most, _LEFT, _RIGHT)  # dots at 0 are seen whole
    y = Scale(max(0.0, math.floor(least * 10 - 1) / 10), 1.0, bottom, top)
    parts = [text(_LEFT, 26, title, "title"), *_axes(x, y, "false alerts an hour", "events caught")]
    parts.append(line(x(budget_per_h), top, x(budget_per_h), bottom, "mark"))
    parts.append(text(x(budget_per_h) + 5, bottom - 8, f"budget {budget_per_h:g} an hour", "muted"))
    beyond = 0
    for trial in trials:
        if trial.tally is None:
            continue
        if trial.false_per_h > most or trial.sensitivity < y.low:
            beyond += 1
            continue
        parts.append(_dot(x(trial.false_per_h), y(trial.sensitivity), 3, "tried", _told(trial)))
    parts.append(_steps([trial for trial in front if trial.false_per_h <= most], x, y))
    parts += [
        _dot(x(trial.false_per_h), y(trial.sensitivity), 3.5, "front", _told(trial))
        for trial in front
        if trial.false_per_h <= most
    ]
    parts += _marks((base, "c2", "base"), (chosen, "c1", "chosen"), x=x, y=y)
    count = sum(trial.tally is not None for trial in trials)
    note = counted(count, "trial") + (f", {beyond} of them outside the picture" if beyond else "")
    parts.append(text(_LEFT, height - 12, f"{note}; the line joins those that no other beats", "muted"))
    return _svg(height, parts)


def sweep_svg(name: str, unit: str, swept: Sequence[Swept], base: Value, budget_per_h: float) -> Markup:
    """Events caught and false alerts an hour over one parameter's values."""
    height, middle = 500, 250
    numbers = [float(each.value) for each in swept]
    x = Scale(min(numbers), max(numbers), _LEFT, _RIGHT)
    rates = [each.trial.false_per_h for each in swept]
    upper = Scale(0.0, 1.0, middle - 20, 64)
    lower = Scale(0.0, max([budget_per_h * 1.6, *rates]) * 1.06 + 0.05, height - 60, middle + 30)
    label = f"{name}, {unit}" if unit else name
    parts = [
        text(_LEFT, 26, name, "title"),
        *_axes(x, upper, "", "events caught"),
        *_axes(x, lower, label, "false alerts an hour"),
    ]
    if x.low <= float(base) <= x.high:
        parts.append(line(x(float(base)), 64, x(float(base)), height - 60, "mark"))
        parts.append(text(x(float(base)) + 5, 60, f"base {shown_value(base)}", "muted"))
    parts.append(line(_LEFT, lower(budget_per_h), _RIGHT, lower(budget_per_h), "mark"))
    parts.append(text(_RIGHT, lower(budget_per_h) - 5, f"budget {budget_per_h:g}", "muted", anchor="end"))
    for scale, values in ((upper, [each.trial.sensitivity for each in swept]), (lower, rates)):
        points = [(x(at), scale(value)) for at, value in zip(numbers, values, strict=True)]
        path = "L".join(f"{number(px)} {number(py)}" for px, py in points)
        parts.append(element("path", d=f"M{path}", cls="curve"))
        parts += [
            _dot(px, py, 3, "front", f"{shown_value(each.value)}: {_told(each.trial)}")
            for (px, py), each in zip(points, swept, strict=True)
        ]
    return _svg(height, parts)


def _typical(front: Sequence[Trial]) -> Iterator[float]:
    """How far to the right the picture goes for the line: to where it catches nearly all that it ever does."""
    if front:
        nearly = 0.98 * front[-1].sensitivity
        yield next(trial.false_per_h for trial in front if trial.sensitivity >= nearly)


def _axes(x: Scale, y: Scale, x_label: str, y_label: str) -> Iterator[Markup]:
    for value in value_ticks(y.low, y.high):
        yield line(_LEFT, y(value), _RIGHT, y(value), "grid")
        shown = f"{value:.0%}" if y.high == 1.0 else f"{value:g}"
        yield text(_LEFT - 8, y(value) + 4, shown, "muted", anchor="end")
    for value in value_ticks(max(0.0, x.low), x.high) if x_label else ():
        yield line(x(value), y.start, x(value), y.start + 4, "zero")
        yield text(x(value), y.start + 18, f"{value:g}", "muted", anchor="middle")
    yield line(_LEFT, y.start, _RIGHT, y.start, "zero")
    yield text(_LEFT, y.end - 12, y_label, "muted")
    yield text(_RIGHT, y.start + 36, x_label, "muted", anchor="end")


def _dot(x: float, y: float, radius: float, cls: str, title: str) -> Markup:
    return element("circle", element("title", title), cx=x, cy=y, r=radius, cls=cls)


def _told(trial: Trial) -> str:
    latency = f"{trial.latency_s:.1f} s" if math.isfinite(trial.latency_s) else "nothing caught"
    return f"trial {trial.number}: {trial.sensitivity:.1%} caught, {trial.false_per_h:.2f} false an hour, {latency}"


def _steps(front: Sequence[Trial], x: Scale, y: Scale) -> Markup:
    if not front:
        return Markup()
    path = f"M{number(x(front[0].false_per_h))} {number(y(max(front[0].sensitivity, y.low)))}"
    for trial in front[1:]:
        path += f"H{number(x(trial.false_per_h))}V{number(y(trial.sensitivity))}"
    return element("path", d=path, cls="curve")


def _marks(*marks: tuple[Marked, str, str], x: Scale, y: Scale) -> Iterator[Markup]:
    """Dots: on the drives that were tuned on; rings: held out. Labels keep clear of each other."""
    taken: list[float] = []
    for mark, colour, cls in marks:
        for point, words, held in ((mark.tuned, mark.word, False), (mark.held_out, f"{mark.word}, held out", True)):
            if point is None:
                continue
            px, py = x(point.false_per_h), y(max(point.sensitivity, y.low))
            said = f"{words}: {point.sensitivity:.0%}, {point.false_per_h:.2f}/h"
            yield _dot(px, py, 9.5 if held else 6.5, f"held {colour}" if held else cls, said)
            label_y = py + 4
            while any(abs(label_y - other) < 15 for other in taken):
                label_y += 15
            taken.append(label_y)
            right = px < (_LEFT + _RIGHT) / 2 + 100
            yield text(px + (15 if right else -15), label_y, said, anchor="" if right else "end")


def _svg(height: int, parts: Sequence[Markup]) -> Markup:
    return picture(WIDTH, height, parts, _STYLE)
