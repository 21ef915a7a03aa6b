"""A folder of results is there as a whole or not at all."""

from pathlib import Path

import pytest

from driver_monitor.output import whole_folder


def test_a_folder_gets_its_name_when_it_is_full(tmp_path: Path) -> None:
    wanted = tmp_path / "drives" / "one"
    (tmp_path / "drives" / "one.part").mkdir(parents=True)
    (tmp_path / "drives" / "one.part" / "left.txt").write_text("of a process that was killed")
    with whole_folder(wanted) as part:
        (part / "made.txt").write_text("whole")
        assert not wanted.exists()
    assert [file.name for file in wanted.iterdir()] == ["made.txt"]
    assert list(wanted.parent.iterdir()) == [wanted]


def test_what_ends_early_leaves_what_was_there(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "one") as part:
        (part / "made.txt").write_text("first")

    def end_early() -> None:
        with whole_folder(tmp_path / "one") as part:
            (part / "made.txt").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        end_early()
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    assert (tmp_path / "one" / "made.txt").read_text() == "first"
