"""What is in a recorded drive: length, gaps, health, sizes."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from driver_monitor.channel_tally import ChannelTally
from driver_monitor.recording.clock import STEP_S, Stamp, is_set
from driver_monitor.recording.drive import Drive
from driver_monitor.recording.event import (
    Content,
    Control,
    Health,
    RecordedAlert,
    RecordedFrame,
    SegmentStart,
    StateLine,
)
from driver_monitor.state.alert import News
from driver_monitor.state.terms import GAP_S

LINE_GAP_S: Final = 2.5  # the same where only a state a second is kept
_WANTED: Final = (Content.STATES, Content.ALERTS, Content.STATE_LINES, Content.CONTROLS, Content.HEALTH)


@dataclass(slots=True)
class SegmentInfo:
    """One file. ``first_s`` and ``last_s`` are None where nothing of it could be read."""

    file: str
    bytes: int
    first_s: float | None = None
    last_s: float | None = None


@dataclass(slots=True)
class DriveInfo:
    """A whole drive. ``gaps`` are stretches (from, to, s) in which nothing was recorded though the drive went on.

    ``clock_set`` are the times (s, by how much s) at which the wall clock was set; media time does not follow it.
    ``frames`` are those that were kept, none at level events; ``counted_frames`` all that came, as the drive says.
    ``measured_share`` is of the senses beside the face that were on, ``measured`` the same in words with the reason.
    ``started_by_later_clock`` is when a drive began whose clock was set only on the way (UTC, ISO 8601).
    """

    drive: Path
    drive_id: str
    started: str
    software: str
    level: str
    clip_s: float
    driver: str
    vehicle: str
    camera: str
    config_sha256: str
    models: dict[str, str]
    frames: int = 0
    duration_s: float = 0.0
    bytes: int = 0
    segments: list[SegmentInfo] = field(default_factory=list)
    messages: dict[str, int] = field(default_factory=dict)
    gaps: list[tuple[float, float]] = field(default_factory=list)
    alerts: dict[str, int] = field(default_factory=dict)
    counted_frames: int = 0
    controls: list[tuple[float, str]] = field(default_factory=list)
    tracked_share: float | None = None
    degraded_share: dict[str, float] = field(default_factory=dict)
    measured_share: dict[str, float] = field(default_factory=dict)
    measured: list[str] = field(default_factory=list)
    dropped_frames: int = 0
    bad_frames: int = 0
    unrecorded_frames: int = 0
    tracker_restarts: int = 0
    clock_set: list[tuple[float, float]] = field(default_factory=list)
    tracker: str = ""
    started_by_later_clock: str = ""
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        from dataclasses import asdict  # noqa: PLC0415

        return asdict(self) | {"drive": str(self.drive)}


def inspect(drive: Drive) -> DriveInfo:
    """Reads the whole drive once, in bounded memory."""
    header = drive.header
    info = DriveInfo(
        drive.path, header.drive_id, header.started, header.software, header.level, header.clip_s, header.driver,
        header.vehicle, header.camera, header.config_sha256, header.models, tracker=header.tracker,
    )  # fmt: skip
    tracked = 0
    channels = ChannelTally()
    faults: list[str] = []
    degraded: Counter[str] = Counter()
    alerts: Counter[str] = Counter()
    last_s: float | None = None
    clock: tuple[float, float] | None = None
    segment_began: Stamp | None = None
    allowed_s = LINE_GAP_S if header.level == "events" else GAP_S
    for event in drive.events(*_WANTED):
        match event:
            case SegmentStart(path=path, began=segment_began):
                # Of a drive in a fleet folder only the names are left.
                info.segments.append(SegmentInfo(path.name, path.stat().st_size if path.is_file() else 0))
                continue
            case RecordedFrame():
                info.frames += 1
                channels.add(event.state.channels)
                tracked += event.state.signals.tracking == "tracked"
                if event.state.signals.degraded:
                    degraded[event.state.signals.degraded] += 1
            case RecordedAlert(alert=alert):
                alerts[alert.rule] += alert.news is News.BEGAN
                continue
            case Control():
                faults += _control(info, event)
                continue
            case Health():
                clock = _health(info, event, clock)
            case StateLine() if header.level != "events":
                continue
        t_s = event.t_s
        if last_s is not None and t_s - last_s > allowed_s:
            info.gaps.append((last_s, t_s))
        last_s = t_s
        segment = info.segments[-1]
        if segment.first_s is None:
            segment.first_s = t_s
            if not info.started_by_later_clock and not is_set(header.started_at.timestamp()):
                info.started_by_later_clock = _began(segment_began, t_s)
        segment.last_s = info.duration_s = t_s
    info.bytes = sum(segment.bytes for segment in info.segments) or sum(file.stat().st_size for file in drive.files)
    info.messages = dict(drive.messages)
    info.alerts = {rule: count for rule, count in sorted(alerts.items()) if count}
    if info.frames:
        info.tracked_share = tracked / info.frames
        info.degraded_share = {cause: count / info.frames for cause, count in degraded.most_common()}
        info.measured_share, info.measured = channels.shares, list(channels.words())
    info.notes, info.problems = [*drive.notes, *faults], drive.problems
    return info


def _control(info: DriveInfo, event: Control) -> list[str]:
    """Take it over; returns what is to be said of it."""
    info.controls.append((event.t_s, event.control))
    if event.control != "fault":
        return []
    return [f"the run ended by a fault at {event.t_s:.1f} s ({event.text or 'no details kept'})"]


def _began(segment_began: Stamp | None, t_s: float) -> str:
    """When the drive began by the clock of a later file, whose first frame is at ``t_s``; empty where that is not set
    either."""
    if segment_began is None or not is_set(segment_began.wall_s):
        return ""
    return datetime.fromtimestamp(segment_began.wall_s - t_s, UTC).isoformat(timespec="seconds")


def _health(info: DriveInfo, event: Health, before: tuple[float, float] | None) -> tuple[float, float] | None:
    """Take over the counters; the clock's time and media time of now, to compare with the next."""
    record = event.record
    info.counted_frames = record.get("frames", 0)
    info.dropped_frames = record.get("dropped_frames", 0)
    info.bad_frames = record.get("bad_frames", 0)
    info.unrecorded_frames = record.get("unrecorded_frames", 0)
    info.tracker_restarts = record.get("tracker_restarts", 0)
    try:
        now = datetime.fromisoformat(record["clock"]).timestamp()
    except (KeyError, ValueError):
        return before
    if before is not None:
        jump_s = (now - before[0]) - (event.t_s - before[1])
        if abs(jump_s) > STEP_S:
            info.clock_set.append((event.t_s, jump_s))
    return now, event.t_s
