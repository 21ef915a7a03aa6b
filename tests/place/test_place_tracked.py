"""The place of a camera before a rendered driver, by the real tracker; and the command around it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from driver_monitor.assets import face_model
from driver_monitor.camera.frame import Frame
from driver_monitor.camera.source import FrameSource
from driver_monitor.config.config import Config
from driver_monitor.config.loader import load
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.place.measure import for_measuring, measure_place
from driver_monitor.place.measurement import PlaceError
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.simulate.drive import ScriptedDrive
from driver_monitor.simulate.script import Script
from tests.cli.product import driver_monitor

PORTRAITS = ("astronaut", "grace_hopper")  # in turn: each takes seconds to draw and to track
PLACES = [(0, 0), (30, 0), (-30, 0), (20, -10), (-20, -20), (0, 10), (-30, 10)]
MINE = "# my car\nextends: quiet   # the quiet one\nface:\n  seat: left   # mine\n"


class Turned(FrameSource):
    """A rendered driver before a camera that lies on its side or stands on its head."""

    name = "turned"

    def __init__(self, drive: ScriptedDrive, quarters: int = 0) -> None:
        self._drive, self._quarters = drive, quarters

    def __iter__(self) -> Iterator[Frame]:
        for frame, _ in self._drive.frames():
            assert frame.image is not None
            yield replace(frame, image=np.ascontiguousarray(np.rot90(frame.image, self._quarters)))

    def close(self) -> None:
        pass


def drive(*actions: dict[str, Any], place: tuple[float, float] = (0, 0), **head: Any) -> ScriptedDrive:
    whole = {"duration_s": 23.0, "fps": 10.0, "camera_place": {"yaw_deg": place[0], "pitch_deg": place[1]}} | head
    return ScriptedDrive(Script.model_validate({"drive": whole, "actions": actions}))


@pytest.fixture(scope="module")
def worker() -> Iterator[VisionWorker]:
    config = for_measuring(Config())
    with VisionWorker(config.face.unhurried(), config.privacy, face_model(progress=False)) as started:
        yield started


@pytest.fixture
def tracker(worker: VisionWorker) -> VisionWorker:
    worker.reset()
    return worker


@pytest.mark.parametrize(("place", "portrait"), list(zip(PLACES, cycle(PORTRAITS), strict=False)))
def test_the_place_is_found_to_three_degrees_and_the_road_is_the_road_with_it(
    tracker: VisionWorker, place: tuple[float, float], portrait: str
) -> None:
    played = drive(place=place, portrait=portrait)
    found = measure_place(Turned(played), tracker, Config(), lambda _: None)
    assert (found.yaw_deg, found.pitch_deg, found.roll_deg) == pytest.approx((*place, 0), abs=3)
    assert on_road(tracker, played, {"camera_place": found.angles}) == 1.0
    if max(map(abs, place)) > 25:
        assert on_road(tracker, played, {}) < 0.2


def on_road(tracker: VisionWorker, played: ScriptedDrive, signals: dict[str, Any]) -> float:
    """Share of the first three seconds in which a driver who looks at the road is seen to do so."""
    tracker.reset()
    extractor = SignalExtractor(Config.model_validate({"signals": signals}))
    frames = [played.frame(index)[0] for index in range(30)]
    seen = [extractor.update(tracker.track(frame)).on_road for frame in frames]
    judged = [look for look in seen if look is not None]
    assert len(judged) > 20
    return sum(judged) / len(judged)


@pytest.mark.parametrize(
    ("quarters", "rotate_deg", "portrait"), [(1, 90, PORTRAITS[0]), (2, 180, PORTRAITS[1]), (3, 270, PORTRAITS[0])]
)
def test_a_camera_that_is_not_upright_is_told_how_to_turn(
    tracker: VisionWorker, portrait: str, quarters: int, rotate_deg: int
) -> None:
    with pytest.raises(PlaceError, match=rf"set camera\.rotate_deg: {rotate_deg}\b") as caught:
        measure_place(Turned(drive(portrait=portrait), quarters), tracker, Config(), lambda _: None)
    assert caught.value.reason == "turned_frame"


def test_a_camera_far_aside_is_refused(tracker: VisionWorker) -> None:
    with pytest.raises(PlaceError, match="a third of faces") as caught:
        measure_place(Turned(drive(place=(42, 0))), tracker, Config(), lambda _: None)
    assert caught.value.reason == "too_far_aside"


@pytest.fixture
def script(tmp_path: Path) -> str:
    file = tmp_path / "drive.yaml"
    file.write_text("drive: {duration_s: 23, fps: 10, camera_place: {yaw_deg: 28, pitch_deg: -8}}\n")
    return f"scripted:{file}"


def test_the_command_writes_the_place_and_a_replay_with_it_sees_the_road(tmp_path: Path, script: str) -> None:
    mine = tmp_path / "my.yaml"
    mine.write_text(MINE)
    assert driver_monitor("place", "--config", mine, "--source", script, "--dry-run").returncode == 0
    assert mine.read_text() == MINE
    done = driver_monitor("place", "--config", mine, "--source", script, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["ok"]
    assert found["written"] == str(mine)
    assert found["before"] == {"yaw_deg": 0, "pitch_deg": 0, "roll_deg": 0}
    assert mine.read_text().startswith(MINE)
    assert load(mine).config.signals.camera_place.model_dump() == found["camera_place"]
    assert found["camera_place"]["yaw_deg"] == pytest.approx(28, abs=3)
    assert "s left" in done.stderr
    states = [
        [json.loads(line) for line in driver_monitor("replay", script, *config, "--json").stdout.splitlines()]
        for config in ((), ("--config", mine))
    ]
    blind, told = ([line["zone"] for line in lines if line["type"] == "state"][:5] for lines in states)
    assert set(told) == {"road"}
    assert "road" not in blind


def test_without_a_config_it_says_what_one_would_say(script: str) -> None:
    done = driver_monitor("place", "--source", script)
    assert done.returncode == 0
    assert "Nothing was written" in done.stdout
    assert "signals: {camera_place: {yaw_deg: 2" in done.stdout


def test_what_cannot_be_measured_is_one_line_and_writes_nothing(tmp_path: Path) -> None:
    mine, empty = tmp_path / "my.yaml", tmp_path / "empty.yaml"
    mine.write_text(MINE)
    empty.write_text("drive: {duration_s: 35, fps: 8}\nactions: [{t: 0, do: leave, for: 40}]\n")
    done = driver_monitor("place", "--config", mine, "--source", f"scripted:{empty}", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["reason"] == "no_face"
    assert "driver-monitor: I see no face: turn the camera to your face" in done.stderr
    assert mine.read_text() == MINE


@pytest.mark.parametrize(
    ("config", "words"), [("quiet", "'extends: quiet'"), ("gone.yaml", "there is no such config file")]
)
def test_a_preset_and_a_file_that_is_not_there_are_refused_at_once(config: str, words: str, script: str) -> None:
    done = driver_monitor("place", "--config", config, "--source", script)
    assert done.returncode == 2
    assert words in done.stderr
    assert "s left" not in done.stderr


def test_ctrl_c_leaves_the_file_as_it_was(tmp_path: Path, script: str) -> None:
    mine = tmp_path / "my.yaml"
    mine.write_text(MINE)
    words = ["place", "--config", str(mine), "--source", script]
    with subprocess.Popen(
        [sys.executable, "-m", "driver_monitor", *words], stderr=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        assert process.stderr is not None
        assert any("s left" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        process.stderr.read()
    assert process.returncode in (130, -signal.SIGINT)
    assert mine.read_text() == MINE
    assert {file.name for file in tmp_path.iterdir()} == {"my.yaml", "drive.yaml"}
