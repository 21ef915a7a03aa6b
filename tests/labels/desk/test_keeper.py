"""Two hands on one file of labels."""

from pathlib import Path

import pytest

from driver_monitor.labels.desk.keeper import ChangedElsewhereError, Keeper
from driver_monitor.labels.errors import LabelError
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import read_labels, write_labels

PHONE, SLEEP = Label("phone", 1.0, 2.0), Label("sleep", 3.0, 7.0)


def test_each_edition_replaces_the_one_before(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "labels.csv")
    empty = keeper.read()
    assert (empty.labels, empty.version) == ((), "")
    first = keeper.write([SLEEP, PHONE], empty.version)
    assert first.labels == (PHONE, SLEEP)
    assert keeper.write([], first.version).labels == ()
    assert read_labels(keeper.path) == []


def test_what_another_hand_wrote_is_not_overwritten(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "labels.csv")
    seen = keeper.write([PHONE], "").version
    write_labels(keeper.path, [SLEEP])
    with pytest.raises(ChangedElsewhereError):
        keeper.write([PHONE, SLEEP], seen)
    assert keeper.read().labels == (SLEEP,)
    with pytest.raises(ChangedElsewhereError):
        keeper.write([PHONE], "")  # nor where there was no file
    keeper.path.unlink()
    with pytest.raises(ChangedElsewhereError):
        keeper.write([PHONE], seen)  # nor one that was removed


def test_a_broken_file_is_told_and_left_alone(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "labels.csv")
    keeper.path.write_text("not labels\n", encoding="utf-8")
    with pytest.raises(LabelError, match=r"labels\.csv:1: no column start_s"):
        keeper.read()
    assert keeper.path.read_text(encoding="utf-8") == "not labels\n"
