import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from driver_monitor.camera.frame import Frame
from driver_monitor.classifiers.bank import Classifiers
from driver_monitor.classifiers.model import ModelError, models_dir
from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.config.config import Config
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge

SPEED = Speed(80.0, SpeedKnowledge.MEASURED)
PICTURE = np.zeros((120, 160, 3), dtype=np.uint8)


def moment(t_s: float, *, tracked: bool) -> tuple[Frame, FaceObservation, Signals]:
    signals = Signals(
        t_s=t_s, tracking="tracked", eyes="open", quality=1.0, quality_eyes=1.0, quality_gaze=1.0,
        yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0, gaze_yaw_deg=0.0, gaze_pitch_deg=0.0,
    ) if tracked else Signals(t_s=t_s)  # fmt: skip
    observation = FaceObservation(t_s, Tracking(signals.tracking), width_px=160, height_px=120)
    return Frame(t_s, PICTURE), observation, signals


def test_the_shipped_classifiers_start_and_say_nothing_without_a_face() -> None:
    classifiers = Classifiers(Config())
    frame, observation, signals = moment(0.0, tracked=False)
    state = classifiers.update(frame, observation, signals, SPEED)
    assert (state.t_s, state.signals, state.speed) == (0.0, signals, SPEED)
    assert (state.fatigue, state.stress, state.distraction, state.expression) == (None,) * 4


def test_a_look_at_the_road_is_in_the_state_and_reset_is_safe() -> None:
    classifiers = Classifiers(Config(classifiers=ClassifiersConfig(stress=False)))
    for number in range(30):
        state = classifiers.update(*moment(number / 30, tracked=True), SPEED)
    assert state.distraction is not None
    assert state.distraction.zone == "road"
    classifiers.reset()
    assert classifiers.update(*moment(2.0, tracked=False), SPEED).distraction is None


def test_what_was_learned_of_one_driver_is_not_said_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    classifiers = Classifiers(Config(classifiers=ClassifiersConfig(stress=False)))
    forgot: list[int] = []
    for number, epoch in enumerate([0, 0, 1, 1, 2, 2]):
        monkeypatch.setattr(classifiers, "reset", partial(forgot.append, number))
        frame, observation, signals = moment(float(number), tracked=True)
        classifiers.update(frame, observation, replace(signals, driver_epoch=epoch), SPEED)
    assert forgot == [2, 4]


def test_classifiers_that_are_off_need_no_model(tmp_path: Path) -> None:
    for suffix in (".onnx", ".md"):
        shutil.copy(models_dir(Config()) / f"distraction{suffix}", tmp_path)
    chosen = ClassifiersConfig(models_dir=str(tmp_path), fatigue=False, stress=False)
    assert Classifiers(Config(classifiers=chosen)).update(*moment(0.0, tracked=True), SPEED).distraction
    all_off = ClassifiersConfig(models_dir=str(tmp_path / "absent"), fatigue=False, stress=False, distraction=False)
    assert Classifiers(Config(classifiers=all_off)).update(*moment(0.0, tracked=True), SPEED).distraction is None


@pytest.mark.parametrize("name", ["fatigue", "distraction", "stress"])
def test_a_classifier_that_is_on_without_its_model_is_one_clear_sentence(tmp_path: Path, name: str) -> None:
    switches = {"fatigue": False, "stress": False, "distraction": False, name: True}
    with pytest.raises(ModelError, match=r"\.onnx is missing"):
        Classifiers(Config(classifiers=ClassifiersConfig(models_dir=str(tmp_path), **switches)))
