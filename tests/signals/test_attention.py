"""Looks through the whole signal layer: wherever the camera hangs, they are looks at the same things."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.config.config import Config
from driver_monitor.face.observation import Tracking
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.signals.head_pose import head_pose
from driver_monitor.state.signals import Signals
from tests.signals.faces import Look, blink, face, matrix, played

LOOKS = {
    "road": (8, 4),
    "left_mirror": (42, -10),
    "inner_mirror": (-34, 10),
    "right_mirror": (-58, -8),
    "cluster": (0, -20),
    "console": (-30, -24),
    "lap": (0, -40),
}
CAMERAS = [(0, 0, 0), (25, -15, 0), (-25, -15, 0), (20, 10, 0), (0, -25, 0), (25, -15, 20), (0, 0, -30)]
Angles = tuple[float, float, float]


def before_camera(camera: Angles, turn: Angles) -> Look:
    """The look of a head turned so in the car, as a camera in the direction ``camera`` of the driver sees it."""
    pose = head_pose(matrix(*camera).T @ matrix(*turn))
    assert pose is not None
    return Look(yaw_deg=pose.yaw_deg, pitch_deg=pose.pitch_deg, roll_deg=pose.roll_deg)


def driven(camera: Angles, looks: list[Angles], *, learned: bool, config: Config) -> list[Signals]:
    """The last signals of each look, 1.5 s long, the road between them; ``learned``: after 40 s at the road."""
    extractor, t_s, found = SignalExtractor(config), 0.0, []
    stretches: list[tuple[float, Angles]] = [(40.0 if learned else 0.0, (0, 0, 0))]
    for turn in looks:
        stretches += [(1.5, turn), (1.5, (0, 0, 0))]
    for duration_s, turn in stretches:
        look, signals = before_camera(camera, turn), None
        for _ in range(round(duration_s * 15)):
            t_s += 1 / 15
            signals = extractor.update(face(t_s, look))
        if signals and turn != (0, 0, 0):
            found.append(signals)
    return found


@pytest.mark.parametrize("camera", CAMERAS)
def test_every_camera_sees_the_same_zones(camera: Angles) -> None:
    turns: list[Angles] = [(yaw, pitch, 0) for yaw, pitch in LOOKS.values()]
    found = driven(camera, turns, learned=True, config=Config())
    assert [signals.zone for signals in found] == list(LOOKS)
    for signals, (yaw, pitch, _) in zip(found, turns, strict=True):
        assert signals.yaw_deg == pytest.approx(yaw, abs=1)
        assert signals.pitch_deg == pytest.approx(pitch, abs=1)
        assert signals.roll_deg == pytest.approx(0, abs=1)


@pytest.mark.parametrize("camera", CAMERAS[1:])
def test_a_camera_whose_place_is_stated_sees_them_before_there_is_a_baseline(camera: Angles) -> None:
    place = dict(zip(("yaw_deg", "pitch_deg", "roll_deg"), camera, strict=True))
    config = Config.model_validate({"signals": {"camera_place": place}})
    found = driven(camera, [(yaw, pitch, 0) for yaw, pitch in LOOKS.values()], learned=False, config=config)
    assert {signals.baseline for signals in found} == {"prior"}
    assert [signals.zone for signals in found] == list(LOOKS)


@pytest.mark.parametrize("camera", [(0, 0, 0), (25, -15, 0)])
def test_a_tilted_head_looks_where_its_nose_points(camera: Angles) -> None:
    found = driven(camera, [(0, 0, 30), (0, 0, -30), (42, -10, 25), (0, -40, -20)], learned=True, config=Config())
    assert [signals.zone for signals in found] == ["road", "road", "left_mirror", "lap"]
    assert [round(signals.roll_deg or 0) for signals in found] == [30, -30, 25, -20]


def test_blinks_in_a_long_look_at_the_lap_change_nothing() -> None:
    reading = Look(pitch_deg=-38)
    found = played(
        [(2, Look()), (1.5, reading), *blink(base=reading), (1.5, reading), *blink(base=reading), (1, reading)]
    )
    assert found[-1].off_road_s == pytest.approx(4.4, abs=0.2)
    assert found[-1].away_30s == pytest.approx(4.4, abs=0.3)


def test_blinks_on_the_road_are_no_glances() -> None:
    stretches = [stretch for _ in range(10) for stretch in ((2.0, Look()), *blink())]
    found = played([*stretches, (1, Look())])
    assert max(signals.off_road_s or 0.0 for signals in found) == 0.0
    assert max(signals.away_30s for signals in found) == 0.0
    assert min(signals.attention_buffer_s for signals in found) > 1.6


def test_a_blink_does_not_take_the_gaze_off_the_mirror_and_shut_eyes_do() -> None:
    mirror = Look(yaw_deg=40, pitch_deg=-10)
    found = played([(1, Look()), (1, mirror), *blink(base=mirror), (0.5, mirror)])
    assert {signals.zone for signals in found if signals.t_s > 1.5} == {"left_mirror"}
    assert "closed" in {signals.eyes for signals in found}
    shut = played([(1, Look()), (1, mirror), (1, replace(mirror, openness=0.0))])
    assert {signals.zone for signals in shut if signals.t_s > 2.5} == {"unknown"}
    assert {signals.quality_gaze for signals in shut if signals.t_s > 2.5} == {0.0}


def test_a_zone_says_how_far_it_can_be_trusted() -> None:
    def quality(look: Look, *, seeded: bool = True) -> float:
        return played([(2, look)], seeded=seeded)[-1].quality_gaze

    assert quality(Look()) == pytest.approx(1.0)
    assert quality(Look(), seeded=False) == pytest.approx(0.7)  # whose neutral pose is not known yet
    assert 0.4 < quality(Look(yaw_deg=42)) < 0.6  # the head alone
    assert quality(Look(eye_contrast=0.05)) == pytest.approx(0.5)  # behind dark glasses the same
    assert quality(Look(yaw_deg=65)) < 0.25
    assert quality(Look(yaw_deg=78)) == 0.0
    assert quality(Look(luma=35)) < 0.5
    assert quality(Look(tracking=Tracking.NO_FACE)) == 0.0


scenes = st.lists(st.tuples(st.floats(0.8, 2.5), st.sampled_from(list(LOOKS))), min_size=1, max_size=5)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(scenes, st.floats(15, 60), st.floats(0, 0.3))
def test_time_at_each_zone_does_not_depend_on_frame_rate_or_dropped_frames(
    scene: list[tuple[float, str]], fps: float, dropped: float
) -> None:
    def spent(fps: float, dropped: float) -> tuple[dict[str, float], float, float, float]:
        extractor, chance, last = SignalExtractor(Config()), random.Random(3), 0.0
        zones, begin_s, longest_s, gap_s = dict.fromkeys(LOOKS, 0.0), 0.0, 0.0, 0.0
        for duration_s, name in [(2.0, "road"), *scene, (2.0, "road")]:
            yaw, pitch = LOOKS[name]
            for index in range(round(duration_s * fps)):
                if chance.random() < dropped:
                    continue
                t_s = begin_s + index / fps
                signals = extractor.update(face(t_s, Look(yaw_deg=yaw, pitch_deg=pitch)))
                zones[signals.zone] = zones.get(signals.zone, 0.0) + t_s - last
                gap_s, last = max(gap_s, t_s - last), t_s
                longest_s = max(longest_s, signals.off_road_s or 0.0)
            begin_s += round(duration_s * fps) / fps
        return zones, longest_s, signals.away_30s, gap_s

    (fine, fine_longest_s, fine_away_s, _), (coarse, longest_s, away_s, gap_s) = spent(120.0, 0.0), spent(fps, dropped)
    allowed_s = (len(scene) + 1) * 2 * gap_s
    assert longest_s == pytest.approx(fine_longest_s, abs=allowed_s)
    assert away_s == pytest.approx(fine_away_s, abs=allowed_s)
    for name in LOOKS:
        assert coarse[name] == pytest.approx(fine[name], abs=allowed_s), name


def test_the_zones_follow_a_driver_who_moved_the_seat() -> None:
    extractor = SignalExtractor(Config())
    for index in range(35 * 5):
        extractor.update(face(index / 5, Look()))
    rim = Look(yaw_deg=-24.0)
    assert extractor.update(face(35.2, rim)).zone != "road"
    # The head stays where it was; the eyes look 6 deg to the right for twelve minutes.
    for index in range(720 * 5):
        signals = extractor.update(face(36 + index / 5, Look(iris=-0.0436)))
    assert signals.road_yaw_deg == pytest.approx(-6.0, abs=0.8)
    for index in range(10):
        signals = extractor.update(face(757 + index / 5, rim))
    assert signals.zone == "road"


def test_another_driver_starts_with_a_clean_slate() -> None:
    away = Look(pitch_deg=-40)
    found = played([(2, Look()), (8, away), (40, Look(tracking=Tracking.NO_FACE)), (1, Look())])
    assert found[-1].baseline == "prior"
    assert found[-1].off_road_s == 0.0
    assert found[-1].away_30s == 0.0
    assert (found[-1].road_yaw_deg, found[-1].road_pitch_deg) == (0.0, 0.0)


def test_shut_eyes_in_a_look_at_the_lap_do_not_end_it() -> None:
    found = played(
        [(2, Look()), (2, Look(pitch_deg=-10, yaw_deg=40)), (2, Look(pitch_deg=-10, yaw_deg=40, openness=0))]
    )
    assert found[-1].on_road is None
    assert found[-1].off_road_s == pytest.approx(4.0, abs=0.2)
    assert found[-1].attention_buffer_s == 0.0


def test_angles_that_come_in_wild_still_name_a_zone() -> None:
    chance = np.random.default_rng(5)
    for yaw, pitch, roll in chance.uniform((-179, -89, -179), (179, 89, 179), (40, 3)):
        [signals] = played([(0.05, replace(Look(), yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll))], fps=20, seeded=False)
        assert signals.zone


@pytest.mark.parametrize("tracking", [Tracking.TRACKER_LOST, Tracking.CAMERA_LOST, Tracking.NO_FACE])
def test_a_face_lost_during_a_glance_makes_no_driver_unresponsive(tracking: Tracking) -> None:
    aside = Look(yaw_deg=-60)
    found = played([(2, Look()), (1.5, aside), (8, Look(tracking=tracking)), (0.2, aside), (2, Look())])
    assert max(signals.off_road_s or 0.0 for signals in found) < 2.5
