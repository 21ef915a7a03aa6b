"""What every reader of a recorded drive must do, whatever kind of file the drive lies in."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from driver_monitor.recording.drive import Drive
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.event import Content, Control, Event, RecordedAlert, RecordedFrame, SegmentStart
from driver_monitor.recording.open import find_drives, is_drive, open_drive
from driver_monitor.state.alert import json_line
from driver_monitor.state.recording_level import LEVELS
from tests.recording.conftest import Recorded

JUDGED = (Content.STATES, Content.ALERTS, Content.CONTROLS)


def told(event: Event) -> Any:
    """An event as it can be compared: of the file that begins only the name is left in a fleet folder."""
    return (event.path.name, event.number) if isinstance(event, SegmentStart) else repr(event)


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def read(path: Path) -> tuple[list[str], list[str]]:
    """All states that can be had, and every sentence on what cannot."""
    try:
        drive = open_drive(path)
        return [repr(state) for state in drive.states()], [*drive.notes, *drive.problems]
    except RecordingError as error:
        return [], [str(error)]


class DriveContract:
    """Subclass, and give the eventful drive as this reader takes it."""

    @pytest.fixture
    def path(self, eventful: Recorded, tmp_path: Path) -> Path:
        """A copy that may be broken."""
        raise NotImplementedError

    @pytest.fixture
    def drive(self, path: Path) -> Drive:
        return open_drive(path)

    def test_it_is_found_where_it_is(self, path: Path, drive: Drive) -> None:
        assert is_drive(path)
        assert find_drives(path) == [path]
        assert drive.path == path
        assert all(file.is_file() for file in drive.files)

    def test_its_header_is_what_the_recorder_wrote(self, drive: Drive, eventful: Recorded) -> None:
        written = open_drive(eventful.path).header
        assert written.drive_id == eventful.path.name
        assert replace(drive.header, level=written.level) == written
        assert LEVELS.index(drive.header.level) <= LEVELS.index(written.level)
        assert drive.config == open_drive(eventful.path).config

    def test_states_are_those_of_the_run_to_the_bit(self, drive: Drive, eventful: Recorded) -> None:
        assert [repr(state) for state in drive.states()] == [repr(state) for state in eventful.states]

    def test_frames_come_in_order_of_time_with_what_the_level_keeps(self, drive: Drive) -> None:
        frames = list(drive.frames(Content.LANDMARKS))
        times_s = [frame.t_s for frame in frames]
        assert times_s == sorted(set(times_s))
        assert times_s == [frame.state.t_s for frame in frames]
        kept = drive.header.level == "landmarks"
        assert all((frame.observation is not None) == kept for frame in frames)
        assert all(frame.image() is None for frame in frames)

    def test_alerts_are_those_of_the_run(self, drive: Drive, eventful: Recorded) -> None:
        printed = [line for line in eventful.printed if '"type":"alert"' in line]
        assert [json_line(alert.to_json()) for alert in drive.alerts()] == printed

    def test_what_happened_stands_in_the_same_order_however_it_is_read(self, drive: Drive, eventful: Recorded) -> None:
        expected = [told(event) for event in open_drive(eventful.path).events(*JUDGED)]
        assert [told(event) for event in drive.events(*JUDGED)] == expected
        controls = [event.control for event in drive.events(*JUDGED) if isinstance(event, Control)]
        assert controls == ["reload", "acknowledge"]

    def test_only_what_is_asked_for_is_given(self, drive: Drive) -> None:
        kinds = {Content.STATES: RecordedFrame, Content.ALERTS: RecordedAlert, Content.CONTROLS: Control}
        for content, kind in kinds.items():
            found = [event for event in drive.events(content) if not isinstance(event, SegmentStart)]
            assert found
            assert all(isinstance(event, kind) for event in found)
        everything = {type(event) for event in drive.events()}
        assert everything >= {SegmentStart, *kinds.values()}

    def test_its_duration_is_known_without_reading_it(self, drive: Drive, eventful: Recorded) -> None:
        assert drive.duration_s == pytest.approx(eventful.states[-1].t_s, abs=0.1)

    def test_reading_it_twice_gives_the_same_and_a_good_drive_has_no_problems(self, drive: Drive) -> None:
        first = [told(event) for event in drive.events()]
        assert [told(event) for event in drive.events()] == first
        assert (drive.problems, drive.notes) == ([], [])

    def test_two_readings_at_a_time_do_not_meet(self, drive: Drive, eventful: Recorded) -> None:
        both = zip(drive.states(), drive.states(), strict=True)
        assert [repr(one) for one, two in both if one == two] == [repr(state) for state in eventful.states]

    def test_nothing_is_held_open_but_by_a_reading_and_only_until_it_is_closed(self, path: Path) -> None:
        read(path)  # what a library opens once and for all
        before = open_files()
        drive = open_drive(path)
        assert open_files() == before
        events = drive.events()
        for _ in range(100):
            next(events)
        del events
        assert open_files() == before
        list(drive.states())
        assert open_files() == before

    def test_a_cut_file_says_so_and_gives_no_more_than_there_was(self, drive: Drive, eventful: Recorded) -> None:
        file = drive.files[-1]
        os.truncate(file, file.stat().st_size // 2)
        found, sentences = read(drive.path)
        assert found == [repr(state) for state in eventful.states][: len(found)]
        assert len(found) < len(eventful.states)
        assert [str(file) in sentence for sentence in sentences] == [True]

    def test_an_empty_file_says_so(self, drive: Drive) -> None:
        file = drive.files[-1]
        os.truncate(file, 0)
        _, sentences = read(drive.path)
        assert [str(file) in sentence for sentence in sentences] == [True]

    def test_a_drive_that_is_not_there_is_an_error_that_names_it(self, path: Path) -> None:
        missing = path.with_name(f"missing{path.suffix}")
        with pytest.raises(RecordingError, match=f"there is no recorded drive .*{missing.name}"):
            open_drive(missing)
