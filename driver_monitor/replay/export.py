"""Recorded drives into a fleet folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from driver_monitor.config.signals import SignalsConfig
from driver_monitor.errors import UsageError
from driver_monitor.labels.sidecar import read_labels, sidecar, write_labels
from driver_monitor.recording.drive import Drive
from driver_monitor.recording.event import Content, Control, RecordedAlert, RecordedFrame, SegmentStart
from driver_monitor.recording.parquet.folder import SIGNALS, place
from driver_monitor.recording.parquet.writer import FleetWriter
from driver_monitor.replay.reading import Reading
from driver_monitor.replay.summary import summary_of
from driver_monitor.state.alert import Alert
from driver_monitor.timeline.drive_summary import DriveSummary
from driver_monitor.timeline.timeline import Timeline

_WANTED: Final = (Content.STATES, Content.ALERTS, Content.CONTROLS)


def export(drive: Drive, folder: Path, *, progress: Callable[[float], None] = lambda t_s: None) -> DriveSummary:
    """Write one drive as it was recorded; what was there of it is replaced. ``progress`` hears the media time.

    Raises UsageError for a drive that keeps no signals, another DriverMonitorError where it cannot be read or written;
    then of it stays what was there before.
    """
    if drive.header.level == "events":
        raise UsageError(f"{drive.path} keeps its events only: there are no signals in it to be exported")
    found = Reading(Timeline(), SignalsConfig())
    alerts: list[Alert] = []
    with FleetWriter(folder, drive.header) as writer:
        for event in drive.events(*_WANTED):
            match event:
                case RecordedFrame(state=state):
                    writer.add(state)
                    found.timeline.add(state)
                    progress(state.t_s)
                case RecordedAlert(alert=alert):
                    alerts.append(alert)
                    found.timeline.add_alert(alert)
                case Control(t_s=t_s, control=control, config_text=text):
                    writer.event(t_s, control, text=text)
                case SegmentStart(path=path, number=number):
                    writer.event(None, "segment", text=path.name, number=number)
        found.notes, found.problems = drive.notes, drive.problems
        summary = summary_of(drive.header, found)
        writer.finish(alerts, summary.figures())
    _labels(drive, folder)
    return summary


def _labels(drive: Drive, folder: Path) -> None:
    """Take along what a person said of it; mistakes in the file are told by the error."""
    labels = sidecar(drive.path)
    if labels.exists():
        there = sidecar(place(folder, SIGNALS, drive.header))
        there.parent.mkdir(parents=True, exist_ok=True)
        write_labels(there, read_labels(labels))
