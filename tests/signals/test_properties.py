"""Whatever the tracker says, the signals stay within what they mean."""

import math
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driver_monitor.config.config import Config
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.state.signals import BASELINE_RESETS, DEGRADED_CAUSES, Signals
from tests.signals.faces import Look, face, played

Corruption = Callable[[FaceObservation], FaceObservation]


def _filled(name: str, value: float) -> Corruption:
    def corrupt(seen: FaceObservation) -> FaceObservation:
        array = getattr(seen, name)
        return seen if array is None else replace(seen, **{name: np.full_like(array, value)})

    return corrupt


def _one_bad(name: str, value: float) -> Corruption:
    def corrupt(seen: FaceObservation) -> FaceObservation:
        array = getattr(seen, name)
        if array is None:
            return seen
        copy = array.copy()
        copy.reshape(-1)[:: max(1, copy.size // 97)] = value
        return replace(seen, **{name: copy})

    return corrupt


def mirrored(seen: FaceObservation) -> FaceObservation:
    if seen.landmarks is None:
        return seen
    flipped = seen.landmarks.copy()
    flipped[:, 0] = 1 - flipped[:, 0]
    return replace(seen, landmarks=flipped)


def shifted(by: float) -> Corruption:
    def corrupt(seen: FaceObservation) -> FaceObservation:
        return seen if seen.landmarks is None else replace(seen, landmarks=seen.landmarks + np.float32(by))

    return corrupt


def reflected(seen: FaceObservation) -> FaceObservation:
    if seen.matrix is None:
        return seen
    matrix = seen.matrix.copy()
    matrix[:, 0] *= -1
    return replace(seen, matrix=matrix)


def unmeasured(seen: FaceObservation) -> FaceObservation:
    nan = float("nan")
    return replace(
        seen, luma_mean=nan, luma_std=nan, face_luma=nan, sharpness=nan, eye_contrast=nan, eye_luma=nan,
        lip_redness=nan, lip_darkness=nan, mouth_line=nan,
    )  # fmt: skip


def grey(seen: FaceObservation) -> FaceObservation:
    return replace(seen, lip_redness=float("nan"))


CORRUPTIONS: dict[str, Corruption] = {
    "NaN landmarks": _filled("landmarks", math.nan),
    "some NaN landmarks": _one_bad("landmarks", math.nan),
    "infinite landmarks": _one_bad("landmarks", math.inf),
    "collapsed landmarks": _filled("landmarks", 0.5),
    "landmarks far outside": shifted(50.0),
    "huge landmarks": _filled("landmarks", 1e30),
    "mirrored landmarks": mirrored,
    "zero matrix": _filled("matrix", 0.0),
    "NaN matrix": _filled("matrix", math.nan),
    "reflected matrix": reflected,
    "NaN blendshapes": _filled("blendshapes", math.nan),
    "one infinite blendshape": _one_bad("blendshapes", math.inf),
}
HARMLESS: dict[str, Corruption] = {
    "unmeasured picture": unmeasured,
    "a grey picture": grey,
    "a face a little outside": shifted(0.3),
}

looks = st.builds(
    Look,
    openness=st.floats(0, 1.2),
    yaw_deg=st.floats(-80, 80),
    pitch_deg=st.floats(-60, 60),
    roll_deg=st.floats(-40, 40),
    mouth=st.floats(0, 1.2),
    iris=st.floats(-0.4, 0.4),
    smile=st.floats(0, 1),
    brow_down=st.floats(0, 1),
    luma=st.floats(0, 255),
    eye_contrast=st.floats(0, 1),
    eye_luma=st.floats(0, 1),
    person=st.sampled_from([1.0, 1.0, 1.03, 1.1]),
    place_cm=st.tuples(st.floats(-40, 40), st.floats(-30, 30), st.floats(-120, -10)),
    mouth_seen=st.floats(-0.5, 1.5),
    tracking=st.sampled_from(list(Tracking)),
)
steps = st.tuples(
    looks,
    st.sampled_from([*CORRUPTIONS, *HARMLESS, "", "", "", ""]),
    st.one_of(st.floats(0.008, 0.1), st.sampled_from([0.0, -1.0, -3600.0, 2.0, 61.0, 7200.0])),
)

SHARES = ("quality", "quality_eyes", "quality_gaze", "perclos_60s", "perclos_180s", "baseline_progress")
NOT_NEGATIVE = (
    "degraded_s",
    "degraded_cause_s",
    "nods_600s",
    "face_lost_s",
    "away_30s",
    "blink_rate_per_min",
    "blink_duration_s",
    "yawns_600s",
)
TIMERS = ("eyes_closed_s", "off_road_s", "driving_task_s")


def check(signals: Signals, began_s: float) -> None:
    values: dict[str, Any] = {field.name: getattr(signals, field.name) for field in fields(signals)}
    for name, value in values.items():
        assert not isinstance(value, float) or math.isfinite(value), f"{name} is {value}"
    for name in SHARES:
        assert values[name] is None or 0 <= values[name] <= 1, name
    for name in NOT_NEGATIVE:
        assert values[name] is None or values[name] >= 0, name
    for name in TIMERS:
        assert values[name] is None or 0 <= values[name] <= signals.t_s - began_s + 1e-6, name
    assert signals.eyes in {"open", "closed", "glance_down", "unknown"}
    assert signals.degraded in {"", *DEGRADED_CAUSES}
    assert signals.baseline in {"prior", "kept", "driver"}
    assert signals.baseline_reset in {"", *BASELINE_RESETS}
    assert (signals.baseline == "driver") == (signals.baseline_progress == 1.0 and not signals.baseline_needs)
    if signals.openness is None:
        assert not signals.blink
    assert signals.degraded_cause_s <= signals.degraded_s + 1e-9
    if signals.tracking == Tracking.TRACKED:
        assert signals.yaw_deg is not None
    else:
        assert signals.openness is None
        assert signals.yaw_deg is None
        assert signals.on_road is None or signals.zone.endswith("_shoulder")  # a face lost in a turn
        assert not signals.blink


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(steps, min_size=1, max_size=60))
def test_whatever_comes_every_value_is_known_and_in_range_or_unknown(
    sequence: list[tuple[Look, str, float]],
) -> None:
    extractor, t_s, last_s = SignalExtractor(Config()), 100.0, -math.inf
    kinds = CORRUPTIONS | HARMLESS | {"": lambda seen: seen}
    began_s = None
    for look, corruption, step_s in sequence:
        t_s += step_s
        signals = extractor.update(kinds[corruption](face(t_s, look)))
        began_s = signals.t_s if began_s is None else began_s
        assert signals.t_s >= last_s
        last_s = signals.t_s
        check(signals, began_s)


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_a_face_that_is_none_leaves_nothing_behind(corruption: str) -> None:
    clean, disturbed = SignalExtractor(Config()), SignalExtractor(Config())
    for index in range(1200):
        seen = face(index / 30, Look())
        kept = clean.update(seen)
        bad = 1000 <= index < 1003
        found = disturbed.update(CORRUPTIONS[corruption](seen) if bad else seen)
        if bad:
            assert found.openness is None
            assert found.eyes != "closed"
    assert found.eyes == kept.eyes == "open"
    assert found.openness == pytest.approx(kept.openness, abs=0.02)
    assert found.yaw_deg == pytest.approx(kept.yaw_deg, abs=0.1)
    assert found.zone == kept.zone == "road"


scenes = st.lists(
    st.one_of(
        st.tuples(st.floats(0.6, 3.0), st.just(Look(openness=0.0))),
        st.tuples(st.floats(0.8, 3.0), st.just(Look(yaw_deg=60.0))),
        st.tuples(st.floats(0.8, 3.0), st.just(Look(pitch_deg=-30.0))),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(scenes, st.sampled_from([15.0, 24.0, 60.0]))
def test_the_frame_rate_does_not_change_what_is_found(scene: list[tuple[float, Look]], fps: float) -> None:
    drive = [(2.5, Look())]
    for duration_s, look in scene:
        drive += [(round(duration_s * 15) / 15, look), (2.5, Look())]

    def summary(rate: float) -> tuple[float, float, float]:
        found = played(drive, fps=rate)
        return (
            max(signals.eyes_closed_s or 0.0 for signals in found),
            max(signals.off_road_s or 0.0 for signals in found),
            found[-1].perclos_60s or 0.0,
        )

    for at_30, at_rate, allowed in zip(summary(30.0), summary(fps), (0.1, 0.2, 0.015), strict=True):
        assert at_rate == pytest.approx(at_30, abs=allowed + (1 / fps if allowed > 0.05 else 0.0))


def test_hours_without_a_face_start_over_from_the_population() -> None:
    extractor = SignalExtractor(Config())
    for index in range(1200):
        extractor.update(face(index / 30, Look()))
    assert extractor.baseline.seeded
    for second in range(60, 7200, 2):
        signals = extractor.update(face(float(second), Look(tracking=Tracking.NO_FACE)))
    assert signals.baseline == "prior"
    assert signals.perclos_60s is None
    back = [extractor.update(face(7200 + index / 30, Look(openness=0.0))) for index in range(60)]
    assert back[-1].eyes == "closed"
    assert back[-1].eyes_closed_s == pytest.approx(59 / 30, abs=0.05)


people = st.lists(st.tuples(st.sampled_from([1.0, 1.1]), st.floats(0.05, 20.0)), min_size=1, max_size=30)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(people)
def test_a_face_that_jumps_between_two_people_ends_with_the_one_who_stays(turns: list[tuple[float, float]]) -> None:
    extractor, t_s = SignalExtractor(Config()), 0.0
    ears = {1.0: 0.27, 1.1: 0.22}
    for person, stays_s in [*turns, (1.0, 60.0), (1.1, 60.0)]:
        for step in range(max(1, round(stays_s * 5))):
            signals = extractor.update(face(t_s + step / 5, Look(person=person), open_ear=ears[person]))
            check(signals, 0.0)
        t_s += stays_s
    assert signals.baseline == "driver"
    assert extractor.baseline.normal.open_ear == pytest.approx(0.22, rel=0.03)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.floats(0.55, 0.95), st.sampled_from([15.0, 24.0, 60.0]))
def test_however_narrow_the_eyes_that_seeded_it_the_baseline_rises_with_them(openness: float, fps: float) -> None:
    extractor = SignalExtractor(Config())
    for index in range(round(40 * fps)):
        extractor.update(face(index / fps, Look(openness=openness)))
    for index in range(round(40 * fps), round(80 * fps)):
        signals = extractor.update(face(index / fps, Look()))
    assert signals.openness is not None
    assert signals.openness < 1.16


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.lists(st.floats(-3600.0, 0.0), min_size=1, max_size=50))
def test_time_that_goes_back_or_stands_still_teaches_nothing(back_s: list[float]) -> None:
    extractor = SignalExtractor(Config())
    for index in range(10 * 15):
        kept = extractor.update(face(index / 15, Look()))
    for step_s in back_s:
        assert extractor.update(face(kept.t_s + step_s, Look(person=1.1, openness=0.2))) is kept


def test_a_rest_stop_of_hours_with_a_dead_camera_is_survived() -> None:
    extractor = SignalExtractor(Config())
    for index in range(600):
        extractor.update(face(index / 15, Look()))
    signals = extractor.update(face(5 * 3600.0, Look()))  # not one frame in between
    assert signals.baseline == "prior"
    assert signals.baseline_reset == ""


def test_shut_eyes_seed_no_baseline_and_open_ones_do_afterwards() -> None:
    extractor = SignalExtractor(Config())
    for index in range(40 * 30):
        signals = extractor.update(face(index / 30, Look(openness=0.0)))
    assert signals.baseline == "prior"
    assert signals.baseline_needs == "open eyes"
    assert signals.eyes_closed_s is not None
    assert signals.eyes_closed_s > 35
    for index in range(40 * 30, 80 * 30):
        signals = extractor.update(face(index / 30, Look()))
    assert signals.baseline == "driver"
    assert signals.openness == pytest.approx(1.0, abs=0.05)
