"""One drive as one HTML page that needs nothing else."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from driver_monitor.config.signals import SignalsConfig
from driver_monitor.report import lanes, plots, tables
from driver_monitor.report.comparison import compare
from driver_monitor.report.errors import cannot_write
from driver_monitor.report.spans import ScriptedSpan
from driver_monitor.report.svg import Scale, clock, line, rect, text, time_ticks
from driver_monitor.report.timeline import Timeline

_WIDTH_PX: Final = 1120
_X0_PX, _X1_PX = 196, 1048  # between the gutters: names and scale on the left, names of reference lines on the right
_AXIS_PX: Final = 22
_NOT_THIS: Final = (
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
) -> None:
    """Write the page to ``path`` in one go: a run that is killed leaves no half page.

    ``header``: facts about the drive in the order they are to be shown, for instance source, config hash, version,
    models. ``signals``: the settings in force, for the road band and the reference lines (the defaults when None).
    Raises :class:`ReportError` where the file cannot be written.
    """
    page = render(timeline, header, scripted=scripted, signals=signals)
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        if part.is_file():
            part.unlink()
        raise cannot_write(path, error.strerror or str(error), "the report was not saved") from error


def render(
    timeline: Timeline,
    header: Mapping[str, str],
    *,
    scripted: Sequence[ScriptedSpan] = (),
    signals: SignalsConfig | None = None,
) -> str:
    """The page's text; see :func:`write_report`."""
    tally = timeline.tally
    x = Scale(tally.start_s, max(tally.end_s, tally.start_s + 1.0), _X0_PX, _X1_PX)
    shades = [
        [round(e.start_s, 3), round(x.high if e.end_s is None else e.end_s, 3), e.level.name.lower(), e.rule]
        for e in timeline.episodes.kept
    ]
    rows = lanes.lanes(timeline, scripted)
    lane_svg, lane_data, lane_bottom = lanes.draw(rows, x, 4)
    chosen = plots.plots(signals or SignalsConfig(), speed=timeline.speed_measured)
    plot_svg, plot_data, plot_bottom = plots.draw(timeline, chosen, x, 4)
    track = timeline.track("openness")
    script = _resource("page.js")
    data = {
        "start": x.low, "end": x.high, "x0": _X0_PX, "x1": _X1_PX, "width": _WIDTH_PX, "row": lanes.ROW_PX,
        "insets": lanes.INSETS_PX, "first": float(track.t_s[0]) if len(track.t_s) else 0.0,
        "gap": plots.gap_s(plots.coarser(track)), "times": plots.packed_times(track),
        "curves": plot_data, "lanes": lane_data, "shades": shades,
    }  # fmt: skip
    compared = f"<h2>Scripted and found</h2>{tables.comparison(compare(scripted, timeline))}" if scripted else ""
    lane_chart = _chart("lanes", lane_svg, x, lane_bottom, shades) if rows else "<p>Nothing to show.</p>"
    plot_chart = _chart("plots", plot_svg, x, plot_bottom, shades)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(_title(header))}</title>
<style>{_resource("page.css")}</style>
</head>
<body>
<h1>{escape(_title(header))}</h1>
{tables.facts(header)}
{tables.tiles(timeline)}
<h2>Course of the drive</h2>
<div id="tools" class="bar-tools" hidden><span id="now"></span>
<button type="button" id="reset" hidden>Whole drive</button></div>
{lane_chart}
<h2>Signals <small>shaded: an alert was firing</small></h2>
{plot_chart}
{compared}
<h2>Alerts</h2>
{tables.alerts(timeline)}
<div class="two">
<section><h2>Signal coverage</h2>{tables.coverage(timeline)}</section>
<section><h2>Degraded time</h2>{tables.degraded(timeline)}</section>
</div>
<footer><h2>What this is not</h2><p>{_NOT_THIS}{_SCRIPTED if scripted else ""}</p></footer>
<script type="application/json" id="data">{_json(data)}</script>
<script>{script}</script>
</body>
</html>
"""


def _title(header: Mapping[str, str]) -> str:
    source = next((value for name, value in header.items() if name.lower() == "source"), "")
    return f"Drive report: {source}" if source else "Drive report"


def _chart(name: str, content: str, x: Scale, bottom: float, shades: Sequence[Sequence[Any]]) -> str:
    """The rows of one chart on the shared time axis, with what the page's script moves about in it."""
    axis = ""
    for t_s in time_ticks(x.low, x.high):
        axis += line(x(t_s), 0, x(t_s), bottom, "grid")
        axis += text(x(t_s), bottom + 14, clock(t_s, 0 if t_s == int(t_s) else 1), "tick", anchor="middle")
    shade = "".join(rect(x(a), 0, max(x(b) - x(a), 1), bottom, cls) for a, b, cls, _ in shades)
    height = bottom + _AXIS_PX
    return (
        f'<figure><svg class="chart" id="{name}" viewBox="0 0 {_WIDTH_PX} {height:g}" role="img" aria-label="{name}" '
        f'data-top="0" data-bottom="{bottom:g}">'
        f'<defs><clipPath id="clip-{name}"><rect x="{_X0_PX}" y="0" width="{_X1_PX - _X0_PX}" height="{bottom:g}"/>'
        f'</clipPath></defs><g class="axis">{axis}</g><g class="shade" clip-path="url(#clip-{name})">{shade}</g>'
        f"{content.replace('url(#clip)', f'url(#clip-{name})')}"
        f'<rect class="drag" x="0" y="0" width="0" height="{bottom:g}"/>'
        f'<line class="cursor" x1="0" x2="0" y1="0" y2="{bottom:g}" visibility="hidden"/></svg></figure>'
    )


def _json(data: dict[str, Any]) -> str:
    """JSON that cannot end its script element."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c").replace("&", "\\u0026")


def _policy(script: str) -> str:
    """Nothing from anywhere, and no script but ours: what slips through escaping cannot run."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"


def _resource(name: str) -> str:
    return files("driver_monitor.report").joinpath(name).read_text(encoding="utf-8")
