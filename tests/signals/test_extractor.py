"""Stories of what a driver does, told through the whole signal layer."""

import math
from dataclasses import replace

import numpy as np
import pytest

from driver_monitor.config.config import Config
from driver_monitor.face.observation import Tracking
from driver_monitor.signals.closed_level import SURE_DIPS, ClosedLevel
from driver_monitor.signals.extractor import SignalExtractor
from tests.signals.faces import Look, blink, face, played, times_s

OPEN = Look()
SHUT = Look(openness=0.0)
LOST = Look(tracking=Tracking.NO_FACE)


@pytest.mark.parametrize("fps", [15.0, 24.0, 30.0, 60.0])
def test_closure_is_timed_from_the_moment_the_lids_fell(fps: float) -> None:
    found = played([(3, OPEN), (2, SHUT), (1, OPEN)], fps=fps)
    longest = max(signals.eyes_closed_s or 0.0 for signals in found)
    assert longest == pytest.approx(2.0, abs=2 / fps + 0.1)
    assert found[-1].eyes_closed_s == 0.0
    assert found[-1].eyes == "open"


def test_driver_asleep_in_the_very_first_frame_is_seen_to_be_asleep() -> None:
    found = played([(4, SHUT)], seeded=False)
    assert found[-1].eyes == "closed"
    assert found[-1].eyes_closed_s == pytest.approx(4.0, abs=0.1)
    assert found[-1].baseline == "prior"


def test_a_closure_seeds_no_baseline() -> None:
    found = played([(60, SHUT)], seeded=False)
    assert found[-1].baseline == "prior"
    assert found[-1].baseline_needs == "open eyes"
    assert found[-1].eyes == "closed"


def test_no_face_is_never_closed_eyes() -> None:
    found = played([(2, OPEN), (5, LOST)])
    assert found[-1].eyes == "unknown"
    assert found[-1].eyes_closed_s is None
    assert found[-1].on_road is None
    assert found[-1].tracking == "no_face"
    assert found[-1].face_lost_s == pytest.approx(5.0, abs=0.05)
    assert found[-1].degraded == "no_face"
    assert found[-1].degraded_s == pytest.approx(5.0, abs=0.05)


def test_a_face_lost_for_a_moment_does_not_wake_a_sleeper() -> None:
    found = played([(1, OPEN), (1, SHUT), (0.3, LOST), (1, SHUT)])
    assert found[-1].eyes_closed_s == pytest.approx(2.3, abs=0.1)


def test_reading_a_phone_in_the_lap_is_a_look_down_not_sleep() -> None:
    down = [(0.05, replace(OPEN, pitch_deg=-4.0 * step, openness=1 - 0.12 * step)) for step in range(7)]
    reading = Look(openness=0.1, pitch_deg=-28.0)
    found = played([(2, OPEN), *down, (5, reading)])
    assert found[-1].eyes == "glance_down"
    assert max(signals.eyes_closed_s or 0.0 for signals in found) == 0.0
    assert found[-1].on_road is False
    assert found[-1].off_road_s == pytest.approx(5.2, abs=0.3)


def test_a_head_that_sinks_after_the_lids_fell_is_still_asleep() -> None:
    sinking = [(0.1, replace(SHUT, pitch_deg=-2.5 * step)) for step in range(12)]
    found = played([(2, OPEN), (1, SHUT), *sinking, (1, replace(SHUT, pitch_deg=-28.0))])
    assert found[-1].eyes == "closed"
    assert found[-1].eyes_closed_s == pytest.approx(3.2, abs=0.1)


def test_a_nod_that_comes_with_shut_lids_is_no_look_down_for_long() -> None:
    nodding = [(0.1, replace(SHUT, pitch_deg=-2.0 * step)) for step in range(5)]
    found = played([(2, OPEN), *nodding, (3, replace(SHUT, pitch_deg=-9.0))])
    assert found[-1].eyes == "closed"
    assert found[-1].eyes_closed_s == pytest.approx(3.5, abs=0.2)


def test_lids_lowered_to_look_down_are_never_on_the_road() -> None:
    dip = [(0.05, replace(OPEN, pitch_deg=-2.5 * step, openness=1 - 0.2 * step)) for step in range(5)]
    found = played([(2, OPEN), *dip, (0.4, Look(openness=0.1, pitch_deg=-10.0))])
    assert found[-1].eyes == "glance_down"
    assert found[-1].on_road is False


def test_a_wink_is_not_sleep() -> None:
    found = played([(2, OPEN), (3, Look(openness=0.0, openness_right=1.0))])
    assert {signals.eyes for signals in found} == {"open"}


def test_shut_eyes_on_a_turned_head_are_judged_by_the_nearer_eye() -> None:
    # Turned to the left the right eye faces the camera; the far eye's landmarks wander.
    found = played([(2, OPEN), (2, Look(openness=0.6, openness_right=0.0, yaw_deg=40.0))])
    assert found[-1].eyes == "closed"


def test_blinks_are_counted_and_are_no_closure() -> None:
    stretches = [stretch for _ in range(10) for stretch in ((2.8, OPEN), *blink())]
    found = played([*stretches, (1, OPEN)])
    blinks = [signals.completed_blink for signals in found if signals.completed_blink]
    assert len(blinks) == 10
    assert all(0.1 < one.duration_s < 0.35 for one in blinks)
    assert all(one.amplitude == pytest.approx(0.95, abs=0.1) for one in blinks)
    assert max(signals.eyes_closed_s or 0.0 for signals in found) < 0.4
    assert found[-1].perclos_60s == 0.0
    assert blinks[-1].frequency_hz == pytest.approx(1 / 3.03, rel=0.05)


def test_blinks_are_not_counted_below_15_fps() -> None:
    found = played([(2, OPEN), *blink(fps=10), (2, OPEN)], fps=10)
    assert not any(signals.blink for signals in found)
    assert found[-1].blink_rate_per_min is None
    assert found[-1].blinks_suppressed == "low_frame_rate"
    assert found[-1].perclos_60s is not None


def test_perclos_counts_long_closures_and_leaves_blinks_and_lost_faces_out() -> None:
    droopy = [stretch for _ in range(10) for stretch in ((4.5, OPEN), (1.0, SHUT), (0.5, LOST))]
    found = played([*droopy, (0.2, OPEN)])
    assert found[-1].perclos_60s == pytest.approx(10 / 55, abs=0.015)
    assert found[-1].perclos_coverage == pytest.approx(55 / 60, abs=0.03)


def test_perclos_says_nothing_before_it_has_seen_enough() -> None:
    found = played([(15, OPEN)], seeded=False)
    assert found[-1].perclos_60s is None


@pytest.mark.parametrize(
    ("yaw_deg", "pitch_deg", "zone"),
    [(0, 0, "road"), (42, -10, "left_mirror"), (-34, 10, "inner_mirror"), (0, -40, "lap"), (-30, -26, "console")],
)
def test_directions_have_names(yaw_deg: float, pitch_deg: float, zone: str) -> None:
    found = played([(2, Look(yaw_deg=yaw_deg, pitch_deg=pitch_deg))])
    assert found[-1].zone == zone
    assert found[-1].yaw_deg == pytest.approx(yaw_deg, abs=1)
    assert found[-1].pitch_deg == pytest.approx(pitch_deg, abs=1)


def test_in_a_right_hand_drive_car_the_inner_mirror_is_on_the_left() -> None:
    config = Config.model_validate({"face": {"seat": "right"}})
    found = played([(2, Look(yaw_deg=34, pitch_deg=10))], config=config)
    assert found[-1].zone == "inner_mirror"
    found = played([(2, Look(yaw_deg=-42, pitch_deg=-10))], config=config)
    assert found[-1].zone == "right_mirror"


def test_a_look_with_the_eyes_alone_is_found_too() -> None:
    found = played([(2, Look(yaw_deg=15, iris=0.25))])
    gaze = found[-1].gaze_yaw_deg
    assert gaze is not None
    assert gaze > 40
    assert found[-1].on_road is False


def test_a_flicker_back_to_the_road_does_not_restart_the_clock() -> None:
    away = Look(pitch_deg=-40)
    found = played([(2, OPEN), (2, away), (0.2, OPEN), (2, away)])
    assert found[-1].off_road_s == pytest.approx(4.2, abs=0.25)


def test_half_a_second_on_the_road_ends_a_glance_but_not_the_sum_of_glances() -> None:
    away = Look(pitch_deg=-40)
    found = played([(2, OPEN), *[(1.0, away), (0.7, OPEN)] * 8])
    assert max(signals.off_road_s or 0.0 for signals in found) < 1.6
    assert found[-1].away_30s == pytest.approx(8.0, abs=1.0)
    found = played([(2, OPEN), *[(1.0, away), (2.3, OPEN)] * 8])
    assert max(signals.away_30s for signals in found) < 1.3


def test_a_long_look_at_a_mirror_belongs_to_the_driving_task() -> None:
    found = played([(2, OPEN), (3, Look(yaw_deg=42, pitch_deg=-10))])
    assert found[-1].driving_task_s == pytest.approx(3.0, abs=0.3)
    assert found[-1].away_30s == pytest.approx(0.0, abs=0.3)


def test_a_yawn_is_long_and_talking_is_not() -> None:
    rising = [(0.1, Look(mouth=0.08 * step)) for step in range(1, 10)]
    found = played([(2, OPEN), *rising, (3, Look(mouth=0.8)), (1, OPEN)])
    assert any(signals.yawn for signals in found)
    assert found[-1].yawns_600s == 1
    talk = [stretch for _ in range(12) for stretch in ((0.15, Look(mouth=0.6)), (0.3, Look(mouth=0.1)))]
    assert not any(signals.yawn for signals in played([(2, OPEN), *talk]))


def test_crying_or_laughing_shows_as_a_grimace_and_a_smiling_sleeper_does_not() -> None:
    crying = played([(3, OPEN), (3, replace(SHUT, smile=0.8))])
    assert (crying[-1].grimace or 0) > 0.6
    happy = replace(OPEN, smile=0.8)
    asleep = played([(10, happy), (3, replace(SHUT, smile=0.8))])
    assert (asleep[-1].grimace or 0) < 0.1


def test_the_baseline_takes_half_a_minute_and_tells_how_far_it_is() -> None:
    found = played([(15, OPEN)], seeded=False)
    assert found[-1].baseline == "prior"
    assert found[-1].baseline_progress == pytest.approx(0.5, abs=0.03)
    found = played([(31, OPEN)], seeded=False)
    assert found[-1].baseline == "driver"
    assert found[-1].baseline_progress == 1.0


def test_a_head_that_never_faces_the_camera_is_told_what_is_missing() -> None:
    found = played([(5, Look(yaw_deg=55))], seeded=False)
    assert found[-1].baseline_needs == "frontal frames" or found[-1].degraded == "turned_away"


def test_a_camera_off_to_the_side_is_learned_as_the_road_ahead() -> None:
    sideways = Look(yaw_deg=18, pitch_deg=9)
    found = played([(40, sideways)], seeded=False)
    assert found[-1].yaw_deg == pytest.approx(0, abs=1.5)
    assert found[-1].pitch_deg == pytest.approx(0, abs=1.5)
    assert found[-1].zone == "road"


def test_an_open_eye_level_may_rise_but_sinks_to_nine_tenths_at_most() -> None:
    extractor = SignalExtractor(Config())
    for t_s in times_s(35, 10):
        extractor.update(face(t_s, OPEN))
    seed = extractor.baseline.normal.open_ear
    for t_s in times_s(900, 5):
        extractor.update(face(35 + t_s, replace(OPEN, openness=0.75)))
    assert extractor.baseline.normal.open_ear == pytest.approx(0.9 * seed, rel=0.01)
    for t_s in times_s(900, 5):
        extractor.update(face(935 + t_s, replace(OPEN, openness=1.3)))
    assert extractor.baseline.normal.open_ear > 1.15 * seed


def test_another_person_after_a_long_absence_starts_a_new_baseline() -> None:
    found = played([(2, OPEN), (40, LOST), (1, OPEN)])
    assert found[0].baseline == "driver"
    assert found[-1].baseline == "prior"


@pytest.mark.parametrize(
    ("look", "cause"),
    [
        (Look(tracking=Tracking.NO_FACE, luma=5), "covered"),
        (Look(tracking=Tracking.CAMERA_LOST), "camera_lost"),
        (Look(tracking=Tracking.TRACKER_LOST), "tracker_lost"),
        (Look(tracking=Tracking.NOT_DRIVER), "not_driver"),
        (Look(luma=10), "dark"),
        (Look(luma=250), "glare"),
        (Look(yaw_deg=70), "turned_away"),
    ],
)
def test_every_degraded_state_has_its_name(look: Look, cause: str) -> None:
    found = played([(2, OPEN), (1, look)])
    assert found[-1].degraded == cause
    assert found[-1].degraded_s == pytest.approx(1.0, abs=0.1)
    assert found[-1].eyes_closed_s in (None, 0.0)
    assert played([(2, OPEN), (1, look), (1, OPEN)])[-1].degraded_s == 0.0


def test_eyes_behind_a_hand_or_dark_glasses_are_hidden_and_neither_open_nor_shut() -> None:
    for hidden, cause in (
        (Look(openness=0.5, eye_contrast=0.08, eye_luma=1.0), "hidden_eyes"),  # a hand
        (Look(openness=1.0, eye_contrast=0.04, eye_luma=0.1), "dark_glasses"),
        (Look(openness=0.0, eye_contrast=0.04, eye_luma=0.1), "dark_glasses"),  # landmarks call the eyes shut there
    ):
        found = played([(2, OPEN), (10, hidden), (2, OPEN)])
        behind = [signals for signals in found if 4 < signals.t_s < 12]
        assert {signals.eyes for signals in behind} == {"unknown"}
        assert {signals.eyes_closed_s for signals in behind} == {None}
        assert {signals.degraded for signals in behind} == {cause}
        assert behind[-1].degraded_s == pytest.approx(10, abs=1.5)
        assert found[-1].eyes == "open"
        assert found[-1].degraded == ""


def test_shut_lids_hide_the_iris_and_are_still_shut_eyes() -> None:
    found = played([(2, OPEN), (4, replace(SHUT, eye_contrast=0.08, eye_luma=0.9))])
    assert found[-1].eyes == "closed"
    assert found[-1].eyes_closed_s == pytest.approx(4.0, abs=0.1)


def test_behind_dark_glasses_the_head_still_tells_of_a_look_at_the_lap() -> None:
    glasses = Look(eye_contrast=0.04, eye_luma=0.1)
    found = played([(2, OPEN), (4, glasses), (4, replace(glasses, pitch_deg=-38.0))])
    assert found[-1].zone == "lap"
    assert found[-1].off_road_s == pytest.approx(4.0, abs=0.3)


def test_broken_landmarks_are_no_face() -> None:
    extractor = SignalExtractor(Config())
    good = face(0.0, OPEN)
    assert good.landmarks is not None
    extractor.update(good)
    broken = replace(good, t_s=0.1, landmarks=np.full_like(good.landmarks, np.nan))
    signals = extractor.update(broken)
    assert signals.openness is None
    collapsed = replace(good, t_s=0.2, landmarks=np.full_like(good.landmarks, 0.5))
    assert extractor.update(collapsed).openness is None


def test_time_that_stands_still_or_goes_back_changes_nothing() -> None:
    extractor = SignalExtractor(Config())
    first = extractor.update(face(1.0, OPEN))
    assert extractor.update(face(1.0, SHUT)) is first
    assert extractor.update(face(0.5, SHUT)) is first
    assert extractor.update(face(math.nan, SHUT)) is first


@pytest.mark.parametrize("another", [False, True])
def test_what_closed_eyes_measure_is_known_for_as_long_as_the_face_is_the_same(another: bool) -> None:
    extractor = SignalExtractor(Config())
    for t_s in times_s(35.0):
        extractor.update(face(t_s, Look()))
    extractor._eyelids.closed_eye.reset(ClosedLevel(0.09, SURE_DIPS))
    extractor.baseline.face_epoch += another
    extractor.update(face(35.0, Look()))
    assert (extractor._eyelids.closed_eye.level == ClosedLevel(0.09, SURE_DIPS)) is not another
