"""Keeps a drive while it happens: the loop hands over moments, a thread writes them."""

import contextlib
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Any, Final

from driver_monitor.closing import Closing
from driver_monitor.config.config import Config
from driver_monitor.counted import counted
from driver_monitor.lines import Lines
from driver_monitor.monitor import Moment
from driver_monitor.native_path import file_path
from driver_monitor.output import MadeFolder
from driver_monitor.recording.clock import STEP_S, Stamp, stamp
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.folder import DriveLock, next_place, segments
from driver_monitor.recording.header import DriveHeader, new_header, without_password
from driver_monitor.recording.mcap import topics
from driver_monitor.recording.mcap.codec import (
    estimates_bytes,
    landmarks_bytes,
    signals_bytes,
    speed_bytes,
    to_json,
    video_bytes,
)  # fmt: skip
from driver_monitor.recording.mcap.segment import Segment, segment_name, to_ns
from driver_monitor.recording.mcap.topics import Topic
from driver_monitor.recording.retention import Retention
from driver_monitor.signals.normal import Normal
from driver_monitor.state.alert import News, json_line
from driver_monitor.state.recording_level import LEVELS

logger = logging.getLogger(__name__)

QUEUE_FRAMES: Final = 600  # 20 s at 30 Hz: as long as a card may be busy with itself
ROOM_EVERY_S: Final = 30.0  # how often retention and free room are looked at
HEALTH_EVERY_S: Final = 1.0
CLOSE_S: Final = 10.0  # how long the end of a run waits for the disk


@dataclass(slots=True)
class _Entry:
    """What one frame, or one control, adds to the drive. ``changes`` are written only where they are news."""

    t_s: float
    changes: list[tuple[Topic, bytes]] = field(default_factory=list)
    messages: list[tuple[Topic, bytes]] = field(default_factory=list)
    alerted: bool = False


class Recorder(Closing):
    """One drive, from the first moment to :meth:`close`. Nothing here can hold up or end the run: a disk that is slow
    costs frames (counted), a disk that is full or gone pauses the recording until there is room again (said once).

    Raises RecordingError where the folder cannot be made or written to at the start.
    """

    def __init__(
        self,
        config: Config,
        *,
        normal: Normal | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        stamped: Callable[[], Stamp] | None = None,
        live: bool = True,
        report: Callable[[str], None] = logger.warning,
    ) -> None:
        """``normal`` is what was known of the driver at the start; ``clock`` is the wall clock, now at media time 0;
        ``stamped`` says what of it can be vouched for. A drive that is not ``live`` (a simulated one) waits for the
        disk instead of losing frames."""
        self._config = config.recording
        self._folder = file_path(self._config.dir)
        camera = without_password(config.camera.source)
        self.header: Final[DriveHeader] = new_header(
            config,
            camera=camera,
            now=clock(),
            normal=normal if self._keeps("landmarks") else None,
            place_in_order=next_place(self._folder),
        )
        self.drive: Final = self._folder / self.header.drive_id
        self.unrecorded = 0
        self._live = live
        self._clock = clock
        self._stamped = stamped or (lambda: stamp(clock))
        self._steps: list[tuple[float, float]] = []
        self._ticked: tuple[datetime, float] | None = None  # wall clock and media time when they were last compared
        self._vouched = False  # what the last file says of the clock
        self._renew = False  # the next file is to say it
        self._report = report
        self._lines = Lines()
        self._start_ns = to_ns(self.header.started_at)
        self._queue: SimpleQueue[tuple[float, Any] | None] = SimpleQueue()
        self._frames = self._dropped = self._bad = self._paused_frames = 0
        self._health_s = -math.inf
        self._segment: Segment | None = None
        self._segment_began_s = self._chunk_began_s = 0.0
        self._number = 0
        self._paused_until: float | None = None  # on this process's clock
        self._failure = ""
        self._ring: deque[_Entry] = deque()
        self._clip_until_s = -math.inf
        self._retention = Retention(self._folder, self._config, self._stamped)
        made: MadeFolder | None = None
        try:
            made = self._made = MadeFolder(self._folder, mode=0o700)
            self.drive.mkdir(mode=0o700)
            self._lock = DriveLock(self.drive)
        except OSError as error:
            if made is not None:
                self._clear(made)
            raise RecordingError(
                f"cannot record into {self._folder} ({error.strerror or error}); choose another folder with "
                "'run --record DIR' or recording.dir"
            ) from None
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def add(self, moment: Moment, *, restarts: int = 0) -> None:
        """One frame; returns at once. ``restarts`` counts those of the vision worker so far."""
        if not self._thread.is_alive():
            return
        if self.waiting > QUEUE_FRAMES:
            if self._live and not moment.alerts:
                self.unrecorded += 1
                return
            while not self._live and self.waiting > QUEUE_FRAMES:
                time.sleep(0.001)
        self._queue.put((moment.state.t_s, (moment, restarts, self._clock())))

    @property
    def waiting(self) -> int:
        """Frames that have been handed over and not yet been taken up."""
        return self._queue.qsize()

    def control(self, t_s: float, control: str, config_text: str = "", *, text: str = "") -> None:
        """``acknowledge`` (the button) or ``reload`` (with the config from now on), before the frame of ``t_s``;
        ``fault``: the run has ended by one, which ``text`` names."""
        record = {"t_s": t_s, "control": control} | ({"text": text} if text else {})
        self._queue.put((t_s, record | ({"config": config_text} if config_text else {})))

    def close(self) -> None:
        """Write what is waiting and finish the drive; safe to call twice."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join(CLOSE_S if self._live else None)
            if self._thread.is_alive():
                self._report(f"the disk of {self._folder} does not answer: the end of {self.drive} may be missing")
        if self.unrecorded:
            lost = counted(self.unrecorded, "frame was", "frames were")
            self._report(f"{lost} not recorded: the disk of {self._folder} is too slow")
            self.unrecorded = 0

    # --- the thread -------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._write()
        except Exception:
            # A defect of ours; the driver is still to be watched.
            logger.exception("recording into %s has ended; the run goes on without it", self.drive)
            self._lock.close()

    def _write(self) -> None:
        synced = roomed = time.monotonic()
        if not self._room():
            self._pause("there is not enough room on the disk (recording.min_free_mb)")
        going = True
        while going:
            try:
                item = self._queue.get(timeout=self._config.sync_s)
            except Empty:
                item = ()  # type: ignore[assignment]
            now = time.monotonic()
            try:
                if item is None:
                    going = False
                elif item:
                    self._take(*item)
                if self._segment is not None and now - synced >= self._config.sync_s:
                    synced = now
                    self._segment.sync()
            except OSError as error:
                self._pause(error.strerror or str(error))
            if now - roomed >= ROOM_EVERY_S:
                roomed = now
                if self._segment is not None and not self._room():
                    self._pause("there is not enough room on the disk (recording.min_free_mb)")
        self._finish()

    def _take(self, t_s: float, what: Any) -> None:
        entry = self._control(t_s, what) if isinstance(what, dict) else self._frame(*what)
        if self._paused_until is not None and not self._resumed():
            self._paused_frames += 1
            return
        if not self._config.clip_s:
            self._put(entry)
            return
        self._ring.append(entry)
        if entry.alerted:
            self._clip_until_s = t_s + self._config.clip_s
        if t_s <= self._clip_until_s:
            while self._ring:
                self._put(self._ring.popleft())
            return
        if self._segment is not None:  # the clip is over
            self._end_segment()
        while self._ring and self._ring[0].t_s < t_s - self._config.clip_s:
            self._ring.popleft()

    def _put(self, entry: _Entry) -> None:
        full_s = self._config.segment_min * 60 if self._config.clip_s == 0 else math.inf
        if self._segment is not None and (entry.t_s - self._segment_began_s >= full_s or self._renew):
            self._end_segment()
        if self._segment is None:
            began = self._stamped()
            file = self.drive / segment_name(self._number)
            self._segment = Segment(file, self.header, self._number, began=began, steps=self._steps)
            self._vouched, self._renew = began.vouched, False
            self._segment_began_s = self._chunk_began_s = entry.t_s
            self._number += 1
        elif self._segment.full or entry.t_s - self._chunk_began_s >= self._config.sync_s:
            self._chunk_began_s = entry.t_s
            self._segment.end_chunk()
        for topic, data in entry.changes:
            self._segment.add_change(topic, entry.t_s, data)
        for topic, data in entry.messages:
            self._segment.add(topic, entry.t_s, data)

    def _frame(self, moment: Moment, restarts: int, wall: datetime) -> _Entry:
        state = moment.state
        t_s = state.t_s
        entry = _Entry(t_s, alerted=any(alert.news is not News.ENDED for alert in moment.alerts))
        entry.changes.append((topics.VEHICLE, speed_bytes(state.speed)))
        frame, observation = moment.frame, moment.observation
        if self._keeps("video") and frame is not None and frame.image is not None:
            at_ns = self._start_ns + round(t_s * 1e9)
            entry.messages.append((topics.VIDEO, video_bytes(frame.image, at_ns, self._config.jpeg_quality)))
        if self._keeps("landmarks") and observation is not None:
            entry.messages.append((topics.LANDMARKS, landmarks_bytes(observation)))
        if self._keeps("signals"):
            entry.changes.append((topics.ESTIMATES, estimates_bytes(state)))
            entry.messages.append((topics.SIGNALS, signals_bytes(state.signals)))
        for alert in moment.alerts:
            record = alert.to_json() | {"outputs": list(alert.outputs)}
            entry.messages.append((topics.ALERTS, json_line(record).encode()))
        for record in self._lines.of(moment):
            if record["type"] == "state":
                entry.messages.append((topics.STATE, json_line(record).encode()))
        self._frames += 1
        if frame is not None:
            self._dropped += frame.dropped
            self._bad += frame.bad
        if t_s >= self._health_s:
            self._health_s = math.floor(t_s / HEALTH_EVERY_S + 1e-9) * HEALTH_EVERY_S + HEALTH_EVERY_S
            self._tick(t_s, wall)
            entry.messages.append((topics.HEALTH, to_json(self._health(moment, restarts, wall))))
        return entry

    def _tick(self, t_s: float, wall: datetime) -> None:
        """Media time does not follow a wall clock that is set; a file that begins then notes the step. A clip is one
        file, whatever happens in it."""
        before, self._ticked = self._ticked, (wall, t_s)
        if before is not None:
            step_s = (wall - before[0]).total_seconds() - (t_s - before[1])
            if abs(step_s) > STEP_S:
                self._steps.append((round(t_s, 3), round(step_s, 3)))
                self._renew = self._config.clip_s == 0
        if not self._vouched and self._segment is not None and self._stamped().vouched:
            self._renew = self._config.clip_s == 0

    def _health(self, moment: Moment, restarts: int, wall: datetime) -> dict[str, Any]:
        return {
            "t_s": moment.state.t_s,
            "clock": wall.isoformat(timespec="milliseconds"),
            "frames": self._frames,
            "dropped_frames": self._dropped,
            "bad_frames": self._bad,
            "unrecorded_frames": self.unrecorded + self._paused_frames,
            "tracker_restarts": restarts,
            "degraded": moment.state.signals.degraded,
        }

    def _control(self, t_s: float, record: dict[str, Any]) -> _Entry:
        return _Entry(t_s, messages=[(topics.CONTROL, to_json(record))], alerted=record["control"] == "fault")

    def _keeps(self, level: str) -> bool:
        return LEVELS.index(self._config.level) >= LEVELS.index(level)

    def _end_segment(self) -> None:
        segment, self._segment = self._segment, None
        if segment is not None:
            segment.close()

    def _finish(self) -> None:
        try:
            self._end_segment()
        except OSError as error:
            self._report(f"the end of {self.drive} could not be written ({error.strerror or error})")
        self._lock.close()
        if segments(self.drive):
            return
        if self._number:
            self._report(f"what was recorded into {self.drive} has been removed meanwhile; nothing is left of it")
        self._clear(self._made)

    def _clear(self, made: MadeFolder) -> None:
        """Leave no folder behind that was made for nothing."""
        with contextlib.suppress(OSError):  # it is gone, or something else is in it
            self.drive.rmdir()
        made.close()

    def _room(self) -> bool:
        try:
            return self._retention.make_room(report=self._report, free_mb=self._config.min_free_mb)
        except OSError as error:
            logger.info("the disk of %s cannot be looked at: %s", self._folder, error)
            return True

    def _pause(self, why: str) -> None:
        if self._segment is not None:
            self._segment.abandon()
            self._segment = None
        if why != self._failure:
            self._report(f"recording into {self.drive} pauses: {why}; the run goes on, and so does the recording later")
        self._failure = why
        self._paused_until = time.monotonic() + ROOM_EVERY_S

    def _resumed(self) -> bool:
        if self._paused_until is None or time.monotonic() < self._paused_until:
            return False
        if not self._room():
            self._paused_until = time.monotonic() + ROOM_EVERY_S
            return False
        self._paused_until = None
        self._report(f"recording into {self.drive} goes on")
        return True
