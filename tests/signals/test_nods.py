"""Stories of a head: nods of a drowsy one, and all else that goes down and up."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from driver_monitor.signals.filters import FirstOrder
from driver_monitor.signals.head import POSE_TAU_S
from driver_monitor.signals.nods import NodDetector

RATES = (15.0, 24.0, 30.0, 60.0)
Head = Callable[[float], tuple[float | None, float]]  # pitch and yaw at a time


def smooth(share: float) -> float:
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


def dip(
    t_s: float, *, depth: float = 16.0, down: float = 1.5, held: float = 0.3, up: float = 0.3, start: float = 2.0
) -> float:
    return -depth * smooth((t_s - start) / down) * (1 - smooth((t_s - start - down - held) / up))


def told(head: Head, *, until_s: float = 10.0, fps: float = 30.0, drop: int = 0) -> tuple[list[float], int]:
    """When nods were complete and how many are counted, for a head smoothed as the extractor's is."""
    detector, nods_s, t_s, last_s = NodDetector(), [], 0.0, 0.0
    pitches, yaws = FirstOrder(POSE_TAU_S), FirstOrder(POSE_TAU_S)
    for index in range(round(until_s * fps)):
        if drop and index % drop == drop - 1:
            continue
        t_s = index / fps
        pitch, yaw = head(t_s)
        smoothed = pitches.update(pitch, t_s - last_s) if pitch is not None else None
        if detector.update(t_s, smoothed, yaws.update(yaw, t_s - last_s)):
            nods_s.append(t_s)
        last_s = t_s
    return nods_s, detector.count(t_s)


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("drop", [0, 3])
@pytest.mark.parametrize(("depth", "down"), [(12.0, 1.0), (16.0, 1.5), (20.0, 2.5), (30.0, 3.0)])
def test_a_drowsy_head_sinks_slowly_and_jerks_up(fps: float, drop: int, depth: float, down: float) -> None:
    nods_s, count = told(lambda t_s: (dip(t_s, depth=depth, down=down), 0.0), fps=fps, drop=drop)
    assert count == 1
    assert nods_s[0] == pytest.approx(2.0 + down + 0.3 + 0.3, abs=0.2)


def test_a_head_that_sinks_with_its_lids_for_seconds_nods_too() -> None:
    assert told(lambda t_s: (dip(t_s, held=2.0), 0.0))[1] == 1


def test_three_nods_are_three() -> None:
    nods_s, count = told(lambda t_s: (dip(t_s % 6.0), 0.0), until_s=18.0)
    assert count == len(nods_s) == 3


rng = np.random.default_rng(3)
JITTER = rng.normal(0, 0.5, 4000)

NOT_NODS: dict[str, Head] = {
    "a level head": lambda t_s: (JITTER[int(t_s * 60)], 0.0),
    "saying yes": lambda t_s: (-7 + 7 * math.cos(2 * math.pi * 1.8 * t_s), 0.0),
    "saying yes slowly": lambda t_s: (-7 + 7 * math.cos(2 * math.pi * 0.9 * t_s), 0.0),
    "a bumpy road": lambda t_s: (3 * math.sin(2 * math.pi * 2.5 * t_s) + JITTER[int(t_s * 60)], 0.0),
    "a pothole": lambda t_s: (dip(t_s, depth=12, down=0.12, held=0.0, up=0.25), 0.0),
    "a glance at the cluster": lambda t_s: (dip(t_s, depth=18, down=0.3, held=0.8, up=0.3), 0.0),
    "a glance at the cluster from a head that sways": lambda t_s: (
        dip(t_s, depth=17, down=0.25, held=0.35, up=0.25)
        + float(np.interp(t_s, (0, 2, 2.6, 3.7), (1.5, -2.5, -2.5, 1.5))),
        0.0,
    ),
    "a look at the lap": lambda t_s: (dip(t_s, depth=30, down=0.35, held=2.5, up=0.35), 0.0),
    "a slow look down and back": lambda t_s: (dip(t_s, depth=20, down=0.9, held=1.0, up=0.9), 0.0),
    "a stretched neck": lambda t_s: (dip(t_s, depth=25, down=1.5, held=1.0, up=1.5), 0.0),
    "a look up and back": lambda t_s: (-dip(t_s, depth=15), 0.0),
    "a seat that is let down": lambda t_s: (dip(t_s, depth=14, down=2.0, held=60.0), 0.0),
    "a turn to the console": lambda t_s: (dip(t_s, depth=20), 1.6 * dip(t_s, depth=20)),
    "no face": lambda t_s: (None, 0.0),
}


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("what", NOT_NODS)
def test_what_goes_down_and_up_and_is_no_nod(what: str, fps: float) -> None:
    assert told(NOT_NODS[what], until_s=12.0, fps=fps)[1] == 0


def test_a_face_lost_for_a_moment_at_the_bottom_breaks_off_no_nod() -> None:
    def losing(begin_s: float, end_s: float) -> Head:
        return lambda t_s: (None if begin_s <= t_s < end_s else dip(t_s), 0.0)

    assert told(losing(3.5, 3.8))[1] == 1
    assert told(losing(3.0, 3.9))[1] == 0


def test_nods_are_counted_for_ten_minutes() -> None:
    _, count = told(lambda t_s: (dip(t_s % 300.0), 0.0), until_s=1000.0, fps=15.0)
    assert count == 2
