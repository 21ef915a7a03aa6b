import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.classifiers.fatigue_level import FatigueLevel

CERTAINLY = {"alert": (1.0, 0.0, 0.0), "low vigilance": (0.0, 1.0, 0.0), "drowsy": (0.0, 0.0, 1.0)}


@pytest.mark.parametrize(
    ("state", "level", "kss", "kss_sd"),
    [
        ("alert", 0.0, 3.0, math.sqrt(2)),  # 1, 2, 3, 4 or 5
        ("low vigilance", 0.5, 6.5, 0.5),  # 6 or 7
        ("drowsy", 1.0, 8.5, 0.5),  # 8 or 9
    ],
)
def test_a_certain_class_is_its_range_of_the_sleepiness_scale(
    state: str, level: float, kss: float, kss_sd: float
) -> None:
    fatigue = FatigueLevel(90.0)
    fatigue.update(CERTAINLY[state], 0.0)
    assert fatigue.level == level
    assert fatigue.kss == kss
    assert fatigue.kss_sd == pytest.approx(kss_sd)


def test_a_model_that_does_not_know_leaves_most_of_the_scale_open() -> None:
    fatigue = FatigueLevel(90.0)
    fatigue.update((1 / 3, 1 / 3, 1 / 3), 0.0)
    assert fatigue.kss == pytest.approx(6.0)
    assert fatigue.kss_sd == pytest.approx(2.45, abs=0.05)


def test_a_sudden_change_arrives_with_the_time_constant() -> None:
    fatigue = FatigueLevel(90.0)
    fatigue.update(CERTAINLY["alert"], 0.0)
    for _ in range(90):
        fatigue.update(CERTAINLY["drowsy"], 1.0)
    assert fatigue.level == pytest.approx(1 - math.exp(-1), abs=1e-6)


def test_after_a_reset_nothing_of_the_last_driver_is_left() -> None:
    fatigue = FatigueLevel(90.0)
    fatigue.update(CERTAINLY["drowsy"], 0.0)
    fatigue.reset()
    fatigue.update(CERTAINLY["alert"], 1.0)
    assert fatigue.level == 0.0


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 10)), min_size=1, max_size=30))
def test_level_and_scale_stay_in_their_ranges(steps: list[tuple[float, float, float]]) -> None:
    fatigue = FatigueLevel(90.0)
    for first, second, step_s in steps:
        low, high = sorted((first, second))
        fatigue.update((low, high - low, 1 - high), step_s)
        assert -1e-9 <= fatigue.level <= 1 + 1e-9
        assert 3 - 1e-9 <= fatigue.kss <= 8.5 + 1e-9
        assert 0 <= fatigue.kss_sd <= 3
