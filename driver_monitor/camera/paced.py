"""A recorded source played as if it were a live camera."""

import dataclasses
import threading
import time
from collections.abc import Iterator

from driver_monitor.camera.frame import Frame
from driver_monitor.camera.newest import Newest
from driver_monitor.camera.source import FrameSource

_JOIN_S = 0.2


class PacedFile(FrameSource):
    """Releases a source's frames in real time from the first iteration on, keeps only the newest, and ends with it.

    ``t_s`` and ``index`` stay the source's own; ``dropped`` grows by the frames nobody took in time. ``live`` is true
    because frames may be dropped, yet unlike a camera it ends, and it knows the source's length.
    """

    live = True

    def __init__(self, source: FrameSource) -> None:
        self.name = source.name
        self.duration_s = source.duration_s
        self.frame_count = source.frame_count
        self.source = source
        self._newest: Newest[Frame] = Newest()
        self._begun = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"pace {self.name}", daemon=True)

    def __iter__(self) -> Iterator[Frame]:
        if self._thread.ident is None and not self._stop.is_set():
            self._thread.start()
        while (taken := self._newest.take()) is not None:
            frame, displaced = taken
            dropped = frame.dropped + displaced if self._begun else 0
            self._begun = True
            yield dataclasses.replace(frame, dropped=dropped) if dropped != frame.dropped else frame

    def close(self) -> None:
        self._stop.set()
        self._newest.close()
        self.source.close()
        if self._thread.ident is not None and threading.current_thread() is not self._thread:
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        start_s: float | None = None
        try:
            for frame in self.source:
                if start_s is None:
                    start_s = time.monotonic() - frame.t_s
                if self._stop.wait(max(0.0, start_s + frame.t_s - time.monotonic())):
                    return
                self._newest.put(dataclasses.replace(frame, captured_s=time.monotonic()))
        except BaseException as error:  # noqa: BLE001  (raised in the consumer's thread)
            self._newest.finish(error)
        else:
            self._newest.finish()
