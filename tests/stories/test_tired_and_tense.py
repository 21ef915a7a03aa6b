"""Shut eyes that are sleep, and shut eyes that are not."""

import pytest

from driver_monitor.rules.alert import Level
from scripts.acceptance.hearing import Subject
from scripts.acceptance.stimulus import Actions, look, shut
from tests.stories.driven import VARIANTS, limit, played

LIDS_S = 0.3  # the lids' way down, and the jitter of what is measured of it


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_a_driver_who_falls_asleep_hears_three_levels(variant: object) -> None:
    story = played(shut(0, 8), 9, variant=variant)  # type: ignore[arg-type]
    due = {
        Level.WARNING: limit("microsleep", "eyes_closed_s"),
        Level.CRITICAL: limit("sleep", "eyes_closed_s"),
        Level.UNRESPONSIVE: limit("unresponsive", "eyes_closed_s"),
    }
    assert [level for level, _ in story.levels()] == list(due)
    for level, at_s in story.levels():
        assert due[level] <= at_s <= due[level] + LIDS_S
    assert story.told(about=[Subject.GAZE]) == []


def test_a_head_that_sinks_with_the_lids_is_asleep_all_the_same() -> None:
    story = played((*shut(0, 6), *look(0.3, 6, transition=4.0, yaw=0.0, pitch=-25.0)), 8)
    assert story.told("sleep")
    assert story.told("long_glance") == []


def test_singing_is_neither_a_yawn_nor_a_lapse() -> None:
    song = ({"t": 0.5, "do": "talk", "for": 38.0, "amount": 0.9, "syllables_hz": 1.6},)
    story = played(song, 40)
    assert story.heard() == []
    assert story.states[-1].signals.yawns_600s == 0


def test_a_yawn_is_a_yawn_and_no_alarm() -> None:
    story = played(({"t": 1.0, "do": "yawn", "for": 4.0, "squint": 0.3},), 8)
    assert story.heard() == []
    assert story.states[-1].signals.yawns_600s == 1


def test_a_yawn_with_narrow_eyes_is_no_microsleep() -> None:
    story = played(({"t": 1.0, "do": "yawn", "for": 5.0, "squint": 0.7},), 9)
    assert story.heard() == []


@pytest.mark.parametrize("shut_s", [0.5, 1.0])
def test_a_sneeze_is_no_microsleep(shut_s: float) -> None:
    actions: Actions = (
        {"t": 1.0, "do": "frown", "for": 1.2, "amount": 0.9, "rise": 0.2}, *shut(1.3, shut_s),
        *look(1.3, 0.5, transition=0.15, yaw=0.0, pitch=-14.0),
    )  # fmt: skip
    assert played(actions, 8).heard() == []


@pytest.mark.parametrize("narrowed", [0.3, 0.45])
def test_a_squint_into_the_sun_is_neither_sleep_nor_a_look_down(narrowed: float) -> None:
    actions: Actions = (
        {"t": 1.0, "do": "light", "for": 7.0, "glare": 0.35},
        {"t": 1.2, "do": "close_eyes", "for": 7.0, "amount": narrowed, "rise": 0.3, "fall": 0.5},
        {"t": 1.2, "do": "frown", "for": 7.0, "amount": 0.6},
    )
    assert played(actions, 12).heard() == []


def test_a_laugh_is_no_sleep() -> None:
    """Of somebody who does not smile broadly all the time, as one portrait does."""
    actions: Actions = (
        {"t": 1.0, "do": "smile", "for": 2.0, "amount": 1.0},
        {"t": 1.1, "do": "close_eyes", "for": 1.8, "amount": 0.7, "rise": 0.3, "fall": 0.3},
    )
    assert played(actions, 8, drive={"portrait": "grace_hopper"}).heard() == []
