"""A drive in MCAP files: everything of it that can be read, and a sentence for everything that cannot."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from mcap.exceptions import McapError
from mcap.reader import make_reader

from driver_monitor.face.observation import FaceObservation
from driver_monitor.frozen import maker
from driver_monitor.recording.drive import Drive
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.event import (
    Content,
    Control,
    Event,
    Health,
    RecordedAlert,
    RecordedFrame,
    SegmentStart,
    StateLine,
)
from driver_monitor.recording.folder import SUFFIX, being_recorded, drives, segments
from driver_monitor.recording.header import DriveHeader
from driver_monitor.recording.mcap import codec, topics
from driver_monitor.recording.mcap.description import SegmentHeader, UndescribedError, read_description
from driver_monitor.recording.mcap.scan import (
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
from driver_monitor.recording.mcap.segment import to_ns
from driver_monitor.state.alert import Alert
from driver_monitor.state.channels import ChannelSignals
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.senses import NO_SENSES, Senses
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.vehicle import VehicleInputs

_NO_SPEED: Final = Speed(None, SpeedKnowledge.UNKNOWN)
_NO_ESTIMATES: Final = codec.Estimates()
_STATE: Final = maker(DriverState)
_BEFORE_S: Final = 2.0  # JUDGEMENT: a frame may be this old and still be what was seen
_TOPICS: Final = {
    Content.STATES: (topics.SIGNALS, topics.ESTIMATES, topics.CHANNELS, topics.VEHICLE),
    Content.LANDMARKS: (topics.LANDMARKS, topics.SENSES),
    Content.VIDEO: (topics.VIDEO, topics.SENSES),
    Content.ALERTS: (topics.ALERTS,),
    Content.CONTROLS: (topics.CONTROL,),
    Content.STATE_LINES: (topics.STATE,),
    Content.HEALTH: (topics.HEALTH,),
}


@dataclass(slots=True)
class _Reading:
    """Where the reading of one segment stands."""

    start_ns: int
    channels: dict[int, str]
    speed: Speed = _NO_SPEED
    vehicle: VehicleInputs | None = None
    estimates: codec.Estimates = _NO_ESTIMATES
    channel_signals: ChannelSignals | None = None
    senses: Senses = NO_SENSES
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
        """What comes next does not go on from what was read: every chunk begins with all that did not change in it."""
        self.speed, self.vehicle = _NO_SPEED, None
        self.estimates, self.channel_signals, self.senses = _NO_ESTIMATES, None, NO_SENSES
        self.observation = self.jpeg = None
        self.last_said.clear()

    def is_news(self, topic: str, data: bytes) -> bool:
        if self.last_said.get(topic) == data:
            return False
        self.last_said[topic] = data
        return True


class McapDrive(Drive):
    """A folder of segments, or one segment by itself."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _files(path))

    def jpegs(self, file: Path, since_s: float) -> Iterator[tuple[float, bytes]]:
        """By the file's index; from its beginning where it was cut off before it had one."""
        start_ns = to_ns(self.header.started_at)
        with file.open("rb") as stream:
            try:
                reader = make_reader(stream)
                if reader.get_summary() is not None:
                    first_ns = start_ns + round((since_s - _BEFORE_S) * 1e9)
                    for _, _, message in reader.iter_messages([topics.VIDEO.name], max(first_ns, 0)):
                        yield (message.log_time - start_ns) / 1e9, codec.read_jpeg(message.data)
                    return
            except (McapError, OSError, ValueError):
                pass  # the rest of the file is told in the drive's problems
        for frame in McapDrive(file).frames(Content.VIDEO):
            if frame.jpeg is not None:
                yield frame.t_s, frame.jpeg

    def _duration_s(self) -> float | None:
        try:
            with self.files[-1].open("rb") as stream:
                summary = make_reader(stream).get_summary()
        except (OSError, *BROKEN):
            return None
        if summary is None or summary.statistics is None or not summary.statistics.message_count:
            return None
        return (summary.statistics.message_end_time - to_ns(self.header.started_at)) / 1e9

    def _events(self, wanted: frozenset[Content]) -> Iterator[Event]:
        names = frozenset(topic.name for each in wanted for topic in _TOPICS[each])
        for file in self.files:
            yield from self._segment(file, names)

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

    def _segment(self, file: Path, wanted: frozenset[str]) -> Iterator[Event]:
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


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = segments(path)
    if not files:
        inside = drives(path)
        more = f"; it holds {len(inside)} drives, name one or several of them" if inside else ""
        raise RecordingError(f"{path} is not a recorded drive: there is no {SUFFIX} file in it{more}")
    return files


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


def _chunk(data: bytes, reading: _Reading, wanted: frozenset[str], counts: Counter[str]) -> list[Event]:
    read, found = messages(data, reading.channels), list[Event]()
    reading.first_ns = read[0][1] if read else None
    reading.last_ns = read[-1][1] if read else reading.last_ns
    counts.update(topic for topic, _, _ in read)
    for topic, _, content in read:
        if topic in wanted:
            _read(topic, content, reading, found)
    return found


def _read(topic: str, data: bytes, reading: _Reading, found: list[Event]) -> None:
    """Take one message; signals complete a frame."""
    match topic:
        case topics.SIGNALS.name:
            signals, said = codec.read_signals(data), reading.estimates
            t_s = signals.t_s
            state = _STATE(
                t_s, signals, reading.speed, said.fatigue, said.stress, said.distraction, said.expression,
                reading.channel_signals, reading.vehicle,
            )  # fmt: skip
            found.append(RecordedFrame(t_s, state, reading.observation, reading.jpeg, reading.senses))
            reading.observation = reading.jpeg = None
        case topics.ESTIMATES.name:
            if reading.is_news(topic, data):
                reading.estimates = codec.read_estimates(data)
        case topics.CHANNELS.name:
            if reading.is_news(topic, data):
                reading.channel_signals = codec.read_channels(data)
        case topics.SENSES.name:
            if reading.is_news(topic, data):
                reading.senses = codec.read_senses(data)
        case topics.VEHICLE.name:
            if reading.is_news(topic, data):
                reading.speed, reading.vehicle = codec.read_vehicle(data)
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
    return StateLine(t_s, record)
