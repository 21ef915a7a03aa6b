"""Files of any kind into the labels of one drive."""

from pathlib import Path

import pytest

from driver_monitor.errors import UsageError
from driver_monitor.labels.errors import LabelError
from driver_monitor.labels.imports.importing import import_labels, merged, read_import
from driver_monitor.labels.imports.words import free_kind, kind_of, rating
from driver_monitor.labels.label import Label


def table(tmp_path: Path, rows: str) -> Path:
    file = tmp_path / "other.csv"
    file.write_text("start_s,end_s,kind\n" + rows, encoding="utf-8")
    return file


def test_what_reaches_beyond_the_drive_is_cut_to_it_and_told(tmp_path: Path) -> None:
    found = import_labels(read_import(table(tmp_path, "10,20,phone\n110,140,drowsy\n")), 0.0, 120.0)
    assert found.labels == (Label("phone", 10.0, 20.0), Label("drowsy", 110.0, 120.0))
    (said,) = found.said
    assert said.endswith("other.csv:3: drowsy from 1:50.0 to 2:20.0 was cut to the drive, 1:50.0 to 2:00.0")


def test_what_lies_outside_speaks_of_another_drive_so_that_nothing_is_taken(tmp_path: Path) -> None:
    with pytest.raises(LabelError) as caught:
        import_labels(read_import(table(tmp_path, "10,20,phone\n130,140,drowsy\n150,160,yawn\n")), 0.0, 120.0)
    assert len(caught.value.problems) == 2
    assert "other.csv:3: drowsy from 2:10.0 to 2:20.0 lies outside the drive, which goes from 0:00.0 to 2:00.0" in str(
        caught.value
    )


def test_an_ending_that_is_none_of_ours_and_a_rate_that_is_not_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"notes\.doc cannot be imported"):
        read_import(tmp_path / "notes.doc")
    with pytest.raises(UsageError, match="--fps is for files that count frames"):
        read_import(table(tmp_path, ""), fps=30.0)


def test_what_is_there_already_comes_in_once() -> None:
    kept = [Label("phone", 10.0, 20.0)]
    new = [Label("phone", 10.0000001, 20.0), Label("phone", 10.0, 20.0, note="again"), Label("sleep", 1.0, 2.0)]
    assert merged(kept, new) == [Label("sleep", 1.0, 2.0), Label("phone", 10.0, 20.0), new[1]]
    assert merged(merged(kept, new), new) == merged(kept, new)


@pytest.mark.parametrize(
    ("words", "kind"),
    [("Phone", "phone"), ("texting left", "phone"), ("micro-sleep", "microsleep"), ("safe_drive", "attentive"),
     ("kss", None), ("radio", None)],
)  # fmt: skip
def test_other_programs_words_mean_our_kinds(words: str, kind: str | None) -> None:
    assert kind_of(words) == kind


def test_any_words_can_be_a_kind_and_some_are_ratings() -> None:
    assert free_kind("reach/side (left)") == "reach_side_left"
    assert free_kind("/") == ""
    assert [rating(words) for words in ("7", "KSS 7", "kss=3.5", "tired")] == [7.0, 7.0, 3.5, None]
