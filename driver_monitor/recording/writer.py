"""The files of a drive, made of what is handed over and of nothing else: no thread, and no clock but theirs."""

import math
from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from driver_monitor.config.recording import RecordingConfig
from driver_monitor.lines import Lines
from driver_monitor.monitor import Moment
from driver_monitor.recording.clock import STEP_S, Stamp
from driver_monitor.recording.entry import Entry, Given, of_control, of_frame
from driver_monitor.recording.header import DriveHeader
from driver_monitor.recording.marks import Marks
from driver_monitor.recording.mcap import topics
from driver_monitor.recording.mcap.codec import to_json
from driver_monitor.recording.mcap.segment import Segment, segment_name, to_ns
from driver_monitor.state.request import Ask

HEALTH_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Counts:
    """Of the drive so far; ``paused`` are the frames that came while nothing could be written."""

    frames: int = 0
    dropped: int = 0
    bad: int = 0
    paused: int = 0

    def with_frame(self, moment: Moment) -> "_Counts":
        frame = moment.frame
        if frame is None:
            return replace(self, frames=self.frames + 1)
        return replace(self, frames=self.frames + 1, dropped=self.dropped + frame.dropped, bad=self.bad + frame.bad)


@dataclass(frozen=True, slots=True)
class _Clock:
    """When wall clock and media time were last compared, and by how much the former had been set until then."""

    wall_s: float | None = None
    t_s: float = -math.inf
    due_s: float = -math.inf  # media time of the next comparison
    steps: tuple[tuple[float, float], ...] = ()  # media time, by how much, s

    def compared(self, t_s: float, wall_s: float) -> "_Clock":
        due_s = math.floor(t_s / HEALTH_EVERY_S + 1e-9) * HEALTH_EVERY_S + HEALTH_EVERY_S
        steps = self.steps
        if self.wall_s is not None:
            step_s = (wall_s - self.wall_s) - (t_s - self.t_s)
            if abs(step_s) > STEP_S:
                steps = (*steps, (round(t_s, 3), round(step_s, 3)))
        return _Clock(wall_s, t_s, due_s, steps)


@dataclass(frozen=True, slots=True)
class _File:
    """The file that is being written, with the media times at which it and its last chunk began.

    ``vouched`` is what it says of the wall clock. One that is ``stale`` says what no longer holds, and ends before the
    next frame.
    """

    segment: Segment
    began_s: float
    chunk_s: float
    vouched: bool
    stale: bool = False


class DriveWriter:
    """Takes the frames and controls of one drive in their order. The same calls make the same files, to the byte.

    An OSError of the disk is the caller's to handle: by :meth:`abandon`, and by going on when it likes.
    """

    def __init__(self, drive: Path, header: DriveHeader, config: RecordingConfig) -> None:
        """``drive`` is the folder, which is there."""
        self.drive: Final = drive
        self.files = 0  # begun so far
        self._header = header
        self._config = config
        self._start_ns = to_ns(header.started_at)
        self._lines = Lines()
        self._counts = _Counts()
        self._clock = _Clock()
        self._told = b""  # the last word on the drive's health
        self._last: Given | None = None  # the last frame
        self._file: _File | None = None
        self._ring: deque[Entry] = deque()  # of clips: what came before an alert
        self._clip_until_s = -math.inf
        self._marks = Marks(drive, header)

    @property
    def writing(self) -> bool:
        """Whether a file is open."""
        return self._file is not None

    def take(self, given: Given, *, paused: bool = False) -> None:
        """One frame or control; while ``paused`` it is counted and not written. Raises OSError."""
        what = given.what
        entry = self._frame(given, what) if isinstance(what, Moment) else of_control(given.t_s, what)
        if paused:
            self._counts = replace(self._counts, paused=self._counts.paused + 1)
            return
        if self._config.clip_s:
            self._clip(entry, given.at)
        else:
            self._put(entry, given.at)
        self._marks.take(entry, given.at)
        if isinstance(what, dict) and what["control"] == Ask.WRONG:
            self._marks.mark(what["alert_s"], given.t_s)

    def sync(self) -> None:
        """Put what there is on the disk. Raises OSError."""
        if self._file is not None:
            self._file.segment.sync()

    def abandon(self) -> None:
        """Leave the open file as it is, up to its last whole record."""
        file, self._file = self._file, None
        if file is not None:
            file.segment.abandon()
        self._marks.abandon()

    def close(self, unrecorded: int = 0) -> None:
        """Finish the drive; safe to call twice. ``unrecorded`` as in :class:`Given`, in the end. Raises OSError."""
        last, self._last = self._last, None
        if last is not None and isinstance(last.what, Moment) and self._file is not None:
            health = self._health(replace(last, unrecorded=max(last.unrecorded, unrecorded)), last.what)
            if health != self._told:  # what was counted since
                self._file.segment.add(topics.HEALTH, last.t_s, health)
        self._end()
        self._marks.close()

    def _end(self) -> None:
        if self._file is not None:
            self._file.segment.close()
            self._file = None

    def _frame(self, given: Given, moment: Moment) -> Entry:
        entry = of_frame(moment, self._config, self._lines, self._start_ns)
        self._counts, self._last = self._counts.with_frame(moment), given
        if given.t_s < self._clock.due_s:
            return entry
        before, self._clock = self._clock, self._clock.compared(given.t_s, given.at.wall_s)
        file = self._file
        # Media time does not follow a wall clock that is set; a file that begins then says so. A clip is one file,
        # whatever happens in it.
        if file is not None and not self._config.clip_s:
            learned = given.at.vouched and not file.vouched
            self._file = replace(file, stale=file.stale or learned or self._clock.steps != before.steps)
        self._told = self._health(given, moment)
        return replace(entry, messages=(*entry.messages, (topics.HEALTH, self._told)))

    def _health(self, given: Given, moment: Moment) -> bytes:
        counts = self._counts
        return to_json(
            {
                "t_s": given.t_s,
                "clock": datetime.fromtimestamp(given.at.wall_s, UTC).isoformat(timespec="milliseconds"),
                "frames": counts.frames,
                "dropped_frames": counts.dropped,
                "bad_frames": counts.bad,
                "unrecorded_frames": given.unrecorded + counts.paused,
                "tracker_restarts": given.restarts,
                "degraded": moment.state.signals.degraded,
            }
        )

    def _clip(self, entry: Entry, at: Stamp) -> None:
        """Keep what is near an alert: ``clip_s`` before it and after it."""
        ring, clip_s = self._ring, self._config.clip_s
        ring.append(entry)
        if entry.alerted:
            self._clip_until_s = entry.t_s + clip_s
        if entry.t_s <= self._clip_until_s:
            while ring:
                self._put(ring.popleft(), at)
            return
        self._end()
        while ring and ring[0].t_s < entry.t_s - clip_s:
            ring.popleft()

    def _put(self, entry: Entry, at: Stamp) -> None:
        file = self._file
        full_s = math.inf if self._config.clip_s else self._config.segment_min * 60
        if file is not None and (file.stale or entry.t_s - file.began_s >= full_s):
            self._end()
            file = None
        if file is None:
            file = self._begin(entry.t_s, at)
        elif file.segment.full or entry.t_s - file.chunk_s >= self._config.sync_s:
            file = replace(file, chunk_s=entry.t_s)
            file.segment.end_chunk()
        self._file = file
        for topic, data in entry.changes:
            file.segment.add_change(topic, entry.t_s, data)
        for topic, data in entry.messages:
            file.segment.add(topic, entry.t_s, data)

    def _begin(self, t_s: float, at: Stamp) -> _File:
        path = self.drive / segment_name(self.files)
        segment = Segment(path, self._header, self.files, began=at, steps=self._clock.steps)
        self.files += 1
        return _File(segment, t_s, t_s, at.vouched)
