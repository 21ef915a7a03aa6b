"""Scripted drivers through rendered video, the tracker and the rules: what is said, and when.

The scripted driver is a test instrument; these tests say that the chain works, not how well it does with people.
"""

from pathlib import Path

import pytest
import yaml

from driver_monitor.assets import face_model
from driver_monitor.config.loader import load
from driver_monitor.monitor import Moment
from driver_monitor.replay.one import Replay, replay
from driver_monitor.state.alert import Alert, AlertState


@pytest.fixture(scope="session", autouse=True)
def _the_face_model_is_here() -> None:
    face_model(progress=False)


def played(tmp_path: Path, drive: dict[str, object], actions: list[dict[str, object]]) -> tuple[Replay, list[Moment]]:
    script = tmp_path / "script.yaml"
    script.write_text(yaml.safe_dump({"drive": {"fps": 30, "seed": 5, **drive}, "actions": actions}))
    moments: list[Moment] = []
    found = replay(
        f"scripted:{script}",
        load(None),
        speed_kmh=80.0,
        moment_seen=moments.append,
        progress=lambda t_s, total_s: None,
    )
    assert found.problems == []
    return found, moments


def firing(drive: Replay) -> list[tuple[str, float]]:
    return [(alert.rule, alert.t_s) for alert in drive.alerts if alert.state is AlertState.FIRING]


def the(drive: Replay, rule: str) -> Alert:
    [alert] = [alert for alert in drive.alerts if alert.rule == rule and alert.state is AlertState.FIRING]
    return alert


@pytest.mark.parametrize("portrait", ["astronaut", "grace_hopper"])
def test_a_driver_asleep_from_the_first_frame_is_woken(tmp_path: Path, portrait: str) -> None:
    drive, _ = played(
        tmp_path,
        {"duration_s": 6, "portrait": portrait, "natural_blinks": False},
        [{"t": 0.0, "do": "close_eyes", "for": 4.5, "rise": 0.03}],
    )
    rules = [rule for rule, _ in firing(drive)]
    assert "unresponsive" not in rules
    closed = dict(firing(drive))
    # Euro NCAP: microsleep within 1 to 2 s, sleep at 3 s, each to 0.2 s; smiling portraits are not yet known to smile.
    assert min(closed.values()) <= 2.2
    assert set(rules) <= {"microsleep", "sleep", "eyes_shut"}


def test_lapses_are_told_apart_and_in_time(tmp_path: Path) -> None:
    drive, moments = played(
        tmp_path,
        {"duration_s": 34, "natural_blinks": True},
        [
            {"t": 6.0, "do": "look", "yaw": -34, "pitch": 6, "for": 0.8, "transition": 0.2},
            {"t": 9.0, "do": "look", "yaw": 0, "pitch": -36, "for": 4.2, "transition": 0.25},
            {"t": 17.0, "do": "close_eyes", "for": 2.0},
            {"t": 24.0, "do": "close_eyes", "for": 3.6},
        ],
    )
    rules = [rule for rule, _ in firing(drive)]
    assert rules == ["long_glance", "microsleep", "microsleep", "sleep"]
    times = [t_s for _, t_s in firing(drive)]
    assert times[0] - 9.0 <= 3.5
    assert 1.0 <= times[1] - 17.0 <= 2.2
    assert times[3] - 24.0 == pytest.approx(3.0, abs=0.2)
    lap = [m.state.signals for m in moments if 10.0 < m.state.t_s < 12.5]
    assert {signals.eyes for signals in lap} <= {"open", "glance_down"}
    assert {signals.on_road for signals in lap} == {False}
    assert drive.alerts[-1].state is AlertState.CLEARED


def test_a_covered_camera_is_said_and_never_called_shut_eyes(tmp_path: Path) -> None:
    drive, moments = played(
        tmp_path,
        {"duration_s": 16, "natural_blinks": False},
        [{"t": 3.0, "do": "occlude", "what": "camera", "for": 11.0, "rise": 0.1, "fall": 0.1}],
    )
    assert [rule for rule, _ in firing(drive)] == ["cannot_see"]
    assert the(drive, "cannot_see").t_s - 3.0 <= 10.0
    covered = [m.state.signals for m in moments if 4.0 < m.state.t_s < 13.5]
    assert {signals.degraded for signals in covered} == {"covered"}
    assert {signals.eyes for signals in covered} == {"unknown"}


@pytest.mark.parametrize(("what", "portrait"), [("dark_glasses", "grace_hopper"), ("eyes", "astronaut")])
def test_hidden_eyes_are_said_and_never_guessed(tmp_path: Path, what: str, portrait: str) -> None:
    drive, moments = played(
        tmp_path,
        {"duration_s": 14, "portrait": portrait},
        [{"t": 3.0, "do": "occlude", "what": what, "for": 11.0}],
    )
    assert [rule for rule, _ in firing(drive)] == ["cannot_see"]
    assert the(drive, "cannot_see").t_s - 3.0 <= 10.0
    hidden = [m.state.signals for m in moments if 6.0 < m.state.t_s < 13.5]
    assert {signals.eyes for signals in hidden} == {"unknown"}
    assert {signals.degraded for signals in hidden} == {"dark_glasses" if what == "dark_glasses" else "hidden_eyes"}


def test_an_attentive_minute_is_a_quiet_minute() -> None:
    moments: list[Moment] = []
    drive = replay(
        "scripted:attentive",
        load(None),
        speed_kmh=80.0,
        moment_seen=moments.append,
        progress=lambda t_s, total_s: None,
    )
    assert firing(drive) == []
    assert drive.blinks >= 8
    assert moments[-1].state.signals.baseline == "driver"
    assert {m.state.signals.tracking for m in moments} == {"tracked"}


MIRROR_CHECK = {"t": 10.0, "do": "look", "yaw": -32, "pitch": 6, "for": 1.0, "transition": 0.25}


@pytest.mark.parametrize(
    "out_of_sight",
    [
        {"do": "occlude", "what": "camera", "for": 9.0, "rise": 0.1, "fall": 0.2},
        {"do": "leave", "for": 9.0, "rise": 0.1, "fall": 0.2},
    ],
    ids=["covered", "left"],
)
@pytest.mark.parametrize("before", [MIRROR_CHECK, {"t": 10.2, "do": "close_eyes", "for": 0.8}], ids=["mirror", "blink"])
def test_what_was_not_seen_after_a_mirror_check_or_a_long_blink_is_only_said_not_to_be_seen(
    tmp_path: Path, before: dict[str, object], out_of_sight: dict[str, object]
) -> None:
    drive, moments = played(tmp_path, {"duration_s": 22, "fps": 15, "seed": 7}, [before, {"t": 10.9, **out_of_sight}])
    assert {rule for rule, _ in firing(drive)} == {"cannot_see"}
    assert the(drive, "cannot_see").t_s == pytest.approx(10.9 + 8.0, abs=1.1)
    unseen = [moment.state.signals for moment in moments if 12.0 < moment.state.t_s < 19.5]
    assert {signals.off_road_s for signals in unseen} == {None}
    assert {signals.eyes_closed_s for signals in unseen} == {None}
