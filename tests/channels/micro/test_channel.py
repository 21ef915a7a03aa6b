"""Expressions that come and go, on a face whose blendshapes are drawn."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from driver_monitor.channels.micro.actions import KINDS, SHAPES, shown
from driver_monitor.channels.micro.channel import MicroExpressionChannel
from driver_monitor.face.blendshapes import INDEX
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.state.micro import MicroSignals
from driver_monitor.state.signals import Signals

Course = Callable[[float], dict[str, float]]


def bump(names: tuple[str, ...], begin_s: float, length_s: float, height: float) -> Course:
    """There and back on a squared sine."""

    def at(t_s: float) -> dict[str, float]:
        share = (t_s - begin_s) / length_s
        return dict.fromkeys(names, height * math.sin(math.pi * share) ** 2) if 0 < share < 1 else {}

    return at


def played(
    *courses: Course,
    rate: float = 30.0,
    seconds: float = 8.0,
    noise: float = 0.01,
    drop: float = 0.0,
    **signals: Any,
) -> list[MicroSignals]:
    """What is told in each frame of a face at rest with ``courses`` on it."""
    random = np.random.default_rng(4)
    channel, told = MicroExpressionChannel(), []
    for number in range(round(seconds * rate)):
        t_s = number / rate
        if random.random() < drop:
            continue
        shapes = 0.1 + random.normal(0, noise, 52)
        for course in courses:
            for name, value in course(t_s).items():
                shapes[INDEX[name]] += value
        seen = FaceObservation(t_s, Tracking.TRACKED, 640, 480, 1, blendshapes=np.clip(shapes, 0, 1).astype(np.float32))
        now = {"t_s": t_s, "fps": rate, "quality": 1.0, "yaw_deg": 0.0, "pitch_deg": 0.0, "roll_deg": 0.0} | {
            name: value(t_s) if callable(value) else value for name, value in signals.items()
        }
        told.append(channel.update(seen, Signals(**now)))
    return told


def events(told: list[MicroSignals]) -> list[MicroSignals]:
    return [one for one in told if one.micro_expression]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_found_once_with_its_times_and_strength(kind: str) -> None:
    (found,) = events(played(bump(SHAPES[kind], 4.0, 0.4, 0.4)))
    assert found.micro_expression == kind
    assert found.micro_expression_strength == pytest.approx(0.4, abs=0.05)
    assert found.micro_expression_onset_s == pytest.approx(4.05, abs=0.05)
    assert found.micro_expression_apex_s == pytest.approx(4.2, abs=0.05)
    assert found.micro_expression_offset_s == pytest.approx(4.35, abs=0.05)
    assert found.micro_expression_missing == ""


def test_it_is_told_a_second_after_its_apex() -> None:
    told = played(bump(SHAPES["smile"], 4.0, 0.4, 0.4))
    number = next(index for index, one in enumerate(told) if one.micro_expression)
    assert number / 30.0 == pytest.approx(5.2, abs=0.1)


def test_frames_that_are_dropped_hide_none() -> None:
    assert len(events(played(bump(SHAPES["smile"], 4.0, 0.4, 0.4), drop=0.08))) == 1


def test_of_several_at_once_the_clearest_is_told_once() -> None:
    found = events(played(bump(SHAPES["smile"], 4.0, 0.4, 0.3), bump(SHAPES["brow_lower"], 4.0, 0.4, 0.5), noise=0.005))
    assert [one.micro_expression for one in found] == ["brow_lower"]


@pytest.mark.parametrize(("length_s", "height"), [(1.2, 0.5), (0.4, 0.08), (0.06, 0.5)])
def test_what_is_long_or_weak_or_a_single_frame_is_none(length_s: float, height: float) -> None:
    assert events(played(bump(SHAPES["smile"], 4.0, length_s, height))) == []


def test_a_noisy_face_needs_more() -> None:
    assert events(played(bump(SHAPES["smile"], 4.0, 0.4, 0.3), noise=0.12)) == []


def test_a_blink_moves_the_brows_and_is_none() -> None:
    blink = bump(("eyeBlinkLeft", "eyeBlinkRight"), 4.0, 0.35, 0.6)
    moved = bump((*SHAPES["brow_raise"], *SHAPES["eye_widen"]), 4.0, 0.35, 0.4)
    assert events(played(blink, moved)) == []
    frown = bump(SHAPES["brow_lower"], 4.0, 0.35, 0.4)  # which blinks leave alone
    assert len(events(played(blink, frown))) == 1


def test_talk_is_none() -> None:
    def talk(t_s: float) -> dict[str, float]:
        open_share = 0.2 * abs(math.sin(2 * math.pi * 2.2 * t_s)) if 2.0 < t_s < 7.0 else 0.0
        lips = 0.3 * abs(math.sin(2 * math.pi * 1.1 * t_s)) ** 3 if 2.0 < t_s < 7.0 else 0.0
        return {"jawOpen": open_share} | dict.fromkeys(SHAPES["lip_raise"], lips)

    assert events(played(talk)) == []
    assert events(played(talk, bump(SHAPES["smile"], 4.0, 0.4, 0.4))) == []


def test_a_turn_of_the_head_is_none() -> None:
    turn = bump(("yaw",), 4.0, 0.5, 18.0)
    seen = played(bump(SHAPES["smile"], 4.05, 0.4, 0.4), yaw_deg=lambda t_s: turn(t_s).get("yaw", 0.0))
    assert events(seen) == []


@pytest.mark.parametrize(
    ("signals", "missing"),
    [
        ({"fps": 25.0}, "low_frame_rate"),
        ({"fps": None}, "low_frame_rate"),
        ({"yaw_deg": 35.0}, "turned_away"),
        ({"quality": 0.3}, "poor_view"),
        ({"degraded": "hand_on_face"}, "poor_view"),
        ({"yaw_deg": None}, "no_face"),
    ],
)
def test_where_none_can_be_found_it_is_said_why(signals: dict[str, Any], missing: str) -> None:
    told = played(bump(SHAPES["smile"], 4.0, 0.4, 0.4), **signals)
    assert {one.micro_expression_missing for one in told} == {missing}
    assert events(told) == []


def test_after_a_hole_the_resting_face_is_learned_again() -> None:
    channel = MicroExpressionChannel()
    seen = FaceObservation(0.0, Tracking.TRACKED, 640, 480, 1, blendshapes=np.full(52, 0.1, np.float32))
    told = []
    for t_s in [*(number / 30 for number in range(120)), *(5.0 + number / 30 for number in range(10))]:
        signals = Signals(t_s=t_s, fps=30.0, quality=1.0, yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0)
        told.append(channel.update(replace(seen, t_s=t_s), signals).micro_expression_missing)
    assert (told[0], told[119], told[-1]) == ("learning", "", "learning")


def test_kinds_are_the_mean_of_their_sides() -> None:
    shapes = np.zeros(52, np.float32)
    shapes[INDEX["mouthSmileLeft"]] = 0.8
    assert shown(shapes)[KINDS.index("smile")] == pytest.approx(0.4)
    assert shown(shapes).sum() == pytest.approx(0.4)
