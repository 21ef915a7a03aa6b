"""``scripts/evaluate expression`` and ``stress`` on made-up files in the layout of the real ones."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from driver_monitor.classifiers.face_crop import crop_face
from driver_monitor.errors import UsageError
from scripts.evaluation import expression, fer2013, stress, wesad
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
            ("3", "1", 80.0, 20.0, 30.0), ("3", "4", 80.0, 40.0, 30.0),
            ("4", "2", 90.0, 20.0, 30.0),
        ],
    )  # fmt: skip
    rows = wesad.load(tmp_path)
    assert rows is not None
    assert rows.subject.tolist() == ["2", "2", "3", "3"], "subject 4 has no rest to compare with"
    assert rows.stressed.tolist() == [False, True, False, False]
    ratios = np.array([[1, 1, 1], [1.5, 0.5, 1], [1, 1, 1], [1, 2, 1]], dtype=float)
    np.testing.assert_allclose(np.exp(rows.values), ratios, rtol=1e-5)


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
