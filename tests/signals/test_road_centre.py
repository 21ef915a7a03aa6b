import math
import pickle
import random

import pytest

from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.road_centre import MAX_YAW_DEG, PITCH_LIMITS_DEG, RoadCentre

NEUTRAL = HeadPose(3.0, -2.0, 0.0)
Direction = tuple[float, float]


class Drive:
    """A gaze that wanders around a direction and checks the mirrors now and then."""

    def __init__(self) -> None:
        self.centre, self.t_s = RoadCentre(), 0.0
        self.chance = random.Random(3)

    def attentive(self, seconds: float, at: Direction, fps: float = 10.0) -> "Drive":
        for index in range(round(seconds * fps)):
            if index / fps % 10 < 1.0:
                self._look(fps, (40.0, -8.0))
            else:
                self._look(fps, (self.chance.gauss(at[0], 3), self.chance.gauss(at[1], 2)))
        return self

    def staring(self, seconds: float, at: Direction, fps: float = 10.0) -> "Drive":
        for _ in range(round(seconds * fps)):
            self._look(fps, (self.chance.gauss(at[0], 0.5), self.chance.gauss(at[1], 0.5)))
        return self

    def _look(self, fps: float, at: Direction) -> None:
        self.t_s += 1 / fps
        self.centre.update(self.t_s, *at, NEUTRAL)

    @property
    def offset(self) -> Direction:
        return self.centre.yaw_deg, self.centre.pitch_deg


@pytest.mark.parametrize("fps", [15.0, 60.0])
def test_a_seat_moved_a_little_is_learned_within_minutes(fps: float) -> None:
    found = Drive().attentive(600, (0.0, 0.0), fps).attentive(900, (5.0, -3.0), fps).offset
    assert found == pytest.approx((5.0, -3.0), abs=1.2)


def test_nothing_moves_on_thin_evidence() -> None:
    assert Drive().attentive(100, (5.0, 3.0)).offset == (0.0, 0.0)


def test_mirror_checks_do_not_pull_the_mode() -> None:
    assert Drive().attentive(1200, (0.0, 0.0)).offset == pytest.approx((0.0, 0.0), abs=0.7)


@pytest.mark.parametrize("phone", [(0.0, -35.0), (-28.0, -22.0), (-4.0, -18.0)])
def test_a_phone_in_lap_or_holder_can_never_be_the_road(phone: Direction) -> None:
    drive = Drive().attentive(300, (0.0, 0.0))
    before = drive.offset
    assert drive.staring(600, phone).offset == before


def test_a_minutes_stare_close_to_the_road_is_not_learned() -> None:
    """Eyes alone on a phone in the lap read as a few degrees down."""
    drive = Drive().attentive(300, (0.0, 0.0))
    before = drive.offset
    assert math.dist(drive.staring(60, (-3.0, -7.0)).offset, before) < 0.7
    assert math.dist(Drive().staring(60, (-3.0, -7.0)).attentive(300, (0.0, 0.0)).offset, (0.0, 0.0)) < 1.0


def test_it_is_clamped() -> None:
    yaw, pitch = Drive().attentive(3600, (12.0, -6.9)).offset
    assert yaw == pytest.approx(MAX_YAW_DEG, abs=0.1)
    assert pitch == pytest.approx(PITCH_LIMITS_DEG[0], abs=0.1)


def test_a_new_neutral_pose_starts_it_again() -> None:
    drive = Drive().attentive(900, (5.0, 3.0))
    assert drive.offset[0] > 3
    drive.centre.update(drive.t_s + 0.2, 5.0, 3.0, HeadPose(8.0, 1.0, 0.0))
    assert drive.offset == (0.0, 0.0)


def test_a_neutral_pose_that_creeps_does_not() -> None:
    drive = Drive().attentive(900, (5.0, 3.0))
    before = drive.offset[0]
    for index in range(100):
        drive.centre.update(drive.t_s + 0.2 * (index + 1), 5.0, 3.0, HeadPose(3.0 + 0.02 * index, -2.0, 0.0))
    assert drive.offset[0] >= before - 0.1


def test_hours_take_no_memory() -> None:
    drive = Drive().attentive(300, (1.0, 1.0), fps=5)
    size = len(pickle.dumps(drive.centre))
    assert len(pickle.dumps(drive.attentive(7200, (1.0, 1.0), fps=5).centre)) <= size + 16
