from pathlib import Path
from typing import Any

import numpy as np
import pytest

from driver_monitor.errors import UsageError
from scripts.evaluation import rldd
from scripts.training.fatigue_extra import added
from scripts.training.main import main
from tests.scripts.research_files import fold


def recorded(folder: Path, name: str = "mine.npz", **changes: Any) -> Path:
    """Twelve windows of two drives of Ada and one of Ben."""
    blinks = np.random.default_rng(0).normal(0, 1, (12, 30, 4)).astype(np.float32)
    blinks[:, :, 0] = np.nan
    content: dict[str, Any] = {
        "blinks": blinks,
        "label": np.repeat([0, 10, 5], 4),
        "video": np.repeat([7, 8, 12], 4),
        "subject": np.repeat(["Ada", "Ada", "Ben"], 4),
    }
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / name, **{key: value for key, value in (content | changes).items() if value is not None})
    return folder


@pytest.fixture
def windows(tmp_path: Path) -> rldd.Windows:
    for number in (1, 2, 3):
        fold(tmp_path / f"fatigue/uta_rldd_blinks/fold{number}.npz", subjects=2, windows=3, seed=number)
    found = rldd.load(tmp_path)
    assert found is not None
    return found


def test_recorded_drives_join_the_research_files(tmp_path: Path, windows: rldd.Windows) -> None:
    both = added(windows, [recorded(tmp_path / "drives")])
    own = both.where(np.arange(len(both.label)) >= len(windows.label))
    assert own.label.tolist() == [0] * 4 + [2] * 4 + [1] * 4
    assert np.unique(own.video).size == 3
    assert not np.isin(own.video, windows.video).any()
    assert np.unique(own.subject).size == 2
    assert not np.isin(own.subject, windows.subject).any()
    assert both.files[-1].name == "mine.npz"


def test_a_person_in_two_files_stays_on_one_side_of_every_split(tmp_path: Path, windows: rldd.Windows) -> None:
    folder = recorded(recorded(tmp_path / "drives"), "second.npz")
    both = added(windows, [folder])
    for person in np.unique(both.subject):
        assert np.unique(both.fold[both.subject == person]).size == 1
    assert np.unique(both.subject).size == 8
    assert np.unique(both.video).size == 18 + 6


def test_no_folder_changes_nothing(windows: rldd.Windows) -> None:
    assert added(windows, []) is windows


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"subject": None}, "lacks subject"),
        ({"blinks": np.zeros((12, 20, 4), np.float32)}, r"float \[n, 30, 4\], not float32 \[12, 20, 4\]"),
        ({"blinks": np.zeros((0, 30, 4), np.float32)}, "no windows"),
        ({"blinks": np.full((12, 30, 4), np.nan, np.float32)}, "must be finite"),
        ({"label": np.full(12, 3)}, "label must be 0, 5 or 10, not 3"),
        ({"label": np.full(11, 5)}, r"label must be integer \[12\]"),
        ({"video": np.full(12, 0.5)}, "video must be integer"),
    ],
)
def test_a_file_of_another_layout_is_refused_and_says_why(
    tmp_path: Path, windows: rldd.Windows, changes: dict[str, Any], complaint: str
) -> None:
    folder = recorded(tmp_path / "drives", **changes)
    with pytest.raises(UsageError, match=complaint) as refused:
        added(windows, [folder])
    assert "mine.npz" in str(refused.value)


def test_a_file_that_is_no_archive_is_refused_by_name(tmp_path: Path, windows: rldd.Windows) -> None:
    folder = recorded(tmp_path / "drives")
    (folder / "notes.npz").write_bytes(b"PK not really")
    with pytest.raises(UsageError, match=r"notes\.npz cannot be read"):
        added(windows, [folder])


def test_an_empty_folder_is_refused(tmp_path: Path, windows: rldd.Windows) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"has no \*\.npz"):
        added(windows, [tmp_path / "empty"])


def test_only_fatigue_takes_extra_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["stress", "--data", str(tmp_path), "--out", str(tmp_path), "--extra", str(tmp_path)]
    assert main(arguments) == 2
    assert "--extra is for scripts/train fatigue alone" in capsys.readouterr().err
