"""What a drive says when it is replayed, against what it said live."""

from pathlib import Path

import pytest

from driver_monitor.config.loader import load_text
from driver_monitor.lines import Lines
from driver_monitor.recording.open import open_drive
from driver_monitor.replay.recorded import Arrow, open_passage
from driver_monitor.state.alert import json_line
from tests.recording.conftest import Recorded
from tests.recording.make import config_for, record, script


def replayed(drive: Path, arrow: Arrow | None = None, text: str | None = None) -> list[str]:
    config = None if text is None else load_text(text, "other").config
    lines = Lines()
    with open_passage(open_drive(drive), config, arrow=arrow) as passage:
        found = [json_line(record) for moment in passage for record in lines.of(moment)]
        assert passage.problems == []
        assert passage.notes == []
    return found


@pytest.mark.parametrize("arrow", [Arrow.LANDMARKS, Arrow.SIGNALS, Arrow.STATE, None])
def test_the_alerts_of_the_live_run_come_again_to_the_byte(eventful: Recorded, arrow: Arrow | None) -> None:
    path, printed = eventful.path, eventful.printed
    assert sum('"type":"alert"' in line for line in printed) >= 6
    assert any("rule changed" in line for line in printed)
    assert len(list(path.glob("*.mcap"))) == 3
    assert replayed(path, arrow) == printed


def test_what_was_printed_is_in_the_file(eventful: Recorded) -> None:
    path, printed = eventful.path, eventful.printed
    alerts = [line for line in printed if '"type":"alert"' in line]
    assert [json_line(alert.to_json()) for alert in open_drive(path).alerts()] == alerts


def test_another_config_says_what_would_have_been(eventful: Recorded) -> None:
    path, printed = eventful.path, eventful.printed
    other = replayed(path, text="rules: {sleep: {enabled: false}, microsleep: {enabled: false}}")
    assert not any('"rule":"sleep"' in line for line in other)
    assert other != printed


def test_other_signals_are_worked_out_from_the_landmarks(eventful: Recorded) -> None:
    path, printed = eventful.path, eventful.printed
    other = replayed(path, text="signals: {camera_place: {yaw_deg: 25}}")
    assert [line for line in other if '"yaw_deg":' in line] != [line for line in printed if '"yaw_deg":' in line]


def test_a_drive_without_landmarks_says_that_its_signals_are_as_recorded(tmp_path: Path) -> None:
    path, _ = record(tmp_path, config_for(tmp_path), script((), duration_s=4.0))
    config = load_text("signals: {camera_place: {yaw_deg: 25}}", "other").config
    with open_passage(open_drive(path), config) as passage:
        assert sum(1 for _ in passage) > 80
        assert len(passage.notes) == 1
        assert "keeps no landmarks" in passage.notes[0]


def test_states_survive_the_file_exactly(eventful: Recorded) -> None:
    """Not only what the rules look at: every field of every state, blinks included."""
    assert any(state.signals.completed_blink for state in eventful.states)
    assert [repr(state) for state in open_drive(eventful.path).states()] == [repr(state) for state in eventful.states]
