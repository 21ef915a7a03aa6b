"""A drive's course as one small chart: alerts, PERCLOS, and what could not be judged."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from markupsafe import Markup

from driver_monitor.report.plots import coarser, gap_s
from driver_monitor.report.svg import Scale, boxes, element, envelope_path, line, number, rect, text, time_axis
from driver_monitor.timecode import clock
from driver_monitor.timeline.judged import percent
from driver_monitor.timeline.timeline import Timeline
from driver_monitor.timeline.what_if import Stretch, WhatIf

WIDTH_PX: Final = 1120
_X0_PX, _X1_PX = 92, 1096  # the last time stands to both sides of its line
_ALERT_PX, _PLOT_PX, _STRIP_PX, _AXIS_PX = 14, 40, 8, 18
_POINTS: Final = 400
_BARS: Final = 300  # of one row; what lies closer than a pixel is one bar
_PERCLOS: Final = 0.3  # the plot's upper end; the rules' limits lie below it


def draw(timeline: Timeline, fired: Sequence[Stretch], what_if: WhatIf | None = None) -> Markup:
    """Alerts by level on top (those of both configs, one above the other, where two are compared)."""
    tally = timeline.tally
    x = Scale(tally.start_s, max(tally.end_s, tally.start_s + 1.0), _X0_PX, _X1_PX)
    parts, y_px = [], 2.0
    rows = [("alerts", [(each, each.level.word) for each in fired])]
    if what_if is not None:
        matches = what_if.matches
        rows = [
            ("A", [(m.first, "both" if m.second else "only-a") for m in matches if m.first]),
            ("B", [(m.second, "both" if m.first else "only-b") for m in matches if m.second]),
        ]
    for label, bars in rows:
        parts.append(text(x.start - 8, y_px + 10.5, label, "label", anchor="end"))
        for each, cls in sorted(bars[:_BARS], key=lambda bar: bar[0].level):  # the gravest is painted last
            left = x(each.start_s)
            title = f"{each.rule}, {each.level.word} ({clock(each.start_s, 1)}, {each.end_s - each.start_s:.1f} s)"
            parts.append(rect(left, y_px, max(x(each.end_s) - left, 2.0), _ALERT_PX - 2, cls, title=title))
        y_px += _ALERT_PX
    plot = Scale(0, _PERCLOS, y_px + 4 + _PLOT_PX, y_px + 4)
    parts.append(line(x.start, plot.start, x.end, plot.start, "zero"))
    parts.append(text(x.start - 8, plot.end + 10, f"PERCLOS {percent(_PERCLOS)}", "tick", anchor="end"))
    parts.append(text(x.start - 8, plot.start, "0", "tick", anchor="end"))
    track = coarser(timeline.track("perclos_60s"), _POINTS)
    parts.append(element("path", cls="curve c1", d=envelope_path(track, "high", x, plot, gap_s(track))))
    y_px = plot.start + 3
    parts.append(text(x.start - 8, y_px + 8, "not judged", "tick", anchor="end"))
    if unjudged := _merged(_unjudged(timeline), x):
        parts.append(boxes(unjudged, y_px, _STRIP_PX, "degraded"))
    y_px += _STRIP_PX
    axis = time_axis(x, plot.start, y_px + 13)
    box = f"0 0 {WIDTH_PX} {number(y_px + _AXIS_PX)}"
    return element("svg", *axis, *parts, cls="course", viewBox=box, role="img", aria_label="course of the drive")


def _unjudged(timeline: Timeline) -> list[tuple[float, float]]:
    """Stretches without frames or with a degraded driver, in order of time."""
    runs = [run for _, found in timeline.degraded_runs() for run in found]
    t_s = timeline.track("degraded").t_s
    limit_s = gap_s(timeline.track("degraded"))
    holes = np.flatnonzero(np.diff(t_s) > limit_s)
    return sorted(runs + [(float(t_s[hole]), float(t_s[hole + 1])) for hole in holes])


def _merged(runs: Sequence[tuple[float, float]], x: Scale) -> list[tuple[float, float]]:
    """Left and right of each run; those that share a pixel are one."""
    spans: list[tuple[float, float]] = []
    for start_s, end_s in runs:
        left, right = x(start_s), max(x(end_s), x(start_s) + 1.0)
        if spans and left <= spans[-1][1] + 1.0:
            spans[-1] = (spans[-1][0], max(spans[-1][1], right))
        else:
            spans.append((left, right))
    return spans
