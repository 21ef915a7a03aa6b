import threading
from collections.abc import Iterator

import pytest

from driver_monitor.camera.errors import CameraError
from driver_monitor.camera.frame import Frame
from driver_monitor.camera.source import FrameSource
from driver_monitor.replay.prefetch import prefetched


class Film(FrameSource):
    """Numbered frames without pictures; ends, or breaks, after ``length``."""

    name = "film"

    def __init__(self, length: int, *, breaks: bool = False) -> None:
        self.length = length
        self.breaks = breaks
        self.given = 0

    def __iter__(self) -> Iterator[Frame]:
        for index in range(self.length):
            self.given += 1
            yield Frame(index / 30, None, index)
        if self.breaks:
            raise CameraError("the film tore")

    def close(self) -> None:
        pass


def test_every_frame_comes_once_and_in_order() -> None:
    assert [frame.index for frame in prefetched(Film(200))] == list(range(200))


def test_an_error_while_decoding_reaches_the_reader_after_the_good_frames() -> None:
    frames = prefetched(Film(10, breaks=True))
    seen: list[int] = []
    with pytest.raises(CameraError, match="tore"):
        seen.extend(frame.index for frame in frames)
    assert next(frames, None) is None


def test_a_reader_that_leaves_early_leaves_no_thread_and_no_endless_decoding() -> None:
    film = Film(10_000)
    frames = prefetched(film)
    assert next(frames).index == 0
    frames.close()  # type: ignore[attr-defined]
    assert film.given < 20
    assert not any(thread.name == "prefetch" and thread.is_alive() for thread in threading.enumerate())
