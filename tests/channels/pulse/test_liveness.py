"""A photograph before the camera is said; nobody alive is called one."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from driver_monitor.assets import face_model
from driver_monitor.camera.frame import Frame
from driver_monitor.channels.pulse.liveness import bending
from driver_monitor.config.config import Config
from driver_monitor.face.observation import FaceObservation
from driver_monitor.face.vision_worker import VisionWorker
from tests.channels.pulse.drives import drive, played
from tests.face.cabin import Picture, portrait

FPS = 10
SIZE = (480, 360)


def held(image: Picture, *, wave: float, tilt_deg: float, flicker: float) -> Iterator[Frame]:
    """20 s of a photograph in a hand: moved to and fro by a share of its width, tilted, in a light that flickers."""
    random = np.random.default_rng(1)
    wall = cv2.GaussianBlur(random.integers(60, 160, (SIZE[1], SIZE[0], 3), dtype=np.uint8), (0, 0), 9)
    height, width = image.shape[:2]
    lens = np.array(((520.0, 0, SIZE[0] / 2), (0, 520.0, SIZE[1] / 2), (0, 0, 1)))
    for number in range(20 * FPS):
        t_s = number / FPS
        yaw = np.radians(tilt_deg * np.sin(2.1 * t_s))
        pitch = np.radians(0.6 * tilt_deg * np.sin(1.7 * t_s + 0.5))
        turn = cv2.Rodrigues(np.array((pitch, yaw, 0.3 * yaw)))[0]
        plane = turn @ np.array(((1, 0, -width / 2), (0, 1, -height / 2), (0, 0, 0))) / height
        plane[:, 2] += (wave * np.sin(3 * t_s), 0.5 * wave * np.sin(2.3 * t_s), 1.35)
        frame = wall.copy()
        cv2.warpPerspective(image, lens @ plane, SIZE, dst=frame, borderMode=cv2.BORDER_TRANSPARENT)
        light = 1 + flicker * np.sin(8 * t_s)
        yield Frame(t_s, np.clip(frame * light + random.normal(0, 2, frame.shape), 0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def worker() -> Iterator[VisionWorker]:
    config = Config()
    with VisionWorker(config.face.unhurried(), config.privacy, face_model(progress=False), skin=True) as tracker:
        yield tracker


@pytest.mark.parametrize(
    ("wave", "tilt_deg", "flicker"), [(0, 0, 0), (0.1, 2, 0), (0.02, 12, 0), (0, 0, 0.06), (0.08, 10, 0.06)]
)
def test_a_photograph_is_said_within_20_s_and_has_no_pulse(
    worker: VisionWorker, wave: float, tilt_deg: float, flicker: float
) -> None:
    worker.reset()
    said = played(worker.track(frame) for frame in held(portrait(), wave=wave, tilt_deg=tilt_deg, flicker=flicker))
    assert said[-1][1].liveness == "photograph"
    assert said[-1][1].pulse_missing in ("not_alive", "low_frame_rate")
    assert "alive" not in {now.liveness for _, now in said}
    assert [now.heart_rate_bpm for _, now in said if now.heart_rate_bpm is not None] == []


def staring(share: float = 0.005) -> Iterator[FaceObservation]:
    return iter(drive(natural_blinks=False, duration_s=40.0, share=share))


def test_who_stares_is_not_a_photograph() -> None:
    assert "photograph" not in {now.liveness for _, now in played(staring())}


def test_who_stares_without_a_pulse_to_be_seen_is_not_a_photograph() -> None:
    assert "photograph" not in {now.liveness for _, now in played(staring(share=0.0))}


@pytest.mark.parametrize("action", [
    {"t": 2, "do": "close_eyes", "for": 1000},
    {"t": 0, "do": "occlude", "what": "dark_glasses", "for": 1000},
    {"t": 0, "do": "leave", "for": 1000},
])  # fmt: skip
def test_closed_or_hidden_eyes_are_not_a_photograph_s(action: dict[str, object]) -> None:
    said = played(drive(action, natural_blinks=False, duration_s=40.0, share=0.0))
    assert "photograph" not in {now.liveness for _, now in said}


def test_who_blinks_is_alive() -> None:
    said = played(drive({"t": 3, "do": "blink"}, natural_blinks=False, duration_s=10.0))
    assert said[-1][1].liveness == "alive"


def test_a_plane_does_not_bend_however_it_is_tilted_and_a_head_does() -> None:
    random = np.random.default_rng(1)
    flat = np.concatenate((random.uniform(-1, 1, (50, 2)), np.zeros((50, 1))), axis=1)
    head = flat + np.stack((np.zeros(50), np.zeros(50), 0.6 * (1 - (flat[:, :2] ** 2).sum(axis=1) / 2)), axis=1)

    def shown(points: np.ndarray) -> np.ndarray:
        turns = [cv2.Rodrigues(np.array((0.1 * np.sin(k), 0.15 * np.sin(2 * k), 0.1)))[0] for k in range(20)]
        turned = [points @ turn.T for turn in turns]
        return np.stack([300 * one[:, :2] / (6 + one[:, 2:]) for one in turned])

    (flat_bend, flat_way), (bend, way) = bending(shown(flat)), bending(shown(head))
    assert np.median(flat_bend) < 0.05 * np.median(flat_way)
    assert np.median(bend) > 0.15 * np.median(way)
