"""``scripts/evaluate expression`` and ``stress`` on made-up files in the layout of the real ones."""

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from driver_monitor.classifiers.face_crop import crop_face
from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
from driver_monitor.errors import UsageError
from scripts.evaluation import drivedb, expression, fer2013, stress, wesad
from tests.classifiers.astronaut import landmarks, picture


def write_fer2013(data: Path, labels: list[int], split: list[int]) -> None:
    """Every picture is the same broad smile."""
    crop = crop_face(picture(), landmarks())
    assert crop is not None
    path = data / fer2013.FILE
    path.parent.mkdir(parents=True)
    faces = np.repeat(crop.image[np.newaxis], len(labels), axis=0)
    np.savez(path, X=faces, y=np.array(labels, dtype=np.uint8), split=np.array(split, dtype=np.uint8))


def write_wesad(data: Path, rows: list[tuple[str, str, float, float, float]], name: str = "wesad_60s_ecg.csv") -> None:
    path = data / "stress" / "wesad" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(["subject", "label", *wesad.COLUMNS, "random_feature"])
        table.writerows([*row, 0] for row in rows)


def test_every_row_but_the_training_ones_is_measured_split_by_split(tmp_path: Path) -> None:
    happy, sad = 3, 5
    write_fer2013(tmp_path, [sad] * 4 + [happy, happy, happy, sad, happy, happy], [0] * 4 + [1] * 4 + [2] * 2)
    figures = expression.run(tmp_path)
    assert figures["faces"] == 6
    assert figures["accuracy"] == pytest.approx(5 / 6, abs=1e-4)
    splits = figures["splits"]
    assert isinstance(splits, dict)
    assert {name: one["accuracy"] for name, one in splits.items()} == {"public_test": 0.75, "private_test": 1.0}
    json.dumps(figures, allow_nan=False)


def test_training_rows_alone_give_no_figure_but_a_reason(tmp_path: Path) -> None:
    write_fer2013(tmp_path, [3, 3], [0, 0])
    figures = expression.run(tmp_path)
    assert figures["accuracy"] is None
    assert "Training" in str(figures["reason"])


def test_a_folder_without_the_files_gives_null_and_a_reason(tmp_path: Path) -> None:
    for figures, key in ((expression.run(tmp_path), "accuracy"), (stress.run(tmp_path), "balanced_accuracy")):
        assert figures[key] is None
        assert "data folder" in str(figures["reason"])


def test_a_file_of_another_shape_is_named(tmp_path: Path) -> None:
    write_fer2013(tmp_path, [3], [1])
    np.savez(tmp_path / fer2013.FILE, X=np.zeros((1, 32, 32)), y=[0], split=[1])
    with pytest.raises(UsageError, match=r"fer2013\.npz is not FER2013"):
        expression.run(tmp_path)


def test_heart_values_are_relative_to_the_subjects_own_rest(tmp_path: Path) -> None:
    write_wesad(
        tmp_path,
        [
            ("2", "1", 60.0, 40.0, 50.0), ("2", "2", 90.0, 20.0, 50.0),
            ("3", "1", 80.0, 20.0, 30.0), ("3", "4", 80.0, 80.0, 30.0),
            ("4", "2", 90.0, 20.0, 30.0),
        ],
    )  # fmt: skip
    rows = wesad.load(tmp_path)
    assert rows is not None
    assert rows.subject.tolist() == ["2", "2", "3", "3"], "subject 4 has no rest to compare with"
    assert rows.refused == {"4": 1}
    assert rows.stressed.tolist() == [False, True, False, False]
    ratios = np.array([[1, 1], [0.5, 1], [0.5, 1], [2, 1]], dtype=float)
    np.testing.assert_allclose(np.exp(rows.values[:, 1:]), ratios, rtol=1e-5)
    assert rows.values[[0, 2, 3], 0].tolist() == [0.0] * 3
    assert rows.values[1, 0] > 1.0


def test_people_whose_rest_was_never_seen_are_counted_and_not_judged(tmp_path: Path) -> None:
    write_wesad(tmp_path, [("2", "1", 60.0, 40.0, 50.0), ("2", "2", 90.0, 20.0, 50.0), ("3", "2", 90.0, 20.0, 50.0)])
    figures = stress.run(tmp_path)
    assert figures["refused_subjects"] == ["3"]
    assert figures["refusal_rate"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["per_person"] == {"2": 1.0}


def test_calm_people_on_a_drive_on_which_nothing_happens_are_called_calm(tmp_path: Path) -> None:
    write_wesad(tmp_path, [(str(person), "1", 60.0 + person, 40.0, 50.0) for person in range(4) for _ in range(5)])
    found = stress.run(tmp_path)["as_in_a_drive"]
    assert isinstance(found, dict)
    assert found["calm_called_stressed"] == found["calm_called_surely_stressed"] == 0.0


def test_the_shipped_net_tells_a_racing_heart_from_a_resting_one_in_any_file(tmp_path: Path) -> None:
    calm = [(str(person), label, 60.0 + person, 40.0, 50.0) for person in range(20, 26) for label in ("1", "4")]
    racing = [(str(person), "2", 95.0 + person, 22.0, 40.0) for person in range(20, 26)]
    write_wesad(tmp_path, calm + racing, "wesad_others.csv")
    figures = stress.run(tmp_path)
    assert figures["balanced_accuracy"] == 1.0
    assert figures["subjects"] == 6
    assert figures["trained_on"] == []
    json.dumps(figures, allow_nan=False)


def test_a_heart_table_without_its_columns_is_named(tmp_path: Path) -> None:
    path = tmp_path / "stress" / "wesad" / "wesad.csv"
    path.parent.mkdir(parents=True)
    path.write_text("label,subject\n1,2\n", encoding="utf-8")
    with pytest.raises(UsageError, match="lacks HRV_Heart_rate"):
        stress.run(tmp_path)


def test_stress_that_lasts_is_judged_over_minutes_and_never_over_two_tasks() -> None:
    subject, task = np.repeat("7", 6), np.array(["1", "1", "1", "2", "2", "2"])
    rows = wesad.HeartRows(np.zeros((6, 3)), np.zeros((6, 3), dtype=np.float32), task == "2", subject, task)
    averaged = wesad.steady(rows, np.array([-1.0, -1.0, 5.0, 1.0, -3.0, 8.0]))
    np.testing.assert_allclose(averaged, [-1.0, -1.0, 1.0, 1.0, -1.0, 2.0])


def test_a_blurred_and_a_small_face_are_measured_beside_the_stored_one(tmp_path: Path) -> None:
    write_fer2013(tmp_path, [3, 3, 3], [1, 1, 1])
    found = expression.run(tmp_path)["worse_pictures"]
    assert isinstance(found, dict)
    assert list(found) == ["32 px across", "24 px across", "16 px across", "blurred by 1 px", "blurred by 2 px"]
    assert found["32 px across"]["accuracy"] == 1.0
    assert found["32 px across"]["anger_auc"] is None


def write_drive(
    data: Path, name: str, bpm: dict[str, float], *, marked: bool = True, dropped_out: slice = slice(0)
) -> None:
    """A drive over the whole route at 2 Hz, with a mark where each part begins and where the last one ends."""
    edges_s = np.concatenate([[0.0], np.cumsum(drivedb.USUAL_MIN)]) * 60 + 30
    t_s = np.arange(0, edges_s[-1] + 60, 0.5)
    part = np.clip(np.searchsorted(edges_s, t_s, side="right") - 1, 0, len(drivedb.ROUTE) - 1)
    rate = np.array([bpm[drivedb.ROUTE[index]] for index in part])
    rate[dropped_out] = 0.0
    marker = np.random.default_rng(3).normal(10.0, 0.2, len(t_s))
    if marked:
        for edge_s in edges_s:
            marker[np.abs(t_s - edge_s) < 1.0] = 60.0
    path = data / "stress" / "drivedb" / f"{name}.csv.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.write("Elapsed time(s),ECG(mV),HR(bpm),marker(mV)\n")
        np.savetxt(lines, np.column_stack([t_s, np.zeros(len(t_s)), rate, marker]), fmt="%.3f", delimiter=",")


def shipped_stress() -> OnnxModel:
    return OnnxModel(models_dir(Config()) / "stress.onnx")


def test_a_heart_that_beats_faster_in_the_city_orders_the_route(tmp_path: Path) -> None:
    write_drive(tmp_path, "drive01", {"rest": 62.0, "highway": 68.0, "city": 80.0})
    write_drive(tmp_path, "drive02", {"rest": 70.0, "highway": 66.0, "city": 90.0})
    figures = drivedb.run(tmp_path, shipped_stress())
    assert figures["drives"] == 2
    assert figures["drives_with"] == {"rest < city": 2, "rest < highway": 1, "highway < city": 2}
    assert figures["auc_rest_found_unaided"] > 0.7  # type: ignore[operator]
    json.dumps(figures, allow_nan=False)


def test_a_sensor_that_lost_the_beat_for_minutes_is_no_calm_driver(tmp_path: Path) -> None:
    write_drive(tmp_path, "drive01", {"rest": 60.0, "highway": 60.0, "city": 60.0}, dropped_out=slice(3000, 3800))
    drive = drivedb.load(tmp_path / "stress" / "drivedb" / "drive01.csv.gz")
    assert drive is not None
    np.testing.assert_allclose(drive.heart_rate, 0.0, atol=1e-9)


def test_a_drive_without_marks_is_left_out_and_counted(tmp_path: Path) -> None:
    write_drive(tmp_path, "drive01", {"rest": 60.0, "highway": 70.0, "city": 80.0}, marked=False)
    figures = drivedb.run(tmp_path, shipped_stress())
    assert figures["drives"] == 0
    assert "marks" in str(figures["reason"])


@pytest.mark.parametrize("missing", [1, 4, 6])
def test_a_mark_that_was_not_pressed_is_not_made_up(missing: int) -> None:
    edges_s = np.concatenate([[0.0], np.cumsum(drivedb.USUAL_MIN)]) * 60
    assert drivedb.route(edges_s.tolist()) is not None
    assert drivedb.route(np.delete(edges_s, missing).tolist()) is None
