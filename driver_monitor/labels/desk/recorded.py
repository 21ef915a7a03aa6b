"""A recorded drive made ready for the desk: its course, and its pictures by their time."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from mcap.exceptions import McapError
from mcap.reader import make_reader

from driver_monitor.labels.desk.course import Course
from driver_monitor.labels.desk.pictures import Picture, Pictures, Reel
from driver_monitor.recording import topics
from driver_monitor.recording.codec import read_jpeg
from driver_monitor.recording.drive import (
    STATES,
    RecordedAlert,
    RecordedDrive,
    RecordedFrame,
    SegmentStart,
    StateLine,
)  # fmt: skip
from driver_monitor.recording.segment import to_ns

_WANTED: Final = STATES | {topics.ALERTS.name, topics.STATE.name}
_BEFORE_S: Final = 2.0  # a picture may be this old and still be what was seen


def course_of(
    drive: RecordedDrive, progress: Callable[[float, float | None], None] = lambda *_: None
) -> tuple[Course, Pictures | None]:
    """Reads the drive once. Pictures are None for a drive that keeps none."""
    course, files = Course(drive.header.drive_id), list[tuple[Path, float]]()
    file: Path | None = None
    for event in drive.events(_WANTED):
        match event:
            case SegmentStart():
                file = event.path
                continue
            case RecordedFrame():
                course.add(event.state)
                progress(event.t_s, drive.duration_s)
            case RecordedAlert():
                course.add_alert(event.alert)
            case StateLine():
                course.reach(event.t_s)
        if file is not None:
            files.append((file, course.last_s))
            file = None
    course.end()
    if drive.header.level != "video" or not files:
        return course, None
    return course, Pictures([Reel(start_s, partial(_pictures, drive, path)) for path, start_s in files])


def _pictures(drive: RecordedDrive, file: Path, t_s: float) -> Iterator[Picture]:
    """From ``t_s`` on by the file's index, from its beginning where it was cut off before it had one."""
    start_ns = to_ns(drive.header.started_at)
    with file.open("rb") as stream:
        try:
            reader = make_reader(stream)
            if reader.get_summary() is not None:
                first_ns = start_ns + round((t_s - _BEFORE_S) * 1e9)
                for _, _, message in reader.iter_messages([topics.VIDEO.name], max(first_ns, 0)):
                    yield Picture((message.log_time - start_ns) / 1e9, read_jpeg(message.data))
                return
        except (McapError, OSError, ValueError):
            pass  # the rest of the file is told in the drive's problems
    for event in RecordedDrive(drive.path, [file]).events(STATES | {topics.VIDEO.name}):
        if isinstance(event, RecordedFrame) and event.jpeg is not None:
            yield Picture(event.t_s, event.jpeg)
