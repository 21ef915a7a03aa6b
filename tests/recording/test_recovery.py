"""Whatever ends a recording, what was synced is read, and what is missing is said."""

import contextlib
import json
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mcap.reader import make_reader

from driver_monitor.recording import recorder as recorder_module
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.header import new_header
from driver_monitor.recording.info import inspect
from driver_monitor.recording.mcap import topics
from driver_monitor.recording.mcap.codec import estimates_bytes, signals_bytes, vehicle_bytes
from driver_monitor.recording.mcap.repair import Repaired, is_finished, repair
from driver_monitor.recording.mcap.segment import Segment
from driver_monitor.recording.open import open_drive
from driver_monitor.recording.recorder import Recorder
from driver_monitor.state.driver_state import DriverState
from tests.cli.product import attentive, driver_monitor, records
from tests.recording.conftest import Recorded
from tests.recording.make import START, config_for, record, script

SYNC_EVERY = 3  # frames


def small(folder: Path, states: list[DriverState]) -> tuple[Path, list[tuple[int, int]]]:
    """A short file, and after each sync how long it was and how many frames it held."""
    header = new_header(config_for(folder), camera="0", now=START, normal=None)
    drive = folder / header.drive_id
    drive.mkdir()
    file = drive / "000.mcap"
    segment = Segment(file, header, 0)
    synced = [(file.stat().st_size, 0)]
    for count, state in enumerate(states, 1):
        segment.add_change(topics.VEHICLE, state.t_s, vehicle_bytes(state.speed))
        segment.add_change(topics.ESTIMATES, state.t_s, estimates_bytes(state))
        segment.add(topics.SIGNALS, state.t_s, signals_bytes(state.signals))
        if count % SYNC_EVERY == 0:
            segment.sync()
            synced.append((file.stat().st_size, count))
    segment.close()
    return file, synced


def test_a_file_cut_at_any_byte_gives_all_that_was_synced(tmp_path: Path, eventful: Recorded) -> None:
    states = eventful.states[:9]
    file, synced = small(tmp_path, states)
    whole = file.read_bytes()
    expected = [repr(state) for state in states]
    last = synced[-1][0]
    for end in (*range(synced[-2][0], last), *range(last, len(whole), 7)):  # every byte of the chunk, then the index
        file.write_bytes(whole[:end])
        drive = open_drive(file.parent)
        found = [repr(state) for state in drive.states()]
        # The index behind a chunk is no part of what is read.
        least = max(count for size, count in synced if size <= end)
        assert found == expected[: len(found)]
        assert least <= len(found) <= least + SYNC_EVERY
        assert drive.problems == []
        assert len(drive.notes) == 1
        assert "was cut off" in drive.notes[0]


@pytest.mark.parametrize("end", [0, 3, 8, 30, 400])
def test_a_file_cut_before_its_first_frame_is_told_of(tmp_path: Path, eventful: Recorded, end: int) -> None:
    file, _ = small(tmp_path, eventful.states[:10])
    file.write_bytes(file.read_bytes()[:end])
    with pytest.raises(RecordingError, match=r"is empty|was cut off within|not an MCAP file"):
        open_drive(file)
    ended = driver_monitor("replay", file)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr


def test_a_damaged_piece_costs_no_more_than_itself(tmp_path: Path, eventful: Recorded) -> None:
    states = eventful.states[:12]
    file, synced = small(tmp_path, states)
    broken = bytearray(file.read_bytes())
    broken[synced[1][0] + 200] ^= 0xFF  # in the second chunk
    file.write_bytes(broken)
    drive = open_drive(file)
    assert [repr(s) for s in drive.states()] == [repr(s) for s in [*states[:3], *states[6:]]]
    assert len(drive.problems) == 1
    assert "a damaged piece after" in drive.problems[0]


def test_any_byte_flipped_is_survived(tmp_path: Path, eventful: Recorded) -> None:
    file, _ = small(tmp_path, eventful.states[:5])
    whole = file.read_bytes()
    for at in range(0, len(whole), 31):
        broken = bytearray(whole)
        broken[at] ^= 0xFF
        file.write_bytes(broken)
        with contextlib.suppress(RecordingError):  # nothing else may come out of it
            assert len(list(open_drive(file).states())) <= 5


def test_a_killed_run_is_read_repaired_and_opened_by_others(tmp_path: Path) -> None:
    film = attentive(tmp_path / "drive.mp4", seconds=20)
    folder = tmp_path / "drives"
    run = subprocess.Popen(
        [sys.executable, "-m", "driver_monitor", "run", "--source", film, "--record", folder, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert run.stdout is not None
    last_s = 0.0
    while last_s < 4.0:
        last_s = json.loads(run.stdout.readline())["t_s"]
    time.sleep(0.6)
    run.send_signal(signal.SIGKILL)
    run.communicate()

    ended = driver_monitor("replay", folder, "--json")
    assert ended.returncode == 0
    assert "was cut off" in ended.stderr
    assert "Traceback" not in ended.stderr
    [path] = folder.iterdir()
    states = list(open_drive(path).states())
    assert states[-1].t_s > last_s + 0.6 - 1.0  # at most a second is lost
    assert records(ended.stdout)[-1]["t_s"] >= last_s

    file = path / "000.mcap"
    assert not is_finished(file)
    assert repair(open_drive(path)) == [Repaired(file)]
    assert list(path.iterdir()) == [file], "the killed run's lock is gone too"
    with file.open("rb") as stream:
        summary = make_reader(stream).get_summary()
        assert summary is not None
        assert summary.statistics is not None
        counts = summary.statistics.channel_message_counts
        names = {channel.topic: counts.get(number, 0) for number, channel in summary.channels.items()}
    assert names["/signals"] == len(states)
    drive = open_drive(path)
    assert [repr(state) for state in drive.states()] == [repr(state) for state in states]
    assert drive.notes == []


def test_a_disk_that_takes_no_more_pauses_the_recording_until_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    said: list[str] = []

    def room_again(monitor: object, recorder: object, t_s: float) -> None:
        deadline = time.monotonic() + 10
        while not said and time.monotonic() < deadline:  # until the thread has met the limit
            time.sleep(0.01)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        time.sleep(0.3)

    monkeypatch.setattr(recorder_module, "ROOM_EVERY_S", 0.2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
    try:
        path, _ = record(tmp_path, played=script((), duration_s=24.0), controls={20.0: room_again}, report=said.append)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "pauses: File too large" in said[0]
    assert "goes on" in said[-1]
    drive = open_drive(path)
    info = inspect(drive)
    assert [segment.file for segment in info.segments][-1] != "000.mcap"
    assert info.frames > 60
    assert info.gaps
    assert info.duration_s > 23
    assert info.problems == []


@pytest.mark.parametrize("there", [True, False])
def test_a_drive_for_which_the_disk_has_no_room_at_all_leaves_nothing(tmp_path: Path, there: bool) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    folder = tmp_path / "deep" / "drives"
    if there:
        folder.mkdir(parents=True)
    said: list[str] = []
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        record(folder, played=script((), duration_s=2.0), report=said.append)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ["pauses: File too large" in sentence for sentence in said] == [True]
    assert list(tmp_path.rglob("*")) == ([folder.parent, folder] if there else [])


def test_a_disk_that_takes_its_first_byte_later_is_recorded_to_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    said: list[str] = []

    def room_again(monitor: object, recorder: object, t_s: float) -> None:
        deadline = time.monotonic() + 10
        while not said and time.monotonic() < deadline:
            time.sleep(0.01)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        time.sleep(0.3)

    monkeypatch.setattr(recorder_module, "ROOM_EVERY_S", 0.2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        path, _ = record(tmp_path, played=script((), duration_s=8.0), controls={4.0: room_again}, report=said.append)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ["pauses" in sentence for sentence in said] == [True, False]
    assert [segment.file for segment in inspect(open_drive(path)).segments] == ["000.mcap"]


@pytest.mark.parametrize("what", ["drive", "folder", "files"])
def test_a_drive_that_is_removed_while_it_is_recorded_is_told_in_one_sentence(
    tmp_path: Path, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[str] = []

    def remove(monitor: object, recorder: Recorder, t_s: float) -> None:
        deadline = time.monotonic() + 10
        while not list(recorder.drive.glob("*.mcap")) and time.monotonic() < deadline:
            time.sleep(0.01)
        if what == "files":
            for file in recorder.drive.iterdir():
                file.unlink()
        else:
            shutil.rmtree(recorder.drive if what == "drive" else recorder.drive.parent)

    path, _ = record(tmp_path / "drives", played=script((), duration_s=4.0), controls={2.0: remove}, report=said.append)
    assert [sentence.endswith("removed meanwhile; nothing is left of it") for sentence in said] == [True]
    assert caplog.records == []
    assert not path.exists()


@pytest.mark.parametrize("inside", ["", "drives"])
def test_a_run_that_is_to_record_into_a_file_is_refused_before_anything_is_opened(tmp_path: Path, inside: str) -> None:
    (tmp_path / "file").write_text("")
    ended = driver_monitor("run", "--source", "/dev/video97", "--record", tmp_path / "file" / inside)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert f"{tmp_path / 'file'} is not a folder; name one that is" in ended.stderr
    assert ended.stdout == ""


def test_foreign_newer_and_missing_files_are_named(tmp_path: Path, eventful: Recorded) -> None:
    from mcap.writer import Writer

    foreign = tmp_path / "foreign.mcap"
    with foreign.open("wb") as stream:
        writer = Writer(stream)
        writer.start()
        writer.finish()  # type: ignore[no-untyped-call]
    newer = tmp_path / "newer.mcap"
    with newer.open("wb") as stream:
        writer = Writer(stream)
        writer.start()
        writer.add_metadata("drive", {"format": "99", "software": "driver-monitor 9"})
        writer.finish()  # type: ignore[no-untyped-call]
    text = tmp_path / "text.mcap"
    text.write_text("this is no drive at all, but a text of some length")
    for path, code, words in (
        (foreign, 1, "another program"),
        (newer, 1, "a newer version (driver-monitor 9, format 99"),
        (text, 1, "not an MCAP file"),
        (tmp_path / "none.mcap", 2, "there is no recorded drive"),
    ):
        ended = driver_monitor("replay", path)
        assert ended.returncode == code
        assert words in ended.stderr
        assert "Traceback" not in ended.stderr


def test_one_broken_drive_of_several_costs_only_itself(tmp_path: Path, eventful: Recorded) -> None:
    shutil.copytree(eventful.path, tmp_path / "2026-11-27T10-43-52Z-aaaa")
    broken = tmp_path / "2026-11-27T11-43-52Z-bbbb"
    broken.mkdir()
    (broken / "000.mcap").write_bytes(b"")
    ended = driver_monitor("replay", tmp_path, "--json")
    assert ended.returncode == 1
    lines = [{k: v for k, v in record.items() if k != "source"} for record in records(ended.stdout)]
    assert lines == [json.loads(line) for line in eventful.printed]
    assert "is empty" in ended.stderr
