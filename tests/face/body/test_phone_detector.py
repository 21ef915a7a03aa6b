from pathlib import Path

import numpy as np
import pytest

from driver_monitor.config.body import BodyConfig
from driver_monitor.errors import UsageError
from driver_monitor.face.body.models import body_models
from driver_monitor.face.body.phone_detector import PhoneDetector
from driver_monitor.face.driver_choice import FaceBox
from tests.classifiers.tiny_onnx import doubler
from tests.face.body.detector_file import reddish

FACE = FaceBox(0.5, 0.4, 0.1, 0.125)


def painted(*, red: slice) -> np.ndarray:
    image = np.zeros((480, 640, 3), np.uint8)
    image[:, red, 0] = 255
    return image


def test_it_sees_the_square_around_the_head_in_rgb_from_0_to_1(tmp_path: Path) -> None:
    detector = PhoneDetector(reddish(tmp_path / "red.onnx"))
    assert detector.look(painted(red=slice(0, 640)), None, FACE, []) == pytest.approx(1.0, abs=0.01)
    assert detector.look(painted(red=slice(320, 640)), None, FACE, []) == pytest.approx(0.5, abs=0.03)
    assert detector.look(painted(red=slice(560, 640)), None, FACE, []) == 0.0
    assert detector.look(painted(red=slice(0, 640))[:, :, ::-1].copy(), None, FACE, []) == 0.0


def test_the_square_reaches_to_a_hand(tmp_path: Path) -> None:
    detector = PhoneDetector(reddish(tmp_path / "red.onnx"))
    hand = np.full((21, 2), (620.0, 200.0))
    assert detector.look(painted(red=slice(560, 640)), None, FACE, [hand]) > 0.1


def test_without_head_and_body_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    assert np.isnan(PhoneDetector(reddish(tmp_path / "red.onnx")).look(painted(red=slice(640)), None, None, []))


def test_a_wrong_file_is_a_mistake_in_the_config(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no net")
    for path, fault in (
        (tmp_path / "missing.onnx", "cannot be read"),
        (broken, "no ONNX file that can be run"),
        (doubler(tmp_path / "doubler.onnx"), "has other inputs"),
        (reddish(tmp_path / "grey.onnx", channels=1), "has other inputs"),
        (reddish(tmp_path / "small.onnx", side=16), "has other inputs"),
        (reddish(tmp_path / "two.onnx", outputs=(2,)), "has another output"),
    ):
        config = BodyConfig(enabled=True, phone_detector=str(path))
        with pytest.raises(UsageError, match=r"^channels\.body\.phone_detector: .*" + fault) as raised:
            body_models(config, progress=False)
        assert "float32 [1, 3, n, n]" in str(raised.value)
        assert "\n" not in str(raised.value)
