"""A parameter that is moved is moved everywhere, only for so long, and the matrix tells what it did."""

import importlib

import pytest

from driver_monitor.config.config import Config
from driver_monitor.errors import UsageError
from driver_monitor.parameter_table import Parameter, parameters
from driver_monitor.signals import eyes, glances, seen_time
from driver_monitor.simulate.geometric import GeometricDrive
from driver_monitor.simulate.script import Script
from scripts.evaluation.clip_course import course
from scripts.evaluation.sensitivity import WEIGHTY, chosen, effect, holders, line, moved, play, scaled, unmoved


def named(name: str) -> Parameter:
    return chosen([name], 1)[0]


def test_it_moves_where_it_stands_and_where_it_was_imported_and_comes_back() -> None:
    flicker = named("signals.seen_time.FLICKER_S")
    assert {seen_time, eyes, glances} <= set(holders(flicker))
    with moved(flicker, 0.3):
        assert {module.FLICKER_S for module in (seen_time, eyes, glances)} == {0.3}
    assert {module.FLICKER_S for module in (seen_time, eyes, glances)} == {flicker.value}


def test_it_comes_back_after_an_error() -> None:
    flicker = named("signals.seen_time.FLICKER_S")
    with pytest.raises(ZeroDivisionError), moved(flicker, 0.3):
        raise ZeroDivisionError
    assert flicker.value == seen_time.FLICKER_S


def test_the_simulated_driver_keeps_its_own() -> None:
    iris = named("signals.landmarks.RIGHT_IRIS")
    importlib.import_module("driver_monitor.simulate.geometric")
    assert all(".simulate." not in module.__name__ for module in holders(iris))


def test_what_was_computed_on_loading_is_named() -> None:
    assert unmoved(named("signals.seen_time.FLICKER_S")) == ("signals.departure.HOLD_S",)
    assert unmoved(named("rules.explain.AROUND_S")) == ("rules.explain.Explanation",)
    assert unmoved(named("signals.eyes.DOUBT_S")) == ()


@pytest.mark.parametrize(
    ("value", "factor", "wanted"),
    [(0.5, 1.2, 0.6), (2, 1.2, 3), (2, 0.8, 1), (20, 0.8, 16), ((10.0, -5.0), 0.8, (8.0, -4.0))],
)
def test_whole_numbers_stay_whole_and_tuples_move_as_one(value: object, factor: float, wanted: object) -> None:
    assert scaled(value, factor) == pytest.approx(wanted)


def test_weighty_parameters_are_judgements() -> None:
    kinds = {f"{each.module}.{each.name}": each.kind for each in parameters()}
    assert {kinds[name] for name in WEIGHTY} == {"judgement"}


def test_a_name_that_is_none_and_a_value_that_cannot_be_moved_are_refused() -> None:
    with pytest.raises(UsageError, match="no parameter nonsense"):
        chosen(["nonsense"], 1)
    with pytest.raises(UsageError, match=r"extractor\.CONFIDENCE is not a number"):
        chosen(["signals.extractor.CONFIDENCE"], 1)


def test_a_slower_head_is_warned_of_later() -> None:
    pose = named("signals.head.POSE_TAU_S")
    before = play("default", ["R3"], 0)
    with moved(pose, 0.3):
        found = effect(pose, 0.3, before, play("default", ["R3"], 0))
    assert found.shift_s > 0.05
    assert found.shift_row == "R3"
    assert line(found).startswith("| `signals.head.POSE_TAU_S` 0.08 | 0.3 | ")
    assert play("default", ["R3"], 0) == before


def test_clips_are_judged_as_often_as_one_likes_and_compared_frame_by_frame() -> None:
    blink = {"do": "blink", "t": 3.0}
    aside = {"do": "look", "t": 5.0, "for": 5.0, "yaw": -40, "pitch": 0}
    played = Script.model_validate({"drive": {"duration_s": 12.0, "speed_kmh": 60}, "actions": [blink, aside]})
    clip = list(GeometricDrive(played).observations())
    as_is = course([clip], Config())
    assert course([clip], Config()) == as_is
    assert len(as_is.eyes) == len(clip)
    assert as_is.blinks > 1  # its own, and the one asked for
    assert {rule for _, rule, _ in as_is.alerts} == {"long_glance"}
    with moved(named("signals.gaze.EYE_GAIN"), 2.9):
        assert as_is.frames_unlike(course([clip], Config())) < len(clip) / 10
