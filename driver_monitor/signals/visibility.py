"""Whether the driver can be seen well enough to be judged, and what stands in the way."""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from driver_monitor.config.signals import QualityConfig
from driver_monitor.face.mesh import LEFT_EYE, RIGHT_EYE
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.parameter import judged
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.ramp import ramp

_EYES: Final = np.array((*RIGHT_EYE, *LEFT_EYE))
MAX_OUTSIDE: Final = judged(
    0.4, "of the face outside the frame; with chin and brow cut off it is 0.3 and all is seen", unit="share"
)
HAND_QUALITY: Final = judged(0.6, "a hand on the face shifts the landmarks of what it leaves free", unit="quality")
SHARP: Final = judged(
    60.0, "a face box at 64 px width is sharp; well-focused faces give several hundred", unit="Laplacian variance"
)
BLURRED: Final = judged(12.0, "nothing is to be seen in a face box with less", unit="Laplacian variance")
BLURRED_QUALITY: Final = judged(0.3, "what a wholly blurred face is worth", unit="quality")
DARK_FADE_LUMA: Final = judged(30.0, "above dark_luma, over which quality rises", unit="luma 0..255")
GLARE_FADE_LUMA: Final = judged(15.0, "above glare_luma, over which quality falls", unit="luma 0..255")
# PERCLOS stands from 5-10 fps on, blinks need 15. A camera of 15 fps that loses a third of its frames is not slow.
LOW_FPS: Final = judged(
    8.0, "PERCLOS stands from 5-10 fps; a 15 fps camera that loses a third of its frames is not slow"
)
MIN_FPS: Final = judged(2.0, "slower, nothing is judged")
FPS_WINDOW_S: Final = judged(2.0, "over which the frame rate is taken")
MIN_FRAMES: Final = judged(4, "frames that a rate is taken from, at least", unit="count")
EYES_FADE_DEG: Final = judged(15.0, "eye quality fades over this range up to max_yaw_deg")


@dataclass(frozen=True, slots=True)
class Visibility:
    """``cause`` is empty when all is well. ``quality`` and ``quality_eyes`` are 0..1."""

    cause: str
    quality: float
    quality_eyes: float


class FrameRate:
    """Frames a second over the last two seconds of media time, None until there are enough."""

    def __init__(self) -> None:
        self._times_s: deque[float] = deque()

    def update(self, t_s: float) -> float | None:
        self._times_s.append(t_s)
        while t_s - self._times_s[0] > FPS_WINDOW_S:
            self._times_s.popleft()
        span_s = t_s - self._times_s[0]
        return (len(self._times_s) - 1) / span_s if len(self._times_s) >= MIN_FRAMES and span_s > 0 else None


def outside(observation: FaceObservation) -> tuple[float, bool]:
    """Share of the face's landmarks that lie outside the picture, and whether one of an eye's does.

    MediaPipe goes on drawing the face beyond the picture's edge.
    """
    landmarks = observation.landmarks
    if landmarks is None:
        return 0.0, False
    # Nearly always all of them lie inside; on so few numbers argmin and argmax cost half of what min and max do.
    left, top, _ = landmarks.argmin(axis=0).tolist()
    right, bottom, _ = landmarks.argmax(axis=0).tolist()
    low = landmarks.item(left, 0) >= 0 and landmarks.item(top, 1) >= 0
    if low and landmarks.item(right, 0) <= 1 and landmarks.item(bottom, 1) <= 1:
        return 0.0, False
    across_down = landmarks[:, :2]
    beyond = np.any((across_down < 0) | (across_down > 1), axis=1)
    return float(beyond.mean()), bool(beyond[_EYES].any())


def see(
    observation: FaceObservation, pose: HeadPose | None, fps: float | None, config: QualityConfig, *, lens: str = ""
) -> Visibility:
    """Judge one frame. Image causes come before "no face": they are why there is none. ``lens`` is :class:`Lens`'
    word on the picture; it counts where there is no face."""
    if observation.tracking is Tracking.CAMERA_LOST or observation.tracking is Tracking.TRACKER_LOST:
        return Visibility(observation.tracking.value, 0.0, 0.0)
    if observation.tracking is not Tracking.TRACKED or pose is None:
        return Visibility(lens or observation.tracking.value, 0.0, 0.0)
    luma = observation.face_luma if math.isfinite(observation.face_luma) else observation.luma_mean
    yaw = abs(pose.yaw_deg)
    light = ramp(luma, config.dark_luma, config.dark_luma + DARK_FADE_LUMA) * ramp(
        -luma, -config.glare_luma - GLARE_FADE_LUMA, -config.glare_luma
    )
    focus = ramp(observation.sharpness, BLURRED, SHARP) if math.isfinite(observation.sharpness) else 1.0
    rate = 1.0 if fps is None else ramp(fps, MIN_FPS, LOW_FPS)
    share_outside, eye_outside = outside(observation)
    quality = light * (BLURRED_QUALITY + (1 - BLURRED_QUALITY) * focus) * rate * (1.0 - share_outside)
    eyes = quality * ramp(-yaw, -config.max_yaw_deg, -config.max_yaw_deg + EYES_FADE_DEG)
    if luma < config.dark_luma:
        cause = "dark"
    elif luma > config.glare_luma:
        cause = "glare"
    elif eye_outside or share_outside > MAX_OUTSIDE:
        cause = "partly_hidden"
    elif yaw > config.max_yaw_deg:
        cause = "turned_away"
    elif math.isfinite(observation.sharpness) and observation.sharpness < BLURRED:
        cause = "blurred"
    elif fps is not None and fps < LOW_FPS:
        cause = "low_frame_rate"
    else:
        cause = ""
    return Visibility(cause, quality, 0.0 if eye_outside else eyes)
