import numpy as np
import pytest

from driver_monitor.face.litert.smoothing import OneEuroFilter

FACE_PX, FPS = 200.0, 30.0


def lid_gap(t_s: float) -> float:
    """A blink of 0.2 s at 1 s, in px: shut within 80 ms."""
    return float(np.interp(t_s, [1.0, 1.08, 1.12, 1.25], [14.0, 2.0, 2.0, 14.0]))


def test_a_blink_is_neither_late_nor_longer_nor_shallower() -> None:
    smooth = OneEuroFilter()
    times = np.arange(0, 2, 1 / FPS)
    raw = np.array([lid_gap(t) for t in times])
    seen = np.array([smooth(np.array([value]), t + 1, FACE_PX)[0] for t, value in zip(times, raw, strict=True)])
    assert seen.min() < 3.5
    assert abs(int((seen < 7).sum()) - int((raw < 7).sum())) <= 1
    assert np.flatnonzero(seen < 7)[0] - np.flatnonzero(raw < 7)[0] <= 1


def test_a_still_face_is_steadied() -> None:
    smooth = OneEuroFilter()
    noise = np.random.default_rng(4).normal(100.0, 0.1, (300, 20))
    seen = np.array([smooth(points, 1 + index / FPS, FACE_PX) for index, points in enumerate(noise)])
    assert seen[30:].std(0).max() < 0.6 * noise.std(0).max()


def test_another_face_starts_where_it_is() -> None:
    smooth = OneEuroFilter()
    smooth(np.array([10.0]), 1.0, FACE_PX)
    smooth.reset()
    assert smooth(np.array([500.0]), 1.033, FACE_PX) == pytest.approx(500.0)
