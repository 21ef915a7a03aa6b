"""Recorded drives replayed by other processes, here or on other machines: what travels there and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from driver_monitor.config.loader import Loaded
from driver_monitor.errors import UsageError
from driver_monitor.lines import Lines
from driver_monitor.monitor import Moment
from driver_monitor.recording.drive import Drive
from driver_monitor.recording.event import Health, RecordedAlert, StateLine
from driver_monitor.recording.open import open_drive
from driver_monitor.replay.one import replay
from driver_monitor.replay.recorded import Arrow
from driver_monitor.state.alert import Alert, json_line
from driver_monitor.timeline.judged import summary


@dataclass(slots=True)
class Replayed:
    """What became of one drive, ``summary`` in a line. ``lines`` is what 'replay --json' prints, empty where nobody
    asked for it; ``notes`` and ``problems`` are as in :class:`driver_monitor.replay.one.Replay`."""

    alerts: list[Alert] = field(default_factory=list)
    summary: str = ""
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReplayTask:
    """Called with a drive's path. ``outs`` are the folders for what is written of each, ``whole`` asks for lines."""

    loaded: Loaded | None
    arrow: Arrow | None
    speed_kmh: float | None
    outs: Mapping[Path, Path]
    whole: bool

    def __call__(self, path: Path) -> Replayed:
        found, lines = Replayed(), Lines()

        def seen(moment: Moment) -> None:
            if self.whole:
                found.lines += map(json_line, lines.of(moment))

        drive = open_drive(path)
        if drive.header.level == "events" and self.arrow is None:
            return self._events(drive, found)
        played = replay(
            str(path),
            self.loaded,
            arrow=self.arrow,
            speed_kmh=self.speed_kmh,
            out=self.outs.get(path),
            moment_seen=seen,
            progress=lambda t_s, total_s: None,
        )
        found.alerts, found.summary = played.alerts, summary(played.tally, played.firings, played.channels)
        found.notes, found.problems = played.notes, played.problems
        return found

    def _events(self, drive: Drive, found: Replayed) -> Replayed:
        """A drive that keeps its events only is shown as it was."""
        if self.loaded or self.outs or self.speed_kmh is not None:
            raise UsageError(f"{drive.path} keeps its events only, so there is nothing to judge again")
        for event in drive.events():
            if isinstance(event, RecordedAlert):
                found.alerts.append(event.alert)
                record = event.alert.to_json()
            elif isinstance(event, StateLine | Health):
                found.summary = f"{event.t_s:.0f} s, its events only"
                if isinstance(event, Health):
                    continue
                record = event.record
            else:
                continue
            if self.whole:
                found.lines.append(json_line(record))
        found.notes, found.problems = drive.notes, drive.problems
        return found
