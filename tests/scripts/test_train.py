from pathlib import Path

import pytest

from scripts.training.main import main


def test_training_without_data_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fatigue", "--out", str(tmp_path)]) == 2
    assert "--data" in capsys.readouterr().err


def test_training_from_a_folder_that_is_not_there_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stress", "--data", str(tmp_path / "absent"), "--out", str(tmp_path)]) == 2
    assert "absent" in capsys.readouterr().err


def test_an_unknown_model_is_named_by_the_parser(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["heart", "--out", str(tmp_path)])
    assert stopped.value.code == 2
    assert "distraction" in capsys.readouterr().err


def test_a_face_part_is_only_kept_by_the_net_that_has_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fatigue", "--data", str(tmp_path), "--out", str(tmp_path), "--keep-face"]) == 2
    assert "--keep-face is for scripts/train stress alone" in capsys.readouterr().err
