"""Stories of what is normal for a driver: learned, kept, and learned anew when it no longer holds."""

import math
from collections.abc import Iterable
from dataclasses import replace

import pytest

from driver_monitor.config.config import Config
from driver_monitor.face.observation import Tracking
from driver_monitor.signals.extractor import CONFIDENCE, SignalExtractor
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.normal import PRIOR_FACE, Normal
from driver_monitor.state.signals import BASELINE_RESETS, DEGRADED_CAUSES, Signals
from tests.signals.faces import OPEN_EAR, Look, face, times_s

OPEN = Look()
SHUT = Look(openness=0.0)
LOST = Look(tracking=Tracking.NO_FACE)
OTHER = Look(person=1.1)
SEED_S = 30.0


class Drive:
    """One extractor through one stretch after another."""

    def __init__(self, profile: Normal | None = None, fps: float = 15.0) -> None:
        self.extractor = SignalExtractor(Config(), profile)
        self.fps = fps
        self.t_s = 0.0

    def goes(self, duration_s: float, look: Look, open_ear: float = OPEN_EAR) -> list[Signals]:
        found = [
            self.extractor.update(face(self.t_s + t_s, look, open_ear=open_ear))
            for t_s in times_s(duration_s, self.fps)
        ]
        self.t_s += duration_s
        return found

    @property
    def open_ear(self) -> float:
        return self.extractor.baseline.normal.open_ear


def seeded(fps: float = 15.0) -> Drive:
    drive = Drive(fps=fps)
    assert drive.goes(35, OPEN)[-1].baseline == "driver"
    return drive


def turned(look: Look, camera_yaw_deg: float) -> Look:
    """The same face before a camera turned about itself; the tracker reads half of the turn in the face."""
    angle = math.radians(camera_yaw_deg)
    return replace(
        look,
        yaw_deg=look.yaw_deg + camera_yaw_deg / 2,
        place_cm=(-50 * math.sin(angle), 0.0, -50 * math.cos(angle)),
    )


def causes(found: Iterable[Signals]) -> set[str]:
    return {signals.baseline_reset for signals in found}


def test_half_a_minute_of_open_eyes_makes_a_baseline_and_says_how_far_it_is() -> None:
    drive = Drive()
    found = drive.goes(31, OPEN)
    assert found[0].baseline == "prior"
    assert found[0].baseline_needs == "time"
    half = found[15 * 15]
    assert half.baseline_progress == pytest.approx(0.5, abs=0.03)
    assert half.quality_eyes == pytest.approx(CONFIDENCE["prior"] * found[-1].quality_eyes)
    assert found[-1].baseline == "driver"
    assert found[-1].baseline_progress == 1.0
    assert found[-1].baseline_needs == ""
    assert drive.open_ear == pytest.approx(OPEN_EAR, rel=0.02)


@pytest.mark.parametrize(
    ("look", "needs"),
    [
        (LOST, "a face"),
        (SHUT, "open eyes"),
        (Look(yaw_deg=46.0), "frontal frames"),
        (Look(yaw_deg=60.0), "visible eyes"),
        (Look(eye_contrast=0.05, eye_luma=0.1), "visible eyes"),
    ],
)
def test_what_a_baseline_lacks_is_said_in_words(look: Look, needs: str) -> None:
    found = Drive().goes(5, look)
    assert found[-1].baseline_needs == needs
    assert found[-1].baseline == "prior"


def test_somebody_else_in_the_same_place_gets_a_baseline_of_his_own() -> None:
    drive = seeded()
    found = drive.goes(8, OTHER, open_ear=0.22)
    assert found[-1].baseline == "prior"
    assert found[-1].baseline_reset == "driver_changed"
    assert drive.goes(SEED_S, OTHER, open_ear=0.22)[-1].baseline == "driver"
    assert drive.open_ear == pytest.approx(0.22, rel=0.02)


@pytest.mark.parametrize("away_s", [5.0, 60.0, 1200.0])
def test_somebody_else_after_a_while_without_a_face_is_noticed(away_s: float) -> None:
    drive = seeded()
    drive.goes(away_s, LOST)
    found = drive.goes(8, OTHER)
    assert found[-1].baseline == "prior"
    assert found[-1].baseline_reset == "driver_changed"


@pytest.mark.parametrize("away_s", [5.0, 60.0, 1200.0])
def test_the_same_driver_after_a_rest_stop_gets_the_same_baseline_back(away_s: float) -> None:
    drive = seeded()
    before = drive.extractor.baseline.normal
    found = drive.goes(away_s, LOST)
    assert found[-1].baseline == ("driver" if away_s < 30 else "prior")
    found = drive.goes(6, OPEN)
    assert found[-1].baseline == "driver"
    assert causes(found) == {""}
    assert drive.open_ear == pytest.approx(before.open_ear, rel=0.01)


def test_whoever_comes_after_hours_is_a_stranger() -> None:
    drive = seeded()
    drive.t_s += 2 * 3600
    drive.goes(1, LOST)
    found = drive.goes(10, OPEN)
    assert {signals.baseline for signals in found} == {"prior"}


def test_a_passenger_who_leans_in_for_a_second_voids_nothing() -> None:
    drive = seeded()
    found = [signals for _ in range(6) for look in (OTHER, OPEN) for signals in drive.goes(1.5, look)]
    found += drive.goes(20, OPEN)
    assert {signals.baseline for signals in found} == {"driver"}


def test_a_knocked_camera_is_noticed_and_the_road_is_found_again_at_once() -> None:
    drive = seeded()
    knocked = turned(OPEN, 16.0)
    found = drive.goes(8, knocked)
    assert found[-1].baseline_reset == "camera_moved"
    assert found[-1].degraded == "camera_moved"
    assert found[-1].baseline == "kept"
    assert found[-1].quality_eyes == pytest.approx(CONFIDENCE["kept"], abs=0.02)
    assert found[-1].yaw_deg == pytest.approx(0.0, abs=1.0)
    assert found[-1].zone == "road"
    found = drive.goes(SEED_S, knocked)
    assert found[-1].baseline == "driver"
    assert found[-1].degraded == ""
    assert drive.open_ear == pytest.approx(OPEN_EAR, rel=0.03)


@pytest.mark.parametrize("fps", [15.0, 24.0, 60.0])
def test_a_knock_is_noticed_after_the_same_time_at_any_frame_rate(fps: float) -> None:
    drive = seeded(fps)
    began_s = drive.t_s
    noticed = next(signals.t_s for signals in drive.goes(8, turned(OPEN, 16.0)) if signals.baseline_reset)
    assert noticed - began_s == pytest.approx(3.0, abs=0.5)


def test_a_knocked_camera_does_not_teach_tired_lids_as_open_ones() -> None:
    drive = seeded()
    drive.goes(8, turned(OPEN, 16.0))
    drive.goes(SEED_S + 5, turned(replace(OPEN, openness=0.7), 16.0))
    assert drive.open_ear >= 0.89 * OPEN_EAR


@pytest.mark.parametrize(
    "look",
    [
        Look(yaw_deg=35.0),
        Look(pitch_deg=-30.0, openness=0.7, place_cm=(0.0, -9.0, -45.0)),  # a phone in the lap
        Look(yaw_deg=-25.0, pitch_deg=-20.0, place_cm=(-8.0, -6.0, -46.0)),  # leaning over to the console
        Look(yaw_deg=-5.0, place_cm=(-9.0, 0.0, -50.0)),  # sitting further aside, seen turned the other way
        Look(roll_deg=15.0),
    ],
    ids=["mirror", "lap", "console", "seat", "tilt"],
)
def test_a_driver_who_moves_is_no_moved_camera(look: Look) -> None:
    drive = seeded()
    assert causes(drive.goes(20, look)) == {""}


def spectacles(look: Look) -> Look:
    """A little other a shape, a little more of a reflection."""
    return replace(look, person=1.025, eye_contrast=look.eye_contrast - 0.2, eye_luma=look.eye_luma + 0.1)


def test_glasses_put_on_are_noticed_when_they_change_how_open_eyes_read() -> None:
    drive = seeded()
    drive.goes(2, LOST)  # hands before the face
    found = drive.goes(25, spectacles(OPEN), open_ear=0.9 * OPEN_EAR)
    assert found[-1].baseline_reset == "glasses"
    assert found[-1].degraded == ""
    assert drive.goes(SEED_S, spectacles(OPEN), open_ear=0.9 * OPEN_EAR)[-1].baseline == "driver"
    assert drive.open_ear == pytest.approx(0.9 * OPEN_EAR, rel=0.02)


@pytest.mark.parametrize(
    "look",
    [
        replace(OPEN, eye_contrast=0.4, luma=60.0, openness=1.1),  # a tunnel
        replace(OPEN, openness=0.75),  # heavy lids
        replace(OPEN, smile=0.5, openness=0.85, eye_contrast=0.45),
        replace(OPEN, brow_down=0.4, openness=0.85, eye_contrast=0.45),  # the sun in the eyes
    ],
    ids=["tunnel", "drowsy", "smile", "sun"],
)
def test_dusk_and_faces_are_no_glasses(look: Look) -> None:
    drive = seeded()
    drive.goes(2, LOST)
    assert causes(drive.goes(40, look)) == {""}


def test_a_baseline_seeded_by_a_squint_is_redone_in_seconds_once_the_eyes_open() -> None:
    drive = Drive()
    drive.goes(35, replace(OPEN, openness=0.7))
    assert drive.extractor.baseline.seeded
    found = drive.goes(8, OPEN)
    assert found[-1].baseline_reset == "narrow_eyes"
    assert found[-1].baseline == "kept"
    assert found[-1].openness == pytest.approx(1.0, abs=0.05)
    assert drive.goes(SEED_S, OPEN)[-1].baseline == "driver"
    assert drive.open_ear == pytest.approx(OPEN_EAR, rel=0.02)


def test_eyes_that_the_blink_score_too_calls_half_shut_seed_nothing() -> None:
    drive = Drive()
    found = drive.goes(60, replace(OPEN, openness=0.5))
    assert found[-1].baseline == "prior"
    assert found[-1].baseline_needs == "open eyes"
    assert drive.goes(40, OPEN)[-1].baseline == "driver"
    assert drive.open_ear == pytest.approx(OPEN_EAR, rel=0.05)


def test_whoever_has_narrow_eyes_gets_a_baseline_in_the_end() -> None:
    assert Drive().goes(150, replace(OPEN, openness=0.5))[-1].baseline == "driver"


def test_a_driver_who_tires_slowly_is_not_learned_as_normal() -> None:
    drive = seeded()
    for step in range(12):
        found = drive.goes(60, replace(OPEN, openness=1.0 - 0.03 * step))
    assert drive.open_ear >= 0.9 * OPEN_EAR - 0.002
    assert causes(found) == {""}


PROFILE = Normal(0.33, HeadPose(6.0, -4.0, 0.0), PRIOR_FACE)


def test_a_profile_stands_in_from_the_first_frame_on() -> None:
    drive = Drive(PROFILE)
    first, *_, last = drive.goes(3, replace(OPEN, yaw_deg=6.0, pitch_deg=-4.0), open_ear=0.33)
    assert first.baseline == "kept"
    assert first.openness == pytest.approx(1.0, abs=0.05)
    assert last.yaw_deg == pytest.approx(0.0, abs=0.5)
    assert last.quality_eyes == pytest.approx(CONFIDENCE["kept"], abs=0.02)


def test_a_driver_who_is_tired_at_the_start_is_measured_against_the_profile() -> None:
    drive = Drive(PROFILE)
    found = drive.goes(40, replace(OPEN, openness=0.7), open_ear=0.33)
    assert found[-1].baseline == "driver"
    assert found[-1].baseline_reset == ""
    assert drive.open_ear == pytest.approx(0.9 * 0.33, rel=0.01)


def test_eyes_far_wider_than_the_profile_s_are_not_its_driver_s() -> None:
    drive = Drive(replace(PROFILE, open_ear=0.2))
    found = drive.goes(10, OPEN)
    assert found[-1].baseline == "prior"
    assert found[-1].baseline_reset == "profile_misfit"
    assert drive.goes(SEED_S, OPEN)[-1].baseline == "driver"
    assert drive.extractor.baseline.learned is None  # somebody else's numbers do not go into the profile


def test_a_guest_s_numbers_are_not_kept_for_the_driver() -> None:
    drive = seeded()
    assert drive.extractor.baseline.learned is not None
    drive.goes(45, OTHER)
    assert drive.extractor.baseline.seeded
    assert drive.extractor.baseline.learned is None


def epochs(found: Iterable[Signals]) -> list[int]:
    return sorted({signals.driver_epoch for signals in found})


def test_another_face_begins_another_epoch_whether_or_not_the_first_was_learned() -> None:
    for learned_s in (20, 35):
        drive = Drive()
        assert epochs(drive.goes(learned_s, OPEN)) == [0]
        assert epochs(drive.goes(45, OTHER)) == [0, 1]


def test_who_was_out_of_sight_for_long_may_be_somebody_else_and_is_so_once() -> None:
    for start in (Drive(), seeded(), Drive(PROFILE)):
        start.goes(5, OPEN)
        assert epochs(start.goes(29, LOST)) == [0]
        assert epochs(start.goes(300, LOST)) == [0, 1]
        assert epochs(start.goes(40, OPEN)) == [1]


def test_a_profile_that_does_not_fit_is_somebody_else_s() -> None:
    assert epochs(Drive(replace(PROFILE, open_ear=0.2)).goes(40, OPEN)) == [0, 1]


def test_knocks_glasses_and_eyes_that_open_are_the_same_driver() -> None:
    drive = seeded()
    found = drive.goes(40, turned(OPEN, 16.0))
    glasses = seeded()
    glasses.goes(2, LOST)
    found += glasses.goes(25, spectacles(OPEN), open_ear=0.9 * OPEN_EAR)
    squint = Drive()
    squint.goes(35, replace(OPEN, openness=0.7))
    found += squint.goes(8, OPEN)
    assert causes(found) == {"", "camera_moved", "glasses", "narrow_eyes"}
    assert epochs(found) == [0]


def closed_ear(drive: Drive) -> float | None:
    learned = drive.extractor.learned
    return learned.shut_ear if learned else None


def test_what_closed_eyes_measure_is_kept_through_a_knock_and_an_absence_but_not_with_other_glasses() -> None:
    profile = replace(PROFILE, open_ear=OPEN_EAR, pose=HeadPose(0.0, 0.0, 0.0), shut_ear=0.08)
    knocked, returned, glasses = Drive(profile), Drive(profile), Drive(profile)
    for drive in (knocked, returned, glasses):
        drive.goes(35, OPEN)
        assert closed_ear(drive) == 0.08
    knocked.goes(45, turned(OPEN, 16.0))
    assert closed_ear(knocked) == 0.08
    returned.goes(60, LOST)
    returned.goes(45, OPEN)
    assert closed_ear(returned) == 0.08
    glasses.goes(2, LOST)
    assert glasses.goes(60, spectacles(OPEN), open_ear=0.9 * OPEN_EAR)[-1].baseline == "driver"
    assert closed_ear(glasses) is None


def test_every_reason_has_a_name() -> None:
    assert "camera_moved" in DEGRADED_CAUSES
    assert {"camera_moved", "driver_changed", "glasses"} <= set(BASELINE_RESETS)
