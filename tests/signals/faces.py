"""Observations of a geometric face whose openness, pose, mouth and gaze are known."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from driver_monitor.config.config import Config
from driver_monitor.face.blendshapes import INDEX
from driver_monitor.face.mesh import LEFT_EYE, RIGHT_EYE
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.signals.landmarks import LEFT_IRIS, MOUTH, RIGHT_IRIS
from driver_monitor.state.signals import Signals

WIDTH_PX, HEIGHT_PX = 640, 480
OPEN_EAR = 0.27
EYE_PX = 40.0
HAIR_CONTRAST = 0.16  # of hair where an eye should be; a hand has less
SHUT_SHARE = 0.2  # of the open eye's EAR, as most people's shut eyes measure
# Root and base of the nose, its wings, the cheeks, the forehead: right and down of the middle of the face, px.
BONES = {168: (0, 0), 2: (0, 66), 129: (-29, 58), 358: (29, 58), 234: (-92, 20), 454: (92, 20), 10: (0, -64)}


@dataclass(frozen=True)
class Look:
    """What the face does. Angles as in the project's convention; openness 1 = this face's open eye."""

    openness: float = 1.0
    openness_right: float | None = None
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    mouth: float = 0.05
    iris: float = 0.0
    smile: float = 0.0
    brow_down: float = 0.0
    luma: float = 110.0
    eye_contrast: float = 0.6
    eye_luma: float = 0.6
    hidden_left: bool = False
    hidden_right: bool = False
    person: float = 1.0  # bones this much longer between the same eyes
    place_cm: tuple[float, float, float] = (0.0, 0.0, -50.0)  # of the head, from the camera: right, up, back
    mouth_seen: float = 1.0  # how much a mouth stands out where the landmarks put one
    tracking: Tracking = Tracking.TRACKED


def matrix(
    yaw_deg: float, pitch_deg: float, roll_deg: float, place_cm: tuple[float, float, float] = (0.0, 0.0, -50.0)
) -> np.ndarray:
    yaw, pitch, roll = map(math.radians, (yaw_deg, pitch_deg, roll_deg))
    about_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(pitch), math.sin(pitch)], [0, -math.sin(pitch), math.cos(pitch)]])
    about_z = np.array([[math.cos(roll), math.sin(roll), 0], [-math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    whole = np.eye(4, dtype=np.float32)
    whole[:3, 3] = place_cm
    whole[:3, :3] = about_y @ about_x @ about_z
    return whole


def face(t_s: float, look: Look, *, open_ear: float = OPEN_EAR, shut_share: float = SHUT_SHARE) -> FaceObservation:
    if look.tracking is not Tracking.TRACKED:
        dark = look.luma < 30
        return FaceObservation(
            t_s, look.tracking, WIDTH_PX, HEIGHT_PX, luma_mean=look.luma, luma_std=3.0 if dark else 50.0
        )
    landmarks = np.full((478, 3), 0.5, dtype=np.float32)
    # EAR seen by the camera: width shrinks with yaw, lid distance with pitch.
    foreshortening = math.cos(math.radians(look.pitch_deg)) / max(0.6, math.cos(math.radians(look.yaw_deg)))
    right = look.openness if look.openness_right is None else look.openness_right
    for eye, iris, opening, centre_px in (
        (RIGHT_EYE, RIGHT_IRIS, right, 280.0),
        (LEFT_EYE, LEFT_IRIS, look.openness, 360.0),
    ):
        ear = (shut_share + (1 - shut_share) * opening) * open_ear * foreshortening
        half_lid = ear * EYE_PX / 2
        outward = -1 if eye is RIGHT_EYE else 1
        outer, upper_outer, upper_inner, inner, lower_inner, lower_outer = eye
        for index, along, down in (
            (outer, 0.5, 0.0),
            (upper_outer, 0.2, -half_lid),
            (upper_inner, -0.2, -half_lid),
            (inner, -0.5, 0.0),
            (lower_inner, -0.2, half_lid),
            (lower_outer, 0.2, half_lid),
        ):
            landmarks[index, :2] = (centre_px + outward * along * EYE_PX) / WIDTH_PX, (200 + down) / HEIGHT_PX
        landmarks[iris, :2] = (centre_px + look.iris * EYE_PX) / WIDTH_PX, 200 / HEIGHT_PX
    for index, (x_px, y_px) in zip(
        MOUTH, ((300, 300), (320, 300 - 20 * look.mouth), (340, 300), (320, 300 + 20 * look.mouth)), strict=True
    ):
        landmarks[index, :2] = x_px / WIDTH_PX, y_px / HEIGHT_PX
    seen_left, seen_right = (
        HAIR_CONTRAST if hidden else look.eye_contrast for hidden in (look.hidden_left, look.hidden_right)
    )
    for index, (across, down) in BONES.items():
        landmarks[index, :2] = (320 + across * look.person) / WIDTH_PX, (195 + down * look.person) / HEIGHT_PX
    shapes = np.zeros(52, dtype=np.float32)
    for side, opening in (("Left", look.openness), ("Right", right)):
        shapes[INDEX[f"eyeBlink{side}"]] = max(0.05, 0.65 * (1 - opening))
        shapes[INDEX[f"mouthSmile{side}"]] = look.smile
        shapes[INDEX[f"browDown{side}"]] = look.brow_down
        shapes[INDEX[f"eyeLookDown{side}"]] = 0.15
        shapes[INDEX[f"eyeLookUp{side}"]] = 0.05
    return FaceObservation(
        t_s, Tracking.TRACKED, WIDTH_PX, HEIGHT_PX, 1, landmarks, shapes,
        matrix(look.yaw_deg, look.pitch_deg, look.roll_deg, look.place_cm),
        luma_mean=look.luma, luma_std=50.0, face_luma=look.luma, sharpness=300.0,
        eye_contrast=max(seen_left, seen_right), eye_luma=look.eye_luma,
        eye_contrast_left=seen_left, eye_contrast_right=seen_right,
        lip_redness=0.15 * look.mouth_seen, lip_darkness=0.2 * look.mouth_seen, mouth_line=0.4 * look.mouth_seen,
    )  # fmt: skip


def times_s(duration_s: float, fps: float = 30.0) -> Iterator[float]:
    return (index / fps for index in range(round(duration_s * fps)))


def played(
    stretches: Iterable[tuple[float, Look]],
    *,
    fps: float = 30.0,
    config: Config | None = None,
    seeded: bool = True,
    shut_share: float = SHUT_SHARE,
) -> list[Signals]:
    """Signals of a drive made of (seconds, look) stretches. ``seeded`` puts 35 attentive seconds in front and cuts
    them off again; times then start at 0 where the stretches do. ``shut_share`` of the open eye's EAR is what the
    face's shut eyes measure."""
    extractor = SignalExtractor(config or Config())
    lead_s = 35.0 if seeded else 0.0
    for t_s in times_s(lead_s, fps):
        extractor.update(face(t_s, Look(), shut_share=shut_share))
    found, begin_s = [], lead_s
    for duration_s, look in stretches:
        for t_s in times_s(duration_s, fps):
            signals = extractor.update(face(begin_s + t_s, look, shut_share=shut_share))
            found.append(replace(signals, t_s=signals.t_s - lead_s))
        begin_s += duration_s
    return found


BLINK_LEVELS = (0.7, 0.3, 0.05, 0.05, 0.3, 0.6, 0.85)


def blink(fps: float = 30.0, *, base: Look | None = None) -> list[tuple[float, Look]]:
    """One natural blink of about 0.2 s, frame by frame."""
    look = base or Look()
    step = 30.0 / fps
    count = max(3, round(len(BLINK_LEVELS) / step))
    return [
        (1 / fps, replace(look, openness=BLINK_LEVELS[min(len(BLINK_LEVELS) - 1, round(i * step))]))
        for i in range(count)
    ]
