"""The page of one drive, as it is sent to the browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from driver_monitor.config.signals import SignalsConfig
from driver_monitor.labels.desk.course import Course
from driver_monitor.labels.desk.curves import plots, stretch
from driver_monitor.labels.label import KINDS, KSS
from driver_monitor.printable import ESCAPED
from driver_monitor.report.lanes import Lane, lanes
from driver_monitor.report.page import digest, page, resource, style

_STYLE: Final = "labels/desk/desk.css"
_SCRIPT: Final = "labels/desk/desk.js"
_SPEEDS: Final = (0.5, 1, 2, 4, 8)
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
        self.html: Final = _html(drive).encode(errors=ESCAPED)
        policy = (
            f"default-src 'none'; script-src '{digest(resource(_SCRIPT))}'; style-src '{digest(style(_STYLE))}'; "
            "img-src 'self' data:; "
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        self.headers: Final = {"Content-Security-Policy": policy}


def series() -> list[str]:
    """What is plotted, by its name in the timeline."""
    return [curve.series for plot in plots(SignalsConfig()) for curve in plot.curves]


def _html(drive: Drive) -> str:
    course = drive.course
    end_s = max(course.last_s, course.start_s + 1.0)
    data = {
        "start": course.start_s, "end": end_s, "step": course.step_s, "video": drive.video, "file": drive.file,
        "keys": {key: kind for kind, key in KEYS.items()}, "kinds": KINDS,
        "plots": [plot.to_json() for plot in plots(drive.signals)],
        "whole": stretch(course.timeline, series(), course.start_s, end_s),
        "lanes": [_lane(lane) for lane in [*lanes(course.timeline, ()), *_zones(course)]],
    }  # fmt: skip
    return page(
        "labels/desk/desk.html",
        styles=[_STYLE],
        script=_SCRIPT,
        data=data,
        title=f"Label {course.drive_id}",
        drive_id=course.drive_id,
        file=drive.file,
        header=drive.header,
        video=drive.video,
        keys=KEYS,
        rating=KSS,
        other_keys=_OTHER_KEYS,
        kinds=KINDS,
        speeds=_SPEEDS,
    )


def _lane(lane: Lane) -> dict[str, Any]:
    bars = [[round(b.start_s, 3), round(b.end_s, 3), b.cls or lane.cls, b.title] for b in lane.bars]
    return {"group": lane.group, "label": lane.label, "bars": bars}


def _zones(course: Course) -> list[Lane]:
    return [Lane("Driver", "looks at", "driver", course.zones)] if course.zones else []
