"""Reading a recorded drive: everything of it that can be read, and a sentence for everything that cannot."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from mcap.reader import make_reader

from driver_monitor.config.config import Config
from driver_monitor.config.errors import ConfigError
from driver_monitor.config.loader import load_text
from driver_monitor.face.observation import FaceObservation
from driver_monitor.frozen import maker
from driver_monitor.recording import codec, topics
from driver_monitor.recording.clock import Stamp
from driver_monitor.recording.description import SegmentHeader, UndescribedError, read_description
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.folder import being_recorded, drives, in_order, segments
from driver_monitor.recording.header import DriveHeader
from driver_monitor.recording.parquet.folder import SUFFIX as PARQUET
from driver_monitor.recording.parquet.folder import find_parquet
from driver_monitor.recording.scan import (
    BROKEN,
    CutOff,
    Damage,
    Piece,
    channels,
    chunk_places,
    is_first,
    messages,
    scan,
)
from driver_monitor.recording.segment import SUFFIX, to_ns
from driver_monitor.state.alert import Alert
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.speed import Speed, SpeedKnowledge

_NO_SPEED: Final = Speed(None, SpeedKnowledge.UNKNOWN)
_NO_ESTIMATES: Final = codec.Estimates()
_ALERTS: Final = frozenset({topics.ALERTS.name})
_STATE: Final = maker(DriverState)


@dataclass(slots=True)
class RecordedFrame:
    """One frame, as far as the drive's level keeps it."""

    t_s: float
    state: DriverState
    observation: FaceObservation | None = None
    jpeg: bytes | None = None


@dataclass(frozen=True, slots=True)
class RecordedAlert:
    """``alert`` as it was given, its evidence rounded as in JSON."""

    alert: Alert


@dataclass(frozen=True, slots=True)
class Control:
    """What was done to the running monitor before the frame that follows: ``reload`` or ``acknowledge``.

    ``fault`` follows the last frame instead: the run ended by one, which ``text`` names.
    """

    t_s: float
    control: str
    config_text: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class StateLine:
    """The state of a second, as 'run --json' printed it."""

    t_s: float
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Health:
    """How the monitor did: see :data:`driver_monitor.recording.topics.HEALTH`."""

    t_s: float
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SegmentStart:
    """A new file begins; in a drive of clips, what comes has nothing to do with what was before."""

    path: Path
    number: int
    began: Stamp | None = None  # by the clock; not of earlier versions


# What the states of a drive are made of.
STATES: Final = frozenset({topics.SIGNALS.name, topics.ESTIMATES.name, topics.VEHICLE.name})
Event = RecordedFrame | RecordedAlert | Control | StateLine | Health | SegmentStart


@dataclass(slots=True)
class _Reading:
    """Where the reading of one segment stands."""

    start_ns: int
    channels: dict[int, str]
    speed: Speed = _NO_SPEED
    estimates: codec.Estimates = _NO_ESTIMATES
    observation: FaceObservation | None = None
    jpeg: bytes | None = None
    last_ns: int | None = None
    first_ns: int | None = None  # both by the messages' own times; first_ns is that of the last chunk
    last_said: dict[str, bytes] = field(default_factory=dict)  # by topic; every chunk says again what has not changed

    @property
    def last_s(self) -> float | None:
        return None if self.last_ns is None else (self.last_ns - self.start_ns) / 1e9

    @property
    def first_s(self) -> float | None:
        return None if self.first_ns is None else (self.first_ns - self.start_ns) / 1e9

    def forget(self) -> None:
        """What comes next does not go on from what was read: every chunk begins with the speed and the estimates."""
        self.speed, self.estimates, self.observation, self.jpeg = _NO_SPEED, _NO_ESTIMATES, None, None
        self.last_said.clear()

    def is_news(self, topic: str, data: bytes) -> bool:
        if self.last_said.get(topic) == data:
            return False
        self.last_said[topic] = data
        return True


class RecordedDrive:
    """A folder of segments, or one segment by itself.

    While it is read, ``problems`` gathers what is damaged or does not belong, and ``notes`` where it was cut off: the
    end of a run that was killed, which is as good as a drive can be then.
    """

    def __init__(self, path: Path, files: list[Path]) -> None:
        self.path: Final = path
        self.files: Final = files
        self.problems: list[str] = []
        self.notes: list[str] = []
        self.messages: Counter[str] = Counter()  # by topic, of what was last read
        self.header: Final = self._read_header()

    @cached_property
    def config(self) -> Config:
        """The config of the run; raises RecordingError where this version cannot use it."""
        return self.config_of(self.header.config_text)

    def config_of(self, text: str) -> Config:
        try:
            return _config(text)
        except ConfigError as error:
            raise RecordingError(
                f"{self.path}: its config cannot be used by this version ({self.header.software} wrote it); give one "
                f"with --config\n{error}"
            ) from None

    @cached_property
    def duration_s(self) -> float | None:
        """Time from the start of the drive to its end by the last file's index; None where it has none."""
        try:
            with self.files[-1].open("rb") as stream:
                summary = make_reader(stream).get_summary()
        except (OSError, *BROKEN):
            return None
        if summary is None or summary.statistics is None or not summary.statistics.message_count:
            return None
        return (summary.statistics.message_end_time - to_ns(self.header.started_at)) / 1e9

    def states(self) -> Iterator[DriverState]:
        """Every recorded frame's state in order of time; none for a drive of level 'events'."""
        for event in self.events(STATES):
            if isinstance(event, RecordedFrame):
                yield event.state

    def alerts(self) -> list[Alert]:
        """As they were given."""
        return [event.alert for event in self.events(_ALERTS) if isinstance(event, RecordedAlert)]

    def events(self, wanted: frozenset[str] | None = None) -> Iterator[Event]:
        """All that was recorded, in order; only of the ``wanted`` topics if given. Whatever is broken is left out and
        told in ``problems``."""
        self.problems, self.notes, self.messages = [], [], Counter()
        for file in self.files:
            yield from self._segment(file, wanted)

    def _read_header(self) -> DriveHeader:
        """Of the first segment that has one; where the descriptions of all are lost, what stands in for it."""
        assumed: DriveHeader | None = None
        for file in self.files:
            try:
                return read_description(file).drive
            except UndescribedError as error:
                assumed = assumed or error.assumed.drive
            except RecordingError as error:
                self.problems.append(str(error))
        if assumed is None:
            raise RecordingError("; ".join(self.problems))
        return assumed

    def _described(self, file: Path) -> SegmentHeader | None:
        """None, and a problem, for a file that is no part of the drive."""
        try:
            found = read_description(file)
        except UndescribedError as error:
            told = f"{file}: {self.header.assumed}" if self.header.assumed else f"{error}; that of another file is used"
            self.problems.append(told)
            return replace(error.assumed, drive=self.header)
        except RecordingError as error:
            self.problems.append(str(error))
            return None
        if found.drive.drive_id != self.header.drive_id:
            self.problems.append(f"{file} is of another drive ({found.drive.drive_id}) and was left out")
            return None
        if found.drive.assumed:
            self.notes.append(f"{file}: {found.drive.assumed}")
        return found

    def _segment(self, file: Path, wanted: frozenset[str] | None) -> Iterator[Event]:
        described = self._described(file)
        if described is None:
            return
        yield SegmentStart(file, described.number, described.began)
        reading, damage = _Reading(to_ns(described.drive.started_at), channels(file)), list[Damage]()
        for part in scan(file):
            if isinstance(part, Damage):
                damage.append(part)
                reading.forget()
            elif isinstance(part, CutOff):
                self.notes.append(_cut(file, reading.last_s))
            elif isinstance(part, Piece):
                before_s = reading.last_s
                try:
                    found = _chunk(part.data, reading, wanted, self.messages)
                except BROKEN:  # what it holds was not written by this version
                    damage.append(Damage(part.start, part.end))
                    reading.forget()
                    continue
                if damage:
                    self.problems.append(_damaged(file, damage, before_s, reading.first_s, first=is_first(part)))
                    damage = []
                yield from found
        if damage:
            self.problems.append(_damaged(file, damage, reading.last_s, None))


@lru_cache(maxsize=32)
def _config(text: str) -> Config:
    """Drives of one car share theirs, and reading it takes as long as minutes of signals."""
    return load_text(text, "config of the drive").config


def open_drive(path: Path) -> RecordedDrive:
    """A drive's folder, one of its segments by itself, or its signals in a fleet folder (Parquet).

    Raises RecordingError where there is none to be read.
    """
    if path.suffix == PARQUET:
        from driver_monitor.recording.parquet.drive import FleetDrive  # noqa: PLC0415  (pyarrow, for whoever has such a folder)

        return FleetDrive(path)
    if path.is_dir():
        files = segments(path)
        if not files:
            inside = drives(path)
            more = f"; it holds {len(inside)} drives, name one or several of them" if inside else ""
            raise RecordingError(f"{path} is not a recorded drive: there is no {SUFFIX} file in it{more}")
        return RecordedDrive(path, files)
    if not path.exists():
        raise RecordingError(f"there is no recorded drive {path}")
    return RecordedDrive(path, [path])


def find_drives(path: Path) -> list[Path]:
    """``path`` itself if it is a drive or a segment, else every drive below it, oldest first; those of a fleet folder
    where nothing else is there."""
    if not path.is_dir() or segments(path):
        return [path]
    found = {file.parent for file in path.rglob(f"*{SUFFIX}")}
    return in_order(found) or find_parquet(path)


def is_drive(path: Path) -> bool:
    """Whether ``path`` looks like a recorded drive or a folder of them; what is in it may still be broken."""
    return path.suffix in (SUFFIX, PARQUET) or (path.is_dir() and bool(find_drives(path)))


def _cut(file: Path, last_s: float | None) -> str:
    if being_recorded(file.parent):
        return f"{file} is being recorded right now; read up to {_at(last_s)}"
    return f"{file} was cut off (a power cut, a full disk, a killed run): read up to {_at(last_s)}"


def _at(last_s: float | None) -> str:
    return "its beginning" if last_s is None else f"{last_s:.1f} s"


def _damaged(
    file: Path, damage: list[Damage], before_s: float | None, after_s: float | None, *, first: bool = False
) -> str:
    """What is lost with bytes that cannot be read, between the last frame before them and the first behind them;
    nothing where that is the first of the file."""
    start, count = damage[0].start, sum(each.end - each.start for each in damage)
    places = chunk_places(file)
    after = "at its beginning" if before_s is None else f"after {before_s:.1f} s"
    where = f"{file}: a damaged piece {after} was left out: {count} bytes from byte {start} on"
    indexed = places is not None and not any(each.start <= place < each.end for each in damage for place in places)
    if first or indexed:
        return f"{where}, in which nothing of the drive was kept"
    if after_s is None:
        return f"{where}, with what was recorded from there to the end of the file"
    lost = f" ({after_s - before_s:.1f} s)" if before_s is not None else ""
    return f"{where}, with what was recorded until {after_s:.1f} s{lost}"


def _chunk(data: bytes, reading: _Reading, wanted: frozenset[str] | None, counts: Counter[str]) -> list[Event]:
    read, found = messages(data, reading.channels), list[Event]()
    reading.first_ns = read[0][1] if read else None
    reading.last_ns = read[-1][1] if read else reading.last_ns
    counts.update(topic for topic, _, _ in read)
    for topic, _, content in read:
        if wanted is None or topic in wanted:
            _read(topic, content, reading, found)
    return found


def _read(topic: str, data: bytes, reading: _Reading, found: list[Event]) -> None:
    """Take one message; signals complete a frame."""
    match topic:
        case topics.SIGNALS.name:
            signals, said = codec.read_signals(data), reading.estimates
            t_s = signals.t_s
            state = _STATE(t_s, signals, reading.speed, said.fatigue, said.stress, said.distraction, said.expression)
            found.append(RecordedFrame(t_s, state, reading.observation, reading.jpeg))
            reading.observation = reading.jpeg = None
        case topics.ESTIMATES.name:
            if reading.is_news(topic, data):
                reading.estimates = codec.read_estimates(data)
        case topics.VEHICLE.name:
            if reading.is_news(topic, data):
                reading.speed = codec.read_speed(data)
        case topics.LANDMARKS.name:
            reading.observation = codec.read_landmarks(data)
        case topics.VIDEO.name:
            reading.jpeg = codec.read_jpeg(data)
        case _:
            found.append(_line(topic, data))


def _line(topic: str, data: bytes) -> Event:
    record = codec.from_json(data)
    t_s = float(record["t_s"])
    match topic:
        case topics.ALERTS.name:
            outputs = tuple(record.pop("outputs"))
            return RecordedAlert(replace(Alert.from_json(record), outputs=outputs))
        case topics.CONTROL.name:
            return Control(t_s, record["control"], record.get("config", ""), record.get("text", ""))
        case topics.HEALTH.name:
            return Health(t_s, record)
        case topics.STATE.name:
            return StateLine(t_s, record)
    raise ValueError(f"a topic of an unknown kind: {topic}")
