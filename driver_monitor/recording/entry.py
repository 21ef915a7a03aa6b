"""What a frame of a drive, or a control, adds to its recording."""

from dataclasses import dataclass
from typing import Any, Final

from driver_monitor.config.recording import RecordingConfig
from driver_monitor.lines import Lines
from driver_monitor.monitor import Moment
from driver_monitor.recording.clock import Stamp
from driver_monitor.recording.mcap import topics
from driver_monitor.recording.mcap.codec import (
    channels_bytes,
    estimates_bytes,
    landmarks_bytes,
    senses_bytes,
    signals_bytes,
    to_json,
    vehicle_bytes,
    video_bytes,
)  # fmt: skip
from driver_monitor.recording.mcap.topics import Topic
from driver_monitor.state.alert import News, json_line
from driver_monitor.state.recording_level import LEVELS
from driver_monitor.state.request import Ask
from driver_monitor.state.senses import NO_SENSES

Messages = tuple[tuple[Topic, bytes], ...]
ENDS_IN_A_FAULT: Final = "fault"
_KEPT_IN_CLIPS: Final = (ENDS_IN_A_FAULT, Ask.MARK, Ask.WRONG)


@dataclass(frozen=True, slots=True)
class Given:
    """One frame, or the record of one control, as the loop handed it over when the clock said ``at``.

    ``restarts`` counts those of the vision worker so far, ``unrecorded`` the frames that were not handed over.
    """

    t_s: float
    what: Moment | dict[str, Any]
    at: Stamp
    restarts: int = 0
    unrecorded: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """``changes`` are written only where they are news; what is ``alerted`` of is kept in a clip."""

    t_s: float
    changes: Messages = ()
    messages: Messages = ()
    alerted: bool = False


def of_control(t_s: float, record: dict[str, Any]) -> Entry:
    return Entry(t_s, messages=((topics.CONTROL, to_json(record)),), alerted=record["control"] in _KEPT_IN_CLIPS)


def of_frame(moment: Moment, config: RecordingConfig, lines: Lines, start_ns: int) -> Entry:
    """As much as ``config.level`` keeps; ``start_ns`` is media time 0, since 1970."""
    state, frame, observation = moment.state, moment.frame, moment.observation
    changes = [(topics.VEHICLE, vehicle_bytes(state.speed, state.vehicle))]
    messages: list[tuple[Topic, bytes]] = []
    if keeps(config, "video") and frame is not None and frame.image is not None:
        at_ns = start_ns + round(state.t_s * 1e9)
        messages.append((topics.VIDEO, video_bytes(frame.image, at_ns, config.jpeg_quality)))
    if keeps(config, "landmarks") and observation is not None:
        messages.append((topics.LANDMARKS, landmarks_bytes(observation)))
        if moment.senses is not NO_SENSES:  # there are sensors, though they may be silent
            changes.append((topics.SENSES, senses_bytes(moment.senses)))
    if keeps(config, "signals"):
        changes.append((topics.ESTIMATES, estimates_bytes(state)))
        if state.channels is not None:
            changes.append((topics.CHANNELS, channels_bytes(state.channels)))
        messages.append((topics.SIGNALS, signals_bytes(state.signals)))
    for alert in moment.alerts:
        messages.append((topics.ALERTS, json_line(alert.to_json() | {"outputs": list(alert.outputs)}).encode()))
    for record in lines.of(moment):
        if record["type"] == "state":
            messages.append((topics.STATE, json_line(record).encode()))
    alerted = any(alert.news is not News.ENDED for alert in moment.alerts)
    return Entry(state.t_s, tuple(changes), tuple(messages), alerted)


def keeps(config: RecordingConfig, level: str) -> bool:
    return LEVELS.index(config.level) >= LEVELS.index(level)
