"""Drives by drivers with known habits; what is told of them is a guess, and must stay one."""

import pickle
import random

import pytest

from driver_monitor.signals.daydream import Daydream
from driver_monitor.state.signals import DaydreamSignals
from driver_monitor.state.zone import Gaze

FPS = 10.0


class Driver:
    """Scans with looks off the road centre, checks mirrors and blinks, each so many times a minute."""

    def __init__(self, seed: int = 1) -> None:
        self.daydream, self.t_s, self.chance = Daydream(), 0.0, random.Random(seed)
        self.found: list[DaydreamSignals] = []

    def drive(self, seconds: float, *, scans: float = 14, checks: float = 5, blinks: float = 16, fps: float = FPS,
              known: bool = True) -> list[DaydreamSignals]:  # fmt: skip
        looking_until_s, at_mirror = 0.0, False
        begin = len(self.found)
        for _ in range(round(seconds * fps)):
            self.t_s += 1 / fps
            if self.t_s >= looking_until_s and self.chance.random() < (scans + checks) / 60 / fps:
                at_mirror = self.chance.random() < checks / (scans + checks)
                looking_until_s = self.t_s + 0.8
            away = self.t_s < looking_until_s
            off_deg = (45.0 if at_mirror else 13.0) if away else abs(self.chance.gauss(0, 2.0))
            gaze = Gaze.DRIVING_TASK if away and at_mirror else Gaze.ROAD
            blinked = self.chance.random() < blinks / 60 / fps
            self.found.append(
                self.daydream.update(
                    self.t_s, gaze if known else Gaze.UNKNOWN, off_deg if known else None, blinked=blinked
                )
            )
        return self.found[begin:]


def highest(found: list[DaydreamSignals]) -> float:
    return max(signals.daydream or 0.0 for signals in found)


def test_nothing_is_said_before_there_is_a_habit_to_compare_with() -> None:
    found = Driver().drive(290)
    assert {signals.daydream for signals in found} == {None}
    assert found[-1].road_focus_60s is not None


@pytest.mark.parametrize("seed", range(4))
def test_an_attentive_drive_is_no_daydream_and_a_long_stare_is(seed: int) -> None:
    driver = Driver(seed)
    assert highest(driver.drive(1500)) < 0.35
    dreaming = driver.drive(90, scans=0.4, checks=0.2, blinks=24)
    assert highest(dreaming) > 0.6
    assert dreaming[-1].road_focus_60s == pytest.approx(1.0, abs=0.05)
    assert driver.drive(60)[-1].daydream == pytest.approx(0.0, abs=0.2)


def test_a_driver_who_never_scans_much_is_not_called_a_dreamer_for_it() -> None:
    assert highest(Driver().drive(1800, scans=1.5, checks=0.5)) < 0.4


def test_looking_about_more_than_usual_is_no_daydream() -> None:
    driver = Driver()
    driver.drive(600)
    assert highest(driver.drive(120, scans=30, checks=10)) < 0.1


def test_a_gaze_that_is_not_known_says_nothing() -> None:
    driver = Driver()
    driver.drive(600)
    found = driver.drive(90, known=False)
    assert found[-1] == DaydreamSignals(
        road_focus_60s=None, mirror_checks_60s=None, road_stare_s=None, daydream=None
    )  # fmt: skip


def test_a_dream_is_not_learned_as_the_habit() -> None:
    driver = Driver()
    driver.drive(900)
    found = driver.drive(600, scans=0.3, checks=0.1, blinks=24)
    assert found[-1].daydream is not None
    assert found[-1].daydream > 0.5


@pytest.mark.parametrize("fps", [15.0, 60.0])
def test_ingredients_do_not_depend_on_the_frame_rate(fps: float) -> None:
    found = Driver().drive(240, scans=15, checks=15, fps=fps)
    checks = [signals.mirror_checks_60s or 0 for signals in found[round(60 * fps) :]]
    assert sum(checks) / len(checks) == pytest.approx(12, abs=4)  # 0.8 s each, none while another lasts
    focus = [signals.road_focus_60s or 0 for signals in found[round(60 * fps) :]]
    assert sum(focus) / len(focus) == pytest.approx(0.71, abs=0.06)


def test_an_hour_takes_no_more_memory_than_ten_minutes() -> None:
    driver = Driver()
    driver.drive(600, fps=5)
    driver.found.clear()
    size = len(pickle.dumps(driver.daydream))
    driver.drive(3000, fps=5)
    assert len(pickle.dumps(driver.daydream)) < 1.05 * size


def test_a_gaze_that_crosses_the_cluster_on_its_way_to_the_lap_checks_no_mirror() -> None:
    daydream, t_s = Daydream(), 0.0
    for lap in (True, False):
        for _ in range(8):
            look = [Gaze.ROAD] * 100 + [Gaze.DRIVING_TASK] * (3 if lap else 15) + [Gaze.AWAY if lap else Gaze.ROAD] * 20
            for gaze in look:
                t_s += 1 / 30
                signals = daydream.update(t_s, gaze, 0.0 if gaze is Gaze.ROAD else 20.0, blinked=False)
        assert signals.mirror_checks_60s == (0 if lap else pytest.approx(8, abs=1))
