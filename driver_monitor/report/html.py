"""One drive as one HTML page that needs nothing else."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.config.signals import SignalsConfig
from driver_monitor.report import fatigue, gaze_chart, lanes, plots, tables
from driver_monitor.report.chart import WIDTH_PX, X0_PX, X1_PX, chart, clip
from driver_monitor.report.film import VideoCourse
from driver_monitor.report.page import page, write
from driver_monitor.report.svg import Scale
from driver_monitor.state.speed import SpeedKnowledge
from driver_monitor.timeline.comparison import compare
from driver_monitor.timeline.spans import ScriptedSpan
from driver_monitor.timeline.timeline import Timeline
from driver_monitor.timeline.what_if import WhatIf

_TOP_PX: Final = 4  # above the first row of a chart


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
    reasons: Mapping[str, str] | None = None,
    video: VideoCourse | None = None,
    source: Path | None = None,
) -> None:
    """Write the page to ``path`` in one go: a run that is killed leaves no half page.

    ``header``: facts about the drive in the order they are to be shown, for instance source, config hash, version,
    models. ``signals``: the settings in force, for the road and the reference lines (the defaults when None).
    ``problems``: sentences on what the source lacks. ``what_if``: two configs over this drive, the first of which
    raised the timeline's alerts. ``classifiers``: their settings, which say why fatigue is not known. ``reasons``: why
    a rule's numbers are what they are, by its name. ``video``: of a file beside the page. ``source``: the drive's own
    file, which is never taken for an earlier report's. Raises :class:`ReportError` where the page cannot be written.
    """
    text = render(
        timeline,
        header,
        scripted=scripted,
        signals=signals,
        problems=problems,
        what_if=what_if,
        classifiers=classifiers,
        reasons=reasons,
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
    reasons: Mapping[str, str] | None = None,
    video: VideoCourse | None = None,
) -> str:
    """The page's text; see :func:`write_report`."""
    settings, judging = signals or SignalsConfig(), classifiers or ClassifiersConfig()
    x = _time_scale(timeline)
    shades = [
        [round(e.start_s, 3), round(x.high if e.end_s is None else e.end_s, 3), e.level.name.lower(), e.rule]
        for e in sorted(timeline.episodes.kept, key=lambda e: e.level)  # the gravest is painted last, over the others
    ]
    rows = lanes.lanes(timeline, scripted)
    lane_svg, lane_data, lane_bottom = lanes.draw(rows, x, _TOP_PX, clip=clip("lanes"))
    compared_chart = None
    if what_if is not None and what_if.matches:
        svg, more, bottom = lanes.draw(lanes.compared(what_if), x, _TOP_PX, clip=clip("what-if"), first=len(lane_data))
        lane_data += more
        compared_chart = chart("what-if", svg, x, bottom)
    chosen = plots.plots(
        settings,
        speed=_speed(timeline),
        no_fatigue=timeline.fatigue.unknown_briefly(judging),
        channels=timeline.channels,
    )
    plot_svg, plot_data, plot_bottom = plots.draw(timeline, chosen, x, _TOP_PX, clip=clip("plots"))
    track = timeline.track("openness")
    data = {
        "start": x.low, "end": x.high, "x0": X0_PX, "x1": X1_PX, "width": WIDTH_PX, "row": lanes.ROW_PX,
        "insets": lanes.INSETS_PX, "first": float(track.t_s[0]) if len(track.t_s) else 0.0,
        "gap": plots.gap_s(plots.coarser(track)), "times": plots.packed_times(track),
        "curves": plot_data, "lanes": lane_data, "shades": shades,
        "video": None if video is None else {"start": video.start_s, "cuts": video.cuts},
    }  # fmt: skip
    return page(
        "report/drive.html",
        script="report/page.js",
        data=data,
        title=_title(header),
        header=header,
        problems=problems,
        unseen=tables.unseen(timeline.tally),
        tiles=tables.tiles(timeline),
        video=video,
        lanes=chart("lanes", lane_svg, x, lane_bottom, shades) if rows else None,
        what_if=None if what_if is None else tables.what_if(what_if),
        compared_chart=compared_chart,
        gaze_map=gaze_chart.draw(timeline.looks(), settings.gaze),
        zones=tables.zones(timeline),
        plots=chart("plots", plot_svg, x, plot_bottom, shades),
        fatigue=fatigue.account(timeline, scripted, judging),
        scripted=compare(scripted, timeline) if scripted else (),
        alerts=tables.alerts(timeline, reasons or {}),
        coverage=tables.coverage(timeline),
        degraded=tables.degraded(timeline),
        duration_s=timeline.tally.duration_s,
    )


def _time_scale(timeline: Timeline) -> Scale:
    tally = timeline.tally
    return Scale(tally.start_s, max(tally.end_s, tally.start_s + 1.0), X0_PX, X1_PX)


def _speed(timeline: Timeline) -> str:
    """How the speed that is worth a plot was known; empty for one that was only assumed."""
    told = {SpeedKnowledge.MEASURED, SpeedKnowledge.GIVEN}
    return timeline.speed_words if told & timeline.speed_known.keys() else ""


def _title(header: Mapping[str, str]) -> str:
    source = next((value for name, value in header.items() if name.lower() == "source"), "")
    return f"Drive report: {source}" if source else "Drive report"
