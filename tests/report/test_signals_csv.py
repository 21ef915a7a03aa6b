import csv
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from driver_monitor.report.errors import ReportError
from driver_monitor.report.signals_csv import COLUMNS, SignalsCsv, column_table
from driver_monitor.state.driver_state import Distraction, DriverState
from driver_monitor.state.signals import NAMES, Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge
from tests.report.drive import Drive, tracked


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path: Path, *states: DriverState) -> list[dict[str, str]]:
    with SignalsCsv(path) as out:
        for state in states:
            out.add(state)
    return rows_of(path)


def test_a_drive_comes_back_row_by_row_with_the_signals_own_names(tmp_path: Path) -> None:
    states = [state for state, _ in Drive(4.0)]
    rows = write(tmp_path / "signals.csv", *states)
    assert len(rows) == len(states)
    assert tuple(rows[0])[: len(NAMES)] == NAMES
    for row, state in zip(rows, states, strict=True):
        assert float(row["t_s"]) == pytest.approx(state.t_s, abs=5e-4)
        assert state.signals.openness is not None
        assert float(row["openness"]) == pytest.approx(state.signals.openness, abs=5e-5)
        assert row["blink"] == str(int(state.signals.blink))
        assert row["on_road"] == str(int(bool(state.signals.on_road)))
        assert (row["speed_kmh"], row["fatigue_level"], row["distraction_zone"]) == ("60.0", "0.1200", "road")


def test_what_is_not_known_is_an_empty_field_and_never_a_zero(tmp_path: Path) -> None:
    blind = DriverState(1.0, Signals(t_s=1.0), Speed(None, SpeedKnowledge.UNKNOWN))
    broken = tracked(2.0, openness=float("nan"), yaw_deg=float("-inf"))
    first, second = write(tmp_path / "signals.csv", blind, broken)
    for name in ("openness", "on_road", "yaw_deg", "perclos_60s", "speed_kmh", "fatigue_level", "stress_angry"):
        assert first[name] == "", name
    assert (second["openness"], second["yaw_deg"], second["ear_left"]) == ("", "", "0.2600")


def test_what_distracts_is_a_share_each_and_a_mind_not_yet_known_is_empty(tmp_path: Path) -> None:
    state = tracked(0.0)
    known = replace(state, distraction=Distraction("lap", 0.9, 0.02, 0.95, 0.1))
    unknown = replace(state, distraction=Distraction("lap", 0.9, 0.02, 0.95))
    shown = [
        (row["distraction_on_road"], row["distraction_visual"], row["distraction_cognitive"])
        for row in write(tmp_path / "signals.csv", known, unknown)
    ]
    assert shown == [("0.0200", "0.9500", "0.1000"), ("0.0200", "0.9500", "")]


def test_words_with_commas_quotes_and_line_breaks_stay_in_their_field(tmp_path: Path) -> None:
    state = tracked(0.0, baseline_needs='12 s more,\n"eyes open"', zone="tablet, nan")
    (row,) = write(tmp_path / "signals.csv", replace(state, distraction=None))
    assert row["baseline_needs"] == '12 s more, "eyes open"'
    assert (row["zone"], row["distraction_zone"]) == ("tablet, nan", "")
    assert (tmp_path / "signals.csv").read_text().count("\n") == 2


def test_the_final_name_appears_only_when_the_drive_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "signals.csv"
    out = SignalsCsv(path)
    for index in range(100):
        out.add(tracked(index / 30))
    assert not path.exists()
    assert len(rows_of(out.part)) >= 60
    out.close()
    out.close()
    assert len(rows_of(path)) == 100
    assert not out.part.exists()


def test_a_run_that_breaks_off_keeps_its_rows_under_the_part_name(tmp_path: Path) -> None:
    path = tmp_path / "signals.csv"

    def drive() -> None:
        with SignalsCsv(path) as out:
            out.add(tracked(0.0))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drive()
    assert not path.exists()
    assert len(rows_of(tmp_path / "signals.csv.part")) == 1


def run(program: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    return subprocess.run(
        [sys.executable, "-c", program, str(folder / "signals.csv")],
        capture_output=True, text=True, check=False, env=environment, timeout=60,
    )  # fmt: skip


START = """
import os, resource, signal, sys
from pathlib import Path
from driver_monitor.errors import DriverMonitorError
from driver_monitor.report.signals_csv import SignalsCsv
from tests.report.drive import tracked
out = SignalsCsv(Path(sys.argv[1]))
"""


def test_a_killed_run_leaves_a_readable_beginning(tmp_path: Path) -> None:
    killed = run(
        START + "for k in range(1000): out.add(tracked(k / 30))\nos.kill(os.getpid(), signal.SIGKILL)", tmp_path
    )
    assert killed.returncode == -signal.SIGKILL
    rows = rows_of(tmp_path / "signals.csv.part")
    assert 960 <= len(rows) <= 1000
    assert all(None not in row.values() and row["stress_angry"] for row in rows)
    assert not (tmp_path / "signals.csv").exists()


def test_where_no_more_fits_the_file_ends_with_a_whole_row_and_the_message_counts_them(tmp_path: Path) -> None:
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
    loop = """
try:
    for k in range(1000): out.add(tracked(k / 30))
except DriverMonitorError as error:
    print(error)
"""
    ended = run(START + limit + loop, tmp_path)
    assert ended.returncode == 0, ended.stderr
    rows = rows_of(tmp_path / "signals.csv.part")
    assert len(rows) > 100
    assert rows[-1]["stress_angry"] == "0.0200"
    assert f"the first {len(rows)} frames are in" in ended.stdout
    assert (tmp_path / "signals.csv.part").stat().st_size > 50_000 - 400


def test_a_full_disk_is_one_sentence_and_stays_an_error(tmp_path: Path) -> None:
    (tmp_path / "signals.csv.part").symlink_to("/dev/full")
    out = SignalsCsv(tmp_path / "signals.csv")

    def second() -> None:
        for index in range(100):
            out.add(tracked(index / 30))

    with pytest.raises(ReportError, match=r"signals\.csv: No space left on device; no frame was saved"):
        second()
    with pytest.raises(ReportError, match="No space left"):
        second()
    out.close()
    assert not (tmp_path / "signals.csv").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"absent/signals\.csv\.part: No such file"):
        SignalsCsv(tmp_path / "absent" / "signals.csv")


def test_every_column_is_explained() -> None:
    table = column_table().splitlines()
    assert len(table) == len(COLUMNS) + 2
    for line, column in zip(table[2:], COLUMNS, strict=True):
        assert column.description
        assert line.startswith(f"| `{column.name}` | {column.unit or '-'} | ")
