"""One eye behind a hand or hair, both behind dark glass, one turned away: which eyes decide."""

import pytest

from driver_monitor.state.signals import Signals
from tests.signals.faces import Look, played

AWAKE, ASLEEP = Look(), Look(0.0)
HAND_OVER_LEFT = Look(0.7, openness_right=1.0, hidden_left=True)  # the landmarks draw some eye there
ASLEEP_BEHIND_A_HAND = Look(0.7, openness_right=0.0, hidden_left=True)


def last(*stretches: tuple[float, Look]) -> Signals:
    return played([(2.0, AWAKE), *stretches])[-1]


def test_with_a_hand_over_one_eye_the_other_tells_of_sleep() -> None:
    found = last((2.0, HAND_OVER_LEFT), (3.0, ASLEEP_BEHIND_A_HAND))
    assert found.eyes == "closed"
    assert found.eyes_closed_s == pytest.approx(3.0, abs=0.1)
    assert found.openness_left is None
    assert found.openness_right == found.openness == pytest.approx(0.0, abs=0.05)
    assert found.degraded == ""


def test_hair_over_one_eye_that_reads_as_shut_is_no_sleep() -> None:
    found = last((2.0, Look(0.8, openness_right=1.0, hidden_left=True)), (60.0, Look(0.0, 1.0, hidden_left=True)))
    assert found.eyes == "open"
    assert found.perclos_60s == pytest.approx(0.0)


def test_one_eye_is_trusted_less_than_two() -> None:
    both, one = last((2.0, AWAKE)), last((2.0, HAND_OVER_LEFT))
    assert both.quality_eye_left == both.quality_eye_right == both.quality_eyes
    assert one.quality_eye_left == 0
    assert one.quality_eye_right == both.quality_eye_right
    assert 0.5 * both.quality_eyes < one.quality_eyes < both.quality_eyes


def test_the_hand_gone_both_eyes_count_again() -> None:
    found = last((2.0, HAND_OVER_LEFT), (1.5, AWAKE))
    assert found.openness_left == pytest.approx(1.0, abs=0.02)
    assert found.quality_eye_left > 0


def test_with_both_eyes_hidden_nothing_is_known() -> None:
    found = last((3.0, Look(eye_contrast=0.06)), (10.0, Look(0.4, eye_contrast=0.06)))
    assert found.eyes == "unknown"
    assert found.openness is None
    assert found.degraded == "hidden_eyes"
    assert found.quality_eyes == found.quality_eye_left == found.quality_eye_right == 0
    assert found.blinks_suppressed == "eyes_not_seen"


def test_a_hand_over_both_eyes_is_told_though_the_landmarks_keep_to_the_rims_of_glasses() -> None:
    """One eye is drawn on a rim, with contrast enough; but it is as bright as skin there."""
    hand = Look(0.5, hidden_left=True, eye_luma=0.9)
    found = played([(8.0, Look(eye_luma=0.4)), (1.5, hand)])
    assert found[-1].degraded == "hidden_eyes"
    assert found[-1].openness is None
    assert played([(8.0, Look(eye_luma=0.4)), (1.5, hand), (1.0, Look(eye_luma=0.4))])[-1].eyes == "open"


@pytest.mark.parametrize(
    ("usual", "now"), [(0.4, 0.65), (0.4, 0.4), (0.85, 1.0)], ids=["one eye's share", "hair", "eyes as bright as skin"]
)
def test_with_one_eye_covered_the_other_goes_on_counting(usual: float, now: float) -> None:
    found = played([(8.0, Look(eye_luma=usual)), (3.0, Look(0.7, 1.0, hidden_left=True, eye_luma=now))])[-1]
    assert found.degraded == ""
    assert found.openness_right == pytest.approx(1.0, abs=0.05)


def test_turned_far_aside_with_the_near_eye_hidden_nothing_is_known() -> None:
    turned = Look(yaw_deg=38.0, hidden_right=True)
    found = last((2.0, turned), (3.0, Look(0.0, yaw_deg=38.0, hidden_right=True)))
    assert found.eyes == "unknown"
    assert found.eyes_closed_s is None


def test_the_far_eye_counts_less_the_further_the_head_turns() -> None:
    seen = [last((1.0, Look(yaw_deg=yaw))) for yaw in (0.0, 15.0, 32.0)]
    left = [signals.quality_eye_left / signals.quality_eye_right for signals in seen]
    assert left[0] == pytest.approx(1.0, abs=0.01)
    assert left[0] > left[1] > left[2] == pytest.approx(0.0, abs=0.01)


def test_closed_eyes_at_40_deg_are_closed_and_a_far_eye_that_reads_open_changes_nothing() -> None:
    for far in (0.0, 0.9):
        found = last((1.0, Look(yaw_deg=40.0)), (2.0, Look(far, openness_right=0.0, yaw_deg=40.0)))
        assert found.eyes == "closed"
        assert found.eyes_closed_s == pytest.approx(2.0, abs=0.1)


def test_a_strong_smile_narrows_eyes_and_shuts_none() -> None:
    smiling = Look(0.25, smile=0.9)
    found = played([(4.0, Look(smile=0.05)), (0.4, Look(0.6, smile=0.9)), (8.0, smiling), (2.0, AWAKE)])
    assert {signals.eyes for signals in found} == {"open"}
    assert found[-1].perclos_60s == pytest.approx(0.0)


def test_two_shaded_eyes_are_still_eyes() -> None:
    found = last((5.0, Look(eye_contrast=0.16)))
    assert found.openness_left is not None
    assert found.openness_right is not None
    assert found.degraded == ""
