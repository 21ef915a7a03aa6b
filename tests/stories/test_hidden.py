"""When the driver cannot be seen: it is said, in time, and nothing is guessed."""

import pytest

from driver_monitor.conformance.hearing import Subject
from driver_monitor.conformance.stimulus import LAP, Actions, look, occlude
from driver_monitor.signals.degradation import RECOVER_S
from tests.stories.driven import SPOTTY, limit, played

SLACK_S = 1.5  # until something has covered enough, and is believed


@pytest.mark.parametrize("what", ["camera", "dark_glasses", "eyes"])
def test_what_hides_the_driver_is_said_and_never_called_sleep(what: str) -> None:
    story = played(occlude(1.0, 14.0, what), 15)
    due = 1.0 + limit("cannot_see", "degraded_s")
    [said] = story.told("cannot_see")
    assert due <= said <= due + SLACK_S
    assert story.told(about=[Subject.CLOSURE]) == []


def test_behind_dark_glasses_the_head_still_tells_a_look_at_the_lap() -> None:
    story = played((*occlude(0.0, 20.0, "dark_glasses"), *look(6.0, 6.0, **LAP)), 14)
    due = 6.0 + limit("long_glance", "off_road_s")
    assert due <= story.told("long_glance")[0] <= due + 1.0
    assert story.told(about=[Subject.CLOSURE]) == []


def test_a_hand_that_scratches_the_face_is_nothing() -> None:
    actions: Actions = (*occlude(1.0, 1.5, "mouth"), *occlude(6.0, 1.2, "eyes"))
    assert played(actions, 12).heard() == []


def test_glare_that_leaves_the_face_to_be_judged_is_not_worth_a_word() -> None:
    assert played(({"t": 0.5, "do": "light", "for": 14.0, "glare": 0.7},), 16).heard() == []


def test_tracking_full_of_holes_says_nothing_of_an_attentive_driver() -> None:
    assert played((), 60, noise=SPOTTY).heard() == []


def test_a_driver_swap_at_a_stop_learns_the_new_driver_in_silence() -> None:
    """Out for a while with the car standing, then another face that starts from scratch."""
    actions: Actions = (
        {"t": 2.0, "do": "leave", "for": 40.0},
        {"t": 10.0, "do": "swap_driver", "portrait": "astronaut"},
    )
    story = played(actions, 100, speed_kmh=lambda t_s: 0.0 if t_s < 50 else 60.0, drive={"portrait": "grace_hopper"})
    assert [rule for rule in story.heard() if rule != "cannot_see"] == []
    assert story.at(44).signals.baseline == "prior"
    assert story.at(99).signals.baseline == "driver"
    assert story.at(44).signals.degraded_s <= RECOVER_S + 3.0
