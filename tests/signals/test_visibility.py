"""Stories of a camera that cannot see: each cause by its name, and since when."""

import math
from dataclasses import replace

import numpy as np
import pytest

from driver_monitor.config.config import Config
from driver_monitor.config.signals import QualityConfig
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.signals.degradation import Degradation
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.signals.lens import Lens
from driver_monitor.signals.visibility import outside
from tests.signals.faces import Look, face, played

OPEN = Look()


def picture(mean: float, spread: float) -> FaceObservation:
    return FaceObservation(0.0, Tracking.NO_FACE, 640, 480, luma_mean=mean, luma_std=spread)


def through(lens: Lens, begin_s: float, end_s: float, *, mean: tuple[float, float], spread: tuple[float, float]) -> str:
    """What the lens says at the end of a change from one brightness and spread to another."""
    cause = ""
    for t_s in np.arange(begin_s, end_s, 0.1):
        share = (t_s - begin_s) / (end_s - begin_s)
        seen = picture(*(first + share * (last - first) for first, last in (mean, spread)))
        cause = lens.cause(float(t_s), seen)
    return cause


def test_a_hand_over_the_lens_covers_it_and_nightfall_does_not() -> None:
    covered, night = Lens(QualityConfig()), Lens(QualityConfig())
    through(covered, 0, 5, mean=(100, 100), spread=(50, 50))
    through(covered, 5, 5.5, mean=(100, 10), spread=(50, 3))
    assert through(covered, 5.5, 60, mean=(10, 10), spread=(3, 3)) == "covered"
    through(night, 0, 5, mean=(100, 100), spread=(50, 50))
    assert through(night, 5, 125, mean=(100, 6), spread=(50, 4)) == "dark"
    assert through(night, 125, 130, mean=(6, 100), spread=(4, 50)) == ""


def test_a_picture_dark_from_the_start_is_the_night_and_an_even_bright_one_a_cover() -> None:
    assert through(Lens(QualityConfig()), 0, 5, mean=(5, 5), spread=(3, 3)) == "dark"
    assert through(Lens(QualityConfig()), 0, 5, mean=(120, 120), spread=(3, 3)) == "covered"
    assert through(Lens(QualityConfig()), 0, 5, mean=(250, 250), spread=(3, 3)) == "glare"
    assert Lens(QualityConfig()).cause(0.0, picture(math.nan, math.nan)) == ""


def test_since_when_is_known_at_all_and_for_the_present_cause() -> None:
    degradation = Degradation()
    told = {}
    for index in range(140):
        t_s = index / 10
        cause = "" if t_s < 2 else "dark" if t_s < 5 else "no_face" if t_s < 8 else "dark" if t_s < 9 else ""
        told[round(t_s, 1)] = degradation.update(t_s, cause)
    assert told[1.9] == (0.0, 0.0)
    assert told[4.9] == pytest.approx((2.9, 2.9))
    assert told[7.9] == pytest.approx((5.9, 2.9))
    assert told[8.9] == pytest.approx((6.9, 0.9))  # dark again: a new stretch of it
    assert told[9.2][0] == pytest.approx(7.2)  # a moment of good sight ends nothing
    assert told[10.0] == (0.0, 0.0)


def test_two_causes_that_flicker_go_on_both() -> None:
    degradation = Degradation()
    for index in range(100):
        lasting_s = degradation.update(index / 10, "dark" if index % 3 else "no_face")
    assert lasting_s == pytest.approx((9.9, 9.9))


def cut(observation: FaceObservation, by: float, down: float = 0.0) -> FaceObservation:
    assert observation.landmarks is not None
    shift = np.array([by, down, 0.0], np.float32)
    return replace(observation, landmarks=observation.landmarks + shift)


def test_a_face_cut_by_the_pictures_edge_is_partly_hidden_once_an_eye_is_out() -> None:
    whole = face(0.0, OPEN)
    assert outside(whole) == (0.0, False)
    share, eye_out = outside(cut(whole, 0.46))
    assert eye_out
    assert 0 < share < 0.1
    extractor = SignalExtractor(Config())
    for index in range(60):
        extractor.update(face(index / 30, OPEN))
    signals = [extractor.update(cut(face(2 + index / 30, OPEN), 0.46)) for index in range(60)][-1]
    assert (signals.tracking, signals.degraded) == ("tracked", "partly_hidden")
    assert signals.eyes == "unknown"
    assert signals.quality_eyes == 0.0
    assert signals.yaw_deg is not None


def test_a_chin_out_of_the_picture_is_no_trouble() -> None:
    found = cut(face(0.0, OPEN), 0.0)
    assert found.landmarks is not None
    found.landmarks[309:361, 1] = found.landmarks[390:468, 1] = 1.2  # three tenths of the face, none of it an eye
    assert outside(found)[0] == pytest.approx(0.27, abs=0.04)
    assert SignalExtractor(Config()).update(found).degraded == ""


def test_landmarks_that_make_no_face_are_called_no_face_and_count_as_a_lost_one() -> None:
    extractor = SignalExtractor(Config())
    for index in range(600):
        seen = face(index / 30, OPEN)
        assert seen.landmarks is not None
        if index >= 60:
            seen = replace(seen, landmarks=np.full_like(seen.landmarks, np.nan))
        signals = extractor.update(seen)
    assert (signals.tracking, signals.degraded) == ("no_face", "no_face")
    assert signals.face_lost_s == pytest.approx(18, abs=0.1)


def test_quality_falls_with_what_stands_in_the_way() -> None:
    good = played([(2, OPEN)])[-1]
    for worse in (Look(luma=35), Look(yaw_deg=45), Look(eye_contrast=0.04, eye_luma=0.1)):
        bad = played([(2, OPEN), (3, worse)])[-1]
        assert bad.quality_eyes < 0.7 * good.quality_eyes
    assert played([(2, OPEN), (2, Look(mouth_seen=0.0))])[-1].quality < 0.7 * good.quality
