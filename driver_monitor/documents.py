"""The product's documents, found by topic: in a checkout where they are kept, and in an installed wheel."""

import difflib
import re
import sysconfig
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from driver_monitor.errors import DriverMonitorError, UsageError

_HEADING: Final = re.compile(r"^(#+) (.+?) *$")
_FENCE: Final = "```"


@dataclass(frozen=True, slots=True)
class Topic:
    """``file`` is relative to the project's folder; ``section`` is a heading in it, empty for the whole file."""

    file: str
    about: str
    section: str = ""


TOPICS: Final[Mapping[str, Topic]] = {
    "start": Topic("README.md", "what the program does, and how to use it in a car"),
    "privacy": Topic("README.md", "what stays on the device", "Privacy in five points"),
    "troubleshooting": Topic("driver_monitor/doctor/README.md", "what to do when something does not work"),
    "commands": Topic("driver_monitor/cli/README.md", "every command and option, JSON output, exit codes"),
    "config": Topic("configs/README.md", "the config file; the next five topics are sections of it"),
    "presets": Topic("configs/README.md", "the configs that come with the program", "Presets"),
    "rules": Topic("configs/README.md", "how rules are written", "Rules"),
    "attention": Topic("configs/README.md", "awareness, and what counts as a long look", "Attention"),
    "budget": Topic("configs/README.md", "nuisance-alert suppression", "Alert budget"),
    "signals": Topic("configs/README.md", "every signal that a rule may name", "Signals"),
    "speed": Topic("driver_monitor/vehicle/README.md", "where the car's speed comes from: OBD, CAN, GPS"),
    "alerts": Topic("driver_monitor/alerts/README.md", "sound, serial lines, CAN, MQTT, pins, and how a fault is told"),
    "serial": Topic("driver_monitor/alerts/README.md", "the serial protocol", "Serial lines"),
    "can": Topic("driver_monitor/alerts/README.md", "the messages on a CAN bus", "CAN"),
    "mqtt": Topic("driver_monitor/alerts/README.md", "what is published over MQTT, and what never is", "MQTT"),
    "socket": Topic("driver_monitor/control/README.md", "the local socket: watching a run, and asking things of it"),
    "recording": Topic("driver_monitor/recording/README.md", "recorded drives: levels, topics, erasing, repair"),
    "fleet": Topic("driver_monitor/recording/README.md", "many drives: Parquet, processes, dask", "Many drives"),
    "labels": Topic("driver_monitor/labels/README.md", "labelling what really happened in a drive"),
    "score": Topic("driver_monitor/score/README.md", "alerts compared with labels"),
    "tune": Topic("driver_monitor/tune/README.md", "finding thresholds on labelled drives"),
    "reports": Topic("driver_monitor/report/README.md", "reports of one drive, or of many"),
    "models": Topic("models/README.md", "the models, their figures, and how to train them"),
    "channels": Topic("driver_monitor/channels/README.md", "pulse, voice, body and micro-expressions"),
    "limits": Topic("driver_monitor/signals/README.md", "what it does not see, and what was never tried"),
    "measured": Topic("scripts/README.md", "everything that was measured, with the commands"),
    "development": Topic("driver_monitor/README.md", "how the program is built, and where to add to it"),
}


def read(name: str) -> str:
    """The Markdown text of a topic. Raises :class:`UsageError` for a topic that does not exist, naming the nearest.

    Raises :class:`DriverMonitorError` where the document is missing.
    """
    topic = TOPICS.get(name)
    if topic is None:
        raise UsageError(unknown(name, TOPICS))
    path = path_of(topic.file)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DriverMonitorError(f"{path} cannot be read ({error.strerror}): install driver-monitor again") from error
    return section(text, topic.section) if topic.section else text


def unknown(name: str, known: Iterable[str]) -> str:
    """The sentence that answers a mistyped topic."""
    near = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.5)
    meant = f"; did you mean '{near[0]}'?" if near else ";"
    return f"there is no help topic '{name}'{meant} 'driver-monitor help' lists all topics"


def path_of(file: str) -> Path:
    """Where a document is: in the package, in the checkout, or where the wheel put its data."""
    project = Path(__file__).resolve().parents[1]
    if file.startswith("driver_monitor/") or (project / "pyproject.toml").is_file():
        return project / file
    return Path(sysconfig.get_path("data")) / "share" / "driver-monitor" / file


def section(text: str, title: str) -> str:
    """The part of a Markdown text from the heading ``title`` to the next heading of its level or a higher one.

    Raises :class:`ValueError` where there is no such heading.
    """
    kept: list[str] = []
    level, fenced = 0, False
    for line in text.splitlines(keepends=True):
        fenced ^= line.startswith(_FENCE)
        heading = None if fenced else _HEADING.match(line)
        if heading is not None and level and len(heading[1]) <= level:
            break
        if heading is not None and heading[2] == title:
            level = len(heading[1])
        if level:
            kept.append(line)
    if not kept:
        raise ValueError(f"no heading '{title}'")
    return "".join(kept)
