"""Keeps a drive while it happens: the loop hands over moments, a thread has them written."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Any, Final

from driver_monitor.closing import Closing
from driver_monitor.config.config import Config
from driver_monitor.counted import counted
from driver_monitor.monitor import Moment
from driver_monitor.native_path import file_path
from driver_monitor.output import MadeFolder
from driver_monitor.recording.clock import Stamp, stamp
from driver_monitor.recording.entry import Given, keeps
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.folder import DriveLock, next_place, segments
from driver_monitor.recording.header import DriveHeader, new_header, without_password
from driver_monitor.recording.retention import Retention
from driver_monitor.recording.writer import DriveWriter
from driver_monitor.signals.normal import Normal

logger = logging.getLogger(__name__)

QUEUE_FRAMES: Final = 600  # 20 s at 30 Hz: as long as a card may be busy with itself
ROOM_EVERY_S: Final = 30.0  # how often retention and free room are looked at
CLOSE_S: Final = 10.0  # how long the end of a run waits for the disk
NO_ROOM: Final = "there is not enough room on the disk (recording.min_free_mb)"


class Recorder(Closing):
    """One drive, from the first moment to :meth:`close`. Nothing here can hold up or end the run: a disk that is slow
    costs frames (counted), a disk that is full or gone pauses the recording until there is room again (said once).

    It is the thread and the clock around a :class:`DriveWriter`. Raises RecordingError where the folder cannot be made
    or written to at the start.
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
        self.header: Final[DriveHeader] = new_header(
            config,
            camera=without_password(config.camera.source),
            now=clock(),
            normal=normal if keeps(self._config, "landmarks") else None,
            place_in_order=next_place(self._folder),
        )
        self.drive: Final = self._folder / self.header.drive_id
        self.unrecorded = 0
        self._live = live
        self._stamped = stamped or (lambda: stamp(clock))
        self._report = report
        self._queue: SimpleQueue[Given | None] = SimpleQueue()
        self._paused_until_s: float | None = None  # on this process's clock
        self._paused_for = ""  # what has been said of it, until something is written again
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
        self._writer = DriveWriter(self.drive, self.header, self._config)
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
        self._queue.put(Given(moment.state.t_s, moment, self._stamped(), restarts, self.unrecorded))

    @property
    def paused_for(self) -> str:
        """Why nothing is written now, empty where all is; from any thread."""
        return self._paused_for

    @property
    def waiting(self) -> int:
        """Frames that have been handed over and not yet been taken up."""
        return self._queue.qsize()

    def control(self, t_s: float, control: str, config_text: str = "", *, text: str = "", **more: Any) -> None:
        """What is told in :class:`~driver_monitor.recording.event.Control`, before the frame of ``t_s``: ``reload``
        with the config from now on, ``wrong`` with the ``rule`` and ``alert_s`` of the alert, whose surroundings are
        kept (:mod:`driver_monitor.recording.marks`), ``fault`` with what ended the run as ``text``."""
        record = {"t_s": t_s, "control": control} | ({"text": text} if text else {}) | more
        self._queue.put(Given(t_s, record | ({"config": config_text} if config_text else {}), self._stamped()))

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
            self._give_up_for_now(NO_ROOM)
        for given in self._handed_over():
            now = time.monotonic()
            try:
                if given is not None:
                    may_write = self._may_write()
                    self._writer.take(given, paused=not may_write)
                    if may_write and self._paused_for:
                        self._paused_for = ""
                        self._report(f"recording into {self.drive} goes on")
                if self._writer.writing and now - synced >= self._config.sync_s:
                    synced = now
                    self._writer.sync()
            except OSError as error:
                self._give_up_for_now(error.strerror or str(error))
            if now - roomed >= ROOM_EVERY_S:
                roomed = now
                if self._writer.writing and not self._room():
                    self._give_up_for_now(NO_ROOM)
        self._finish()

    def _handed_over(self) -> Iterator[Given | None]:
        """What comes, until the end; None where nothing has come for a while."""
        while True:
            try:
                given = self._queue.get(timeout=self._config.sync_s)
            except Empty:
                yield None
                continue
            if given is None:
                return
            yield given

    def _finish(self) -> None:
        try:
            self._writer.close(self.unrecorded)
        except OSError as error:
            self._report(f"the end of {self.drive} could not be written ({error.strerror or error})")
        self._lock.close()
        if segments(self.drive):
            return
        if self._writer.files:
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

    def _give_up_for_now(self, why: str) -> None:
        self._writer.abandon()
        if why != self._paused_for:
            self._report(f"recording into {self.drive} pauses: {why}; the run goes on, and so does the recording later")
        self._paused_for = why
        self._paused_until_s = time.monotonic() + ROOM_EVERY_S

    def _may_write(self) -> bool:
        """Whether there is no pause, or it is over."""
        if self._paused_until_s is None:
            return True
        if time.monotonic() < self._paused_until_s:
            return False
        if not self._room():
            self._paused_until_s = time.monotonic() + ROOM_EVERY_S
            return False
        self._paused_until_s = None
        return True
