from dataclasses import replace

import numpy as np
import pytest

from driver_monitor.classifiers.expression import HOLD_LOOKS, MAX_YAW_DEG, ExpressionClassifier
from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.classifiers.stress_window import EXPRESSIONS
from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.config.config import Config
from driver_monitor.face.observation import FaceObservation, Tracking
from tests.classifiers.astronaut import observation, picture

CONFIG = ClassifiersConfig(expression_hz=2.0)
PICTURE = picture()
DARK = np.zeros_like(PICTURE)
HOLD_S = HOLD_LOOKS / CONFIG.expression_hz


@pytest.fixture(scope="module")
def model() -> OnnxModel:
    return OnnxModel(models_dir(Config()) / "expression.onnx")


@pytest.fixture
def expression(model: OnnxModel) -> ExpressionClassifier:
    return ExpressionClassifier(model, CONFIG)


def nobody(t_s: float, tracking: Tracking = Tracking.NO_FACE) -> FaceObservation:
    return FaceObservation(t_s, tracking, 512, 512)


def test_the_shipped_net_is_small_and_knows_fer2013s_seven(model: OnnxModel) -> None:
    assert model.card.classes["probabilities"] == EXPRESSIONS
    assert model.path.stat().st_size <= 2_000_000
    faces = np.random.default_rng(0).integers(0, 256, (5, 1, 48, 48), dtype=np.uint8)
    together = model.run(face=faces)["probabilities"]
    one_by_one = np.concatenate([model.run(face=face[np.newaxis])["probabilities"] for face in faces])
    assert together.shape == (5, 7)
    np.testing.assert_allclose(together.sum(axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(together, one_by_one, atol=1e-5)


def test_a_flat_picture_is_no_reason_for_nan(model: OnnxModel) -> None:
    answer = model.run(face=np.full((1, 1, 48, 48), 255, dtype=np.uint8))["probabilities"]
    assert np.isfinite(answer).all()


def test_a_broad_smile_is_happy(expression: ExpressionClassifier) -> None:
    answer = expression.update(0.0, PICTURE, observation(0.0))
    assert answer is not None
    assert max(answer, key=lambda name: answer[name]) == "happy"
    assert sum(answer.values()) == pytest.approx(1.0, abs=1e-5)


def test_it_looks_twice_a_second_of_media_time_and_holds_in_between(expression: ExpressionClassifier) -> None:
    """Between two looks the picture may turn black without anything happening."""
    first = expression.update(10.0, PICTURE, observation(10.0))
    for t_s in (10.1, 10.3, 10.49):
        assert expression.update(t_s, DARK, observation(t_s)) is first
    assert expression.update(10.5, DARK, observation(10.5)) != first


def test_a_drive_played_twice_gives_the_same_answers(model: OnnxModel) -> None:
    def play() -> list[dict[str, float] | None]:
        classifier = ExpressionClassifier(model, CONFIG)
        chance = np.random.default_rng(1)
        return [
            classifier.update(t_s, np.roll(PICTURE, int(chance.integers(-9, 9)), 1), observation(t_s))
            for t_s in np.cumsum(chance.uniform(0.01, 0.3, 40)).tolist()
        ]

    assert play() == play()


def test_a_lost_face_is_remembered_for_a_moment_only(expression: ExpressionClassifier) -> None:
    seen = expression.update(0.0, PICTURE, observation(0.0))
    assert seen is not None
    assert expression.update(HOLD_S, PICTURE, nobody(HOLD_S)) is seen
    assert expression.update(HOLD_S + 0.1, PICTURE, nobody(HOLD_S + 0.1)) is None


def test_somebody_else_in_the_picture_is_never_the_driver(expression: ExpressionClassifier) -> None:
    assert expression.update(0.0, PICTURE, observation(0.0)) is not None
    assert expression.update(0.1, PICTURE, nobody(0.1, Tracking.NOT_DRIVER)) is None


@pytest.mark.parametrize(
    "unusable",
    [
        nobody(0.0),
        nobody(0.0, Tracking.CAMERA_LOST),
        observation(0.0, yaw_deg=MAX_YAW_DEG + 5),
        observation(0.0, yaw_deg=-MAX_YAW_DEG - 5),
        observation(0.0, scale=0.2),
        replace(observation(0.0), matrix=None),
    ],
    ids=["no face", "no camera", "turned left", "turned right", "far away", "no pose"],
)
def test_nothing_is_said_of_a_face_that_cannot_be_judged(
    expression: ExpressionClassifier, unusable: FaceObservation
) -> None:
    assert expression.update(0.0, PICTURE, unusable) is None


def test_without_a_picture_nothing_is_said(expression: ExpressionClassifier) -> None:
    assert expression.update(0.0, None, observation(0.0)) is None


def test_the_first_face_is_judged_at_once_however_long_it_took_to_come(expression: ExpressionClassifier) -> None:
    for t_s in (0.0, 0.1, 0.2):
        assert expression.update(t_s, PICTURE, nobody(t_s)) is None
    assert expression.update(0.23, PICTURE, observation(0.23)) is not None


def test_another_stream_begins_from_nothing(expression: ExpressionClassifier) -> None:
    assert expression.update(100.0, PICTURE, observation(100.0)) is not None
    assert expression.update(0.0, PICTURE, nobody(0.0)) is None


def test_a_face_that_cannot_be_judged_is_not_cut_out_again_with_every_frame(expression: ExpressionClassifier) -> None:
    """Half the face is out of the picture: tried once, then again after half a second."""
    seen = observation(0.0)
    assert seen.landmarks is not None
    cut_off = replace(seen, landmarks=seen.landmarks + np.float32(0.5))
    assert expression.update(0.0, PICTURE, cut_off) is None
    assert expression.update(0.1, PICTURE, observation(0.1)) is None
    assert expression.update(0.5, PICTURE, observation(0.5)) is not None
