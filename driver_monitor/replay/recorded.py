"""From a recorded drive, at any arrow of the design: its pictures, landmarks, signals or states."""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Final, Generic, TypeVar

from driver_monitor.camera.frame import Frame
from driver_monitor.camera.source import FrameSource
from driver_monitor.channels.senses import SenseSource
from driver_monitor.config.config import Config
from driver_monitor.errors import UsageError
from driver_monitor.monitor import Moment, Monitor
from driver_monitor.recording.drive import Drive
from driver_monitor.recording.event import Content, Control, RecordedFrame, SegmentStart
from driver_monitor.recording.header import read_normal
from driver_monitor.replay.passage import Passage
from driver_monitor.replay.pictures import Pictures
from driver_monitor.state.recording_level import LEVELS
from driver_monitor.state.request import ON
from driver_monitor.state.senses import NO_SENSES, Senses
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.vehicle import VehicleInputs
from driver_monitor.vehicle.inputs import InputSource
from driver_monitor.vehicle.source import SpeedSource


class Arrow(StrEnum):
    """Where a recorded drive comes in again; what came before is taken as it was recorded."""

    VIDEO = "video"
    LANDMARKS = "landmarks"
    SIGNALS = "signals"
    STATE = "state"

    @property
    def level(self) -> str:
        """The recording level that it takes."""
        return "signals" if self is Arrow.STATE else self.value


_WANTED: Final = {
    Arrow.LANDMARKS: (Content.STATES, Content.LANDMARKS, Content.CONTROLS),
    Arrow.SIGNALS: (Content.STATES, Content.CONTROLS),
    Arrow.STATE: (Content.STATES, Content.CONTROLS),
}


def open_passage(
    drive: Drive,
    config: Config | None,
    *,
    arrow: Arrow | None = None,
    speed_kmh: float | None = None,
    sealed: bool = False,
) -> Passage:
    """The drive with ``config``, or with the one it was recorded with (rules read again on the way included).

    Without an ``arrow`` it comes in as late as the difference between the two configs allows. Raises UsageError for an
    arrow that the drive does not keep. ``sealed``: see :class:`Pictures`.
    """
    notes: list[str] = []
    chosen = arrow or _latest(drive, config, notes)
    if not keeps(drive, chosen):
        raise UsageError(
            f"{drive.path} keeps its {drive.header.level} only, not {'signals' if chosen is Arrow.STATE else chosen}; "
            f"{_possible(drive)}"
        )
    passage: Passage
    if chosen is Arrow.VIDEO:
        passage = _with_video(drive, config, speed_kmh, sealed=sealed)
    else:
        passage = RecordedPassage(drive, config, chosen, speed_kmh)
    passage.notes += notes
    return passage


def keeps(drive: Drive, arrow: Arrow) -> bool:
    return LEVELS.index(drive.header.level) >= LEVELS.index(arrow.level)


def _possible(drive: Drive) -> str:
    words = [arrow.value for arrow in Arrow if keeps(drive, arrow)]
    return f"--from takes {', '.join(words)} here" if words else "leave --from out to show what it keeps"


def _latest(drive: Drive, config: Config | None, notes: list[str]) -> Arrow:
    """The last arrow before which nothing would be different."""
    if config is None:
        return Arrow.STATE
    recorded = drive.config
    other = [name for name in ("signals", "channels") if getattr(config, name) != getattr(recorded, name)]
    if other:
        if keeps(drive, Arrow.LANDMARKS):
            return Arrow.LANDMARKS
        notes += [f"the {name} section differs from the drive's, which keeps no landmarks: {name} as recorded"
                  for name in other]  # fmt: skip
    return Arrow.SIGNALS if config.classifiers != recorded.classifiers else Arrow.STATE


class RecordedPassage(Passage):
    """From landmarks, signals or states. With the drive's own config the alerts are those of the live run."""

    def __init__(self, drive: Drive, config: Config | None, arrow: Arrow, speed_kmh: float | None) -> None:
        super().__init__()
        self.name = drive.header.drive_id
        self.config = config or drive.config
        self._drive = drive
        self._follow = config is None  # also what was changed on the way
        self._arrow = arrow
        self._from_state = arrow is Arrow.STATE
        self._speed = None if speed_kmh is None else Speed(speed_kmh, SpeedKnowledge.GIVEN)
        self.monitor = self._fresh()
        self.duration_s = drive.duration_s

    def __iter__(self) -> Iterator[Moment]:
        expected = 0
        for event in self._drive.events(*_WANTED[self._arrow]):
            match event:
                case RecordedFrame():
                    yield self._step(event)
                case Control(control="acknowledge"):
                    self.monitor.acknowledge()
                case Control(control="quiet", text=text):
                    self.monitor.quiet(text == ON)
                case Control(control="reload") if self._follow:
                    self.monitor.reconfigure(self._drive.config_of(event.config_text), event.t_s)
                case SegmentStart(number=number):
                    if self._drive.header.clip_s and expected:
                        self.monitor = self._fresh()  # a clip knows nothing of the one before
                    elif number > expected and not self._drive.header.clip_s:
                        self.notes.append(
                            f"{event.path.name} is the first that is there after segment {expected}: what the monitor "
                            "knew by then is lost, so the first alerts may differ from those of the drive"
                        )
                    expected = number + 1
        self.notes += self._drive.notes
        self.problems += self._drive.problems

    def _fresh(self) -> Monitor:
        monitor = Monitor(self.config, read_normal(self._drive.header.normal))
        if not self._from_state:
            monitor.load_models()
        return monitor

    def _step(self, frame: RecordedFrame) -> Moment:
        state = frame.state
        if self._from_state:
            return self.monitor.decide(state if self._speed is None else replace(state, speed=self._speed))
        speed = self._speed or state.speed
        if self._arrow is Arrow.LANDMARKS and frame.observation is not None:
            return self.monitor.observe_recorded(
                frame.observation, state.expression, speed, frame.senses, state.vehicle
            )
        return self.monitor.classify(state.signals, state.expression, speed, state.channels, state.vehicle)


class _RecordedVideo(FrameSource):
    """The pictures of a recorded drive; ``speed``, ``senses`` and ``inputs`` follow them."""

    def __init__(self, drive: Drive) -> None:
        self.name = drive.header.drive_id
        self.duration_s = drive.duration_s
        self.problem = ""
        self.speed, self.senses, self.inputs = RecordedSpeed(), RecordedSenses(), RecordedInputs()
        self._drive = drive

    def __iter__(self) -> Iterator[Frame]:
        for index, frame in enumerate(self._drive.frames(Content.VIDEO)):
            self.speed.at(frame.t_s, frame.state.speed)
            self.senses.at(frame.t_s, frame.senses)
            self.inputs.at(frame.t_s, frame.state.vehicle)
            yield Frame(frame.t_s, frame.image(), index)

    def close(self) -> None:
        """Nothing is held between two frames."""


T = TypeVar("T")


class _Course(Generic[T]):
    """A value as it was from time to time; frames may be read ahead of the loop that asks."""

    def __init__(self, first: T) -> None:
        self._first = first
        self._known: list[tuple[float, T]] = []

    def at(self, t_s: float, value: T) -> None:
        if not self._known or self._known[-1][1] != value:
            self._known.append((t_s, value))

    def value(self, t_s: float) -> T:
        while len(self._known) > 1 and self._known[1][0] <= t_s:
            self._known.pop(0)
        return self._known[0][1] if self._known else self._first


class RecordedSpeed(SpeedSource, _Course[Speed]):
    """Speeds as they were."""

    def __init__(self) -> None:
        super().__init__(Speed(None, SpeedKnowledge.UNKNOWN))

    def speed(self, t_s: float) -> Speed:
        return self.value(t_s)


class RecordedSenses(SenseSource, _Course[Senses]):
    """What sensors sent, as it was."""

    def __init__(self) -> None:
        super().__init__(NO_SENSES)

    def read(self, t_s: float) -> Senses:
        return self.value(t_s)


class RecordedInputs(InputSource, _Course[VehicleInputs | None]):
    """What the car told, as it was."""

    def __init__(self) -> None:
        super().__init__(None)

    def read(self, t_s: float) -> VehicleInputs | None:
        return self.value(t_s)


class _WithVideo(Pictures):
    """Pictures that tell what their drive lacks."""

    def __init__(
        self, drive: Drive, config: Config, source: _RecordedVideo, speed_kmh: float | None, *, sealed: bool
    ) -> None:
        known = read_normal(drive.header.normal)
        super().__init__(
            config, source, speed_kmh=speed_kmh, speed=source.speed, senses=source.senses, inputs=source.inputs,
            baseline=known, sealed=sealed,
        )  # fmt: skip
        self._drive = drive

    def __iter__(self) -> Iterator[Moment]:
        yield from super().__iter__()
        self.notes += self._drive.notes
        self.problems += self._drive.problems


def _with_video(drive: Drive, config: Config | None, speed_kmh: float | None, *, sealed: bool) -> Pictures:
    passage = _WithVideo(drive, config or drive.config, _RecordedVideo(drive), speed_kmh, sealed=sealed)
    passage.notes.append("recorded frames are compressed, so their figures differ a little from those of the drive")
    return passage
