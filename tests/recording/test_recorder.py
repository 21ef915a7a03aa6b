"""What is kept, for how long, and what record-info and erase make of it."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from mcap.reader import make_reader

from driver_monitor.camera.frame import Frame
from driver_monitor.config.loader import load_text
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.face.skin_sample import SkinSample
from driver_monitor.monitor import Monitor
from driver_monitor.recording.erasing import erase
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.event import Content
from driver_monitor.recording.folder import LOCK, DriveLock, drives
from driver_monitor.recording.info import inspect
from driver_monitor.recording.mcap.codec import landmarks_bytes, read_landmarks
from driver_monitor.recording.mcap.topics import TOPICS
from driver_monitor.recording.open import open_drive
from driver_monitor.recording.recorder import Recorder
from driver_monitor.recording.retention import Retention
from driver_monitor.state.alert import News
from driver_monitor.state.speed import Speed, SpeedKnowledge
from tests.cli.product import driver_monitor
from tests.recording.conftest import Recorded
from tests.recording.make import START, config_for, observations, record, script

PARKED = Speed(0.0, SpeedKnowledge.MEASURED)


def test_every_mcap_tool_reads_topics_schemas_and_header(eventful: Recorded) -> None:
    file = eventful.path / "001.mcap"
    with file.open("rb") as stream:
        reader = make_reader(stream)
        summary = reader.get_summary()
        assert summary is not None
        assert {channel.topic for channel in summary.channels.values()} == {topic.name for topic in TOPICS}
        named = {channel.topic: channel.schema_id for channel in summary.channels.values()}
        schema = json.loads(summary.schemas[named["/signals"]].data)
        messages = [(c.topic, m) for _, c, m in reader.iter_messages()]
        [metadata] = list(reader.iter_metadata())
    times = [message.log_time for _, message in messages]
    assert times == sorted(times)
    signals = json.loads(next(m.data for topic, m in messages if topic == "/signals"))
    assert signals.keys() == schema["properties"].keys()
    assert schema["properties"]["perclos_60s"]["type"] == ["number", "null"]
    assert metadata.metadata["format"] == "1"
    assert metadata.metadata["seat"] == "left"
    assert load_text(metadata.metadata["config_text"], "x").config.recording.level == "landmarks"
    assert len(metadata.metadata["model.fatigue.onnx"]) == 64


def test_a_password_in_the_cameras_address_is_not_written_down(tmp_path: Path) -> None:
    config = config_for(tmp_path, "camera: {source: 'rtsp://driver:secret@10.0.0.7/cab'}")
    path, _ = record(tmp_path, config, script((), duration_s=1.0))
    assert open_drive(path).header.camera == "rtsp://10.0.0.7/cab"
    assert b"secret" not in b"".join(file.read_bytes() for file in path.iterdir())


def test_the_skin_comes_back_as_it_was_sent_and_what_was_recorded_without_it_is_read() -> None:
    seen = next(iter(observations(script(duration_s=1.0))))
    skin = SkinSample(180.5, 125.25, 104.75, 181.0, 126.5, 105.0, 0.875, 0.125)
    without, coloured = landmarks_bytes(seen), landmarks_bytes(replace(seen, skin=skin))
    assert coloured[: len(without)] == without
    assert read_landmarks(without).skin is None
    assert read_landmarks(coloured).skin == skin


def test_landmarks_come_back_as_they_were_sent() -> None:
    for seen in [*observations(script(duration_s=2.0)), FaceObservation(3.0, Tracking.CAMERA_LOST, 0, 0)]:
        back = read_landmarks(landmarks_bytes(seen))
        assert repr(back.landmarks) == repr(seen.landmarks)
        assert landmarks_bytes(back) == landmarks_bytes(seen)
        assert (back.t_s, back.tracking, back.faces, back.width_px) == (
            seen.t_s,
            seen.tracking,
            seen.faces,
            seen.width_px,
        )
        assert back.eye_contrast == seen.eye_contrast or np.isnan(seen.eye_contrast)


def test_events_keep_alerts_and_a_state_a_second_and_are_shown_as_they_were(tmp_path: Path) -> None:
    path, printed = record(tmp_path, config_for(tmp_path, level="events"))
    assert list(open_drive(path).states()) == []
    ended = driver_monitor("replay", path, "--json")
    assert ended.stdout.splitlines() == printed
    refused = driver_monitor("replay", path, "--from", "signals")
    assert refused.returncode == 2
    assert "keeps its events only" in refused.stderr


def test_what_a_level_does_not_keep_is_said_and_not_counted_as_nothing(tmp_path: Path) -> None:
    path, _ = record(tmp_path, config_for(tmp_path, level="events"), script(duration_s=8.7))
    shown = " ".join(driver_monitor("record-info", path).stdout.split())
    assert "frames (not recorded at this level) in 1 file" in shown
    assert "face followed not recorded at this level" in shown
    assert "degraded not recorded at this level" in shown
    [told] = [json.loads(line) for line in driver_monitor("report", path, "--json").stdout.splitlines()]
    assert (told["frames"], told["blinks"], told["blinks_per_min"]) == (None, None, None)
    assert told["duration_s"] == pytest.approx(8.7, abs=0.1)


def test_pictures_are_kept_only_when_asked_for(tmp_path: Path) -> None:
    picture = np.full((120, 160, 3), (200, 60, 20), np.uint8)
    for level in ("landmarks", "video"):
        config = config_for(tmp_path / level, level=level)
        monitor = Monitor(config)
        with Recorder(config, clock=lambda: START, live=False) as recorder:
            for seen in observations(script((), duration_s=1.0)):
                recorder.add(monitor.observe(seen, Frame(seen.t_s, picture), PARKED))
        frames = list(open_drive(recorder.drive).frames(*Content))
        assert all(frame.observation is not None for frame in frames)
        assert all((frame.jpeg is not None) == (level == "video") for frame in frames)
    image = frames[0].image()
    assert image is not None
    assert np.abs(image.astype(int) - picture).max() < 8


def test_clips_keep_the_time_around_each_alert_and_nothing_else(tmp_path: Path) -> None:
    path, printed = record(tmp_path, config_for(tmp_path, clip_s=2.0))
    alerts = [json.loads(line) for line in printed if '"type":"alert"' in line]
    began = [a["t_s"] for a in alerts if a["evidence"]["news"] != News.ENDED]
    info = inspect(open_drive(path))
    assert 2 <= len(info.segments) <= len(began)
    for state in open_drive(path).states():
        assert any(at_s - 2.1 <= state.t_s <= at_s + 2.1 for at_s in began)
    kept = [alert.t_s for alert in open_drive(path).alerts()]
    assert set(began) <= {round(t_s, 3) for t_s in kept}
    assert info.gaps
    whole, _ = record(tmp_path / "whole", config_for(tmp_path / "whole"))
    assert info.frames < 0.8 * inspect(open_drive(whole)).frames


def test_info_names_gaps_health_and_a_clock_that_was_set(tmp_path: Path) -> None:
    config = config_for(tmp_path)
    monitor, wall = Monitor(config), [START]
    with Recorder(config, clock=lambda: wall[0], live=False) as recorder:
        for seen in observations(script((), duration_s=12.0)):
            if 5.0 < seen.t_s < 8.0:
                continue
            wall[0] = START + timedelta(seconds=seen.t_s, hours=seen.t_s > 10)
            recorder.add(monitor.observe(seen, Frame(seen.t_s, None, dropped=1), PARKED), restarts=2)
    info = inspect(open_drive(recorder.drive))
    [(from_s, to_s)] = info.gaps
    assert from_s == pytest.approx(5.0, abs=0.1)
    assert to_s == pytest.approx(8.0, abs=0.1)
    assert info.tracker_restarts == 2
    assert info.dropped_frames > 100
    [(at_s, by_s)] = info.clock_set
    assert 10 <= at_s <= 11.2
    assert by_s == pytest.approx(3600, abs=1)
    shown = driver_monitor("record-info", recorder.drive)
    assert shown.returncode == 0
    assert "by +3600.0 s" in shown.stdout
    assert re.search(r"gaps +1: 0:0[45]\.\d to 0:0[78]\.\d", shown.stdout)
    assert json.loads(driver_monitor("record-info", recorder.drive, "--json").stdout)["frames"] == info.frames


def test_what_is_being_recorded_is_not_erased(tmp_path: Path) -> None:
    path, _ = record(tmp_path, config_for(tmp_path), script((), duration_s=1.0))
    with DriveLock(path):
        with pytest.raises(RecordingError, match="being recorded right now"):
            erase(path)
        assert (path / "000.mcap").exists()
    assert not (path / LOCK).exists()


def test_a_disk_without_room_is_cleared_from_the_oldest_on(tmp_path: Path) -> None:
    for _ in range(2):
        record(tmp_path, config_for(tmp_path), script((), duration_s=1.0))
    said: list[str] = []
    config = config_for(tmp_path, keep_days=0.0, keep_gb=0.0).recording
    assert Retention(tmp_path, config).make_room(report=said.append)
    assert len(drives(tmp_path)) == 2
    assert Retention(tmp_path, config).make_room(report=said.append, free_mb=1e12) is False
    assert drives(tmp_path) == []
    assert len(said) == 1


def test_erase_asks_and_removes_labels_and_all(tmp_path: Path) -> None:
    path, _ = record(tmp_path, config_for(tmp_path), script((), duration_s=1.0))
    (path / "labels.csv").write_text("start_s,end_s,kind,value,note\n")
    unasked = driver_monitor("erase", path)
    assert (unasked.returncode, path.exists()) == (2, True)
    assert "--yes" in unasked.stderr
    assert driver_monitor("erase", tmp_path, "--yes").returncode == 2
    assert driver_monitor("erase", tmp_path, "--all", "--yes").returncode == 0
    assert not path.exists()
    assert tmp_path.exists()


def test_a_longer_drive_takes_no_more_memory(tmp_path: Path) -> None:
    states = list(open_drive(record(tmp_path, config_for(tmp_path), script((), duration_s=8.0))[0]).states())
    peaks_mb = []
    for minutes in (1, 8):
        config = config_for(tmp_path / str(minutes))
        monitor = Monitor(config)
        with Recorder(config, clock=lambda: START, live=False) as recorder:
            for index in range(minutes * 60 * 25):
                t_s, state = index / 25, states[index % len(states)]
                signals = replace(state.signals, t_s=t_s, completed_blink=None)
                recorder.add(monitor.decide(replace(state, t_s=t_s, signals=signals)))
        # The peak of this process itself; getrusage would count the tests' own, which it was forked from.
        code = (
            "import re, sys; from driver_monitor.cli.main import main; code = main(sys.argv[1:]); "
            "sys.stderr.write(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]); sys.exit(code)"
        )
        command = [sys.executable, "-c", code, "replay", str(recorder.drive), "--json"]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks_mb.append(int(ended.stderr) / 1024)
    assert peaks_mb[1] < 300
    assert peaks_mb[1] - peaks_mb[0] < 10
