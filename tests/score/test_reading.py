"""Recorded drives on the disk down to what is scored."""

import shutil
from pathlib import Path

import pytest

from driver_monitor.config.loader import load
from driver_monitor.errors import UsageError
from driver_monitor.jobs.engine import HereEngine, ProcessEngine
from driver_monitor.labels.errors import LabelError
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import write_labels
from driver_monitor.score.many import all_drives, read_drives
from driver_monitor.score.outcome import DriveOutcome
from driver_monitor.score.reading import Read, read_drive
from driver_monitor.score.score import score
from tests.labels.recorded import TRUTH, labelled, record
from tests.report.drive import tracked


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return labelled(record(tmp_path_factory.mktemp("drives"), driver="anna"))


def read(*arguments: object, **options: object) -> DriveOutcome:
    found = read_drive(*arguments, **options)  # type: ignore[arg-type]
    assert found.problems == []
    assert found.outcome is not None
    return found.outcome


def copy(drive: Path, to: Path) -> Path:
    return Path(shutil.copytree(drive, to / drive.name))


def test_a_drive_is_read_with_its_alerts_its_labels_and_its_driver(drive: Path) -> None:
    outcome = read(drive)
    assert (outcome.drive_id, outcome.driver, outcome.labels) == (drive.name, "anna", TRUTH)
    assert [firing.rule for firing in outcome.firings] == ["long_glance", "microsleep", "cannot_see"]
    assert outcome.duration_s == pytest.approx(119.9, abs=0.01)
    assert outcome.driven_s == pytest.approx(119.9, abs=0.01)
    total = score([outcome]).total
    assert (total.tally.caught, total.tally.events, total.tally.false) == (2, 2, 0)
    assert total.tally.latencies_s == pytest.approx([3.0, 1.5], abs=0.15)


def test_another_config_answers_by_its_own_rules(drive: Path) -> None:
    quiet = load(Path("quiet")).config
    outcome = read(drive, config=quiet)
    slower = score([outcome]).total.tally.latencies_s
    assert slower[0] == pytest.approx(3.5, abs=0.15)
    assert outcome.duration_s == pytest.approx(119.9, abs=0.01)
    assert set(outcome.targets) == {name for name, rule in quiet.rules.items() if rule.enabled}


def test_the_config_of_the_drive_gives_what_was_recorded(drive: Path) -> None:
    assert read(drive, config=load(Path("default")).config).firings == read(drive).firings


def test_a_drive_that_nobody_labelled_is_not_scored_but_one_found_empty_is(drive: Path, tmp_path: Path) -> None:
    bare = copy(drive, tmp_path)
    (bare / "labels.csv").unlink()
    found = read_drive(bare)
    assert found.outcome is None
    assert found.notes == [f"{bare} has no labels and is not scored; 'driver-monitor label {bare}' makes them"]
    write_labels(bare / "labels.csv", [])
    assert score([read(bare)]).total.tally.false == 2


def test_labels_outside_are_told_with_their_line(drive: Path, tmp_path: Path) -> None:
    other = copy(drive, tmp_path)
    write_labels(other / "labels.csv", [Label("phone", 24, 29), Label("talking", 110, 140), Label("sleep", 500, 510)])
    found = read_drive(other)
    assert [note.partition("labels.csv")[2] for note in found.notes] == [
        ":3: talking from 1:50.0 to 2:20.0 reaches beyond the drive, which goes from 0:00.0 to 1:59.9; it is cut to it",
        ":4: sleep from 8:20.0 to 8:30.0 lies outside the drive, which goes from 0:00.0 to 1:59.9; it is not scored",
    ]
    assert score([found.outcome or DriveOutcome("", 0, (), ())]).total.tally.events == 1


def test_labels_of_a_drive_may_come_from_elsewhere_and_must_be_right(drive: Path, tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    write_labels(file, [Label("phone", 24, 29)])
    assert read(drive, labels=file).labels == (Label("phone", 24, 29),)
    file.write_text("start_s,end_s,kind\nx,1,phone\n", encoding="utf-8")
    with pytest.raises(LabelError, match=r"other\.csv:2:"):
        read_drive(drive, labels=file)


def test_a_drive_of_events_alone_can_be_scored_as_it_was(tmp_path: Path) -> None:
    outcome = read(labelled(record(tmp_path, level="events")))
    assert score([outcome]).total.tally.caught == 2
    assert outcome.duration_s == pytest.approx(119.5, abs=0.5)  # a state a second
    drive = tmp_path / outcome.drive_id
    (refused,) = read_drives([drive], HereEngine(), config=load(Path("quiet")).config)
    assert refused.problems == [f"{drive} keeps its events only, so that no other config can be tried on it"]


def test_time_that_was_not_recorded_is_not_judged(tmp_path: Path) -> None:
    states = [tracked(k / 10) for k in (*range(300), *range(9000, 9300))]
    outcome = read(labelled(record(tmp_path, states)))
    assert outcome.duration_s == pytest.approx(929.9, abs=0.01)
    assert outcome.driven_s == pytest.approx(60.0, abs=1.5)


def test_clips_are_pieces_of_a_drive(tmp_path: Path) -> None:
    outcome = read(labelled(record(tmp_path, clip_s=4.0)))
    assert [firing.rule for firing in outcome.firings] == ["long_glance", "microsleep", "cannot_see"]
    assert (outcome.driven_s or 0.0) < 45
    assert score([outcome]).total.tally.caught == 2
    again = read(tmp_path / outcome.drive_id, config=load(Path("default")).config)
    assert [firing.rule for firing in again.firings] == ["long_glance", "microsleep", "cannot_see"]
    assert again.driven_s == pytest.approx(outcome.driven_s, abs=2.5)  # by the frame, and by the second


def test_drives_are_found_once_and_read_side_by_side_as_one_by_one(drive: Path, tmp_path: Path) -> None:
    record(tmp_path, [tracked(k / 10) for k in range(50)], day=1)
    copy(drive, tmp_path)
    found = all_drives([tmp_path, tmp_path / drive.name, tmp_path / "." / drive.name])
    assert [path.name for path in found] == sorted(path.name for path in found)
    assert len(found) == 2
    counts: list[int] = []
    with ProcessEngine(2) as engine:
        together = read_drives(found, engine, done=counts.append)
    assert counts == [1, 2]
    assert together == read_drives(found, HereEngine())
    assert [each.outcome is None for each in together] == [False, True]


def test_a_broken_drive_costs_itself_alone(drive: Path, tmp_path: Path) -> None:
    good = copy(drive, tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "000.mcap").write_bytes(b"no drive")
    first, second = read_drives([broken, good], HereEngine())
    assert first.outcome is None
    assert "is not an MCAP file" in first.problems[0]
    assert second.outcome is not None


def test_the_same_drive_twice_is_refused_with_both_names(drive: Path, tmp_path: Path) -> None:
    twin = copy(drive, tmp_path)
    with pytest.raises(UsageError, match=f"{drive} and {twin} are the same drive \\({drive.name}\\)"):
        read_drives([drive, twin], HereEngine())


def test_one_segment_by_itself_has_the_labels_of_its_folder(drive: Path) -> None:
    assert read(drive / "000.mcap").labels == TRUTH
    assert isinstance(read_drive(drive / "000.mcap"), Read)
