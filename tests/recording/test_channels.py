"""What the channels say when a drive is replayed, against what they said live."""

import os
from pathlib import Path

import pytest

from driver_monitor.config.loader import load_text
from driver_monitor.recording.event import Content
from driver_monitor.recording.open import open_drive
from driver_monitor.recording.parquet.folder import find_parquet
from driver_monitor.replay.export import export
from driver_monitor.replay.recorded import Arrow, RecordedSenses, open_passage
from driver_monitor.state.channels import ChannelSignals
from driver_monitor.state.senses import NO_SENSES
from tests.recording.conftest import Recorded
from tests.recording.sensed import record_sensed
from tests.recording.test_damage import chunks
from tests.recording.test_replayed_to_the_byte import replayed


@pytest.fixture(scope="module")
def sensed(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return record_sensed(tmp_path_factory.mktemp("sensed"))


def channels_of(sensed: Recorded) -> list[ChannelSignals]:
    return [state.channels for state in sensed.states if state.channels is not None]


def test_every_channel_had_something_to_say(sensed: Recorded) -> None:
    said = channels_of(sensed)
    assert len(said) == len(sensed.states)
    assert {"alive", "photograph"} <= {each.liveness for each in said}
    assert {each.voice_baseline for each in said} == {"prior", "driver"}
    assert "not_listening" in {each.voice_missing for each in said}
    assert {each.hand_at_head for each in said} >= {True, False}
    assert {each.heart_rate_source for each in said} >= {"serial", ""}
    assert "" in {each.micro_expression_missing for each in said}
    rules = ("fast_heart", "loud_voice", "slumped", "cannot_see", "microsleep")
    assert [rule for rule in rules if not any(f'"rule":"{rule}"' in line for line in sensed.printed)] == []


@pytest.mark.parametrize("arrow", [Arrow.LANDMARKS, Arrow.SIGNALS, Arrow.STATE, None])
def test_alerts_and_signals_come_again_to_the_byte(sensed: Recorded, arrow: Arrow | None) -> None:
    assert len(list(sensed.path.glob("*.mcap"))) > 4
    assert replayed(sensed.path, arrow) == sensed.printed
    with open_passage(open_drive(sensed.path), None, arrow=arrow) as passage:
        assert [repr(moment.state) for moment in passage] == [repr(state) for state in sensed.states]


def test_what_was_sent_is_read_as_it_was_and_a_voice_reading_once(sensed: Recorded) -> None:
    frames = list(open_drive(sensed.path).frames(Content.LANDMARKS))
    heard = [frame.t_s for frame in frames if frame.senses.voice is not None]
    assert heard == [frame.senses.voice.t_s for frame in frames if frame.senses.voice is not None]
    assert len(heard) == len(set(heard)) > 50


def test_frames_that_are_read_ahead_of_the_loop_hear_a_reading_once_too(sensed: Recorded) -> None:
    """As the frames of a drive with video are."""
    frames, senses = list(open_drive(sensed.path).frames(Content.LANDMARKS)), RecordedSenses()
    for frame in frames:
        senses.at(frame.t_s, frame.senses)
    assert [senses.read(frame.t_s) for frame in frames] == [frame.senses for frame in frames]


def test_a_fleet_folder_keeps_what_the_channels_said(sensed: Recorded, tmp_path: Path) -> None:
    export(open_drive(sensed.path), tmp_path)
    (path,) = find_parquet(tmp_path)
    assert [repr(state) for state in open_drive(path).states()] == [repr(state) for state in sensed.states]
    assert replayed(path) == sensed.printed


def test_a_damaged_piece_costs_no_more_than_itself(sensed: Recorded) -> None:
    """What stands still is said again in every chunk: no frame gets the channels of another time."""
    file = sorted(sensed.path.glob("*.mcap"))[1]
    whole = file.read_bytes()
    spans = [(start, end) for start, end, frames in chunks(file) if frames]
    start, end = spans[len(spans) // 2]
    there = {state.t_s: repr(state) for state in sensed.states}
    try:
        with file.open("r+b") as stream:
            stream.seek((start + end) // 2)
            stream.write(os.urandom(64))
        drive = open_drive(sensed.path)
        found = {state.t_s: repr(state) for state in drive.states()}
        assert drive.problems != []
    finally:
        file.write_bytes(whole)
    assert 0.8 * len(there) < len(found) < len(there)
    assert found == {t_s: said for t_s, said in there.items() if t_s in found}


def test_other_settings_of_a_channel_are_worked_out_from_the_landmarks(sensed: Recorded) -> None:
    config = load_text("channels: {voice: {enabled: true, baseline_speech_s: 300}}", "other").config
    with open_passage(open_drive(sensed.path), config) as passage:
        said = [moment.state.channels for moment in passage]
        assert passage.notes == []
    assert {each.voice_baseline for each in said if each is not None} == {"prior"}
    assert {each.heart_rate_bpm for each in said if each is not None} == {None}


def test_a_drive_of_signals_says_that_its_channels_are_as_recorded(tmp_path: Path) -> None:
    made = record_sensed(tmp_path, level="signals")
    assert replayed(made.path) == made.printed
    assert all(frame.senses is NO_SENSES for frame in open_drive(made.path).frames())
    config = load_text("channels: {pulse: {enabled: true}}", "other").config
    with open_passage(open_drive(made.path), config) as passage:
        assert [repr(moment.state.channels) for moment in passage] == [repr(each) for each in channels_of(made)]
        assert ["channels as recorded" in note for note in passage.notes] == [True]


def test_a_drive_without_channels_has_none(eventful: Recorded) -> None:
    assert {state.channels for state in open_drive(eventful.path).states()} == {None}
    config = load_text("channels: {voice: {enabled: true}}", "other").config
    with open_passage(open_drive(eventful.path), config) as passage:
        said = [moment.state.channels for moment in passage]
    assert {(each.voice, each.voice_missing) for each in said if each is not None} == {("unknown", "settling")}
