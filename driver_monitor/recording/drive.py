"""Reading a recorded drive: everything of it that can be read, and a sentence for everything that cannot."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import msgspec
import zstandard
from mcap.data_stream import ReadDataStream
from mcap.exceptions import InvalidMagic, McapError
from mcap.opcode import Opcode
from mcap.reader import make_reader
from mcap.records import Channel, Chunk, Metadata
from mcap.stream_reader import StreamReader

from driver_monitor.classifiers.state import DriverState
from driver_monitor.config.config import Config
from driver_monitor.config.errors import ConfigError
from driver_monitor.config.loader import load_text
from driver_monitor.face.observation import FaceObservation
from driver_monitor.fleet.folder import SUFFIX as PARQUET
from driver_monitor.fleet.folder import find_parquet
from driver_monitor.recording import codec, topics
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.folder import being_recorded, drives, segments
from driver_monitor.recording.header import FORMAT, RECORD, DriveHeader
from driver_monitor.recording.segment import SUFFIX, to_ns
from driver_monitor.rules.alert import Alert
from driver_monitor.vehicle.speed import Speed, SpeedKnowledge

_NO_SPEED: Final = Speed(None, SpeedKnowledge.UNKNOWN)
_NO_ESTIMATES: Final = codec.Estimates()
_ALERTS: Final = frozenset({topics.ALERTS.name})
LARGEST_RECORD: Final = 64 * 1024 * 1024  # a chunk holds 64 KiB, or one picture
# All that broken bytes can make the readers raise; a defect of ours raises something else.
BROKEN: Final = (
    McapError, msgspec.MsgspecError, struct.error, zstandard.ZstdError, ValueError, KeyError, IndexError, TypeError,
    MemoryError, OverflowError,
)  # fmt: skip


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


# What the states of a drive are made of.
STATES: Final = frozenset({topics.SIGNALS.name, topics.ESTIMATES.name, topics.VEHICLE.name})
Event = RecordedFrame | RecordedAlert | Control | StateLine | Health | SegmentStart


@dataclass(slots=True)
class _Reading:
    """Where the reading of one segment stands."""

    channels: dict[int, str] = field(default_factory=dict)
    speed: Speed = _NO_SPEED
    estimates: codec.Estimates = _NO_ESTIMATES
    observation: FaceObservation | None = None
    jpeg: bytes | None = None
    last_s: float | None = None


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
        """Of the first segment that has one."""
        for file in self.files:
            try:
                return read_header(file)[0]
            except RecordingError as error:
                self.problems.append(str(error))
        raise RecordingError("; ".join(self.problems))

    def _segment(self, file: Path, wanted: frozenset[str] | None) -> Iterator[Event]:
        try:
            header, number = read_header(file)
        except RecordingError as error:
            self.problems.append(str(error))
            return
        if header.drive_id != self.header.drive_id:
            self.problems.append(f"{file} is of another drive ({header.drive_id}) and was left out")
            return
        yield SegmentStart(file, number)
        reading, damaged = _Reading(), ""
        with file.open("rb") as stream:
            records = StreamReader(stream, emit_chunks=True, record_size_limit=LARGEST_RECORD).records
            while True:
                try:
                    record = next(records, None)
                except BROKEN:  # the end of the file, or no record where one should be
                    self.notes.append(_cut(file, reading.last_s))
                    return
                if damaged:  # there is more behind it
                    self.problems.append(damaged)
                    damaged = ""
                if record is None:
                    return
                if isinstance(record, Chunk):
                    try:
                        found = _chunk(record, reading, wanted, self.messages)
                    except BROKEN:
                        damaged = f"{file}: a damaged piece after {_at(reading.last_s)} was left out"
                        reading.observation = reading.jpeg = None
                        continue
                    yield from found


@lru_cache(maxsize=32)
def _config(text: str) -> Config:
    """Drives of one car share theirs, and reading it takes as long as minutes of signals."""
    return load_text(text, "config of the drive").config


def open_drive(path: Path) -> RecordedDrive:
    """A drive's folder, one of its segments by itself, or its signals in a fleet folder (Parquet).

    Raises RecordingError where there is none to be read.
    """
    if path.suffix == PARQUET:
        from driver_monitor.fleet.drive import FleetDrive  # noqa: PLC0415  (pyarrow, for whoever has such a folder)

        return FleetDrive(path)
    if path.is_dir():
        files = segments(path)
        if not files:
            inside = drives(path)
            more = f"; it holds {len(inside)} drives, name one or several of them" if inside else ""
            raise RecordingError(f"{path} is no recorded drive: there is no {SUFFIX} file in it{more}")
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
    return sorted(found, key=lambda drive: (drive.name, str(drive))) or find_parquet(path)


def is_drive(path: Path) -> bool:
    """Whether ``path`` looks like a recorded drive or a folder of them; what is in it may still be broken."""
    return path.suffix in (SUFFIX, PARQUET) or (path.is_dir() and bool(find_drives(path)))


def read_header(file: Path) -> tuple[DriveHeader, int]:
    """What a segment says of its drive, and its number. Raises RecordingError with what the file is instead."""
    try:
        with file.open("rb") as stream:
            for record in StreamReader(stream, emit_chunks=True, record_size_limit=LARGEST_RECORD).records:
                if isinstance(record, Metadata) and record.name == RECORD:
                    return _understood(file, record.metadata)
                if isinstance(record, Chunk):
                    break
    except OSError as error:
        raise RecordingError(f"{file} cannot be read ({error.strerror or error})") from None
    except InvalidMagic:
        raise RecordingError(f"{file} is no MCAP file, so it is no recorded drive") from None
    except BROKEN:
        size = file.stat().st_size
        what = "is empty" if size == 0 else f"was cut off within its first {size} bytes"
        raise RecordingError(f"{file} {what}: nothing of it can be read; 'driver-monitor erase' removes it") from None
    raise RecordingError(f"{file} is an MCAP file of another program: it has no record named '{RECORD}'")


def _understood(file: Path, metadata: dict[str, str]) -> tuple[DriveHeader, int]:
    try:
        version = int(metadata["format"])
        if version > FORMAT:
            raise RecordingError(
                f"{file} was recorded by a newer version ({metadata.get('software', 'unknown')}, format {version}; "
                f"this one reads up to {FORMAT}): update driver-monitor"
            )
        return DriveHeader.from_metadata(metadata), int(metadata["segment"])
    except (KeyError, ValueError) as error:
        raise RecordingError(f"{file}: its description of the drive is incomplete or wrong ({error})") from None


def _cut(file: Path, last_s: float | None) -> str:
    if being_recorded(file.parent):
        return f"{file} is being recorded right now; read up to {_at(last_s)}"
    return f"{file} was cut off (a power cut, a full disk, a killed run): read up to {_at(last_s)}"


def _at(last_s: float | None) -> str:
    return "its beginning" if last_s is None else f"{last_s:.1f} s"


# A record is an opcode and a length; a message begins with its channel, number and two times (MCAP specification).
# The library's own way takes one apart field by field, eight times as long.
_RECORD: Final = struct.Struct("<BQ")
_CHANNEL: Final = struct.Struct("<H")
_MESSAGE_HEAD: Final = 2 + 4 + 8 + 8


def _chunk(chunk: Chunk, reading: _Reading, wanted: frozenset[str] | None, messages: Counter[str]) -> list[Event]:
    found: list[Event] = []
    data = zstandard.decompress(chunk.data, chunk.uncompressed_size) if chunk.compression == "zstd" else chunk.data
    if chunk.uncompressed_crc and zlib.crc32(data) != chunk.uncompressed_crc:
        raise ValueError("the checksum of a chunk is wrong")
    at = 0
    while at < len(data):
        opcode, length = _RECORD.unpack_from(data, at)
        at += _RECORD.size
        if opcode == Opcode.MESSAGE:
            topic = reading.channels[_CHANNEL.unpack_from(data, at)[0]]
            messages[topic] += 1
            if wanted is None or topic in wanted:
                _read(topic, data[at + _MESSAGE_HEAD : at + length], reading, found)
        elif opcode == Opcode.CHANNEL:
            channel = Channel.read(ReadDataStream(BytesIO(data[at : at + length])))
            reading.channels[channel.id] = channel.topic
        at += length
    return found


def _read(topic: str, data: bytes, reading: _Reading, found: list[Event]) -> None:
    """Take one message; signals complete a frame."""
    match topic:
        case topics.SIGNALS.name:
            signals = codec.read_signals(data)
            said = reading.estimates
            state = DriverState(
                signals.t_s, signals, reading.speed, said.fatigue, said.stress, said.distraction, said.expression
            )
            found.append(RecordedFrame(signals.t_s, state, reading.observation, reading.jpeg))
            reading.last_s, reading.observation, reading.jpeg = signals.t_s, None, None
        case topics.ESTIMATES.name:
            reading.estimates = codec.read_estimates(data)
        case topics.VEHICLE.name:
            reading.speed = codec.read_speed(data)
        case topics.LANDMARKS.name:
            reading.observation = codec.read_landmarks(data)
        case topics.VIDEO.name:
            reading.jpeg = codec.read_jpeg(data)
        case _:
            found.append(_line(topic, data, reading))


def _line(topic: str, data: bytes, reading: _Reading) -> Event:
    record = codec.from_json(data)
    t_s = reading.last_s = float(record["t_s"])
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
