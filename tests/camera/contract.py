"""What every frame source must do, whatever it stands for. Subclass, and provide the ``source`` fixture."""

import itertools
import threading
import time

import numpy as np
import pytest

from driver_monitor.camera.frame import Frame
from driver_monitor.camera.source import FrameSource

from .videos import BLUE, RED, colour_at, number_in

ENOUGH = 20


class FrameSourceContract:
    """The source must deliver numbered pictures, at least :data:`ENOUGH` of them, at 20 to 60 Hz."""

    @pytest.fixture
    def source(self) -> FrameSource:
        raise NotImplementedError

    @pytest.fixture
    def frames(self, source: FrameSource) -> list[Frame]:
        with source:
            return list(itertools.islice(source, ENOUGH))

    def test_time_starts_at_zero_and_strictly_increases(self, frames: list[Frame]) -> None:
        assert frames[0].t_s == 0
        steps = np.diff([frame.t_s for frame in frames])
        assert (steps > 0).all()
        assert 0.01 < np.median(steps) < 0.1

    def test_pictures_are_contiguous_rgb_of_one_size(self, frames: list[Frame]) -> None:
        assert len(frames) == ENOUGH
        for frame in frames:
            assert frame.image is not None
            assert frame.image.dtype == np.uint8
            assert frame.image.ndim == 3
            assert frame.image.shape[2] == 3
            assert frame.image.flags.c_contiguous
            assert frame.image.shape == frames[0].image.shape if frames[0].image is not None else False

    def test_colours_and_sides_are_where_they_were_filmed(self, frames: list[Frame]) -> None:
        assert colour_at(frames[-1].image, 0.25, 0.25) == RED
        assert colour_at(frames[-1].image, 0.75, 0.25) == BLUE

    def test_the_index_counts_dropped_frames_too(self, frames: list[Frame]) -> None:
        assert frames[0].dropped == 0
        for before, after in itertools.pairwise(frames):
            assert after.index == before.index + 1 + after.dropped

    def test_pictures_come_in_the_order_they_were_filmed(self, frames: list[Frame]) -> None:
        steps = np.diff([number_in(frame.image) for frame in frames]) % 256
        assert (steps < 128).all()
        assert steps.sum() > ENOUGH / 2

    def test_a_kept_picture_is_not_overwritten_by_the_next(self, frames: list[Frame]) -> None:
        images = [frame.image for frame in frames]
        assert len({image.ctypes.data for image in images if image is not None}) == ENOUGH

    def test_recorded_sources_end_and_deliver_all_they_announce(self, source: FrameSource) -> None:
        if source.live and source.frame_count is None:
            source.close()
            return
        with source:
            frames = list(source)
        assert source.frame_count == frames[-1].index + 1
        assert source.duration_s is not None
        assert source.duration_s == pytest.approx(frames[-1].t_s, abs=0.1)

    def test_closing_twice_is_harmless(self, source: FrameSource) -> None:
        next(iter(source))
        source.close()
        source.close()

    def test_nothing_comes_after_closing(self, source: FrameSource) -> None:
        source.close()
        assert list(source) == []

    def test_closing_from_another_thread_ends_the_iteration(self, source: FrameSource) -> None:
        closed_at = 0.0

        def close() -> None:
            nonlocal closed_at
            closed_at = time.monotonic()
            source.close()

        frames = iter(source)
        next(frames)
        closer = threading.Timer(0.15, close)
        closer.start()
        for _ in frames:
            time.sleep(0.02)
        ended_at = time.monotonic()
        closer.join()
        assert ended_at - closed_at < 0.5

    def test_the_name_gives_no_password_away(self, source: FrameSource) -> None:
        source.close()
        assert source.name
        assert "s3cret" not in source.name
