"""However a command ends, by a signal or by a full disk, it leaves nothing half made and nobody running."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from driver_monitor.ending import INTERRUPTED, TERMINATED
from driver_monitor.output import MadeFolder, write_whole
from tests.cli.product import attentive
from tests.recording.make import config_for, record, script

LABELS = "start_s,end_s,kind,value,note\n14.0,18.5,microsleep,,\n"
SHORT = "drive: {portrait: astronaut, duration_s: 8, fps: 10, size: [640, 480], seed: 7, speed_kmh: 80}\n"
# What a disk does that takes no more: writes fail from this size on.
LIMITED = (
    "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2);"
    "from driver_monitor.cli.main import main; sys.exit(main(sys.argv[2:]))"
)


@pytest.fixture(scope="module")
def drives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drives")
    for _ in range(3):
        path, _ = record(folder, config_for(folder), script(duration_s=60.0))
        (path / "labels.csv").write_text(LABELS)
    return folder


def family(tag: str) -> list[str]:
    """Processes that were started by one with this in its environment, and it itself."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and f"ENDING_TAG={tag}\0".encode() in (process / "environ").read_bytes():
                found.append(process.name)
        except OSError:  # another's, or gone
            continue
    return found


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, TERMINATED), (signal.SIGINT, INTERRUPTED)])
@pytest.mark.parametrize(
    "command",
    [
        ("report", "DRIVES", "--out", "OUT/report", "--parquet", "OUT/fleet", "--jobs", "2"),
        ("score", "DRIVES", "--config", "quiet", "--out", "OUT/score", "--jobs", "2"),
        ("tune", "DRIVES", "--sweep", "rules.microsleep.for=0.5:3:0.004", "--out", "OUT/tuned", "--jobs", "2"),
        ("replay", "DRIVES", "--from", "signals", "--out", "OUT/replay", "--jobs", "2"),
        ("replay", "FILM", "--out", "OUT/film", "--annotate"),
    ],
    ids=lambda command: "-".join(command[:2]).lower() if isinstance(command, tuple) else None,
)
def test_a_signal_ends_it_in_order(
    drives: Path, tmp_path: Path, command: tuple[str, ...], number: signal.Signals, code: int
) -> None:
    out, film = tmp_path / "out", tmp_path / "film.mp4"
    if "FILM" in command:
        attentive(film, seconds=60)
    words = [
        word.replace("DRIVES", str(drives)).replace("OUT", str(out)).replace("FILM", str(film)) for word in command
    ]
    tag = f"{os.getpid()}-{tmp_path.name}"
    process = subprocess.Popen(
        [sys.executable, "-m", "driver_monitor", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"ENDING_TAG": tag},
    )
    deadline = time.monotonic() + 30
    while len(family(tag)) < 2 and process.poll() is None and time.monotonic() < deadline:  # until it has helpers
        time.sleep(0.02)
    time.sleep(0.3)
    assert process.poll() is None, "it was over before the signal came"
    os.killpg(process.pid, number)  # as a terminal's Ctrl-C and 'timeout' do
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    # Python ends itself by the signal where that came in the middle of certain imports; a shell reports the same.
    assert process.returncode in (code, -number)
    assert said == ""  # no warning of semaphores, no stack trace
    assert family(tag) == []
    assert not out.exists()


@pytest.mark.parametrize(
    "command",
    [
        ("replay", "DRIVE", "--from", "signals", "--out", "OUT/replay"),
        ("report", "DRIVE", "--out", "OUT/report"),
        ("report", "DRIVE", "--parquet", "OUT/fleet"),
        ("score", "DRIVE", "--out", "OUT/score"),
        ("tune", "DRIVE", "--sweep", "rules.microsleep.for=0.5:3:0.5", "--out", "OUT/tuned", "--jobs", "1"),
        ("demo", "--no-pictures", "--drive", "SHORT", "--out", "OUT/demo"),
    ],
    ids=lambda command: "-".join(command[::2][:2]).lower(),
)
def test_a_full_disk_leaves_no_half_output_and_no_folder_of_nothing(
    drives: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    out, drive, short = tmp_path / "out", min(drives.iterdir()), tmp_path / "short.yaml"
    short.write_text(SHORT)
    words = [
        word.replace("DRIVE", str(drive)).replace("OUT", str(out)).replace("SHORT", str(short)) for word in command
    ]
    words += ["--no-cache"] if command[0] == "tune" else []
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, "400", *words], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    assert "File too large" in ended.stderr
    assert not out.exists()
    assert str(out) not in ended.stdout


def test_a_demo_that_the_disk_has_no_room_for_names_what_there_is_of_it(tmp_path: Path) -> None:
    out, short = tmp_path / "out", tmp_path / "short.yaml"
    short.write_text(SHORT)
    words = ("demo", "--no-pictures", "--drive", str(short), "--out", str(out))
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, "15000", *words], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 1, ended.stderr
    assert [path.name for path in out.iterdir()] == ["signals.csv.part"]
    assert "  signals.csv.part" in ended.stdout.splitlines()
    first, *others = ended.stderr.splitlines()
    assert f"cannot write {out}/signals.csv: File too large; the first " in first
    assert f"frames are in {out}/signals.csv.part" in first
    assert not any("truth.csv" in line for line in others)


def test_a_file_is_written_whole_or_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    write_whole(file, "old")
    (tmp_path / "page.html.part").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        write_whole(file, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    assert file.read_text() == "old"


def test_folders_that_were_made_for_nothing_go_again(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with MadeFolder(tmp_path / "there"), MadeFolder(tmp_path / "a" / "b"):
        (tmp_path / "a" / "b" / "c").mkdir()
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    with MadeFolder(tmp_path / "a" / "b"):
        (tmp_path / "a" / "kept").touch()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["kept"]
