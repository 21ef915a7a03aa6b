"""Decoding ahead: the next frames of a file are read while the tracker looks at the present one."""

import queue
import threading
from collections.abc import Iterator
from typing import Final

from driver_monitor.camera.frame import Frame
from driver_monitor.camera.source import FrameSource

AHEAD: Final = 4


def prefetched(source: FrameSource) -> Iterator[Frame]:
    """The same frames in the same order, read by a thread of their own. An error in it is raised here."""
    frames: queue.Queue[Frame | BaseException | None] = queue.Queue(AHEAD)
    stop = threading.Event()

    def put(item: Frame | BaseException | None) -> None:
        while not stop.is_set():
            try:
                frames.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def read() -> None:
        try:
            for frame in source:
                put(frame)
                if stop.is_set():
                    return
            put(None)
        except Exception as error:  # noqa: BLE001  (raised again in the caller's thread)
            put(error)

    reader = threading.Thread(target=read, name="prefetch", daemon=True)
    reader.start()
    try:
        while True:
            item = frames.get()
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        reader.join(timeout=2.0)
