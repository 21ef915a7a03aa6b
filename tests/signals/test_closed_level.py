"""What the driver's shut eyes measure: learned from full blinks, never from half-shut eyes."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.face.observation import Tracking
from driver_monitor.signals.closed_level import (
    HIGHEST_SHARE,
    LOWEST_SHARE,
    MIN_DIPS,
    PRIOR_SHARE,
    SURE_DIPS,
    ClosedEye,
    ClosedLevel,
)
from tests.signals.faces import Look, blink, played

OPEN_EAR = 0.27
GLASSES = 0.36  # share of the open EAR that shut lids leave behind glasses


def dipped(eye: ClosedEye, floors: list[float], *, noise: float = 0.0, hold: int = 3, start: float = 1.0) -> float:
    """Blinks that stop at these shares of the open eye, one a second at 30 fps; returns the learned share."""
    random = Random(7)
    for number, floor in enumerate(floors):
        levels = [start] * 20 + [(start + floor) / 2] + [floor] * hold + [(start + floor) / 2] + [start] * 4
        for index, level in enumerate(levels):
            eye.see(number + index / 30, OPEN_EAR * (level + random.gauss(0, noise)))
        eye.learn(number + 19.5 / 30, number + (22.5 + hold) / 30, OPEN_EAR)
    return eye.ear(OPEN_EAR) / OPEN_EAR


def test_without_evidence_the_population_stands_in() -> None:
    assert dipped(ClosedEye(), []) == pytest.approx(PRIOR_SHARE)
    assert dipped(ClosedEye(), [0.4] * (MIN_DIPS - 1)) == pytest.approx(PRIOR_SHARE)


@pytest.mark.parametrize("share", [0.12, 0.25, 0.35, 0.42])
def test_full_blinks_teach_the_drivers_own_level(share: float) -> None:
    assert dipped(ClosedEye(), [share] * SURE_DIPS) == pytest.approx(share, abs=0.01)


def test_few_blinks_are_believed_half() -> None:
    learned = dipped(ClosedEye(), [0.4] * MIN_DIPS)
    assert PRIOR_SHARE + 0.05 < learned < 0.35


def test_noise_does_not_take_the_level_down() -> None:
    assert dipped(ClosedEye(), [0.3] * 30, noise=0.03) == pytest.approx(0.3, abs=0.04)


def test_half_blinks_among_full_ones_do_not_take_it_up() -> None:
    halves = [0.44, 0.38, 0.42, 0.36, 0.40, 0.43, 0.39]
    assert dipped(ClosedEye(), [0.15, *halves, 0.16, 0.14, *halves]) == pytest.approx(0.15, abs=0.03)


def test_without_glasses_again_a_few_blinks_take_it_down() -> None:
    eye = ClosedEye()
    dipped(eye, [0.4] * 30)
    assert dipped(eye, [0.1] * 6) == pytest.approx(0.1, abs=0.01)


def test_lids_that_stop_half_way_or_start_there_teach_nothing() -> None:
    assert dipped(ClosedEye(), [0.55] * 40) == pytest.approx(PRIOR_SHARE)
    assert dipped(ClosedEye(), [0.4] * 40, start=0.6) == pytest.approx(PRIOR_SHARE)


def test_what_an_earlier_drive_learned_stands_at_once() -> None:
    eye = ClosedEye()
    eye.reset(ClosedLevel(0.4 * OPEN_EAR, 20))
    assert eye.ear(OPEN_EAR) == pytest.approx(0.4 * OPEN_EAR)
    assert dipped(eye, [0.38] * 5) == pytest.approx(0.38, abs=0.01)  # and new blinks are not believed less for it
    eye.reset()
    assert eye.ear(OPEN_EAR) == pytest.approx(PRIOR_SHARE * OPEN_EAR)


@given(st.lists(st.floats(-0.5, 1.5), max_size=40), st.floats(0.14, 0.45))
def test_whatever_comes_the_level_stays_within_its_bounds(floors: list[float], open_ear: float) -> None:
    eye = ClosedEye()
    dipped(eye, floors)
    assert LOWEST_SHARE * open_ear - 1e-9 <= eye.ear(open_ear) <= HIGHEST_SHARE * open_ear + 1e-9


BLINKS = [stretch for _ in range(10) for stretch in ((2.0, Look()), *blink())] + [(0.5, Look())]


def test_behind_glasses_closures_come_to_count_in_perclos() -> None:
    sleepy = [stretch for _ in range(4) for stretch in ((4.0, Look()), (2.0, Look(0.0)))]
    found = played([*BLINKS, *sleepy, (0.2, Look())], shut_share=GLASSES)
    assert found[-1].perclos_60s == pytest.approx(8 / 60, abs=0.01)


def test_squinting_smiling_and_looking_down_teach_nothing() -> None:
    for narrow in (
        Look(0.1, brow_down=0.7),
        Look(0.1, smile=0.9),
        Look(0.1, pitch_deg=-25.0),
        Look(0.1, yaw_deg=35.0),
        Look(0.0, openness_right=0.8),
    ):
        way = Look(1.0, narrow.yaw_deg and 1.0, yaw_deg=narrow.yaw_deg) if narrow.yaw_deg else Look()
        narrowed = [stretch for _ in range(12) for stretch in ((2.0, way), (0.2, narrow))]
        found = played([*narrowed, (2.0, Look(0.25))], shut_share=GLASSES)
        untaught = played([(2.0, Look()), (2.0, Look(0.25))], shut_share=GLASSES)
        assert found[-1].openness == pytest.approx(untaught[-1].openness, abs=0.02), narrow


def test_narrowed_eyes_are_not_shut_after_any_lesson() -> None:
    found = played([*BLINKS, (20.0, Look(0.5))], shut_share=GLASSES)
    assert {signals.eyes for signals in found[-500:]} == {"open"}
    assert found[-1].perclos_60s == pytest.approx(0.0)
    found = played([*BLINKS, (20.0, Look(0.4))], shut_share=0.1)
    assert {signals.eyes for signals in found[-500:]} == {"open"}


def test_another_driver_starts_from_the_population_again() -> None:
    lost = Look(tracking=Tracking.NO_FACE)
    found = played([*BLINKS, (40.0, lost), (1.0, Look(0.0))], shut_share=GLASSES)
    assert found[-1].openness is not None
    assert found[-1].openness > 0.1
