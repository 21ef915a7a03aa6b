"""A damaged recording: everything in what is whole is read, and what is lost is said."""

import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mcap.reader import make_reader

from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.event import RecordedFrame, StateLine
from driver_monitor.recording.info import inspect
from driver_monitor.recording.mcap.description import read_description
from driver_monitor.recording.mcap.repair import DAMAGED, Repaired, is_finished, repair
from driver_monitor.recording.mcap.scan import Description, Piece, channels, messages, scan
from driver_monitor.recording.open import open_drive
from tests.cli.product import driver_monitor
from tests.recording.conftest import Recorded
from tests.recording.make import config_for, record, script

KINDS = ("flip", "zero", "delete", "insert")


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drives")
    text = "rules: {long_glance: {for: 1.25}}\n"
    path, _ = record(folder, config_for(folder, text), script(duration_s=8.0))
    return path


@pytest.fixture
def file(drive: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(drive, tmp_path / drive.name)) / "000.mcap"


def frames(path: Path) -> list[str]:
    return [repr(state) for state in open_drive(path).states()]


def chunks(file: Path) -> list[tuple[int, int, int]]:
    """Where every chunk begins and ends, and how many frames it holds."""
    known = channels(file)
    return [
        (part.start, part.end, sum(topic == "/signals" for topic, _, _ in messages(part.data, known)))
        for part in scan(file)
        if isinstance(part, Piece)
    ]


def damaged(whole: bytes, kind: str, at: int, count: int, chance: random.Random) -> bytes:
    """``count`` bytes at a place turned over, overwritten with zeros, taken out or put in."""
    broken = bytearray(whole)
    match kind:
        case "flip":
            broken[at : at + count] = bytes(byte ^ chance.randint(1, 255) for byte in whole[at : at + count])
        case "zero":
            broken[at : at + count] = bytes(count)
        case "delete":
            del broken[at : at + count]
        case "insert":
            broken[at:at] = chance.randbytes(count)
    return bytes(broken)


@pytest.mark.parametrize("kind", KINDS)
def test_damage_anywhere_costs_the_chunk_it_is_in_and_is_said(file: Path, kind: str) -> None:
    whole, expected, spans = file.read_bytes(), frames(file), chunks(file)
    chance = random.Random(kind)
    for _ in range(40):
        count = chance.randint(1, 64)
        at = chance.choice((chance.randrange(len(whole) - count), chance.randrange(spans[1][1])))
        file.write_bytes(damaged(whole, kind, at, count, chance))
        intact: list[str] = []
        place = 0
        for start, end, held in spans:
            touched = start < at < end if kind == "insert" else start < at + count and at < end
            intact += [] if touched else expected[place : place + held]
            place += held
        read = open_drive(file)
        found = [repr(state) for state in read.states()]
        assert set(intact) <= set(found) <= set(expected), (kind, at, count)
        assert found == sorted(found, key=expected.index)
        assert len(found) == len(expected) or len(read.problems) == 1, (kind, at, count)
        assert "erase" not in " ".join(read.problems)


def test_eight_bytes_near_the_start_cost_half_a_second_and_not_the_file(file: Path) -> None:
    whole, spans = file.read_bytes(), chunks(file)
    start, end, held = spans[0]
    broken = bytearray(whole)
    broken[start + 600 : start + 608] = b"\xff" * 8
    file.write_bytes(broken)
    read = open_drive(file)
    found = list(read.states())
    (problem,) = read.problems
    # What is named is what is missing: by bytes, and by the time of the first frame that is there.
    said = re.search(r"at its beginning was left out: (\d+) bytes from byte (\d+) on, .* until ([\d.]+) s", problem)
    assert said is not None
    assert int(said[2]) <= start
    assert int(said[1]) + int(said[2]) >= end
    assert float(said[3]) == pytest.approx(found[0].t_s, abs=0.051)
    assert read.config.rules["long_glance"].for_s == 1.25
    shown = driver_monitor("record-info", file.parent)
    assert shown.returncode == 1
    assert problem in shown.stderr
    assert "erase" not in shown.stderr
    assert held < len(found)


def test_a_chunk_in_the_middle_is_named_by_the_seconds_it_held(file: Path) -> None:
    spans = chunks(file)
    start, end, held = spans[5]
    before = sum(count for _, _, count in spans[:5])
    states = list(open_drive(file).states())
    broken = bytearray(file.read_bytes())
    broken[(start + end) // 2] ^= 0xFF
    file.write_bytes(broken)
    read = open_drive(file)
    assert len(list(read.states())) == len(states) - held
    lost_s = states[before + held].t_s - states[before - 1].t_s
    assert f"after {states[before - 1].t_s:.1f} s was left out" in read.problems[0]
    assert f"until {states[before + held].t_s:.1f} s ({lost_s:.1f} s)" in read.problems[0]


def test_one_description_of_two_is_enough(file: Path) -> None:
    whole = file.read_bytes()
    kept = [part for part in scan(file) if isinstance(part, Description)]
    assert len(kept) == 2
    header = read_description(file).drive
    expected = frames(file)
    for part in kept:
        for at in range(part.start, part.end, 97):
            broken = bytearray(whole)
            broken[at] ^= 0x01  # one digit of the config may have become another
            file.write_bytes(broken)
            read = open_drive(file)
            assert read.header == header
            assert [repr(state) for state in read.states()] == expected
            for problem in read.problems:
                assert "nothing of the drive was kept" in problem


def lose_descriptions(file: Path) -> None:
    broken = bytearray(file.read_bytes())
    for part in list(scan(file)):
        if isinstance(part, Description):
            broken[part.start : part.start + 64] = bytes(64)
    file.write_bytes(broken)


def test_without_any_description_the_built_in_config_stands_in_and_is_named(file: Path) -> None:
    expected, began = frames(file), open_drive(file).header.started
    lose_descriptions(file)
    read = open_drive(file.parent)
    assert [repr(state) for state in read.states()] == expected
    assert (read.header.drive_id, read.header.started, read.header.level) == (file.parent.name, began, "signals")
    assert "the built-in config stands in" in " ".join(read.problems)
    played = driver_monitor("replay", file.parent, "--json")
    assert played.returncode == 1
    assert played.stdout
    assert "built-in config stands in" in played.stderr
    # Once repaired it is whole, and still says what it is missing.
    shown = driver_monitor("record-info", file.parent, "--repair")
    assert shown.returncode == 0, shown.stderr
    again = open_drive(file.parent)
    assert [repr(state) for state in again.states()] == expected
    assert again.problems == []
    assert "built-in config stands in" in " ".join(again.notes)


def test_a_file_without_description_takes_that_of_its_neighbours(tmp_path: Path, eventful: Recorded) -> None:
    path = Path(shutil.copytree(eventful.path, tmp_path / eventful.path.name))
    assert len(list(path.glob("*.mcap"))) > 1
    lose_descriptions(path / "000.mcap")
    read = open_drive(path)
    assert [repr(state) for state in read.states()] == [repr(state) for state in eventful.states]
    assert any("000.mcap: the description of the drive is damaged; that of another" in said for said in read.problems)
    played = driver_monitor("replay", path, "--json")
    assert played.stdout.splitlines() == eventful.printed  # reload, button and all


@pytest.mark.parametrize("cut", [False, True])
def test_a_repaired_file_reads_the_same_and_opens_anywhere(file: Path, cut: bool) -> None:
    spans = chunks(file)
    broken = bytearray(file.read_bytes())
    broken[spans[0][0] + 300 : spans[0][0] + 340] = bytes(40)  # the chunk that names the topics
    del broken[spans[4][0] + 50 : spans[4][0] + 90]
    if cut:
        del broken[-5000:]
    file.write_bytes(broken)
    kept = file.with_name(file.name + DAMAGED)
    before = frames(file)
    alerts = driver_monitor("replay", file.parent, "--json")
    assert not cut or not is_finished(file)
    assert repair(open_drive(file.parent)) == [Repaired(file, kept)]
    assert kept.read_bytes() == broken
    read = open_drive(file.parent)
    assert [repr(state) for state in read.states()] == before
    assert (read.problems, read.notes) == ([], [])
    assert repair(read) == []
    again = driver_monitor("replay", file.parent, "--json")
    assert (again.returncode, again.stdout) == (0, alerts.stdout)
    with file.open("rb") as stream:
        summary = make_reader(stream).get_summary()
        assert summary is not None
        assert summary.statistics is not None
        assert summary.statistics.message_count == sum(open_messages(file).values())
        assert len(list(make_reader(stream).iter_metadata())) == 1


def open_messages(file: Path) -> dict[str, int]:
    return inspect(open_drive(file)).messages | {}


def test_a_repair_for_which_the_disk_has_no_room_leaves_the_file_as_it_was(file: Path) -> None:
    broken = bytearray(file.read_bytes())
    broken[chunks(file)[2][0] + 60] ^= 0xFF
    file.write_bytes(broken)
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000));"
        "from driver_monitor.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, "record-info", str(file.parent), "--repair"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert "it is as it was" in ended.stderr
    assert file.read_bytes() == broken
    assert [path.name for path in file.parent.iterdir()] == ["000.mcap"]


def test_what_holds_nothing_is_told_apart_and_nobody_is_told_to_erase(tmp_path: Path) -> None:
    for content, words in (
        (b"", "is empty"),
        (b"\x89MCAP0\r\n" + b"\x00" * 500_000, "is damaged all through"),
        (b"\x89MCAP0\r\n\x01", "was cut off within its first 9 bytes"),
        (b"a text of some length, and no drive at all", "is not an MCAP file"),
    ):
        file = tmp_path / "x.mcap"
        file.write_bytes(content)
        with pytest.raises(RecordingError) as raised:
            open_drive(file)
        assert words in str(raised.value)
        assert "erase" not in str(raised.value)


def test_a_drive_of_events_is_read_past_damage_too(tmp_path: Path) -> None:
    path, _ = record(tmp_path, config_for(tmp_path, level="events", sync_s=0.5), script(duration_s=20.0))
    file = path / "000.mcap"
    start, end, _ = chunks(file)[10]
    broken = bytearray(file.read_bytes())
    broken[(start + end) // 2 : (start + end) // 2 + 8] = b"\xff" * 8
    file.write_bytes(broken)
    read = open_drive(path)
    lines = [event for event in read.events() if isinstance(event, StateLine)]
    assert 17 <= len(lines) <= 20
    assert len(read.problems) == 1
    assert not [event for event in read.events() if isinstance(event, RecordedFrame)]
    assert json.loads(driver_monitor("record-info", path, "--json").stdout)["problems"] == read.problems
