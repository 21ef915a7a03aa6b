import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from driver_monitor.face.driver_choice import FaceBox
from driver_monitor.face.litert.detector import Detection, Detector, distinct, other_squares
from driver_monitor.face.litert.nets import DETECTOR, ModelFile
from driver_monitor.face.litert.regions import Region
from tests.face.cabin import HEIGHT, WIDTH, Picture, cabin


@pytest.fixture(scope="module")
def detector(model: Path) -> Detector:
    return Detector(ModelFile(model).net(DETECTOR), 0.5)


def test_two_heads_are_two_detections_where_they_are(detector: Detector) -> None:
    found = sorted(detector.whole(cabin((0.25, 400), (0.75, 460))), key=lambda one: one.box.x)
    assert [one.box.x for one in found] == pytest.approx([0.25, 0.75], abs=0.03)
    assert found[1].box.size > found[0].box.size
    assert [one.box.y for one in found] == pytest.approx([0.28, 0.28], abs=0.05)
    assert min(one.score for one in found) > 0.5


def test_the_lean_of_a_head_is_measured(detector: Detector, astronaut: Picture) -> None:
    turn = cv2.getRotationMatrix2D((225.0, 120.0), -30.0, 1.0)
    leaning = cv2.warpAffine(astronaut, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE).astype(np.uint8)
    (upright,), (leant,) = detector.whole(astronaut), detector.whole(leaning)
    assert math.degrees(leant.box.roll_rad - upright.box.roll_rad) == pytest.approx(30.0, abs=4.0)


@pytest.mark.parametrize("shape", [(480, 640), (720, 1280), (640, 480), (270, 480), (1, 900), (7, 5)])
def test_the_other_squares_cover_every_place_with_room_for_a_small_face(shape: tuple[int, int]) -> None:
    height, width = shape
    *tiles, wide = other_squares(np.zeros((height, width, 3), np.uint8))
    assert wide.side > max(shape)
    face = 0.1 * width
    for x in np.linspace(face / 2, width - face / 2, 40):
        for y in np.linspace(min(face, height) / 2, height - min(face, height) / 2, 40):
            assert any(
                abs(x - tile.x) + face / 2 <= tile.side / 2 + 1e-6
                and abs(y - tile.y) + min(face, height) / 2 <= tile.side / 2 + 1e-6
                for tile in tiles
            )
    assert len(tiles) <= 9


def test_a_tile_tells_places_in_the_frame(detector: Detector) -> None:
    frame = cabin((0.75, 200))
    (found,) = detector.inside(frame, Region(0.75 * WIDTH, HEIGHT / 2, 0.5 * WIDTH))
    assert found.box.x == pytest.approx(0.75, abs=0.02)
    assert found.box.width == pytest.approx(0.45 * 200 / WIDTH, abs=0.03)


def test_a_face_in_two_tiles_is_one_face() -> None:
    seen_twice = [Detection(FaceBox(0.5, 0.3, 0.1, 0.1), 0.7), Detection(FaceBox(0.51, 0.3, 0.1, 0.1), 0.9)]
    other = Detection(FaceBox(0.2, 0.3, 0.2, 0.2), 0.6)
    assert distinct([], [*seen_twice, other]) == [other, seen_twice[1]]
    assert distinct([seen_twice[0]], [seen_twice[1], other]) == [other, seen_twice[0]]
