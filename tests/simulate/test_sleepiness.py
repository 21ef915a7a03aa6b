"""What sleepiness makes a scripted driver do."""

from itertools import pairwise

import numpy as np
import pytest

from driver_monitor.simulate.script import Script
from driver_monitor.simulate.timeline import Timeline
from driver_monitor.simulate.truth import Event

LENGTH_S = 600.0


def timeline(kss: float, *actions: dict[str, object], seed: int = 3) -> Timeline:
    head = {"duration_s": LENGTH_S, "seed": seed, "sleepiness": [{"t": 0, "kss": kss}], "head_sway": False}
    return Timeline(Script.model_validate({"drive": head, "actions": actions}))


def named(kss: float, name: str) -> list[Event]:
    return [event for event in timeline(kss).events() if event.name == name]


def shut_share(found: Timeline) -> float:
    """Of the time, in closures that PERCLOS counts."""
    return sum(event.half_s for event in found.events() if event.name == "close_eyes") / LENGTH_S


def test_blinks_grow_longer_with_sleepiness_as_published_and_reopen_more_slowly() -> None:
    awake, tired, fighting = (named(kss, "blink") for kss in (1, 7, 9))
    usual = [
        np.median([event.half_s for event in blinks if event.half_s < 0.26]) for blinks in (awake, tired, fighting)
    ]
    assert usual[1] / usual[0] == pytest.approx(125 / 102, abs=0.08)
    assert usual[2] / usual[0] == pytest.approx(151 / 102, abs=0.1)
    reopening = [np.median([event.end_s - event.release_s for event in blinks]) for blinks in (awake, tired, fighting)]
    assert reopening == sorted(reopening)


def test_long_blinks_come_with_sleepiness() -> None:
    long = [sum(event.half_s > 0.26 for event in named(kss, "blink")) / len(named(kss, "blink")) for kss in (3, 7, 9)]
    assert long[0] == 0
    assert 0.05 < long[1] < long[2]


@pytest.mark.parametrize(("kss", "low", "high"), [(3, 0.0, 0.0), (6, 0.01, 0.075), (7, 0.07, 0.13), (8, 0.15, 0.25)])
def test_lids_are_shut_for_the_share_of_time_that_goes_with_the_scale(kss: float, low: float, high: float) -> None:
    assert low <= shut_share(timeline(kss)) <= high


def test_slow_closures_are_longer_than_a_blink_and_shorter_than_a_microsleep() -> None:
    lengths = [event.half_s for event in named(9, "close_eyes")]
    assert min(lengths) > 0.5
    assert max(lengths) < 1.4


def test_a_sleepy_driver_checks_the_mirrors_less() -> None:
    assert len(named(3, "look")) > 2 * len(named(8, "look")) > 0


def test_what_comes_by_nature_keeps_clear_of_what_is_scripted_and_of_itself() -> None:
    found = timeline(8, {"t": 100, "do": "yawn", "for": 5}, {"t": 200, "do": "nod"})
    natural = [event for event in found.events() if event.natural]
    assert all(event.end_s < 100 or event.start_s > 105.8 for event in natural)
    assert all(event.end_s < 200 or event.start_s > 202.1 for event in natural)
    lids = sorted((e for e in natural if e.name in ("blink", "close_eyes")), key=lambda event: event.start_s)
    assert all(earlier.end_s < later.start_s for earlier, later in pairwise(lids))


def test_the_truth_says_how_sleepy_the_driver_is_and_nothing_where_the_script_does_not() -> None:
    head = {"duration_s": 60, "sleepiness": [{"t": 10, "kss": 3}, {"t": 30, "kss": 9}]}
    course = Timeline(Script.model_validate({"drive": head}))
    assert [course.at(t).truth.kss for t in (0, 10, 20, 30, 50)] == [3, 3, 6, 9, 9]
    assert np.isnan(Timeline(Script.model_validate({})).at(5.0).truth.kss)


def test_all_chance_comes_from_the_seed() -> None:
    first, again, other = (timeline(8, seed=seed).events() for seed in (3, 3, 4))
    assert first == again
    assert first != other
