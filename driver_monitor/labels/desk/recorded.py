"""A recorded drive made ready for the desk: its course, and its pictures by their time."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from driver_monitor.labels.desk.course import Course
from driver_monitor.labels.desk.pictures import Picture, Pictures, Reel
from driver_monitor.recording.drive import Drive
from driver_monitor.recording.event import Content, RecordedAlert, RecordedFrame, SegmentStart, StateLine

_WANTED: Final = (Content.STATES, Content.ALERTS, Content.STATE_LINES)


def course_of(
    drive: Drive, progress: Callable[[float, float | None], None] = lambda *_: None
) -> tuple[Course, Pictures | None]:
    """Reads the drive once. Pictures are None for a drive that keeps none."""
    course, files = Course(drive.header.drive_id), list[tuple[Path, float]]()
    file: Path | None = None
    for event in drive.events(*_WANTED):
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


def _pictures(drive: Drive, file: Path, t_s: float) -> Iterator[Picture]:
    return (Picture(at_s, jpeg) for at_s, jpeg in drive.jpegs(file, t_s))
