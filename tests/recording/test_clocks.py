"""Boards without a battery clock: they record in 1970, jump by decades, and lose nothing by it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from driver_monitor.camera.frame import Frame
from driver_monitor.monitor import Monitor
from driver_monitor.recording import clock as clock_module
from driver_monitor.recording.clock import RELEASED_S, Stamp, stamp
from driver_monitor.recording.folder import DriveLock, drives, in_order
from driver_monitor.recording.header import new_header
from driver_monitor.recording.info import inspect
from driver_monitor.recording.mcap import topics
from driver_monitor.recording.mcap.codec import signals_bytes
from driver_monitor.recording.mcap.description import read_description
from driver_monitor.recording.mcap.segment import Segment
from driver_monitor.recording.open import find_drives, open_drive
from driver_monitor.recording.recorder import Recorder
from driver_monitor.recording.retention import FIRST_SEEN, Retention
from driver_monitor.state.speed import Speed, SpeedKnowledge
from tests.cli.product import attentive, driver_monitor
from tests.recording.make import START, config_for, observations, record, script

DAY_S = 86400.0
NOW = START
UNSET = datetime(1970, 1, 1, 0, 0, 12, tzinfo=UTC)
FUTURE = datetime(2038, 1, 19, 3, 14, 0, tzinfo=UTC)


@dataclass
class Board:
    """A machine: what its clock says, how long it has been up, whether anybody has set the clock."""

    wall: datetime
    boot: str = "first"
    up_s: float = 10.0
    synchronised: bool = True

    def now(self) -> datetime:
        return self.wall

    def stamp(self) -> Stamp:
        vouched = self.synchronised and self.wall.timestamp() >= RELEASED_S
        return Stamp(self.wall.timestamp(), self.up_s, self.boot, vouched)

    def passes(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.up_s += seconds

    def boots(self, name: str, wall: datetime, *, synchronised: bool) -> None:
        self.boot, self.wall, self.up_s, self.synchronised = name, wall, 5.0, synchronised


def recorded(folder: Path, board: Board) -> Path:
    """A short drive, which itself takes a second."""
    config = config_for(folder, keep_days=30.0)
    monitor = Monitor(config)
    with Recorder(config, clock=board.now, stamped=board.stamp, live=False, report=lambda said: None) as recorder:
        for seen in observations(script((), duration_s=1.0)):
            speed = Speed(0.0, SpeedKnowledge.MEASURED)
            recorder.add(monitor.observe(seen, Frame(seen.t_s, None), speed))
    board.passes(1.0)
    return recorder.drive


def kept(folder: Path, board: Board, keep_days: float = 30.0, keep_gb: float = 0.0) -> list[Path]:
    """What retention leaves."""
    config = config_for(folder, keep_days=keep_days, keep_gb=keep_gb).recording
    Retention(folder, config, board.stamp).make_room(report=lambda said: None)
    return drives(folder)


def test_a_drive_of_before_the_clock_was_set_is_kept(tmp_path: Path) -> None:
    board = Board(UNSET, synchronised=False)
    unset = recorded(tmp_path, board)
    board.wall, board.synchronised = NOW, True  # GPS or NTP, 56 years later
    set_ = recorded(tmp_path, board)
    assert kept(tmp_path, board) == [unset, set_]
    board.boots("second", NOW + timedelta(hours=8), synchronised=True)
    assert kept(tmp_path, board) == [unset, set_]


def test_what_is_old_by_clocks_that_were_synchronised_goes(tmp_path: Path) -> None:
    board = Board(NOW)
    old = recorded(tmp_path, board)
    board.boots("second", NOW + timedelta(days=20), synchronised=True)
    newer = recorded(tmp_path, board)
    board.boots("third", NOW + timedelta(days=31), synchronised=True)
    assert kept(tmp_path, board) == [newer]
    assert not old.exists()
    assert kept(tmp_path, board, keep_days=0.0) == [newer]


@pytest.mark.parametrize("synchronised", [False, True])
def test_a_boot_in_the_future_and_back_erases_nothing(tmp_path: Path, *, synchronised: bool) -> None:
    board = Board(NOW)
    first = recorded(tmp_path, board)
    board.boots("second", FUTURE, synchronised=False)
    second = recorded(tmp_path, board)
    assert kept(tmp_path, board) == [first, second]
    board.boots("third", NOW + timedelta(hours=1), synchronised=synchronised)
    third = recorded(tmp_path, board)
    assert kept(tmp_path, board) == [first, second, third]  # in the order of recording


def test_a_clock_that_is_not_synchronised_makes_nothing_old(tmp_path: Path) -> None:
    board = Board(NOW)
    drive = recorded(tmp_path, board)
    board.boots("second", NOW + timedelta(days=400), synchronised=False)
    assert kept(tmp_path, board) == [drive]


def test_the_boot_that_recorded_a_drive_knows_its_age_whatever_the_clock_did(tmp_path: Path) -> None:
    board = Board(NOW)
    drive = recorded(tmp_path, board)
    board.wall = FUTURE  # a step, synchronised as it may be
    assert kept(tmp_path, board) == [drive]
    board.wall, board.synchronised = UNSET, False
    board.up_s += 31 * DAY_S
    assert kept(tmp_path, board) == []


def test_the_age_of_what_nobody_can_date_begins_when_a_set_clock_first_sees_it(tmp_path: Path) -> None:
    board = Board(UNSET, synchronised=False)
    undated = recorded(tmp_path, board)
    board.boots("second", FUTURE, synchronised=True)
    future = recorded(tmp_path, board)  # a server that was wrong
    board.boots("third", NOW, synchronised=True)
    assert kept(tmp_path, board) == [undated, future]
    board.boots("fourth", NOW + timedelta(days=29), synchronised=True)
    assert kept(tmp_path, board) == [undated, future]
    # The note of it is lost, then torn: the age begins anew, and nothing goes early.
    (tmp_path / FIRST_SEEN).unlink()
    assert kept(tmp_path, board) == [undated, future]
    text = (tmp_path / FIRST_SEEN).read_text()
    (tmp_path / FIRST_SEEN).write_text(text[: len(text) // 2])
    board.boots("fifth", NOW + timedelta(days=40), synchronised=True)
    assert kept(tmp_path, board) == [undated, future]
    board.boots("sixth", NOW + timedelta(days=71), synchronised=True)
    assert kept(tmp_path, board) == []
    assert not (tmp_path / FIRST_SEEN).exists()


def test_the_size_limit_takes_the_oldest_by_order_of_recording(tmp_path: Path) -> None:
    board = Board(FUTURE, synchronised=False)
    made = [recorded(tmp_path, board)]
    board.boots("second", NOW, synchronised=True)
    made.append(recorded(tmp_path, board))
    board.boots("third", UNSET, synchronised=False)
    made.append(recorded(tmp_path, board))  # the newest, by date the oldest
    size = sum(file.stat().st_size for file in made[2].iterdir())
    assert kept(tmp_path, board, keep_gb=2.5 * size / 1e9) == made[1:]
    with DriveLock(made[1]):
        assert kept(tmp_path, board, keep_gb=size / 2e9) == [made[1]]  # never what is being recorded
    assert kept(tmp_path, board, keep_gb=size / 2e9) == []


def of_before(folder: Path, name: str, board: Board) -> Path:
    """A drive as earlier versions recorded it: no counter, no word on the clock."""
    config = config_for(folder)
    header = replace(new_header(config, camera="0", now=board.wall, normal=None), drive_id=name)
    drive = folder / name
    drive.mkdir()
    counted = recorded(folder / "elsewhere", board)
    segment = Segment(drive / "000.mcap", header, 0)
    for state in open_drive(counted).states():
        segment.add(topics.SIGNALS, state.t_s, signals_bytes(state.signals))
    segment.close()
    return drive


def test_drives_of_earlier_versions_are_read_come_first_and_are_not_taken_for_old(tmp_path: Path) -> None:
    board = Board(NOW)
    names = ["1970-01-01T00-00-12Z-aaaa", "2026-11-20T08-00-00Z-bbbb", "2026-11-22T08-00-00Z-cccc"]
    undated, first, second = [of_before(tmp_path, name, board) for name in names]
    counted = recorded(tmp_path, Board(UNSET, synchronised=False))
    # Nobody knows when the undated one was recorded: it goes as late as can be.
    assert kept(tmp_path, board) == [first, second, undated, counted]
    assert counted.name.startswith("1970-01-01T00-00-12Z-00001-")
    board.boots("second", NOW + timedelta(days=29), synchronised=True)
    assert kept(tmp_path, board) == [first, second, undated, counted]
    assert all(list(open_drive(drive).states()) for drive in (undated, first, second))
    board.boots("third", NOW + timedelta(days=31), synchronised=True)
    assert kept(tmp_path, board) == []


def test_names_do_not_collide_when_the_clock_jumps_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("driver_monitor.recording.header.secrets.token_hex", lambda count: "abcd")
    board = Board(UNSET, synchronised=False)
    made = []
    for boot in range(3):
        board.boots(str(boot), UNSET, synchronised=False)
        made.append(recorded(tmp_path, board))
    assert [drive.name for drive in made] == [f"1970-01-01T00-00-12Z-0000{number}-abcd" for number in (1, 2, 3)]
    assert find_drives(tmp_path) == made


def test_the_drives_of_several_cars_in_one_folder_go_by_their_dates() -> None:
    folder = Path("archive")
    names = ["2026-11-20T08-00-00Z-00009-aaaa", "2026-11-21T08-00-00Z-00002-bbbb", "2026-11-22T08-00-00Z-00009-cccc"]
    assert in_order([folder / name for name in reversed(names)]) == [folder / name for name in names]


def test_a_clock_that_is_set_on_the_way_is_noted_and_media_time_goes_on(tmp_path: Path) -> None:
    board = Board(UNSET, synchronised=False)
    config = config_for(tmp_path)
    monitor = Monitor(config)
    with Recorder(config, clock=board.now, stamped=board.stamp, live=False) as recorder:
        last_s = 0.0
        for seen in observations(script((), duration_s=12.0)):
            board.passes(seen.t_s - last_s)
            if last_s < 5.0 <= seen.t_s:
                board.wall, board.synchronised = NOW + timedelta(seconds=seen.t_s), True
            if last_s < 9.0 <= seen.t_s:
                board.wall -= timedelta(minutes=10)  # GPS and NTP do not agree
            last_s = seen.t_s
            recorder.add(monitor.observe(seen, Frame(seen.t_s, None), Speed(0.0, SpeedKnowledge.MEASURED)))
    times = [state.t_s for state in open_drive(recorder.drive).states()]
    assert times == sorted(times)
    assert max(b - a for a, b in pairwise(times)) < 0.3
    described = [read_description(file) for file in sorted(recorder.drive.glob("*.mcap"))]
    decades_s = (NOW - UNSET).total_seconds()
    assert [round(by_s) for _, by_s in described[-1].steps] == [round(decades_s), -600]
    assert [round(t_s) for t_s, _ in described[-1].steps] == [5, 9]
    assert [each.began.vouched for each in described if each.began] == [False, True, True]
    assert described[0].steps == ()
    info = inspect(open_drive(recorder.drive))
    assert datetime.fromisoformat(info.started_by_later_clock) == pytest.approx(NOW, abs=timedelta(seconds=2))
    shown = driver_monitor("record-info", recorder.drive)
    words = " ".join(shown.stdout.split())
    assert "started 2026-11-27T10:43:5" in words
    assert "the clock said 1970-01-01T00:00:12" in words
    # Whoever erases by age counts from the clock that was set.
    board.boots("second", NOW + timedelta(days=29), synchronised=True)
    assert len(kept(tmp_path, board)) == 1
    # A clip is one file, whatever the clock does in it.
    assert info.problems == []


def test_a_replay_is_the_same_over_a_step_of_the_clock(tmp_path: Path) -> None:
    def jump(monitor: Monitor, recorder: Recorder, t_s: float) -> None:
        recorder._stamped = ten_years_after(recorder._stamped)

    path, printed = record(tmp_path, controls={16.0: jump, 24.0: jump})
    assert len(list(path.glob("*.mcap"))) == 3
    assert driver_monitor("replay", path, "--json").stdout.splitlines() == printed


def ten_years_after(before: Callable[[], Stamp]) -> Callable[[], Stamp]:
    def later() -> Stamp:
        now = before()
        return replace(now, wall_s=now.wall_s + timedelta(days=3650).total_seconds())

    return later


def test_this_machine_tells_its_boot_and_whether_its_clock_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = stamp(), stamp()
    assert first.boot_id == second.boot_id != ""
    assert 0 <= (first.age_s(second) or 0.0) < 1.0
    for synchronised in (False, True):
        monkeypatch.setattr(clock_module, "synchronised", lambda: synchronised)  # noqa: B023
        assert stamp().vouched == synchronised
        assert not stamp(lambda: UNSET).vouched  # nothing was recorded before there was this software
        assert Stamp.from_metadata(first.to_metadata() | {"clock": "x"}) is not None
    assert Stamp.from_metadata({}) is None
    assert clock_module.synchronised() in (False, True)


def test_a_real_run_keeps_what_a_run_with_an_unset_clock_recorded(tmp_path: Path) -> None:
    folder = tmp_path / "drives"
    unset = recorded(folder, Board(UNSET, synchronised=False))
    film = attentive(tmp_path / "drive.mp4", seconds=2)
    ended = driver_monitor("run", "--source", film, "--record", folder, "--json")
    assert ended.returncode == 0, ended.stderr
    assert "erased" not in ended.stderr
    shown = driver_monitor("record-info", folder, "--json").stdout.splitlines()
    first, second = (json.loads(line)["drive_id"] for line in shown)
    assert first == unset.name
    assert "Z-00002-" in second
