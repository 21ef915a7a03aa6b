"""Hands, yawns and nods of the scripted driver as the real tracker sees them: a test instrument, not people."""

from typing import Any

import pytest

from driver_monitor.assets import face_model
from driver_monitor.config.config import Config
from driver_monitor.config.signals import SignalsConfig
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.state.signals import Signals
from tests.simulate.scripts import drive

CONFIG = Config(signals=SignalsConfig.model_validate({"baseline": {"seed_s": 5}}))
PORTRAITS = ("astronaut", "grace_hopper")
SCRIPT: tuple[dict[str, Any], ...] = (
    {"t": 5.5, "do": "yawn"},
    {"t": 6.4, "do": "occlude", "what": "mouth", "for": 2.4, "rise": 0.4, "fall": 0.4},
    {"t": 11.0, "do": "yawn", "for": 3.0},
    {"t": 15.5, "do": "yawn", "rise": 0.15, "fall": 0.3, "squint": 0.0, "for": 2.6},  # a shout
    {"t": 19.0, "do": "talk", "amount": 0.6, "for": 2.0},  # a laugh
    {"t": 19.0, "do": "smile", "for": 2.0},
    {"t": 22.0, "do": "talk", "amount": 0.35, "syllables_hz": 1.3, "for": 2.5},  # a meal
    {"t": 25.5, "do": "nod"},
    {"t": 29.0, "do": "nod", "pitch": -13},
    {"t": 32.5, "do": "look", "pitch": -18, "for": 1.2, "transition": 0.3},
    {"t": 35.0, "do": "occlude", "what": "mouth", "for": 5.0},
    {"t": 36.5, "do": "close_eyes", "for": 2.0},
)
UNTIL_S, FPS = 42.0, 15


@pytest.fixture(scope="module", params=PORTRAITS)
def found(request: pytest.FixtureRequest) -> list[Signals]:
    extractor = SignalExtractor(CONFIG)
    scripted = drive(*SCRIPT, portrait=request.param, duration_s=UNTIL_S, fps=FPS)
    with VisionWorker(CONFIG.face.unhurried(), CONFIG.privacy, face_model(progress=False)) as tracker:
        return [extractor.update(tracker.track(frame)) for frame, _ in scripted.frames()]


def between(found: list[Signals], begin_s: float, end_s: float) -> list[Signals]:
    return [signals for signals in found if begin_s < signals.t_s < end_s]


def test_a_covered_yawn_is_one_and_nobody_sleeps_behind_the_hand(found: list[Signals]) -> None:
    assert between(found, 10.0, 11.0)[-1].yawns_600s == 1
    assert max(signals.eyes_closed_s or 0.0 for signals in between(found, 5.5, 10.0)) < 1.0
    assert {signals.degraded for signals in between(found, 7.3, 8.6)} <= {"hand_on_face", "no_face"}


def test_an_open_yawn_is_one_and_a_shout_a_laugh_and_a_meal_are_none(found: list[Signals]) -> None:
    assert between(found, 14.5, 15.5)[-1].yawns_600s == 2
    assert found[-1].yawns_600s == 2
    assert {signals.degraded for signals in between(found, 10.0, 35.0)} == {""}


def test_a_head_that_sinks_and_jerks_up_nods_and_one_that_looks_down_does_not(found: list[Signals]) -> None:
    assert [signals.t_s for signals in found if signals.nod] == pytest.approx([27.55, 31.05], abs=0.25)


def test_a_hand_on_mouth_and_nose_leaves_the_eyes_unknown_rather_than_shut_or_open(found: list[Signals]) -> None:
    assert {signals.eyes for signals in between(found, 36.4, 39.9)} == {"unknown"}
    assert {signals.degraded for signals in between(found, 35.6, 39.9)} <= {"hand_on_face", "no_face"}
    assert (found[-1].eyes, found[-1].degraded) == ("open", "")
