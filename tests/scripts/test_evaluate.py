import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
from driver_monitor.errors import UsageError
from scripts.evaluation import fatigue, rldd, ulg
from scripts.evaluation.main import main
from tests.scripts.research_files import fold, reaction_tests

ROOT = Path(__file__).parents[2]
FOLDS = "fatigue/uta_rldd_blinks"


def test_longer_blinks_than_ones_own_are_told_from_alert_ones(tmp_path: Path) -> None:
    fold(tmp_path / FOLDS / "fold9.npz", subjects=6)
    figures = fatigue.run(tmp_path)
    auc = figures["auc_alert_drowsy"]
    assert isinstance(auc, float)
    assert auc > 0.9
    assert (figures["videos"], figures["subjects"], figures["sequences"]) == (18, 6, 720)
    assert figures["trained_on"] == []
    assert figures["ulg_auc"] is None
    assert "eyelid_distance.npz" in str(figures["ulg_reason"])


def test_a_folder_without_matching_files_says_what_is_missing(tmp_path: Path) -> None:
    figures = fatigue.run(tmp_path)
    assert figures["video_accuracy"] is None
    assert "fold*.npz" in str(figures["uta_rldd_reason"])


def test_reaction_times_are_the_truth_of_the_other_data_set(tmp_path: Path) -> None:
    reaction_tests(tmp_path / "fatigue/ulg_drowsiness", subjects=3)
    figures = ulg.run(tmp_path, OnnxModel(models_dir(Config()) / "fatigue.onnx"), smoothing_s=90.0)
    for name in ("ulg_auc", "ulg_auc_window", "ulg_auc_duration_only"):
        auc = figures[name]
        assert isinstance(auc, float)
        assert auc > 0.95, name
    assert figures["ulg_subjects"] == figures["ulg_drowsy_subjects"] == 3


def test_without_smoothing_the_level_is_that_of_the_last_thirty_blinks(tmp_path: Path) -> None:
    folder = tmp_path / "fatigue/ulg_drowsiness"
    reaction_tests(folder, subjects=1)
    with np.load(folder / "eyelid_distance.npz") as lids, np.load(folder / "reaction_times.npz") as reactions:
        tests = {key: (lids[key], reactions[key]) for key in lids.files}
    model = OnnxModel(models_dir(Config()) / "fatigue.onnx")
    at_once, smoothed = (ulg.moments(tests, model, smoothing_s) for smoothing_s in (0.0, 90.0))
    assert at_once is not None
    assert smoothed is not None
    np.testing.assert_allclose(at_once.level, at_once.window_level, atol=1e-6)
    rested = slice(0, 20)
    assert smoothed.level[rested].std() < 0.75 * smoothed.window_level[rested].std()


def test_folds_are_numbered_so_that_no_two_people_are_taken_for_one(tmp_path: Path) -> None:
    for number in (1, 2):
        fold(tmp_path / FOLDS / f"fold{number}.npz", subjects=2, windows=3, seed=number)
    windows = rldd.load(tmp_path)
    assert windows is not None
    assert np.unique(windows.subject).tolist() == [0, 1, 2, 3]
    assert np.unique(windows.video).size == 12
    assert all(np.unique(windows.fold[windows.subject == one]).size == 1 for one in range(4))


def test_a_file_of_another_layout_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / FOLDS / "fold1.npz"
    path.parent.mkdir(parents=True)
    np.savez(path, blinks=np.zeros((3, 20, 4)), label=np.zeros(3), video=np.zeros(3))
    with pytest.raises(UsageError, match=r"fold1\.npz"):
        rldd.load(tmp_path)


def test_a_video_gets_the_class_of_the_highest_mean_probability(tmp_path: Path) -> None:
    fold(tmp_path / FOLDS / "fold1.npz", subjects=2, windows=2)
    windows = rldd.load(tmp_path)
    assert windows is not None
    answers = np.eye(3)[windows.label].astype(np.float64)
    first_video = np.flatnonzero(windows.video == 0)
    answers[first_video] = [[0.4, 0.6, 0.0], [0.9, 0.1, 0.0]]  # one window is wrong, their mean is right
    figures = rldd.scores(windows, answers)
    assert figures["video_accuracy"] == 1.0
    assert figures["sequence_accuracy"] == pytest.approx(11 / 12, abs=1e-4)
    assert figures["auc_alert_drowsy"] == 1.0
    assert figures["video_confusion"] == [[2, 0, 0], [0, 2, 0], [0, 0, 2]]


def test_as_driven_measures_against_the_first_blinks_and_judges_only_later_ones(tmp_path: Path) -> None:
    fold(tmp_path / FOLDS / "fold1.npz", subjects=1, windows=40)
    windows = rldd.load(tmp_path)
    assert windows is not None
    driven = rldd.as_driven(windows, 30)
    assert driven is not None
    assert np.isnan(driven.blinks[:, :, 0]).all()
    first = windows.blinks[0, :, 1:]  # the first window of the alert video is the reference
    first_kept = windows.blinks[15, :, 1:]  # the first that shares no blink with it
    expected = (first_kept - first.mean(axis=0)) / first.std(axis=0)
    np.testing.assert_allclose(driven.blinks[0, :, 1:], expected, rtol=1e-4, atol=1e-4)
    assert (driven.label == 0).sum() == 25
    assert (driven.label == 2).sum() == 40
    assert rldd.as_driven(windows, 400) is None


def test_the_control_measures_alert_and_drowsy_against_a_third_recording(tmp_path: Path) -> None:
    fold(tmp_path / FOLDS / "fold1.npz", subjects=2, windows=20)
    windows = rldd.load(tmp_path)
    assert windows is not None
    control = rldd.against_low_vigilance(windows)
    assert np.unique(control.label).tolist() == [0, 2]
    assert np.isnan(control.blinks[:, :, 0]).all()
    duration = control.blinks[:, :, 2].mean(axis=1)
    assert duration[control.label == 0].mean() == pytest.approx(-1.0, abs=0.3)  # as the made-up people are
    assert duration[control.label == 2].mean() == pytest.approx(1.5, abs=0.4)
    seeing_only_another_recording = np.full((len(control.label), 3), 1 / 3)
    assert rldd.auc_by_level(control, seeing_only_another_recording)["auc"] == 0.5


def test_files_the_model_was_trained_on_are_named(tmp_path: Path) -> None:
    path = tmp_path / "fold1.npz"
    path.write_bytes(b"anything")
    assert fatigue.sha256(path) == hashlib.sha256(b"anything").hexdigest()
    card = OnnxModel(models_dir(Config()) / "fatigue.onnx").card
    assert len(card.training_files) >= 2


def test_one_json_object_on_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fold(tmp_path / FOLDS / "fold9.npz", subjects=2, windows=5)
    assert main(["fatigue", "--data", str(tmp_path)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert {"video_accuracy", "sequence_accuracy", "auc_alert_drowsy", "ulg_auc"} <= set(figures)


def test_the_heart_figures_of_known_hearts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faces, finger = tmp_path / "rppg", tmp_path / "rppg" / "welltory_finger_ppg" / "data" / "someone"
    finger.mkdir(parents=True)
    t = np.arange(0, 60, 1 / 30)
    beat = 2 * np.pi * 1.2 * t
    noise = np.random.default_rng(1).normal(0, 0.3, len(t))
    contact = 50 + 20 * np.exp(-0.5 * (((beat / (2 * np.pi)) % 1 - 0.5) / 0.12) ** 2)
    np.savez(faces / "any_pos_ppg.npz", rppg=np.sin(beat) + noise, ppg=contact, fps=30.0)
    rows = "\n".join(f"{1000 * at:.0f},{value:.3f},0,0" for at, value in zip(t, contact, strict=True))
    (finger / "PPG.csv").write_text("time,R,G,B\n" + rows)
    (finger / "RR.txt").write_text(" ".join(["833"] * 70))
    assert main(["heart", "--data", str(tmp_path)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["mae_bpm"] < 1
    assert figures["coverage"] > 0.9
    assert figures["rmssd_error_ms"] < 10
    assert (figures["rmssd_coverage"], figures["files"]) == (1.0, ["any_pos_ppg.npz"])


def test_a_folder_without_hearts_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["heart", "--data", str(tmp_path)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["mae_bpm"] is None
    assert "pos_ppg" in figures["reason"]


def test_a_missing_data_folder_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fatigue", "--data", str(tmp_path / "absent")]) == 2
    assert "absent" in capsys.readouterr().err


def test_measuring_needs_nothing_beyond_what_running_needs(tmp_path: Path) -> None:
    """With the training libraries made unimportable the figures are still had, from any working directory."""
    fold(tmp_path / FOLDS / "fold9.npz", subjects=2, windows=5)
    blocked = tmp_path / "blocked"
    for name in ("torch", "onnx", "sklearn", "skl2onnx", "scipy", "pytest"):
        (blocked / name).mkdir(parents=True)
        (blocked / name / "__init__.py").write_text("raise ImportError('not a runtime dependency')")
    ran = subprocess.run(
        [sys.executable, "-m", "scripts.evaluation.main", "fatigue", "--data", str(tmp_path)],
        env=os.environ | {"PYTHONPATH": f"{blocked}:{ROOT}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(ran.stdout)["sequences"] == 30
