"""Recorded drives with their labels, read down to what is scored."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from driver_monitor.config.config import Config
from driver_monitor.labels.entries import Entry
from driver_monitor.labels.errors import problem
from driver_monitor.labels.sidecar import read_entries, sidecar
from driver_monitor.recording import topics
from driver_monitor.recording.drive import Control, RecordedAlert, RecordedDrive, StateLine, open_drive
from driver_monitor.replay.recorded import open_passage
from driver_monitor.rules.alert import Alert
from driver_monitor.score.firing import firings
from driver_monitor.score.outcome import DriveOutcome
from driver_monitor.score.target import Target, targets

_AS_RECORDED: Final = frozenset({topics.ALERTS.name, topics.STATE.name, topics.CONTROL.name})
_GAP_S: Final = 3.0  # states come once a second; further apart, nothing was recorded between them


@dataclass(slots=True)
class Read:
    """``outcome`` is None for a drive that nobody labelled. ``problems``: what it lacks; ``notes``: the rest."""

    outcome: DriveOutcome | None
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Driven:
    """What was recorded of a drive: from when to when, and how much of it."""

    first_s: float = math.inf
    last_s: float = 0.0
    driven_s: float = 0.0

    def at(self, t_s: float) -> None:
        if self.first_s == math.inf:
            self.first_s = self.last_s = t_s
            return
        step_s = t_s - self.last_s
        if step_s > 0:
            self.driven_s += step_s if step_s <= _GAP_S else 0.0
            self.last_s = t_s


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
    driven, found, rules = _as_recorded(drive) if config is None else _with(drive, config, read)
    first_s = 0.0 if driven.first_s == math.inf else driven.first_s
    read.outcome = DriveOutcome(
        drive.header.drive_id,
        driven.last_s - first_s,
        firings(found, driven.last_s),
        tuple(entry.label for entry in entries),
        drive.header.driver,
        rules,
        first_s,
        driven.driven_s,
    )
    read.notes += [*drive.notes, *_outside(file, entries, read.outcome)]
    read.problems += drive.problems
    return read


def _as_recorded(drive: RecordedDrive) -> tuple[_Driven, list[Alert], dict[str, Target]]:
    driven, alerts, rules = _Driven(), list[Alert](), targets(drive.config)
    for event in drive.events(_AS_RECORDED):
        match event:
            case RecordedAlert(alert=alert):
                alerts.append(alert)
                driven.at(alert.t_s)
            case StateLine(t_s=t_s):
                driven.at(t_s)
            case Control(control="reload", config_text=text):
                rules |= targets(drive.config_of(text))
    end_s = drive.duration_s  # the last frame comes up to a second after the last state
    if end_s is not None and end_s - driven.last_s < _GAP_S:
        driven.at(end_s)
    return driven, alerts, rules


def _with(drive: RecordedDrive, config: Config, read: Read) -> tuple[_Driven, list[Alert], dict[str, Target]]:
    driven, alerts = _Driven(), list[Alert]()
    with open_passage(drive, config) as passage:
        for moment in passage:
            driven.at(moment.state.t_s)
            alerts += moment.alerts
    read.notes += [note for note in passage.notes if note not in drive.notes]
    return driven, alerts, targets(config)


def _outside(file: Path, entries: list[Entry], outcome: DriveOutcome) -> list[str]:
    said = []
    for line, label in entries:
        inside = label.within(outcome.start_s, outcome.end_s)
        what = f"{label.kind} from {label.start_s:.1f} to {label.end_s:.1f} s"
        drive = f"the drive, which goes from {outcome.start_s:.1f} to {outcome.end_s:.1f} s"
        if inside is None:
            said.append(problem(file, line, f"{what} lies outside {drive}; it is not scored"))
        elif label.length_s - inside.length_s > _GAP_S:
            said.append(problem(file, line, f"{what} reaches beyond {drive}; it is cut to it"))
    return said
