"""The colour of the skin under the landmarks."""

import struct

import numpy as np
import pytest

from driver_monitor.assets import face_model
from driver_monitor.camera.frame import Frame
from driver_monitor.config.config import Config
from driver_monitor.face.skin import CHEEKS, FOREHEAD, SkinGauge
from driver_monitor.face.skin_sample import SkinSample
from driver_monitor.face.tail import SKIN, tails, with_tail
from driver_monitor.face.vision_worker import VisionWorker
from tests.face.cabin import Picture

COLOUR = (180, 125, 105)


def mesh() -> np.ndarray:
    """Landmarks whose regions are rectangles: the forehead above, the cheeks below."""
    points = np.full((478, 3), 0.5, np.float32)
    for corners, (left, top) in zip((FOREHEAD, *CHEEKS), ((0.3, 0.1), (0.1, 0.5), (0.6, 0.5)), strict=True):
        for corner, (x, y) in zip(corners, ((0, 0), (1, 0), (1, 1), (0, 1)), strict=True):
            points[corner, :2] = left + 0.3 * x, top + 0.3 * y
    return points


def face() -> Picture:
    return np.tile(np.array(COLOUR, np.uint8), (200, 200, 1))


def test_even_skin_is_told_as_it_is() -> None:
    sample = SkinGauge().measure(face(), mesh())
    assert sample[:3] == pytest.approx(COLOUR)
    assert sample[3:6] == pytest.approx(COLOUR)
    assert (sample.used, sample.clipped) == (1.0, 0.0)


def test_highlights_and_hair_are_left_out() -> None:
    image = face()
    image[20:40, 60:80] = 255
    image[100:140, 20:40] = 20
    sample = SkinGauge().measure(image, mesh())
    assert sample[:6] == pytest.approx(COLOUR * 2, abs=1)
    assert 0.8 < sample.used < 0.98
    assert 0.01 < sample.clipped < 0.1


def test_what_moves_is_left_out() -> None:
    gauge, image = SkinGauge(), face()
    gauge.measure(image, mesh())
    passing = image.copy()
    passing[20:50, 60:90] = (150, 100, 80)
    assert gauge.measure(passing, mesh())[:3] == pytest.approx(COLOUR, abs=1)


def test_a_pulse_of_half_a_percent_comes_through_sensor_noise() -> None:
    gauge, random, t = SkinGauge(), np.random.default_rng(1), np.arange(60) / 30
    beat = 0.6 * np.sin(2 * np.pi * 1.2 * t)
    greens = [
        gauge.measure(np.clip(face() + tint + random.normal(0, 3, (200, 200, 3)), 0, 255).astype(np.uint8), mesh())
        for tint in beat
    ]
    seen = np.array([sample.cheeks_green for sample in greens])
    assert np.corrcoef(seen, beat)[0, 1] > 0.9


@pytest.mark.parametrize("shift", [2.0, float("nan")])
def test_a_face_outside_the_frame_has_no_colour(shift: float) -> None:
    sample = SkinGauge().measure(face(), mesh() + np.float32(shift))
    assert np.isnan(sample[:6]).all()
    assert sample.used == 0.0


def test_it_travels_without_loss() -> None:
    sample = SkinGauge().measure(face(), mesh())
    assert SkinSample.from_bytes(sample.to_bytes()) == sample
    assert tails(b"head" + b"".join(with_tail(SKIN, sample.to_bytes())), 4) == {SKIN: sample.to_bytes()}
    with pytest.raises(struct.error):
        SkinSample.from_bytes(sample.to_bytes()[:-1])


def test_the_vision_worker_measures_it_only_when_asked(astronaut: Picture) -> None:
    config = Config()
    for skin in (True, False):
        with VisionWorker(config.face.unhurried(), config.privacy, face_model(progress=False), skin=skin) as worker:
            found = worker.track(Frame(0.0, astronaut)).skin
        assert (found is not None) is skin
        if found is not None:
            assert isinstance(found, SkinSample)
            assert found.cheeks_red > found.cheeks_green > found.cheeks_blue > 50
            assert found.used > 0.4
