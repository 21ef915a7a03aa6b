"""Recorded drives with their labels, read down to what is scored."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from driver_monitor.config.config import Config
from driver_monitor.labels.doubts import doubts
from driver_monitor.labels.entries import Entry
from driver_monitor.labels.errors import problem
from driver_monitor.labels.sidecar import read_entries, sidecar
from driver_monitor.recording.drive import Drive
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.event import Content, Control, RecordedAlert, StateLine
from driver_monitor.recording.open import open_drive
from driver_monitor.replay.recorded import Arrow, keeps, open_passage
from driver_monitor.score.firing import Firing, firings
from driver_monitor.score.outcome import DriveOutcome
from driver_monitor.score.target import Target, targets
from driver_monitor.state.alert import Alert
from driver_monitor.timecode import clock

_AS_RECORDED: Final = (Content.ALERTS, Content.STATE_LINES, Content.CONTROLS)
_GAP_S: Final = 3.0  # states come once a second; further apart, nothing was recorded between them


@dataclass(slots=True)
class Read:
    """``outcome`` is None for a drive that nobody labelled. ``problems``: what it lacks; ``notes``: the rest."""

    outcome: DriveOutcome | None
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Course:
    """What was recorded of a drive, from when to when and how much of it, and what fired meanwhile."""

    first_s: float = math.inf
    last_s: float = 0.0
    driven_s: float = 0.0
    _alerts: list[Alert] = field(default_factory=list)
    _firings: dict[tuple[str, float], Firing] = field(default_factory=dict)

    def at(self, t_s: float) -> None:
        if self.first_s == math.inf:
            self.first_s = self.last_s = t_s
        elif t_s > self.last_s + _GAP_S:
            self._break()
            self.last_s = t_s
        elif t_s > self.last_s:
            self.driven_s += t_s - self.last_s
            self.last_s = t_s

    def add(self, alert: Alert) -> None:
        self.at(alert.t_s)
        self._alerts.append(alert)

    def firings(self) -> tuple[Firing, ...]:
        self._break()
        return tuple(sorted(self._firings.values(), key=lambda firing: (firing.start_s, firing.rule)))

    def _break(self) -> None:
        """What comes is another piece. A firing whose end is told only there says when it began: it replaces itself."""
        for firing in firings(self._alerts, self.last_s):
            self._firings[firing.rule, round(firing.start_s, 1)] = firing
        self._alerts.clear()


def read_drive(path: Path, *, labels: Path | None = None, config: Config | None = None) -> Read:
    """The drive at ``path`` with the labels kept beside it, or those of the file ``labels``.

    Alerts are those that were given, or those that another ``config`` would have led to. Raises a DriverMonitorError
    where drive or labels cannot be read.
    """
    drive = open_drive(path)
    file = labels or sidecar(drive.path)
    if labels is None and not file.exists():
        return Read(None, [f"{path} has no labels and is not scored; 'driver-monitor label {path}' makes them"])
    entries = read_entries(file)
    read = Read(None)
    course, rules = _as_recorded(drive) if config is None else _with(drive, config, read)
    first_s = 0.0 if course.first_s == math.inf else course.first_s
    read.outcome = DriveOutcome(
        drive.header.drive_id,
        course.last_s - first_s,
        course.firings(),
        tuple(entry.label for entry in entries),
        drive.header.driver,
        rules,
        first_s,
        course.driven_s,
    )
    read.notes += [*drive.notes, *doubts(file, entries), *_outside(file, entries, read.outcome)]
    read.problems += drive.problems
    return read


def _as_recorded(drive: Drive) -> tuple[_Course, dict[str, Target]]:
    course, rules = _Course(), targets(drive.config)
    for event in drive.events(*_AS_RECORDED):
        match event:
            case RecordedAlert(alert=alert):
                course.add(alert)
            case StateLine(t_s=t_s):
                course.at(t_s)
            case Control(control="reload", config_text=text):
                rules |= targets(drive.config_of(text))
    end_s = drive.duration_s  # the last frame comes up to a second after the last state
    if end_s is not None and end_s - course.last_s < _GAP_S:
        course.at(end_s)
    return course, rules


def _with(drive: Drive, config: Config, read: Read) -> tuple[_Course, dict[str, Target]]:
    if not keeps(drive, Arrow.STATE):
        raise RecordingError(f"{drive.path} keeps its events only, so that no other config can be tried on it")
    course = _Course()
    with open_passage(drive, config) as passage:
        for moment in passage:
            course.at(moment.state.t_s)
            for alert in moment.alerts:
                course.add(alert)
    read.notes += [note for note in passage.notes if note not in drive.notes]
    return course, targets(config)


def _outside(file: Path, entries: list[Entry], outcome: DriveOutcome) -> list[str]:
    said = []
    for line, label in entries:
        inside = label.within(outcome.start_s, outcome.end_s)
        what = f"{label.kind} from {clock(label.start_s, 1)} to {clock(label.end_s, 1)}"
        drive = f"the drive, which goes from {clock(outcome.start_s, 1)} to {clock(outcome.end_s, 1)}"
        if inside is None:
            said.append(problem(file, line, f"{what} lies outside {drive}; it is not scored"))
        elif label.length_s - inside.length_s > _GAP_S:
            said.append(problem(file, line, f"{what} reaches beyond {drive}; it is cut to it"))
    return said
