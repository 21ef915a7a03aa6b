"""A camera that gets stuck during a drive: filmed, tracked, judged, recorded and replayed."""

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from driver_monitor.camera.repetition import FROZEN_S
from driver_monitor.config.loader import load
from driver_monitor.monitor import Moment
from driver_monitor.recording.recorder import Recorder
from driver_monitor.replay.one import Replay, replay
from driver_monitor.replay.recorded import Arrow
from driver_monitor.signals.seen_time import FLICKER_S
from driver_monitor.simulate.drive import ScriptedDrive
from driver_monitor.state.alert import AlertState
from tests.recording.make import config_for

FPS = 15
STUCK_S, STUCK_FOR_S = 5.0, 11.0


def film(tmp_path: Path, actions: list[Mapping[str, Any]]) -> Path:
    """The driver, who does ``actions``, as a camera films them that is stuck from STUCK_S on and then moves again."""
    script, path = tmp_path / "script.yaml", tmp_path / "stuck.avi"
    drive = {"fps": FPS, "seed": 5, "duration_s": STUCK_S + 4.0, "natural_blinks": False}
    script.write_text(yaml.safe_dump({"drive": drive, "actions": actions}))
    pictures = [frame.image for frame, _ in ScriptedDrive.load(str(script)).frames() if frame.image is not None]
    stuck = round(STUCK_S * FPS)
    height, width = pictures[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (width, height))
    assert writer.isOpened()
    for picture in (*pictures[:stuck], *[pictures[stuck]] * round(STUCK_FOR_S * FPS), *pictures[stuck:]):
        writer.write(_bgr(picture))
    writer.release()
    return path


def _bgr(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(picture[:, :, ::-1])


def played(source: Path, arrow: Arrow | None = None, *, own_config: bool = False) -> tuple[Replay, list[Moment]]:
    moments: list[Moment] = []
    found = replay(
        str(source),
        None if own_config else load(None),
        arrow=arrow,
        speed_kmh=80.0,
        moment_seen=moments.append,
        progress=lambda t_s, total_s: None,
    )
    return found, moments


def fired(drive: Replay) -> list[tuple[str, float, AlertState]]:
    return [(alert.rule, alert.t_s, alert.state) for alert in drive.alerts]


def lost(moments: list[Moment]) -> list[Moment]:
    return [moment for moment in moments if moment.state.signals.tracking == "camera_lost"]


def test_a_driver_who_cannot_be_seen_for_a_stuck_camera_is_not_attentive(tmp_path: Path) -> None:
    drive, moments = played(film(tmp_path, []))
    assert [rule for rule, _, state in fired(drive) if state is AlertState.FIRING] == ["cannot_see"]
    [(_, said_s, _), (_, over_s, _)] = fired(drive)
    assert said_s == pytest.approx(STUCK_S + FROZEN_S + 8.0, abs=0.1)
    assert over_s > STUCK_S + STUCK_FOR_S
    unseen = lost(moments)
    assert unseen[0].state.t_s == pytest.approx(STUCK_S + FROZEN_S, abs=0.01)
    assert unseen[-1].state.t_s == pytest.approx(STUCK_S + STUCK_FOR_S, abs=0.2)
    assert [key for key, _ in itertools.groupby(moments, lambda moment: moment in unseen)] == [False, True, False]
    signals = [moment.state.signals for moment in unseen if moment.state.t_s > unseen[0].state.t_s + FLICKER_S]
    assert {(each.degraded, each.eyes, each.on_road, each.eyes_closed_s, each.last_seen) for each in signals} == {
        ("camera_lost", "unknown", None, None, "")
    }
    assert drive.tally.degraded_s["camera_lost"] == pytest.approx(STUCK_FOR_S - FROZEN_S, abs=0.3)


def test_a_blink_that_freezes_is_no_lapse(tmp_path: Path) -> None:
    blink = {"t": STUCK_S - 0.25, "do": "close_eyes", "for": 0.3}
    drive, moments = played(film(tmp_path, [blink]))
    assert {rule for rule, _, _ in fired(drive)} == {"cannot_see"}
    unseen = lost(moments)
    shut_s = [m.state.signals.eyes_closed_s or 0.0 for m in moments if m not in unseen and m.state.t_s < STUCK_S + 2.0]
    assert 1.0 < max(shut_s) < 1.5, "the frame that froze has shut eyes"


@pytest.mark.parametrize("level", ["signals", "landmarks", "video"])
def test_the_recorded_drive_replays_the_same_from_every_arrow(tmp_path: Path, level: str) -> None:
    stuck = film(tmp_path, [])
    config = config_for(tmp_path / "drives", level=level)
    with Recorder(config, live=False) as recorder:
        live, _ = replay_into(stuck, recorder)
    arrows = {"signals": [Arrow.STATE, Arrow.SIGNALS], "landmarks": [Arrow.LANDMARKS], "video": [Arrow.VIDEO]}[level]
    for arrow in arrows:
        again, moments = played(recorder.drive, arrow, own_config=True)
        assert fired(again) == fired(live)
        assert lost(moments)[0].state.t_s == pytest.approx(STUCK_S + FROZEN_S, abs=0.01)


def replay_into(source: Path, recorder: Recorder) -> tuple[Replay, list[Moment]]:
    moments: list[Moment] = []

    def seen(moment: Moment) -> None:
        moments.append(moment)
        recorder.add(moment)

    found = replay(
        str(source), load(None), speed_kmh=80.0, moment_seen=seen, progress=lambda t_s, total_s: None
    )  # fmt: skip
    return found, moments
