"""The figures of the distraction model on drawn drives; the drives themselves take minutes and are not played here."""

from pathlib import Path

import numpy as np
import pytest

from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.state.signals import Signals
from scripts.evaluation import distraction, looks
from scripts.evaluation.distraction import Answers, Drive
from scripts.evaluation.main import main


def made(zone: list[str], confidence: list[float], truth: str = "road") -> Answers:
    count = len(zone)
    return Answers(
        drive=np.array(["a", "b"] * (count // 2)),
        kind=np.array(["head"] * count),
        truth=np.array([truth] * count),
        zone=np.array(zone),
        confidence=np.array(confidence),
        on_road=np.array([0.9] * count),
        geometric=np.array([truth] * count),
    )


def test_what_is_answered_is_counted_apart_from_what_is_left_uncertain() -> None:
    found = distraction.figures(made(["road", "road", "lap", "lap"], [0.9, 0.9, 0.9, 0.3]), 0.5)
    assert found["zone_accuracy"]["value"] == 0.5  # type: ignore[index]
    assert found["accuracy_of_the_answered"]["value"] == pytest.approx(0.6667)  # type: ignore[index]
    assert found["answered"]["value"] == 0.75  # type: ignore[index]
    assert found["geometric_zone_accuracy"]["value"] == 1.0  # type: ignore[index]
    assert found["on_road_accuracy"]["value"] == 1.0  # type: ignore[index]
    assert found["by_kind"]["eyes"]["zone_accuracy"] == {"value": None, "interval": None}  # type: ignore[index]


def test_the_interval_is_wide_when_one_drive_went_wrong() -> None:
    found = distraction.figures(made(["road", "lap"] * 10, [0.9] * 20), 0.5)
    assert found["zone_accuracy"] == {"value": 0.5, "interval": [0.0, 1.0]}


def test_honest_confidence_has_no_calibration_error() -> None:
    right = np.array([True] * 9 + [False])
    assert distraction.calibration_error(np.full(10, 0.9), right) == pytest.approx(0.0)
    assert distraction.calibration_error(np.full(10, 0.9), ~right) == pytest.approx(0.8)


def test_looks_that_have_arrived_are_judged_and_nothing_else() -> None:
    camera = HeadPose(0.0, 0.0, 0.0)
    aims = looks.aims(camera, seed=3, count=2)

    def seen(t_s: float) -> Signals:
        aim = next((aim for aim in aims if aim.start_s <= t_s <= aim.start_s + looks.LOOK_S), None)
        yaw, pitch = (aim.yaw_deg, aim.pitch_deg) if aim else (0.0, 0.0)
        return Signals(
            t_s=t_s, tracking="tracked", quality=1.0, quality_gaze=1.0, yaw_deg=yaw, pitch_deg=pitch, roll_deg=0.0,
            gaze_yaw_deg=yaw, gaze_pitch_deg=pitch, zone=aim.zone if aim else "road",
        )  # fmt: skip

    signals = tuple(seen(index / 30) for index in range(int(30 * (aims[-1].start_s + 3))))
    model = OnnxModel(models_dir(Config()) / "distraction.onnx")
    found = distraction.answers(model, [Drive("one", tuple(aims), signals)])
    assert len(found.truth) == pytest.approx(2 * 30 * (looks.LOOK_S - distraction.SETTLED_S), abs=2)
    assert set(found.truth) == {aim.zone for aim in aims}
    assert (found.geometric == found.truth).all()
    assert (found.confidence > 0).all()


def test_drawn_drives_need_no_data_and_the_others_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(data: Path) -> dict[str, object]:
        return {"data": str(data)}

    monkeypatch.setattr(distraction, "run", run)
    assert main(["distraction"]) == 0
    assert '"data": "."' in capsys.readouterr().out
    assert main(["stress"]) == 2
    assert "needs --data" in capsys.readouterr().err
