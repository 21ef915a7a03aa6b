"""Stories of a mouth: yawns, and all that opens a mouth and is none."""

import math
from collections.abc import Callable, Iterator

import pytest

from driver_monitor.config.signals import YawnConfig
from driver_monitor.signals.yawn import YawnDetector

REST = 0.03
RATES = (15.0, 24.0, 30.0, 60.0)
Mouth = Callable[[float], tuple[float | None, float, bool]]  # opening, smile, covered at a time


def smooth(share: float) -> float:
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


def opening(t_s: float, *, start: float = 1.0, rise: float, hold: float, fall: float, wide: float = 0.85) -> float:
    up = smooth((t_s - start) / rise)
    return REST + (wide - REST) * up * (1 - smooth((t_s - start - rise - hold) / fall))


def yawn(t_s: float) -> tuple[float, float, bool]:
    return opening(t_s, rise=1.3, hold=2.2, fall=0.6), 0.0, False


def told(mouth: Mouth, *, until_s: float = 12.0, fps: float = 30.0, drop: int = 0) -> tuple[list[bool], int]:
    """Whether it yawns, frame by frame, and how often it did; every ``drop``-th frame is lost."""
    detector, found, t_s = YawnDetector(YawnConfig()), [], 0.0
    last_s = 0.0
    for index in range(round(until_s * fps)):
        if drop and index % drop == drop - 1:
            continue
        t_s = index / fps
        width, smile, covered = mouth(t_s)
        found.append(detector.update(t_s, t_s - last_s, width, smile=smile, covered=covered))
        last_s = t_s
    return found, detector.count(t_s)


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("drop", [0, 3])
def test_a_yawn_rises_slowly_stays_wide_and_falls(fps: float, drop: int) -> None:
    yawning, count = told(yawn, fps=fps, drop=drop)
    assert count == 1
    assert any(yawning)
    assert not yawning[-1]


def test_it_is_a_yawn_from_its_third_second_on_until_the_mouth_closes() -> None:
    yawning, _ = told(yawn)
    first, last = yawning.index(True) / 30, (len(yawning) - 1 - yawning[::-1].index(True)) / 30
    assert 1.0 + 2.0 < first < 1.0 + 3.3
    assert last == pytest.approx(1.0 + 1.3 + 2.2 + 0.6, abs=0.2)


def test_a_yawn_of_a_mouth_that_rests_open_is_one_too() -> None:
    _, count = told(lambda t_s: (max(0.22, yawn(t_s)[0]), 0.0, False))
    assert count == 1


def syllables(t_s: float, widest: float, hz: float) -> float:
    return REST + (widest - REST) * (0.5 - 0.5 * math.cos(2 * math.pi * hz * t_s))


NOT_YAWNS: dict[str, Mouth] = {
    "talking": lambda t_s: (syllables(t_s, 0.4, 4.5), 0.1, False),
    "talking loudly": lambda t_s: (syllables(t_s, 0.75, 3.5), 0.1, False),
    "singing long vowels": lambda t_s: (
        opening(t_s % 4.0, start=0.2, rise=0.22, hold=3.0, fall=0.3, wide=0.65 + 0.05 * math.sin(35 * t_s)), 0.1, False,
    ),
    "a shout": lambda t_s: (opening(t_s, rise=0.15, hold=2.8, fall=0.3, wide=0.9), 0.0, False),
    "laughing": lambda t_s: (opening(t_s, rise=0.6, hold=3.0, fall=0.8, wide=0.7) * (1 - 0.1 * (t_s * 4.5 % 1)), 0.8,
                             False),
    "laughing in bursts": lambda t_s: (syllables(t_s, 0.7, 1.2), 0.3, False),
    "chewing": lambda t_s: (syllables(t_s, 0.3, 1.4), 0.0, False),
    "a big bite": lambda t_s: (opening(t_s, rise=0.5, hold=0.6, fall=0.2), 0.0, False),
    "a gasp": lambda t_s: (opening(t_s, rise=0.2, hold=2.5, fall=0.5), 0.0, False),
    "a mouth that hangs open": lambda t_s: (opening(t_s, rise=2.0, hold=20.0, fall=1.0, wide=0.6), 0.0, False),
    "a mouth open from the first frame": lambda t_s: (opening(t_s, start=-9, rise=1, hold=12.0, fall=1.0), 0.0, False),
    "no mouth": lambda t_s: (None, 0.0, False),
}  # fmt: skip


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("what", NOT_YAWNS)
def test_what_opens_a_mouth_and_is_no_yawn(what: str, fps: float) -> None:
    _, count = told(NOT_YAWNS[what], until_s=20.0, fps=fps)
    assert count == 0


def behind_hand(
    mouth: Callable[[float], float], hand_s: float, away_s: float, *, lag_s: float = 0.25, smile: float = 0.0
) -> Mouth:
    """A hand is on the mouth from one time to another; it is known ``lag_s`` later, and till then the landmarks are
    anything."""

    def seen(t_s: float) -> tuple[float | None, float, bool]:
        covered = hand_s + lag_s <= t_s < away_s + lag_s
        return (0.1 if hand_s <= t_s < away_s else mouth(t_s)), smile, covered

    return seen


@pytest.mark.parametrize("fps", RATES)
def test_a_yawn_is_covered_by_a_hand_before_it_is_at_its_widest(fps: float) -> None:
    yawning, count = told(behind_hand(lambda t_s: yawn(t_s)[0], 1.8, 4.6), fps=fps)
    assert count == 1
    assert any(yawning)


def test_a_yawn_is_covered_by_a_hand_that_costs_the_face_for_a_while() -> None:
    hand = behind_hand(lambda t_s: yawn(t_s)[0], 2.2, 5.0)
    assert told(lambda t_s: (None, 0.0, False) if 2.3 <= t_s < 4.4 else hand(t_s))[1] == 1


def test_a_yawn_is_covered_to_its_end() -> None:
    _, count = told(behind_hand(lambda t_s: yawn(t_s)[0], 2.2, 5.5))
    assert count == 1


def test_a_hand_that_comes_to_wipe_the_mouth_after_a_yawn_adds_none() -> None:
    def wiped(t_s: float) -> tuple[float | None, float, bool]:
        return yawn(t_s)[0], 0.0, 5.2 <= t_s < 9.0

    assert told(wiped)[1] == 1


NOT_COVERED_YAWNS: dict[str, Mouth] = {
    "a hand on a closed mouth": behind_hand(lambda t_s: REST, 2.0, 6.0),
    "a hand on a talking mouth": behind_hand(lambda t_s: syllables(t_s, 0.4, 4.5), 2.0, 6.0),
    "a bite behind a hand": behind_hand(lambda t_s: opening(t_s, rise=0.4, hold=0.4, fall=0.2), 1.4, 2.1),
    "a cry of fright": behind_hand(lambda t_s: opening(t_s, rise=0.15, hold=3.0, fall=0.5), 1.4, 4.0),
    "a laugh": behind_hand(lambda t_s: opening(t_s, rise=0.8, hold=3.0, fall=0.5), 2.0, 5.0, smile=0.8),
    "a chin that goes on resting in a hand": behind_hand(lambda t_s: yawn(t_s)[0], 2.0, 18.0),
}


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("what", NOT_COVERED_YAWNS)
def test_a_hand_before_the_mouth_alone_is_no_yawn(what: str, fps: float) -> None:
    _, count = told(NOT_COVERED_YAWNS[what], until_s=20.0, fps=fps)
    assert count == 0


def test_a_moment_without_a_face_does_not_end_a_yawn_and_a_second_does() -> None:
    def losing(begin_s: float, end_s: float) -> Mouth:
        return lambda t_s: (None if begin_s <= t_s < end_s else yawn(t_s)[0], 0.0, False)

    assert told(losing(2.9, 3.2))[1] == 1
    assert told(losing(2.6, 3.9))[1] == 0


def test_yawns_are_counted_for_ten_minutes() -> None:
    detector = YawnDetector(YawnConfig())

    def times() -> Iterator[float]:
        yield from (index / 15 for index in range(15 * 700))

    counts = []
    for t_s in times():
        width = yawn(t_s % 100.0)[0] if t_s < 300 else REST
        detector.update(t_s, 1 / 15, width, smile=0.0, covered=False)
        counts.append(detector.count(t_s))
    assert max(counts) == 3
    assert counts[-1] == 2
