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


def test_after_two_seconds_nobody_knows_but_the_glance_goes_on() -> None:
    found = played([(2, Look()), *turn(60, 150), (5, LOST)])
    assert found[-1].zone == "unknown"
    assert found[-1].on_road is None
    assert found[-1].off_road_s == pytest.approx(5.2, abs=0.2)
    known_s = sum(signals.zone == "left_shoulder" for signals in found) / 30
    assert known_s == pytest.approx(2.0, abs=0.1)


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
