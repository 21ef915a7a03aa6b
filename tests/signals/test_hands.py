"""Stories of hands on faces, told to the two judges of them and through the whole signal layer."""

import math
from dataclasses import replace

import pytest

from driver_monitor.face.observation import FaceObservation
from driver_monitor.signals.hands import ADOPT_S, EyePlace, MouthSight
from driver_monitor.signals.head_pose import HeadPose
from tests.signals.faces import Look, face, played

OPEN = Look()
HAND = Look(mouth_seen=0.05, mouth=0.2)
PUSHED = replace(HAND, openness=0.25, eye_luma=0.9, pitch_deg=6.0)  # landmarks off mouth and eyes, eyes open in truth
FRONTAL = HeadPose(0.0, 0.0, 0.0)
RATES = (15.0, 24.0, 30.0, 60.0)


def seen(mouth: float = 1.0, *, redness: float | None = None) -> FaceObservation:
    observation = face(0.0, Look(mouth_seen=mouth))
    return observation if redness is None else replace(observation, lip_redness=redness)


def hidden_at(
    *stretches: tuple[float, FaceObservation | None], fps: float = 30.0, pose: HeadPose = FRONTAL, usable: bool = True
) -> tuple[list[bool], MouthSight]:
    """The verdict at the end of each (seconds, what was seen) stretch."""
    sight, found = MouthSight(), []
    for duration_s, observation in stretches:
        for _ in range(round(duration_s * fps)):
            if observation is None:
                sight.unseen(1 / fps)
            else:
                sight.update(observation, pose, 1 / fps, usable=usable)
        found.append(sight.hidden)
    return found, sight


@pytest.mark.parametrize("fps", RATES)
def test_a_hand_over_the_mouth_is_noticed_within_half_a_second_and_gone_as_soon(fps: float) -> None:
    assert hidden_at((5, seen()), (0.5, seen(0.05)), (0.5, seen()), fps=fps)[0] == [False, True, False]


def test_a_smile_that_shows_teeth_is_no_hand() -> None:
    teeth = replace(seen(), lip_darkness=0.15, mouth_line=0.1)
    assert hidden_at((5, seen()), (3, teeth))[0] == [False, False]


def test_nothing_is_said_before_the_drivers_own_mouth_is_known() -> None:
    assert hidden_at((1.5, seen(0.05)))[0] == [False]


def test_a_pale_mouth_cannot_be_missed() -> None:
    pale = replace(seen(), lip_redness=0.01, lip_darkness=0.02, mouth_line=0.06)
    skin = replace(seen(), lip_redness=0.0, lip_darkness=0.0, mouth_line=0.0)
    assert hidden_at((5, pale), (3, skin))[0] == [False, False]


def test_a_picture_that_turns_grey_is_no_hand_and_a_hand_is_seen_in_it() -> None:
    grey, hand = seen(redness=math.nan), seen(0.05, redness=math.nan)
    assert hidden_at((5, seen()), (3, grey), (1, hand), (1, grey))[0] == [False, False, True, False]


def test_pictures_that_cannot_be_judged_change_nothing() -> None:
    nothing = replace(seen(), lip_redness=math.nan, lip_darkness=math.nan, mouth_line=math.nan)
    assert hidden_at((5, seen()), (1, seen(0.05)), (3, nothing))[0] == [False, True, True]
    assert hidden_at((5, seen()), (5, seen(0.05)), usable=False)[0] == [False, False]
    for turned in (HeadPose(35.0, 0.0, 0.0), HeadPose(0.0, -36.0, 0.0), HeadPose(-25.0, -25.0, 0.0)):
        assert hidden_at((5, seen()), (5, seen(0.05)), pose=turned)[0] == [False, False]


def test_a_mask_is_part_of_the_face_after_five_minutes() -> None:
    found, sight = hidden_at((5, seen()), (ADOPT_S - 5, seen(0.3)), (10, seen(0.3)))
    assert found == [False, True, False]
    assert sight.hidden is False


def test_another_driver_has_another_mouth() -> None:
    assert hidden_at((5, seen()), (40, None), (10, seen(0.3)))[0] == [False, False, False]
    assert hidden_at((5, seen()), (5, None), (1, seen(0.05)))[0] == [False, False, True]


def test_eyes_are_trusted_behind_a_hand_only_where_they_look_like_before() -> None:
    place = EyePlace()

    def told(luma: float, openness: float, *, hand: bool, seconds: float, shut_s: float = 0.0) -> bool:
        return [place.update(luma, openness, 0.1, hand=hand, closed_s=shut_s) for _ in range(round(seconds * 10))][-1]

    assert told(0.6, 1.0, hand=False, seconds=5)
    assert not told(0.9, 0.3, hand=True, seconds=5)  # pushed off
    assert told(0.6, 1.0, hand=False, seconds=1)
    assert told(0.62, 1.0, hand=True, seconds=1)  # a hand that leaves the eyes alone
    assert told(0.9, 0.0, hand=True, seconds=5)  # and then they shut
    assert told(0.9, 0.0, hand=False, seconds=1)
    assert told(0.9, 0.0, hand=True, seconds=1, shut_s=1.0)  # shut before the hand came
    assert told(0.6, 1.0, hand=False, seconds=1)
    assert not told(math.nan, 1.0, hand=True, seconds=5)


@pytest.mark.parametrize("fps", RATES)
def test_a_hand_on_the_mouth_has_its_name_and_leaves_the_eyes_to_be_judged(fps: float) -> None:
    found = played([(2, OPEN), (5, HAND), (3, replace(HAND, openness=0.0, eye_luma=0.9)), (2, OPEN)], fps=fps)
    held = [signals for signals in found if 2.6 < signals.t_s < 10]
    assert {signals.degraded for signals in held} == {"hand_on_face"}
    assert held[-1].degraded_cause_s == pytest.approx(8.0, abs=0.6)
    assert {(signals.mouth_opening, signals.smile, signals.yawn) for signals in held} == {(None, None, False)}
    assert max(signals.quality for signals in held) < found[0].quality
    assert max(signals.eyes_closed_s or 0.0 for signals in found) == pytest.approx(3.0, abs=0.2)
    assert found[-1].degraded == ""


def test_a_hand_that_pushes_the_landmarks_off_the_eyes_is_not_sleep() -> None:
    found = played([(2, OPEN), (6, PUSHED), (2, OPEN)])
    assert max(signals.eyes_closed_s or 0.0 for signals in found) < 1.0
    assert {signals.eyes for signals in found if 4 < signals.t_s < 7.9} == {"unknown"}
    assert found[-1].eyes == "open"


def test_eyes_shut_before_a_hand_comes_are_shut_behind_it() -> None:
    shut = replace(OPEN, openness=0.0, eye_luma=0.9)
    found = played([(2, OPEN), (1.5, shut), (3, replace(shut, mouth_seen=0.05))])
    assert found[-1].eyes_closed_s == pytest.approx(4.5, abs=0.1)


def test_the_baseline_learns_nothing_from_behind_a_hand() -> None:
    without, behind = (played([(2, OPEN), (60, look), (2, OPEN)])[-1] for look in (OPEN, PUSHED))
    assert behind.openness == pytest.approx(without.openness, abs=0.02)
    assert behind.pitch_deg == pytest.approx(without.pitch_deg, abs=0.2)


def test_a_yawn_behind_a_hand_is_a_yawn_and_no_sleep() -> None:
    opening = [(0.1, replace(OPEN, mouth=0.07 * step, openness=1 - 0.03 * step)) for step in range(1, 9)]
    found = played([(2, OPEN), *opening, (3, PUSHED), (0.2, Look(mouth=0.4)), (2, OPEN)])
    assert found[-1].yawns_600s == 1
    assert any(signals.yawn for signals in found)
    assert max(signals.eyes_closed_s or 0.0 for signals in found) < 1.0
