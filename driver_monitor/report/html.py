"""One drive as one HTML page that needs nothing else."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.config.signals import SignalsConfig
from driver_monitor.report import fatigue, gaze_chart, lanes, plots, tables
from driver_monitor.report.film import VideoCourse, film
from driver_monitor.report.page import page, write
from driver_monitor.report.svg import Scale, line, rect, text, time_ticks
from driver_monitor.state.speed import SpeedKnowledge
from driver_monitor.timecode import clock
from driver_monitor.timeline.comparison import compare
from driver_monitor.timeline.spans import ScriptedSpan
from driver_monitor.timeline.timeline import Timeline
from driver_monitor.timeline.what_if import WhatIf

_WIDTH_PX: Final = 1120
_X0_PX, _X1_PX = 196, 1048  # between the gutters: names and scale on the left, names of reference lines on the right
_AXIS_PX: Final = 22
NOT_THIS: Final = (
    "This report shows what the software measured and decided. It is not evidence of conformity with any regulation or "
    "protocol, no medical finding, and no replacement for a driver who rests. Its thresholds are modelled on published "
    "figures; each alert's evidence says which ones led to it."
)
_SCRIPTED: Final = (
    " This drive was scripted: an animated portrait with known truth, a test instrument. Its figures say how the "
    "software answers to the script, not how it does with a real driver."
)


def write_report(
    path: Path,
    timeline: Timeline,
    header: Mapping[str, str],
    *,
    scripted: Sequence[ScriptedSpan] = (),
    signals: SignalsConfig | None = None,
    problems: Sequence[str] = (),
    what_if: WhatIf | None = None,
    classifiers: ClassifiersConfig | None = None,
    video: VideoCourse | None = None,
    source: Path | None = None,
) -> None:
    """Write the page to ``path`` in one go: a run that is killed leaves no half page.

    ``header``: facts about the drive in the order they are to be shown, for instance source, config hash, version,
    models. ``signals``: the settings in force, for the road and the reference lines (the defaults when None).
    ``problems``: sentences on what the source lacks. ``what_if``: two configs over this drive, the first of which
    raised the timeline's alerts. ``classifiers``: their settings, which say why fatigue is not known. ``video``: of a
    file beside the page. ``source``: the drive's own file, which is never taken for an earlier report's. Raises
    :class:`ReportError` where the page cannot be written.
    """
    text = render(
        timeline,
        header,
        scripted=scripted,
        signals=signals,
        problems=problems,
        what_if=what_if,
        classifiers=classifiers,
        video=video,
    )
    write(path, text, source=source)


def render(
    timeline: Timeline,
    header: Mapping[str, str],
    *,
    scripted: Sequence[ScriptedSpan] = (),
    signals: SignalsConfig | None = None,
    problems: Sequence[str] = (),
    what_if: WhatIf | None = None,
    classifiers: ClassifiersConfig | None = None,
    video: VideoCourse | None = None,
) -> str:
    """The page's text; see :func:`write_report`."""
    tally, settings = timeline.tally, signals or SignalsConfig()
    judging = classifiers or ClassifiersConfig()
    x = Scale(tally.start_s, max(tally.end_s, tally.start_s + 1.0), _X0_PX, _X1_PX)
    shades = [
        [round(e.start_s, 3), round(x.high if e.end_s is None else e.end_s, 3), e.level.name.lower(), e.rule]
        for e in sorted(timeline.episodes.kept, key=lambda e: e.level)  # the gravest is painted last, over the others
    ]
    rows = lanes.lanes(timeline, scripted)
    lane_svg, lane_data, lane_bottom = lanes.draw(rows, x, 4)
    lane_chart = _chart("lanes", lane_svg, x, lane_bottom, shades) if rows else "<p>Nothing to show.</p>"
    compared = ""
    if what_if is not None:
        what_if_svg, what_if_data, what_if_bottom = lanes.draw(lanes.compared(what_if), x, 4, first=len(lane_data))
        lane_data += what_if_data
        chart = _chart("what-if", what_if_svg, x, what_if_bottom) if what_if.matches else ""
        compared = f"<h2>Two configs</h2>{tables.what_if_names(what_if)}{chart}{tables.what_if(what_if)}"
    plot_svg, plot_data, plot_bottom = plots.draw(
        timeline,
        plots.plots(settings, speed=_speed(timeline), no_fatigue=timeline.fatigue.unknown_briefly(judging)),
        x,
        4,
    )
    track = timeline.track("openness")
    data = {
        "start": x.low, "end": x.high, "x0": _X0_PX, "x1": _X1_PX, "width": _WIDTH_PX, "row": lanes.ROW_PX,
        "insets": lanes.INSETS_PX, "first": float(track.t_s[0]) if len(track.t_s) else 0.0,
        "gap": plots.gap_s(plots.coarser(track)), "times": plots.packed_times(track),
        "curves": plot_data, "lanes": lane_data, "shades": shades,
        "video": None if video is None else {"start": video.start_s, "cuts": video.cuts},
    }  # fmt: skip
    played = f"<h2>Scripted and found</h2>{tables.comparison(compare(scripted, timeline))}" if scripted else ""
    body = f"""{tables.facts(header)}
{tables.problems(problems)}
{tables.unseen(tally)}
{tables.tiles(timeline)}
{film(video)}
<h2>Course of the drive</h2>
<div id="tools" class="bar-tools" hidden><span id="now"></span>
<button type="button" id="reset" hidden>Whole drive</button></div>
{lane_chart}
{compared}
<div class="two wide">
<section><h2>Where the gaze went <small>frames; a shade darker: four times as many</small></h2>
{gaze_chart.draw(timeline.looks(), settings.gaze)}</section>
<section><h2>Gaze zones</h2>{tables.zones(timeline)}</section>
</div>
<h2>Signals <small>shaded: an alert was firing</small></h2>
{_chart("plots", plot_svg, x, plot_bottom, shades)}
<h2>Fatigue</h2>
{fatigue.section(timeline, scripted, judging)}
{played}
<h2>Alerts</h2>
{tables.alerts(timeline)}
<div class="two">
<section><h2>Signal coverage</h2>{tables.coverage(timeline)}</section>
<section><h2>Degraded time</h2>{tables.degraded(timeline)}</section>
</div>
<footer><h2>What this is not</h2><p>{NOT_THIS}{_SCRIPTED if scripted else ""}</p></footer>"""
    return page(_title(header), body, script="page.js", data=data, media=video is not None)


def _speed(timeline: Timeline) -> str:
    """How the speed that is worth a plot was known; empty for one that was only assumed."""
    told = {SpeedKnowledge.MEASURED, SpeedKnowledge.GIVEN}
    return timeline.speed_words if told & timeline.speed_known.keys() else ""


def _title(header: Mapping[str, str]) -> str:
    source = next((value for name, value in header.items() if name.lower() == "source"), "")
    return f"Drive report: {source}" if source else "Drive report"


def _chart(name: str, content: str, x: Scale, bottom: float, shades: Sequence[Sequence[Any]] | None = None) -> str:
    """The rows of one chart on the shared time axis, with what the page's script moves about in it."""
    axis = ""
    for t_s in time_ticks(x.low, x.high):
        axis += line(x(t_s), 0, x(t_s), bottom, "grid")
        axis += text(x(t_s), bottom + 14, clock(t_s, 0 if t_s == int(t_s) else 1), "tick", anchor="middle")
    shade = ""
    if shades is not None:
        boxes = "".join(rect(x(a), 0, max(x(b) - x(a), 1), bottom, cls) for a, b, cls, _ in shades)
        shade = f'<g class="shade" clip-path="url(#clip-{name})">{boxes}</g>'
    height = bottom + _AXIS_PX
    return (
        f'<figure><svg class="chart" id="{name}" viewBox="0 0 {_WIDTH_PX} {height:g}" role="img" aria-label="{name}" '
        f'data-top="0" data-bottom="{bottom:g}">'
        f'<defs><clipPath id="clip-{name}"><rect x="{_X0_PX}" y="0" width="{_X1_PX - _X0_PX}" height="{bottom:g}"/>'
        f'</clipPath></defs><g class="axis">{axis}</g>{shade}'
        f"{content.replace('url(#clip)', f'url(#clip-{name})')}"
        f'<rect class="drag" x="0" y="0" width="0" height="{bottom:g}"/>'
        f'<line class="cursor" x1="0" x2="0" y1="0" y2="{bottom:g}" visibility="hidden"/></svg></figure>'
    )
