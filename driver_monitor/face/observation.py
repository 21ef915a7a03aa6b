"""What the vision worker saw in one frame."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.body.observation import BodyObservation
from driver_monitor.face.skin_sample import SkinSample


class Tracking(StrEnum):
    """Whether the driver's face is being followed, and if not, why."""

    TRACKED = "tracked"
    NO_FACE = "no_face"
    NOT_DRIVER = "not_driver"  # a face is seen, but it is not the one in the driver's place
    CAMERA_LOST = "camera_lost"  # the frame carried no picture
    TRACKER_LOST = "tracker_lost"  # the vision worker is restarting


@dataclass(frozen=True, slots=True)
class FaceObservation:
    """One frame as the face backend saw it.

    ``landmarks`` float32 [478, 3]: x and y as shares of the picture's width and height (origin top left), z in
    shares of the width, smaller is nearer. ``blendshapes`` float32 [52], 0..1, in the order of
    :data:`driver_monitor.face.blendshapes.NAMES`. ``matrix`` float32 [4, 4] maps the canonical face (cm, x to the
    driver's left, y up, z out of the face) to the camera's frame (cm, x to the right of the picture, y up, z from the
    scene towards the camera). All three are None unless ``tracking`` is TRACKED.

    ``luma_mean`` and ``luma_std`` (0..255) describe the whole picture, ``face_luma`` the driver's face box,
    ``sharpness`` is the variance of the Laplacian of the face box scaled to 64 px width. ``eye_contrast`` and
    ``eye_luma`` tell whether there are eyes to be seen where the landmarks put them (``picture_quality.eye_quality``),
    ``eye_contrast_left`` and ``eye_contrast_right`` the same of each of the driver's own eyes. ``lip_redness``,
    ``lip_darkness`` and ``mouth_line`` tell how a mouth stands out there (``picture_quality.mouth_quality``).
    ``presence`` (0..1) is how sure the landmark net is that its landmarks are a face's; MediaPipe keeps that to itself.
    All NaN where there is no picture or no face. ``body`` is what an earlier frame showed of the driver's body, in the
    one frame of every half second that brings it; its own ``t_s`` says when.

    ``skin`` is the colour of the driver's skin, None without a face and where nobody asked for it.
    """

    t_s: float
    tracking: Tracking
    width_px: int
    height_px: int
    faces: int = 0
    landmarks: NDArray[np.float32] | None = None
    blendshapes: NDArray[np.float32] | None = None
    matrix: NDArray[np.float32] | None = None
    luma_mean: float = float("nan")
    luma_std: float = float("nan")
    face_luma: float = float("nan")
    sharpness: float = float("nan")
    eye_contrast: float = float("nan")
    eye_luma: float = float("nan")
    eye_contrast_left: float = float("nan")
    eye_contrast_right: float = float("nan")
    lip_redness: float = float("nan")
    lip_darkness: float = float("nan")
    mouth_line: float = float("nan")
    presence: float = float("nan")
    skin: SkinSample | None = None
    body: BodyObservation | None = None
