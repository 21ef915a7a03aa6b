"""The page of one drive, as it is sent to the browser."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any, Final

from driver_monitor.config.signals import SignalsConfig
from driver_monitor.labels.desk.course import Course
from driver_monitor.labels.desk.curves import plots, stretch
from driver_monitor.labels.label import KINDS, KSS
from driver_monitor.printable import ESCAPED
from driver_monitor.report.lanes import Lane, lanes
from driver_monitor.report.tables import facts

KEYS: Final = {
    "drowsy": "d", "microsleep": "m", "sleep": "s", "phone": "p", "distracted": "x", "mirror": "i", "talking": "t",
    "attentive": "a", "yawn": "y", KSS: "k",
}  # fmt: skip
_OTHER_KEYS: Final = (
    ("space", "play, pause"),
    ("left, right", "a frame back, on; with shift a second"),
    ("up, down", "10 seconds back, on"),
    ("home, end", "to the start, the end"),
    ("+, -, 0", "zoom in, out, whole drive"),
    ("[, ]", "the selected label starts, ends here"),
    ("enter", "go to the selected label"),
    ("delete", "delete the selected label"),
    ("ctrl z, ctrl shift z", "undo, do again"),
    ("h", "hide, show the alerts, which may lead you"),
    ("w", "label with a word of your own"),
    ("escape", "give up what is running"),
    ("?", "this help"),
)


@dataclass(frozen=True, slots=True)
class Drive:
    """What is shown: ``header`` are facts about it, ``file`` names where its labels are kept, ``video`` says that there
    are pictures, ``signals`` are the settings it was recorded with."""

    course: Course
    header: Mapping[str, str]
    file: str
    signals: SignalsConfig
    video: bool = False


class Page:
    """``html`` with the ``headers`` that let it run its own script and nothing else."""

    def __init__(self, drive: Drive) -> None:
        self.course: Final = drive.course
        script, style = _resource("driver_monitor.labels.desk", "desk.js"), _style()
        self.html: Final = _html(drive, script, style).encode(errors=ESCAPED)
        policy = (
            f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; img-src 'self' data:; "
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        self.headers: Final = {"Content-Security-Policy": policy}


def series() -> list[str]:
    """What is plotted, by its name in the timeline."""
    return [curve.series for plot in plots(SignalsConfig()) for curve in plot.curves]


def _html(drive: Drive, script: str, style: str) -> str:
    course = drive.course
    end_s = max(course.last_s, course.start_s + 1.0)
    data = {
        "start": course.start_s, "end": end_s, "step": course.step_s, "video": drive.video, "file": drive.file,
        "keys": {key: kind for kind, key in KEYS.items()}, "kinds": KINDS,
        "plots": [plot.to_json() for plot in plots(drive.signals)],
        "whole": stretch(course.timeline, series(), course.start_s, end_s),
        "lanes": [_lane(lane) for lane in [*lanes(course.timeline, ()), *_zones(course)]],
    }  # fmt: skip
    picture = '<img id="picture" alt="the driver at the cursor">' if drive.video else ""
    keys = [(key, kind if kind == KSS else f"{kind}: start, end") for kind, key in KEYS.items()]
    keys = [(key, "KSS rating here, then 1 to 9" if what == KSS else what) for key, what in keys]
    told = "".join(f"<div><dt><kbd>{escape(k)}</kbd></dt><dd>{escape(v)}</dd></div>" for k, v in [*keys, *_OTHER_KEYS])
    words = "".join(f'<option value="{kind}"></option>' for kind in KINDS)
    speeds = "".join(
        f'<option value="{x}"{" selected" if x == 1 else ""}>&times; {x}</option>' for x in (0.5, 1, 2, 4, 8)
    )
    buttons = "".join(
        f'<button type="button" data-kind="{kind}" title="key {key}">{kind}<kbd>{key}</kbd></button>'
        for kind, key in KEYS.items()
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Label {escape(course.drive_id)}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{escape(course.drive_id)}</h1>
<p id="saved" role="status">reading {escape(drive.file)}</p>
</header>
{facts(drive.header)}
<p id="conflict" role="alert" hidden><span></span> <button type="button" id="theirs">Take theirs</button>
<button type="button" id="mine">Keep mine</button></p>
<div id="stage"{' class="video"' if drive.video else ""}>{picture}<div id="deck">
<div class="bar">
<button type="button" id="back10" title="10 s back (up)">&minus;10 s</button>
<button type="button" id="back" title="a frame back (left)">&lsaquo;</button>
<button type="button" id="play" title="play, pause (space)">play</button>
<button type="button" id="on" title="a frame on (right)">&rsaquo;</button>
<button type="button" id="on10" title="10 s on (down)">+10 s</button>
<select id="speed" aria-label="speed">{speeds}</select>
<output id="clock"></output>
</div>
<div class="bar" id="kinds">{buttons}
<form id="own"><input id="word" list="words" maxlength="40" placeholder="own word" aria-label="a word of your own">
<button>start, end<kbd>w</kbd></button></form><datalist id="words">{words}</datalist></div>
<p id="said" role="status"></p>
<ul id="running"></ul>
</div></div>
<div class="bar zoom"><button type="button" id="closer" title="zoom in (+)">+</button>
<button type="button" id="wider" title="zoom out (-)">&minus;</button>
<button type="button" id="all" title="whole drive (0)">whole drive</button>
<button type="button" id="blind" title="alerts may lead you (h)" aria-pressed="false">hide alerts</button>
<span class="muted">click to go there; ctrl and wheel zooms; drag the strip to move</span></div>
<svg id="strip" role="img" aria-label="the whole drive"></svg>
<svg id="chart" role="img" aria-label="labels, alerts and signals"></svg>
<h2>Labels <small id="count"></small></h2>
<div id="list"><table><thead><tr><th>Kind</th><th class="n">Start</th><th class="n">End</th><th class="n">Lasts</th>
<th class="n">Value</th><th>Note</th><th></th></tr></thead><tbody></tbody></table></div>
<details id="help"><summary>Keys</summary><dl>{told}</dl></details>
<script type="application/json" id="data">{_json(data)}</script>
<script>{script}</script>
</body>
</html>
"""


def _lane(lane: Lane) -> dict[str, Any]:
    bars = [[round(b.start_s, 3), round(b.end_s, 3), b.cls or lane.cls, b.title] for b in lane.bars]
    return {"group": lane.group, "label": lane.label, "bars": bars}


def _zones(course: Course) -> list[Lane]:
    return [Lane("Driver", "looks at", "driver", course.zones)] if course.zones else []


def _style() -> str:
    return _resource("driver_monitor.report", "page.css") + _resource("driver_monitor.labels.desk", "desk.css")


def _resource(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")


def _json(data: dict[str, Any]) -> str:
    """JSON that cannot end its script element."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c").replace("&", "\\u0026")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
