"""Hands and posture as stories: how somebody sits for how long, and what is told of it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from driver_monitor.channels.body.channel import BodyChannel
from driver_monitor.channels.body.posture import KNOWN_S
from driver_monitor.config.body import BodyConfig
from driver_monitor.state.body import BodySignals
from tests.channels.body.people import EAR, MOUTH, Sit, frame, watching

FPS = 10.0
UPRIGHT = Sit()


class Drive:
    """A channel that is told of one stretch after another; time goes on."""

    def __init__(self, *, detector: str = "") -> None:
        self.channel = BodyChannel(BodyConfig(enabled=True, phone_detector=detector))
        self.frames = 0

    def sits(
        self, sit: Sit | None, seconds: float, *, face: bool = True, fps: float = FPS, **signals: Any
    ) -> list[BodySignals]:
        told = []
        for _ in range(round(seconds * fps)):
            t_s = self.frames / FPS
            look = sit if self.frames % round(FPS / 2) == 0 else None
            seen = frame(t_s, look, face=face)
            told.append(self.channel.update(seen, watching(t_s, **({"tracking": seen.tracking} | signals))))
            self.frames += round(FPS / fps)
        return told

    def settled(self) -> "Drive":
        self.sits(UPRIGHT, KNOWN_S + 10)
        return self


def last(told: Iterable[BodySignals]) -> BodySignals:
    *_, end = told
    return end


def test_nothing_is_known_before_the_first_look_and_after_the_last() -> None:
    drive = Drive()
    assert last(drive.sits(None, 1)) == replace(BodySignals(), body="present")
    assert last(drive.sits(None, 1, face=False)).body == "unknown"
    drive.settled()
    stale = last(drive.sits(None, 3, face=False))
    assert (stale.body, stale.body_missing, stale.hand_at_head, stale.slump) == ("unknown", "not_looked_at", None, None)
    assert stale.quality_body == 0.0


def test_a_driver_whose_face_is_turned_away_is_present_and_one_who_has_gone_is_absent() -> None:
    drive = Drive().settled()
    assert {told.body for told in drive.sits(UPRIGHT, 5, face=False)} == {"present"}
    gone = drive.sits(Sit(there=False), 5, face=False)
    assert (gone[0].body, gone[-1].body, gone[-1].body_missing) == ("unknown", "absent", "no_body")
    assert "present" not in {told.body for told in gone}
    assert last(drive.sits(Sit(there=False), 2, face=True)).body == "present"


def test_a_dark_frame_is_no_empty_seat() -> None:
    drive = Drive().settled()
    dark = last(drive.sits(Sit(there=False), 5, face=False, degraded="dark"))
    assert (dark.body, dark.body_missing) == ("unknown", "blind")


@pytest.mark.parametrize("hand_net", [True, False])
@pytest.mark.parametrize("fps", [FPS, FPS / 2])
def test_a_hand_at_the_head_is_told_from_its_beginning_and_until_it_is_gone(fps: float, hand_net: bool) -> None:
    drive = Drive().settled()
    held = drive.sits(replace(UPRIGHT, hand=EAR, hand_net=hand_net), 6, fps=fps)
    assert held[0].hand_at_head is False
    assert held[-1].hand_at_head is True
    assert held[-1].hand_at_head_s == pytest.approx(6.3, abs=0.3)  # looks are half a second old
    assert held[-1].hand_over_mouth is False
    after = last(drive.sits(UPRIGHT, 3, fps=fps))
    assert (after.hand_at_head, after.hand_at_head_s) == (False, 0.0)


def test_one_look_that_missed_the_hand_breaks_nothing() -> None:
    drive = Drive().settled()
    drive.sits(replace(UPRIGHT, hand=EAR), 4)
    drive.sits(UPRIGHT, 0.5)
    assert (last(drive.sits(replace(UPRIGHT, hand=EAR), 2)).hand_at_head_s or 0) > 6


def test_a_hand_over_the_mouth_covers_it_and_is_no_phone() -> None:
    drive = Drive().settled()
    told = last(drive.sits(replace(UPRIGHT, hand=MOUTH), 12))
    assert (told.hand_at_head, told.hand_over_mouth, told.phone_suspected) == (True, True, False)


def test_a_mouth_that_the_face_shows_hidden_counts_with_a_hand_at_the_head() -> None:
    drive = Drive().settled()
    assert last(drive.sits(replace(UPRIGHT, hand=EAR), 3, degraded="hand_on_face")).hand_over_mouth is True
    drive = Drive().settled()
    assert last(drive.sits(UPRIGHT, 3, degraded="hand_on_face")).hand_over_mouth is False  # a scarf


def test_slump_and_lean_are_the_drivers_own() -> None:
    crooked = Sit(tilt_deg=5.0)
    drive = Drive()
    learning = last(drive.sits(crooked, KNOWN_S / 2))
    assert (learning.slump, learning.lean_deg, learning.body_missing) == (None, None, "learning")
    upright = last(drive.sits(crooked, KNOWN_S))
    assert upright.slump == pytest.approx(0.0, abs=0.01)
    assert upright.lean_deg == pytest.approx(0.0, abs=0.1)
    assert upright.body_missing == ""
    sunk = last(drive.sits(replace(crooked, sunk_px=60.0, tilt_deg=15.0), 5))
    assert sunk.slump == pytest.approx(0.3, abs=0.02)
    assert sunk.lean_deg == pytest.approx(10.0, abs=0.5)


def test_a_head_that_looks_down_is_no_slump() -> None:
    assert last(Drive().settled().sits(Sit(head_sunk_px=50.0), 5)).slump == pytest.approx(0.0, abs=0.01)


def test_posture_is_not_learned_from_a_driver_who_does_not_watch_the_road() -> None:
    drive = Drive()
    assert last(drive.sits(Sit(sunk_px=60), 60, on_road=False)).slump is None
    assert last(drive.sits(Sit(sunk_px=60), 60, eyes="closed")).slump is None


def test_turned_and_hidden_shoulders_tell_no_posture_but_hands() -> None:
    drive = Drive().settled()
    turned = last(drive.sits(Sit(turned=0.8), 5))
    assert (turned.slump, turned.lean_deg, turned.body_missing) == (None, None, "turned")
    hidden = last(drive.sits(Sit(hand=EAR, shoulders=0.2), 5))
    assert (hidden.slump, hidden.body_missing, hidden.hand_at_head) == (None, "shoulders_hidden", True)


@pytest.mark.parametrize("cause", ["", "camera_moved"])
def test_another_driver_or_place_of_the_camera_is_learned_afresh(cause: str) -> None:
    drive = Drive().settled()
    taller = Sit(sunk_px=-60.0, tilt_deg=4.0)
    if cause:
        drive.sits(taller, 1, degraded=cause)
    else:
        drive.channel.new_driver()
    changed = drive.sits(taller, KNOWN_S - 5)
    assert {told.slump for told in changed} == {None}
    assert last(drive.sits(taller, KNOWN_S)).slump == pytest.approx(0.0, abs=0.01)


def test_a_photograph_s_face_is_nobody_s() -> None:
    drive = Drive()
    held: dict[str, Any] = {"tracking": "not_driver", "degraded": "photograph"}
    assert last(drive.sits(None, 3, **held)).body == "unknown"
    assert last(drive.sits(Sit(there=False), 3, **held)).body == "absent"
    assert last(drive.sits(UPRIGHT, 3, **held)).body == "present"


def test_hands_out_of_sight_are_timed_where_the_camera_shows_hands() -> None:
    drive = Drive().settled()
    assert last(drive.sits(Sit(hand=None), 8)).hands_low_s == pytest.approx(8.7, abs=0.3)  # since it was last seen
    assert (last(drive.sits(UPRIGHT, 1)).hands_low_s or 0) < 1
    never = Drive()
    assert {told.hands_low_s for told in never.sits(Sit(hand=None), 20)[5:]} == {None}


def test_a_phone_is_suspected_after_a_hand_was_long_at_the_head() -> None:
    drive = Drive().settled()
    told = drive.sits(replace(UPRIGHT, hand=EAR), 12)
    assert told[60].phone_suspected is False
    assert (told[-1].phone_suspected, told[-1].phone_evidence) == (True, "hand_at_head")
    assert last(drive.sits(UPRIGHT, 3)).phone_suspected is False


def test_a_phone_is_suspected_where_looks_at_the_lap_come_back_with_the_hands_low() -> None:
    drive = Drive().settled()
    evidence = []
    for _ in range(3):
        drive.sits(Sit(hand=None), 3)
        evidence.append(last(drive.sits(Sit(hand=None), 1.5, zone="lap", on_road=False)).phone_evidence)
    assert evidence == ["", "", "lap_looks"]
    assert last(drive.sits(UPRIGHT, 1)).phone_evidence == ""  # a hand is back on the wheel
    assert last(drive.sits(Sit(hand=None), 40)).phone_evidence == ""  # and the looks are long ago


def test_a_flicker_over_the_lap_is_no_look() -> None:
    drive = Drive().settled()
    for _ in range(5):
        drive.sits(Sit(hand=None), 2)
        drive.sits(Sit(hand=None), 0.3, zone="lap")
    assert last(drive.sits(Sit(hand=None), 1)).phone_suspected is False


def test_the_users_detector_speaks_where_it_is_sure_for_most_looks() -> None:
    drive = Drive(detector="own.onnx").settled()
    assert last(drive.sits(Sit(phone=0.9), 0.5)).phone_suspected is False
    sure = last(drive.sits(Sit(phone=0.9), 3))
    assert sure.phone_detector == pytest.approx(0.9, abs=0.01)
    assert sure.phone_evidence == "detector"
    assert last(drive.sits(Sit(), 1)).phone_detector is None
    without = Drive().settled()
    assert last(without.sits(Sit(phone=0.9), 3)).phone_suspected is False


def test_a_time_that_does_not_advance_changes_nothing() -> None:
    drive = Drive().settled()
    before = drive.channel.update(frame(40.0, UPRIGHT), watching(40.0))
    assert drive.channel.update(frame(39.0, Sit(there=False), face=False), watching(39.0)) is before
