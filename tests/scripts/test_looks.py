"""Looks drawn by lot: known truth before any camera."""

import pytest

from driver_monitor.config.signals import GazeConfig
from driver_monitor.signals.head_pose import HeadPose, from_neutral, gaze_direction, towards_camera
from driver_monitor.signals.zones import ZoneMap
from driver_monitor.simulate.drive import ScriptedDrive
from scripts.evaluation import looks

PILLAR = HeadPose(24.0, -6.0, 0.0)


@pytest.mark.parametrize("camera", [HeadPose(0.0, 0.0, 0.0), PILLAR, HeadPose(-22.0, 10.0, 0.0)])
@pytest.mark.parametrize("kind", looks.HEAD_SHARE)
def test_every_look_is_well_inside_the_zone_it_names(camera: HeadPose, kind: str) -> None:
    zones = ZoneMap(GazeConfig())
    aims = looks.aims(camera, seed=3, count=12, kinds=(kind,))
    assert len({aim.zone for aim in aims}) >= 3
    for aim in aims:
        assert gaze_direction(aim.head, aim.eye_yaw_deg, aim.eye_pitch_deg) == (aim.yaw_deg, aim.pitch_deg)
        for across, up in ((0, 0), (2.9, 0), (-2.9, 0), (0, 2.9), (0, -2.9)):
            assert zones.zone(aim.yaw_deg + across, aim.pitch_deg + up) == aim.zone


def test_what_the_script_shows_the_camera_is_the_look_in_the_car() -> None:
    aims = looks.aims(PILLAR, seed=3, count=6)
    drive = ScriptedDrive(looks.script("astronaut", PILLAR, aims, seed=3))
    for aim in aims:
        truth = drive.truth(aim.start_s + 1.0)
        head = from_neutral(HeadPose(truth.yaw_deg, truth.pitch_deg, truth.roll_deg), towards_camera(PILLAR))
        assert head.yaw_deg == pytest.approx(aim.yaw_deg, abs=3.5)  # a head sways
        assert head.pitch_deg == pytest.approx(aim.pitch_deg, abs=3.5)


def test_the_same_seed_draws_the_same_looks_and_another_draws_others() -> None:
    assert looks.aims(PILLAR, seed=3) == looks.aims(PILLAR, seed=3)
    assert looks.aims(PILLAR, seed=3) != looks.aims(PILLAR, seed=4)


def test_a_camera_that_sees_no_look_is_named() -> None:
    with pytest.raises(ValueError, match="of 24 looks"):
        looks.aims(HeadPose(180.0, 0.0, 0.0), seed=3)
