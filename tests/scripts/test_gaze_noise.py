"""Noise is measured on what somebody who holds still looks like to the tracker."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.simulate.portrait import read_picture
from scripts.training.gaze_noise import clips_in, measured, tracked, wandering
from tests.signals.faces import Look, face

SD_DEG, TAU_S, FPS = 0.5, 0.1, 30


def clip(seconds: float, look: Callable[[int], Look]) -> list[FaceObservation]:
    return [face(index / FPS, look(index)) for index in range(round(seconds * FPS))]


def still(seconds: float = 40.0, seed: int = 1) -> list[FaceObservation]:
    yaw, pitch = wandering(np.random.default_rng(seed), np.full(2, SD_DEG), TAU_S, round(seconds * FPS), 1 / FPS)
    return clip(seconds, lambda index: Look(yaw_deg=yaw[index], pitch_deg=pitch[index]))


def test_the_noise_put_in_is_found_again() -> None:
    noise = measured([still(seed=1), still(seed=2), still(seed=3)])
    assert noise is not None
    assert noise.clips == 3
    assert noise.sd_deg[:2] == pytest.approx((SD_DEG, SD_DEG), rel=0.15)
    assert noise.tau_s[:2] == pytest.approx((TAU_S, TAU_S), rel=0.35)


def test_a_head_that_turns_and_eyes_that_shut_are_no_noise() -> None:
    turning = clip(10.0, lambda index: Look(yaw_deg=index % 60))
    shut = clip(10.0, lambda index: Look(openness=0.0))
    gone = [replace(one, tracking=Tracking.NO_FACE, blendshapes=None) for one in still(5.0)]
    assert measured([turning, shut, gone, []]) is None


def test_a_folder_without_clips_has_none(tmp_path: Path) -> None:
    assert clips_in(tmp_path) == []


def test_a_clip_is_seen_by_the_products_own_tracker(tmp_path: Path) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    writer = cv2.VideoWriter(str(clips / "still.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (512, 512))
    for _ in range(6):
        writer.write(np.ascontiguousarray(read_picture("astronaut")[:, :, ::-1]))
    writer.release()
    [path] = clips_in(tmp_path)
    assert [observation.tracking for observation in tracked(path)][-1] is Tracking.TRACKED
