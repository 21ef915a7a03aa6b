"""The lane chart: what was scripted, what fired, what could not be judged, one row each."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

from markupsafe import Markup

from driver_monitor.cause import cause_words
from driver_monitor.counted import counted
from driver_monitor.report.svg import TIME_STEPS_S, Scale, boxes, element, joined, line, rect, text
from driver_monitor.tally import CLOSURE_S
from driver_monitor.timecode import clock
from driver_monitor.timeline.spans import ScriptedSpan
from driver_monitor.timeline.timeline import GAZE_AWAY, GAZE_TASK, Timeline
from driver_monitor.timeline.what_if import Stretch, WhatIf

ROW_PX: Final = 19
_GROUP_GAP_PX: Final = 9
_MAX_ROWS: Final = 24  # of one group; the rest is told in the table
_CELLS: Final = 240  # of the blinks' row at most
_LABEL: Final = 21  # letters that fit before the chart
_MIN_BAR_PX: Final = 1.6
# Space above and below a bar: the graver an alert the taller its bar, so that colour is not needed to tell them apart.
INSETS_PX: Final = {"info": 6.0, "warning": 4.0, "critical": 2.0, "unresponsive": 1.0, "": 5.0}


class Bar(NamedTuple):
    start_s: float
    end_s: float
    cls: str = ""  # a class of the row's own when empty
    title: str = ""


class Lane(NamedTuple):
    group: str
    label: str
    cls: str
    bars: list[Bar]


def lanes(timeline: Timeline, scripted: Sequence[ScriptedSpan]) -> list[Lane]:
    """The rows from top to bottom; what never happened has no row."""
    names = list(dict.fromkeys(span.name for span in scripted))
    rows = [
        Lane("Scripted", name, "scripted",
             [Bar(s.start_s, s.end_s, "", s.note) for s in scripted if s.name == name])
        for name in names[:_MAX_ROWS]
    ]  # fmt: skip
    episodes = timeline.episodes.kept
    rules = sorted({(-e.level, e.rule) for e in episodes})
    for key in rules[:_MAX_ROWS]:
        bars = [
            Bar(e.start_s, _end(e.end_s, timeline), e.level.name.lower(), e.message)
            for e in episodes
            if (-e.level, e.rule) == key
        ]
        rows.append(Lane("Alerts", key[1], "", bars))
    for cause, runs in timeline.degraded_runs():
        rows.append(Lane("Degraded", cause_words(cause), "degraded", [Bar(*run) for run in runs]))
    closures = timeline.tally.closures
    driver = (
        (f"closed {CLOSURE_S:g} s or more", list(zip(closures[::2], closures[1::2], strict=True))),
        ("off road", timeline.runs("gaze", GAZE_AWAY)),
        ("mirror or cluster", timeline.runs("gaze", GAZE_TASK)),
        ("yawn", timeline.runs("yawn", 1.0)),
        ("nod", timeline.fatigue.nods),
        ("hand at head", timeline.runs("hand_at_head", 1.0)),
        ("phone suspected", timeline.runs("phone_suspected", 1.0)),
    )
    rows += [Lane("Driver", label, "driver", [Bar(*run) for run in runs]) for label, runs in driver if runs]
    if blinks := _density(timeline):
        rows.append(Lane("Driver", "blinks", "", blinks))
    return rows


def _density(timeline: Timeline) -> list[Bar]:
    """Blinks as cells of equal width, the darker the more of them: an hour of single ones would be a solid bar."""
    tally = timeline.tally
    width_s = next((step for step in TIME_STEPS_S if step >= max(1.0, tally.duration_s / _CELLS)), TIME_STEPS_S[-1])
    counts = Counter(int((t_s - tally.start_s) // width_s) for t_s in tally.blinks)
    most = max(counts.values(), default=0)
    return [
        Bar(
            tally.start_s + place * width_s,
            min(tally.start_s + (place + 1) * width_s, tally.end_s),
            f"heat{-(-5 * count // most)}",
            counted(count, "blink"),
        )
        for place, count in sorted(counts.items())
    ]


def compared(what_if: WhatIf) -> list[Lane]:
    """Two rows a rule, one a config; what both raised is grey, what only one of them did has its colour."""
    rows = []
    for rule in list(dict.fromkeys(sorted(each.rule for each in what_if.matches)))[:_MAX_ROWS]:
        mine = [each for each in what_if.matches if each.rule == rule]
        first = [_firing(each.first, "both" if each.second else "only-a") for each in mine if each.first]
        second = [_firing(each.second, "both" if each.first else "only-b") for each in mine if each.second]
        rows += [Lane(rule, "A", "", first), Lane(rule, "B", "", second)]
    return rows


def _firing(stretch: Stretch, cls: str) -> Bar:
    return Bar(stretch.start_s, stretch.end_s, cls, f"{stretch.level.word}: {stretch.message}")


def draw(
    rows: Sequence[Lane], x: Scale, top: float, *, clip: str, first: int = 0
) -> tuple[Markup, list[dict[str, object]], float]:
    """The SVG of the rows, what the page's script needs to draw their bars again, and the y below the last row.

    ``clip``: what keeps bars within the chart, as :func:`~driver_monitor.report.chart.clip` names it. ``first`` is the
    place of the first of these rows in that data.
    """
    parts: list[Markup] = []
    data: list[dict[str, object]] = []
    y = top
    for group, members in groupby(rows, key=lambda lane: lane.group):
        y += _GROUP_GAP_PX if y > top else 0
        parts.append(text(0, y + 13.5, _short(group), "group", title=group if len(group) > _LABEL else ""))
        for lane in members:
            tip = lane.label if len(lane.label) > _LABEL else ""
            parts.append(text(x.start - 10, y + 13.5, _short(lane.label), "label", anchor="end", title=tip))
            parts.append(line(x.start, y + ROW_PX - 0.5, x.end, y + ROW_PX - 0.5, "hair"))
            parts.append(element("g", *_bars(lane, x, y), cls="bars", clip_path=clip, data_lane=first + len(data)))
            data.append({
                "y": y, "cls": lane.cls,
                "bars": [[round(b.start_s, 3), round(b.end_s, 3), b.cls, b.title] for b in lane.bars],
            })  # fmt: skip
            y += ROW_PX
    return joined(parts), data, y


def _short(words: str) -> str:
    return words if len(words) <= _LABEL else words[: _LABEL - 1] + "…"


def _box(cls: str, y: float) -> tuple[float, float]:
    """Top and height."""
    inset = INSETS_PX.get(cls, INSETS_PX[""])
    return y + inset, ROW_PX - 2 * inset


def _bars(lane: Lane, x: Scale, y: float) -> list[Markup]:
    """Bars at least 1.6 px wide; those that would lie on the same pixels are drawn as one."""
    plain: dict[str, list[tuple[float, float]]] = {}
    parts = []
    for bar in lane.bars:
        left = x(bar.start_s)
        right = max(x(bar.end_s), left + _MIN_BAR_PX)
        cls = bar.cls or lane.cls
        if bar.title:
            bar_top, height = _box(cls, y)
            times = f"{clock(bar.start_s, 1)}, {bar.end_s - bar.start_s:.1f} s"
            parts.append(rect(left, bar_top, right - left, height, cls, title=f"{bar.title} ({times})"))
            continue
        merged = plain.setdefault(cls, [])
        if merged and left < merged[-1][1] + 0.4:
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    for cls, spans in plain.items():
        parts.append(boxes(spans, *_box(cls, y), cls))
    return parts


def _end(end_s: float | None, timeline: Timeline) -> float:
    return timeline.tally.end_s if end_s is None else end_s
