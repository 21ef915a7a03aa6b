import pytest

from driver_monitor.face.observation import Tracking
from tests.signals.faces import Look, played

LOST = Look(tracking=Tracking.NO_FACE)


def turn(to_deg: float, speed_deg_s: float, fps: float = 30.0) -> list[tuple[float, Look]]:
    steps = round(abs(to_deg) / speed_deg_s * fps)
    return [(1 / fps, Look(yaw_deg=to_deg * (step + 1) / steps)) for step in range(steps)]


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
@pytest.mark.parametrize(("to_deg", "zone"), [(60, "left_shoulder"), (-50, "right_shoulder")])
def test_a_face_lost_on_its_way_round_looks_over_the_shoulder(fps: float, to_deg: float, zone: str) -> None:
    found = played(
        [(2, Look()), *turn(to_deg, 150, fps), (1, LOST), *turn(to_deg, 150, fps)[::-1], (1, Look())], fps=fps
    )
    lost = [signals for signals in found if signals.tracking == "no_face"]
    assert {signals.zone for signals in lost} == {zone}
    assert {signals.on_road for signals in lost} == {False}
    assert lost[-1].off_road_s == pytest.approx(1.2, abs=0.2)
    assert lost[-1].yaw_deg is None
    assert found[-1].zone == "road"


def test_after_two_seconds_nobody_knows_and_the_glance_stands_still() -> None:
    found = played([(2, Look()), *turn(60, 150), (5, LOST)])
    assert found[-1].zone == "unknown"
    assert found[-1].on_road is None
    assert found[-1].off_road_s is None
    assert max(signals.off_road_s or 0.0 for signals in found) == pytest.approx(2.2, abs=0.2)
    known_s = sum(signals.zone == "left_shoulder" for signals in found) / 30
    assert known_s == pytest.approx(1.4, abs=0.1)
    assert found[-1].last_seen == "turning_left"


def test_a_head_that_goes_down_out_of_sight_looks_at_the_lap() -> None:
    steps = [(1 / 30, Look(pitch_deg=-5.0 * step)) for step in range(1, 11)]
    found = played([(2, Look()), *steps, (1, LOST)])
    assert {(signals.zone, signals.last_seen) for signals in found[-30:]} == {("lap", "turning_down")}


def test_a_look_away_that_lasts_goes_on_when_the_face_is_lost_and_is_warned_of() -> None:
    found = played([(2, Look()), (2.5, Look(yaw_deg=30, pitch_deg=-25)), (4, LOST)])
    assert found[-1].last_seen == "looking_away"
    assert max(signals.off_road_s or 0.0 for signals in found) > 3


def test_a_head_that_sinks_slowly_out_of_sight_goes_down_too() -> None:
    steps = [(1 / 30, Look(0.0, pitch_deg=-1.5 * step)) for step in range(1, 26)]
    assert played([(2, Look()), (0.3, Look(0.0)), *steps, (1, LOST)])[-1].last_seen != ""


def test_a_turn_that_has_come_to_its_end_is_none() -> None:
    found = played([(2, Look()), *turn(52, 150), (0.14, Look(yaw_deg=52)), (1, LOST)])
    assert found[-1].last_seen == ""


def test_a_short_look_at_the_radio_before_the_face_is_lost_goes_on_no_further() -> None:
    found = played([(2, Look()), (1.8, Look(yaw_deg=-30, pitch_deg=-22)), (4, LOST)])
    assert found[-1].last_seen == ""
    assert max(signals.off_road_s or 0.0 for signals in found) < 2.5


def test_the_tension_of_a_face_that_is_lost_asleep_is_known_as_long_as_its_eyes_are_taken_to_be_shut() -> None:
    found = played([(2, Look()), (1.3, Look(0.0)), (4, LOST)])
    assert all((signals.grimace is None) == (signals.eyes_closed_s is None) for signals in found[100:])
    assert max(signals.eyes_closed_s or 0.0 for signals in found if signals.grimace is not None) > 2.5


@pytest.mark.parametrize(("shut_s", "goes_on"), [(0.4, False), (0.8, False), (1.2, True)])
def test_shut_eyes_stay_shut_out_of_sight_unless_it_may_have_been_a_blink(shut_s: float, goes_on: bool) -> None:
    found = played([(2, Look()), (shut_s, Look(0.0)), (4, LOST)])
    longest_s = max(signals.eyes_closed_s or 0.0 for signals in found)
    assert longest_s == pytest.approx(shut_s + (1.4 if goes_on else 0.6), abs=0.1)
    assert found[-1].last_seen == ("closing_eyes" if goes_on else "")
    assert found[-1].eyes == "unknown"


@pytest.mark.parametrize("luma", [5.0, 250.0])
def test_a_lens_that_is_covered_or_blinded_a_moment_later_says_nothing(luma: float) -> None:
    found = played([(2, Look()), *turn(60, 150), (0.2, LOST), (3, Look(tracking=Tracking.NO_FACE, luma=luma))])
    assert found[-1].last_seen == ""
    assert max(signals.off_road_s or 0.0 for signals in found) < 1.2


@pytest.mark.parametrize(
    "before",
    [
        [(2.0, Look())],  # a face lost from straight ahead: a hand, the sun
        [(2.0, Look(yaw_deg=45))],  # held at the mirror
        [(2.0, Look(yaw_deg=60)), *turn(60, 150)[::-1][:6]],  # on its way back
        [(2.0, Look()), *turn(50, 30)],  # slowly
    ],
)
def test_other_faces_that_are_lost_are_just_lost(before: list[tuple[float, Look]]) -> None:
    assert played([*before, (0.5, LOST)])[-1].zone == "unknown"


def test_a_camera_that_fails_during_a_turn_is_no_look_over_the_shoulder() -> None:
    found = played([(2, Look()), *turn(60, 150), (0.5, Look(tracking=Tracking.CAMERA_LOST))])
    assert found[-1].zone == "unknown"
