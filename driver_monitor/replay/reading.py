"""From a recorded drive to what a report shows: its course, its alerts, and those another config would have raised."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.config.config import Config
from driver_monitor.config.difference import differences
from driver_monitor.config.loader import Loaded, default_config, presets
from driver_monitor.config.signals import SignalsConfig
from driver_monitor.errors import UsageError
from driver_monitor.lines import STATE_SIGNALS
from driver_monitor.recording.drive import Drive
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.event import Content, Health, RecordedAlert, RecordedFrame, StateLine
from driver_monitor.replay.recorded import open_passage
from driver_monitor.state.driver_state import ESTIMATE_KINDS, DriverState
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.timeline.episodes import Episodes
from driver_monitor.timeline.timeline import Timeline
from driver_monitor.timeline.what_if import WhatIf, match, stretches

AS_RECORDED: Final = "as recorded"
_LINES_GAP_S: Final = 2.5  # lines of state come once a second
_JUDGING: Final = ("signals", "classifiers", "attention", "messages", "alerts", "rules")


@dataclass(slots=True)
class Reading:
    """``problems`` is what is missing or broken, ``notes`` what else a reader of the report should know.

    ``reasons``: why a rule's numbers are what they are, by its name.
    """

    timeline: Timeline
    signals: SignalsConfig
    what_if: WhatIf | None = None
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    classifiers: ClassifiersConfig = field(default_factory=ClassifiersConfig)
    reasons: dict[str, str] = field(default_factory=dict)


def read(
    drive: Drive,
    config: Loaded | None = None,
    other: Loaded | None = None,
    *,
    progress: Callable[[float], None] = lambda t_s: None,
) -> Reading:
    """The drive with the alerts it had, or with those ``config`` raises over it; ``other`` is compared with these.

    ``progress`` hears the media time. Raises UsageError where a drive of level 'events' is to be judged anew,
    RecordingError where it cannot be read.
    """
    if drive.header.level == "events":
        if config is not None or other is not None:
            raise UsageError(f"{drive.path} keeps its events only: there is nothing in it for another config to judge")
        return _events(drive, progress)
    found = _as_recorded(drive, progress) if config is None else _judged(drive, config, progress)
    if other is not None:
        found.what_if = _compared(drive, found, config, other, progress)
    return found


def _as_recorded(drive: Drive, progress: Callable[[float], None]) -> Reading:
    found = Reading(Timeline(), SignalsConfig())
    for event in drive.events(Content.STATES, Content.ALERTS):
        if isinstance(event, RecordedFrame):
            found.timeline.add(event.state)
            progress(event.t_s)
        elif isinstance(event, RecordedAlert):
            found.timeline.add_alert(event.alert)
    return _told(found, drive)


def _told(found: Reading, drive: Drive) -> Reading:
    """With what the drive said while it was read, and the settings its plots refer to."""
    found.notes += drive.notes
    found.problems += drive.problems
    try:
        config = drive.config
        found.signals, found.classifiers, found.reasons = config.signals, config.classifiers, config.reasons
    except RecordingError as error:
        found.signals = default_config().signals
        found.notes.append(f"reference lines are the defaults': {error}")
    return found


def _judged(drive: Drive, config: Loaded, progress: Callable[[float], None]) -> Reading:
    settings = config.config
    found = Reading(Timeline(), settings.signals, classifiers=settings.classifiers, reasons=settings.reasons)
    with open_passage(drive, settings) as passage:
        for moment in passage:
            found.timeline.add(moment.state)
            for alert in moment.alerts:
                found.timeline.add_alert(alert)
            progress(moment.state.t_s)
        found.notes, found.problems = passage.notes, passage.problems
    return found


def _compared(
    drive: Drive, found: Reading, config: Loaded | None, other: Loaded, progress: Callable[[float], None]
) -> WhatIf:
    episodes = Episodes()
    with open_passage(drive, other.config) as passage:
        for moment in passage:
            for alert in moment.alerts:
                episodes.add(alert)
            progress(moment.state.t_s)
        found.notes += [note for note in passage.notes if note not in found.notes]
    end_s = found.timeline.tally.end_s
    matches = match(stretches(found.timeline.episodes.kept, end_s), stretches(episodes.kept, end_s))
    first = drive.config if config is None else config.config
    return WhatIf(name_of(config), name_of(other), matches, changes_between(first, other.config))


def changes_between(first: Config, second: Config) -> list[str]:
    """The keys that can make a difference to alerts, where two configs differ in them."""
    return [str(each) for each in differences(first, second) if each.path[0] in _JUDGING]


def facts(drive: Drive, config: Loaded | None) -> dict[str, str]:
    """What a page says about where it comes from."""
    header = drive.header
    found = {
        "Source": header.drive_id,
        "Started": header.started_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "Driver": header.driver or "unknown",
        "Vehicle": header.vehicle or "unknown",
        "Camera": f"{header.camera}, driver on the {header.seat}",
        "Kept": header.level,
        "Recorded by": header.software,
        "Config of the drive": f"sha256 {header.config_sha256[:12]}",
        "Alerts": AS_RECORDED,
    }
    if config is not None:
        found["Alerts"] = f"those of {name_of(config)} (sha256 {config.sha256[:12]})"
    return found


def name_of(config: Loaded | None) -> str:
    """What a report calls a config: a preset by its name, a file by its path."""
    if config is None:
        return AS_RECORDED
    if config.path is None:
        return "built-in defaults"
    return config.path.stem if config.path in presets().values() else str(config.path)


def _events(drive: Drive, progress: Callable[[float], None]) -> Reading:
    """From its lines of state, one a second."""
    found = Reading(Timeline(gap_s=_LINES_GAP_S, of_lines=True), SignalsConfig())
    found.notes.append("this drive keeps its events only: figures are of one state a second, without frames and blinks")
    end_s = 0.0
    for event in drive.events():
        if isinstance(event, StateLine):
            found.timeline.add(_state(event.record))
            progress(event.t_s)
        elif isinstance(event, RecordedAlert):
            found.timeline.add_alert(event.alert)
        elif isinstance(event, Health):
            end_s = event.t_s
    found.timeline.tally.end(end_s)
    return _told(found, drive)


def _state(record: dict[str, Any]) -> DriverState:
    t_s = float(record["t_s"])
    known = {name: record[name] for name in STATE_SIGNALS if record.get(name) is not None}
    estimates = {name: kind(**record[name]) for name, kind in ESTIMATE_KINDS.items() if record.get(name) is not None}
    speed = Speed(
        record.get("speed_kmh"), SpeedKnowledge(record.get("speed", "unknown")), record.get("speed_source", "")
    )
    return DriverState(t_s, Signals(t_s=t_s, **known), speed, **estimates)
