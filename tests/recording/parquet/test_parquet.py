import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.config.loader import load, load_text
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import sidecar, write_labels
from driver_monitor.lines import Lines
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.info import inspect
from driver_monitor.recording.open import find_drives, open_drive
from driver_monitor.recording.parquet.columns import COLUMNS
from driver_monitor.recording.parquet.folder import KINDS, find_parquet
from driver_monitor.recording.parquet.tables import HEADER
from driver_monitor.recording.parquet.writer import FleetWriter
from driver_monitor.replay.export import export
from driver_monitor.replay.recorded import open_passage
from driver_monitor.score.reading import read_drive
from driver_monitor.state.alert import json_line
from driver_monitor.state.blink import Blink
from driver_monitor.state.driver_state import Distraction, DriverState, Fatigue, Stress
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge
from tests.jobs.drives import config, record, states

QUIETER = "rules: {long_glance: {when: 'off_road_s >= 4.4'}}"


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four minutes in two segments, the button pressed twice, the rules read again on the way."""
    folder = tmp_path_factory.mktemp("drives")
    other = load_text(QUIETER, "quieter").config
    kept = config(folder, driver="anna", vehicle="van 7/b", segment_min=2)
    return record(kept, states(240.0), presses_s=(56.0, 176.0), reloads=[(130.0, other, QUIETER)])


@pytest.fixture(scope="module")
def fleet(drive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fleet")
    export(open_drive(drive), folder)
    return folder


def floats(**limits: Any) -> st.SearchStrategy[float]:
    return st.floats(allow_nan=False, width=64, **limits)


def signals() -> st.SearchStrategy[Signals]:
    """Any value of its kind in every field, None where it may be."""
    blinks = st.builds(Blink, *[floats()] * 5)
    kinds = {
        float: floats(), str: st.sampled_from(["", "tracked", "é,\"\n", "no_face"]), bool: st.booleans(),
        int: st.integers(0, 2**40), float | None: st.none() | floats(), bool | None: st.none() | st.booleans(),
        int | None: st.none() | st.integers(0, 500), Blink | None: st.none() | blinks,
    }  # fmt: skip
    return st.builds(Signals, **{f.name: kinds[f.type] for f in Signals.__dataclass_fields__.values()})  # type: ignore[index]


def driver_states() -> st.SearchStrategy[DriverState]:
    share = floats(min_value=0, max_value=1)
    measured = st.builds(
        Speed, floats(), st.sampled_from([SpeedKnowledge.MEASURED, SpeedKnowledge.GIVEN, SpeedKnowledge.ASSUMED])
    )
    return st.builds(
        lambda seen, *rest: DriverState(seen.t_s, seen, *rest),
        signals(),
        measured | st.just(Speed(None, SpeedKnowledge.UNKNOWN)),
        st.none() | st.builds(Fatigue, share, share, share, share, st.none() | share, st.none() | share),
        st.none() | st.builds(Stress, share, share, share),
        st.none() | st.builds(Distraction, st.sampled_from(["road", "lap"]), share, share),
        st.none() | st.dictionaries(st.sampled_from(["anger", "happy", "sad"]), share),
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(driver_states(), min_size=1, max_size=8))
def test_every_state_comes_back_to_the_bit(
    drive: Path, tmp_path_factory: pytest.TempPathFactory, seen: list[DriverState]
) -> None:
    folder = tmp_path_factory.mktemp("one")
    with FleetWriter(folder, open_drive(drive).header) as writer:
        for state in seen:
            writer.add(state)
        writer.finish([], {})
    (file,) = find_parquet(folder)
    back = list(open_drive(file).states())
    assert back == seen
    assert [repr(state) for state in back] == [repr(state) for state in seen]


def test_what_is_not_a_number_is_not_the_same_as_not_known(drive: Path, tmp_path: Path) -> None:
    nan, unknown = replace(states(1.0)[0].signals, openness=math.nan), replace(states(1.0)[0].signals, openness=None)
    with FleetWriter(tmp_path, open_drive(drive).header) as writer:
        for number, each in enumerate((nan, unknown)):
            writer.add(replace(states(1.0)[0], t_s=float(number), signals=replace(each, t_s=float(number))))
        writer.finish([], {})
    first, second = open_drive(find_parquet(tmp_path)[0]).states()
    assert first.signals.openness is not None
    assert math.isnan(first.signals.openness)
    assert second.signals.openness is None


def test_a_drive_from_the_fleet_folder_is_the_recorded_drive(drive: Path, fleet: Path) -> None:
    (file,) = find_drives(fleet)
    one, two = open_drive(drive), open_drive(file)
    assert list(two.states()) == list(one.states())
    assert two.alerts() == one.alerts()
    assert two.alerts()
    assert two.header == one.header
    assert two.config == one.config
    assert two.duration_s == pytest.approx(one.duration_s, abs=0.11)


def replayed(path: Path) -> list[str]:
    """All that 'replay --json' prints."""
    lines = Lines()
    with open_passage(open_drive(path), None) as passage:
        return [json_line(record) for moment in passage for record in lines.of(moment)]


def test_its_replay_is_the_same_to_the_byte_button_and_reload_included(drive: Path, fleet: Path) -> None:
    one = replayed(drive)
    assert replayed(find_drives(fleet)[0]) == one
    glances = [json.loads(line) for line in one if '"rule":"long_glance"' in line]
    assert [each["state"] for each in glances if each["t_s"] < 120] == ["firing", "cleared"]
    begun = [each["evidence"]["terms"][0]["threshold"] for each in glances if each["state"] == "firing"]
    assert begun == [3.0, 4.4]


def test_other_tools_see_date_and_vehicle_as_columns(fleet: Path, drive: Path) -> None:
    table = ds.dataset(fleet / "signals", partitioning="hive").to_table(
        columns=["drive_id", "driver", "t_s", "openness", "date", "vehicle", "fatigue_level"]
    )
    assert table.num_rows == 2400
    assert set(table["vehicle"].to_pylist()) == {"van 7/b"}
    assert set(table["date"].to_pylist()) == {"2026-11-27"}
    assert set(table["driver"].to_pylist()) == {"anna"}
    assert table["openness"].null_count == 240
    alerts = ds.dataset(fleet / "alerts", partitioning="hive").to_table()
    assert alerts.num_rows == len(open_drive(drive).alerts())
    assert all(json.loads(text)["news"] for text in alerts["evidence"].to_pylist())
    (row,) = ds.dataset(fleet / "drives", partitioning="hive").to_table().to_pylist()
    assert row["duration_s"] == pytest.approx(239.9)
    assert row["started"] == datetime(2026, 11, 27, 22, 59, 30, tzinfo=UTC)
    assert row["frames"] == 2400
    assert row["critical_alerts"] + row["warning_alerts"] > 0


def test_drives_of_which_less_is_known_stand_in_the_same_table(drive: Path, tmp_path: Path) -> None:
    early = datetime(2026, 1, 1, tzinfo=UTC)
    dark = [replace(state, signals=Signals(t_s=state.t_s)) for state in states(5.0)]
    for path in (record(config(tmp_path / "drives"), dark, started=early), drive):
        export(open_drive(path), tmp_path / "fleet")
    table = ds.dataset(tmp_path / "fleet" / "drives", partitioning="hive").to_table()
    assert [row["perclos_60s_max"] is None for row in table.to_pylist()] == [True, False]
    assert table["vehicle"].to_pylist() == ["unknown", "van 7/b"]


def test_a_second_export_replaces_the_first_and_leaves_nothing_behind(drive: Path, tmp_path: Path) -> None:
    for _ in range(2):
        export(open_drive(drive), tmp_path)
    files = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert [path.parts[0] for path in files] == sorted(KINDS)
    assert {path.parts[1:] for path in files} == {("date=2026-11-27", "vehicle=van 7%2Fb", f"{drive.name}.parquet")}


def test_row_groups_are_bounded(fleet: Path, drive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("driver_monitor.recording.parquet.writer._BATCH_ROWS", 100)
    monkeypatch.setattr("driver_monitor.recording.parquet.writer._GROUP_ROWS", 1000)
    export(open_drive(drive), tmp_path)
    file = pq.ParquetFile(find_parquet(tmp_path)[0])
    assert [file.metadata.row_group(n).num_rows for n in range(file.metadata.num_row_groups)] == [1000, 1000, 400]
    assert list(open_drive(find_parquet(tmp_path)[0]).states()) == list(open_drive(find_parquet(fleet)[0]).states())


def test_an_export_that_fails_leaves_what_was_there(drive: Path, tmp_path: Path) -> None:
    export(open_drive(drive), tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.parquet")}
    with pytest.raises(RuntimeError), FleetWriter(tmp_path, open_drive(drive).header) as writer:  # noqa: PT012
        writer.add(states(1.0)[0])
        raise RuntimeError("the drive broke off")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_folder_that_cannot_be_written_is_one_sentence(drive: Path, tmp_path: Path) -> None:
    (tmp_path / "signals").write_text("a file where the folder should be")
    with pytest.raises(DriverMonitorError, match=r"cannot write drive .* Free some space"):
        export(open_drive(drive), tmp_path)


def test_a_drive_of_events_only_cannot_be_exported(tmp_path: Path) -> None:
    kept = record(config(tmp_path / "drives", level="events"), states(20.0))
    with pytest.raises(UsageError, match="keeps its events only"):
        export(open_drive(kept), tmp_path / "fleet")
    assert not list((tmp_path / "fleet").rglob("*.parquet"))


def foreign(file: Path) -> None:
    pq.write_table(pa.table({"a": [1, 2]}), file)


def newer(file: Path) -> None:
    table = pq.read_table(file)
    header = json.loads(table.schema.metadata[HEADER]) | {"parquet_format": 99}
    pq.write_table(table.replace_schema_metadata({HEADER: json.dumps(header).encode()}), file)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])


def empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (foreign, "was not written by"),
        (newer, "newer version"),
        (cut, "not a Parquet file"),
        (empty, "not a Parquet file"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(drive: Path, tmp_path: Path, break_it: Any, words: str) -> None:
    export(open_drive(drive), tmp_path)
    (file,) = find_parquet(tmp_path)
    break_it(file)
    with pytest.raises(RecordingError, match=words):
        open_drive(file)


def test_a_drive_exported_in_part_says_so_and_gives_its_frames(drive: Path, tmp_path: Path) -> None:
    export(open_drive(drive), tmp_path)
    for file in (tmp_path / "alerts").rglob("*.parquet"):
        file.unlink()
    found = open_drive(find_parquet(tmp_path)[0])
    assert found.alerts() == []
    assert len(found.problems) == 1
    assert "export it again" in found.problems[0]
    assert len(list(found.states())) == 2400


def test_a_signal_that_an_older_version_did_not_have_is_at_its_default(drive: Path, tmp_path: Path) -> None:
    export(open_drive(drive), tmp_path)
    (file,) = find_parquet(tmp_path)
    pq.write_table(pq.read_table(file).drop_columns(["attention_buffer_s", "blinks_suppressed"]), file)
    first = next(open_drive(file).states())
    assert (first.signals.attention_buffer_s, first.signals.blinks_suppressed) == (2.0, "eyes_not_seen")
    assert first.signals.openness is not None


def test_every_signal_has_a_column() -> None:
    names = [column.name for column in COLUMNS]
    assert len(names) == len(set(names))
    assert {f for f in Signals.__dataclass_fields__ if f != "completed_blink"} <= set(names)


def test_its_info_is_that_of_the_recorded_drive(drive: Path, fleet: Path) -> None:
    (file,) = find_drives(fleet)
    one, two = inspect(open_drive(drive)), inspect(open_drive(file))
    assert (two.frames, two.alerts, two.controls, two.gaps) == (one.frames, one.alerts, one.controls, one.gaps)
    assert [segment.file for segment in two.segments] == ["000.mcap", "001.mcap"]
    assert two.bytes == file.stat().st_size


def test_labels_come_along_and_its_score_is_that_of_the_recorded_drive(tmp_path: Path) -> None:
    kept = record(config(tmp_path / "drives"), states(120.0))
    write_labels(sidecar(kept), [Label("phone", 24.0, 29.0), Label("microsleep", 55.0, 57.4), Label("kss", 60, 60, 7)])
    export(open_drive(kept), tmp_path / "fleet")
    (file,) = find_drives(tmp_path / "fleet")
    assert sidecar(file).parent.parent.parent.name == "labels"
    one, two = read_drive(kept).outcome, read_drive(file).outcome
    assert one is not None
    assert two is not None
    assert (two.firings, two.labels, two.driver) == (one.firings, one.labels, one.driver)
    assert two.duration_s == pytest.approx(one.duration_s, abs=0.11)
    assert two.driven_s == pytest.approx(one.driven_s, abs=0.11)
    quiet = load(Path("quiet")).config
    assert read_drive(file, config=quiet).outcome == read_drive(kept, config=quiet).outcome
