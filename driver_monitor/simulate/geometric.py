"""A scripted drive without pictures: what the tracker would report of each moment, thousands of frames a second.

The same scripts as :class:`~driver_monitor.simulate.drive.ScriptedDrive`, played as geometry: a mesh of 478 points is
given lids, irises and a jaw, turned, and seen by a camera far away. Blendshapes and brightness follow how
FaceLandmarker answered to the rendered driver or, for vertical looks, to people. Measurement noise and moments without
a face are added from a seed. It tests what comes after the tracker; that the tracker sees such things in real pictures
it cannot show.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.blendshapes import INDEX
from driver_monitor.face.mesh import LEFT_EYE, RIGHT_EYE
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.signals.landmarks import LEFT_IRIS, MOUTH, RIGHT_IRIS
from driver_monitor.simulate.arrivals import arrivals
from driver_monitor.simulate.eyelids import EYEBALL, LOWER, UPPER
from driver_monitor.simulate.face_shape import FaceShape, face_shape
from driver_monitor.simulate.lens import COVER_LUMA
from driver_monitor.simulate.measurement_noise import Disturbance, MeasurementNoise, NoiseLevel
from driver_monitor.simulate.script import Script
from driver_monitor.simulate.skin_colour import Skin, SkinColour
from driver_monitor.simulate.stage import CENTRE, FACE_SHARE
from driver_monitor.simulate.timeline import Lighting, Moment, Timeline
from driver_monitor.simulate.truth import Event, Truth

Points = NDArray[np.float64]

LOST_YAW_DEG: Final = 55.0  # FaceLandmarker follows a head to 50 deg and has lost it at 58
LOST_PITCH_DEG: Final = -50.0
# Landmarks follow a vertical look to four tenths: the iris of eyes 15-25 deg down sinks by 0.04-0.08 eye widths.
RISE_SHARE: Final = 0.4
LOOK_DOWN_PER_DEG: Final = 0.014  # and the look-down blendshape rises by 0.2-0.35
LOOK_UP_PER_DEG: Final = 0.010
# What shut lids do to the other cues, open to shut.
SHUT_BLINK, SHUT_LOOK_DOWN, SHUT_LOOK_UP, SHUT_RISE, SHUT_CONTRAST = 0.65, 0.60, -0.08, -0.09, -0.20
YAWN_MOUTH, YAWN_JAW, YAWN_BROW = 0.75, 0.6, 0.10  # a full yawn: inner lips over mouth width, jawOpen, browInnerUp
FROWN_BROW: Final = 0.6
GLASS_LID_GAIN: Final = 0.26  # behind dark glass landmarks draw open eyes and follow shut lids by a quarter
GLASS_CONTRAST, GLASS_LUMA = 0.04, 0.09
HAND_CONTRAST, HAND_LUMA = 0.10, 1.03
PUSHED_CONTRAST, PUSHED_LUMA = 0.43, 0.87  # a hand on the mouth pushes the eyes' landmarks off them
MOUTH_SEEN, MOUTH_HIDDEN = (0.2, 0.2, 0.4), (0.0, 0.0, 0.03)  # redness and darkness of the lips, their line
HAND_OPENNESS: Final = 0.45  # under a hand landmarks draw half-open eyes, whichever half of the face it hides
OPEN_CONTRAST, OPEN_LUMA = 0.72, 0.60
FACE_LUMA, PICTURE_LUMA, PICTURE_STD, SHARPNESS = 150.0, 86.0, 55.0, 640.0
_SIDES: Final = (("Left", LEFT_EYE, "left", LEFT_IRIS), ("Right", RIGHT_EYE, "right", RIGHT_IRIS))


@dataclass(frozen=True, slots=True)
class _Lids:
    """Landmarks that move with one side's lids, and the irises' five points."""

    upper: NDArray[np.int_]
    lower: NDArray[np.int_]
    corners: tuple[int, int]
    iris: NDArray[np.int_]


_TO_PICTURE: Final = np.outer((1.0, -1.0, -1.0), (1.0, -1.0, -1.0))
_LIDS: Final = {
    name: _Lids(
        np.array(UPPER[key][1:-1]), np.array(LOWER[key][1:-1]), (eye[0], eye[3]), np.arange(iris, iris + 5)
    )
    for name, eye, key, iris in _SIDES
}  # fmt: skip


class GeometricDrive:
    """Plays a script as observations. ``shape`` replaces the mesh and eyes of the script's portrait; with ``skin`` its
    colour is observed as well.

    ``frame_times`` float64 [n] are the arrivals of the script's frames, as in ScriptedDrive.
    """

    def __init__(
        self, script: Script, noise: NoiseLevel | None = None, shape: FaceShape | None = None, skin: Skin | None = None
    ) -> None:
        self.script = script
        self.timeline = Timeline(script)
        self.duration_s = script.drive.duration_s
        self.frame_numbers, self.frame_times = arrivals(script.drive)
        self._level = noise or NoiseLevel()
        self._shape = shape
        self._skin = skin

    def __len__(self) -> int:
        return len(self.frame_times)

    @property
    def events(self) -> list[Event]:
        return self.timeline.events()

    def truth(self, t_s: float) -> Truth:
        return self.timeline.at(t_s).truth

    def frames(self, from_s: float = 0.0) -> Iterator[tuple[FaceObservation, Truth]]:
        """Every observation from a time on, in order, with its truth; the same for the same script, level and shape."""
        head = self.script.drive
        noise = MeasurementNoise(self._level, self.duration_s, head.seed)
        colour = SkinColour(self._skin, head.seed) if self._skin is not None else None
        for t_s in self.frame_times[np.searchsorted(self.frame_times, from_s) :].tolist():
            moment = self.timeline.at(t_s)
            own = self._shape if self._shape is not None and moment.portrait == head.portrait else None
            seen = observe(moment, own or face_shape(moment.portrait), noise.at(t_s), head.size)
            if colour is not None and seen.landmarks is not None:
                seen = replace(seen, skin=colour.at(moment))
            yield seen, moment.truth

    def observations(self, from_s: float = 0.0) -> Iterator[FaceObservation]:
        return (observation for observation, _ in self.frames(from_s))


def observe(moment: Moment, shape: FaceShape, noise: Disturbance, size: tuple[int, int]) -> FaceObservation:
    """What the tracker would have reported of one moment."""
    light, pose = moment.light, moment.pose
    luma_mean, luma_std = _picture_light(light)
    faces = int(moment.present > 0.5) + int(moment.passenger > 0.5)
    unseen = noise.lost or moment.present <= 0.5
    unseen |= abs(pose.yaw_deg) > LOST_YAW_DEG or pose.pitch_deg < LOST_PITCH_DEG
    if moment.lens_cover > 0.5:
        return FaceObservation(moment.t_s, Tracking.NO_FACE, *size, luma_mean=COVER_LUMA, luma_std=3.0)
    if unseen or light.blur_px > 8:
        beside = moment.passenger > 0.5 and moment.present <= 0.5
        tracking = Tracking.NOT_DRIVER if beside else Tracking.NO_FACE
        return FaceObservation(moment.t_s, tracking, *size, faces=faces, luma_mean=luma_mean, luma_std=luma_std)
    openness = {
        "Left": _openness(moment, moment.face.closure_left),
        "Right": _openness(moment, moment.face.closure_right),
    }
    yaw, pitch, roll = (
        pose.yaw_deg + noise.errors["yaw"],
        pose.pitch_deg + noise.errors["pitch"],
        pose.roll_deg + noise.errors["roll"],
    )
    rotation = _rotation(yaw, pitch, roll)
    contrast = {side: _contrast(moment, opening) + noise.errors["contrast"] for side, opening in openness.items()}
    lips = MOUTH_HIDDEN if any(what == "mouth" and share > 0.8 for what, share in moment.hands) else MOUTH_SEEN
    face_luma, sharpness = _face_light(light)
    return FaceObservation(
        moment.t_s,
        Tracking.TRACKED,
        *size,
        max(faces, 1),
        landmarks=_landmarks(moment, shape, openness, rotation=rotation, noise=noise, size=size),
        blendshapes=_blendshapes(moment, shape, openness, pitch, noise),
        matrix=_matrix(rotation),
        luma_mean=luma_mean,
        luma_std=luma_std,
        face_luma=face_luma,
        sharpness=sharpness,
        eye_contrast=max(0.0, *contrast.values()),
        eye_luma=_eye_luma(moment),
        eye_contrast_left=max(0.0, contrast["Left"]),
        eye_contrast_right=max(0.0, contrast["Right"]),
        lip_redness=lips[0],
        lip_darkness=lips[1],
        mouth_line=lips[2],
    )


def _openness(moment: Moment, closure: float) -> float:
    """How far open the landmarks draw the lids: 1 open, 0 shut."""
    seen = 1 - closure
    if moment.face.dark_glasses > 0.5:
        seen = 1 - GLASS_LID_GAIN * closure
    covered = max((share for _, share in moment.hands), default=0.0)
    if covered > 0.8:
        seen = HAND_OPENNESS
    return seen * (0.5 if moment.light.blur_px >= 5 else 1.0)


def _contrast(moment: Moment, openness: float) -> float:
    """Of one eye, over the skin's brightness."""
    over = {what for what, share in moment.hands if share > 0.8}
    if "eyes" in over:
        return HAND_CONTRAST
    if moment.face.dark_glasses > 0.5:
        return GLASS_CONTRAST
    if "mouth" in over:
        return PUSHED_CONTRAST
    contrast = OPEN_CONTRAST + SHUT_CONTRAST * (1 - openness)
    return contrast * (1 - 0.75 * moment.light.glare) * math.exp(-0.17 * moment.light.blur_px)


def _eye_luma(moment: Moment) -> float:
    over = {what for what, share in moment.hands if share > 0.8}
    if "eyes" in over:
        return HAND_LUMA
    if moment.face.dark_glasses > 0.5:
        return GLASS_LUMA
    return PUSHED_LUMA if "mouth" in over else OPEN_LUMA


def _picture_light(light: Lighting) -> tuple[float, float]:
    mean = PICTURE_LUMA * light.gain
    return mean + (224.0 - mean) * min(light.glare, 1.0), PICTURE_STD * light.gain * (1 - 0.35 * light.glare)


def _face_light(light: Lighting) -> tuple[float, float]:
    """Brightness and sharpness of the face box."""
    luma = min(255.0, FACE_LUMA * light.gain)
    luma += (252.0 - luma) * (1 - (1 - min(light.glare, 1.0)) ** 2)
    sharpness = SHARPNESS * min(light.gain, 1.0) ** 2 * (1 - 0.92 * light.glare) / (1 + light.blur_px**2)
    return luma, max(sharpness, 8.0)


def _landmarks(
    moment: Moment, shape: FaceShape, openness: dict[str, float], *, rotation: Points, noise: Disturbance,
    size: tuple[int, int],
) -> NDArray[np.float32]:  # fmt: skip
    points = shape.points.copy()
    face, errors = moment.face, noise.errors
    closed = 1 - min(openness.values())
    rise = RISE_SHARE * EYEBALL * math.sin(math.radians(face.gaze_pitch_deg)) + SHUT_RISE * closed + errors["rise"]
    across = EYEBALL * math.sin(math.radians(face.gaze_yaw_deg)) + errors["iris"]
    for side, lids in _LIDS.items():
        ear = shape.shut_ear + (shape.open_ear - shape.shut_ear) * openness[side] + errors[f"ear_{side.lower()}"]
        factor = max(ear, 0.0) / shape.open_ear
        lower = points[lids.lower, 1]
        points[lids.upper, 1] = lower + factor * (points[lids.upper, 1] - lower)
        width = math.dist(points[lids.corners[0]], points[lids.corners[1]])
        points[lids.iris, :2] += (across * width, -rise * width)
    opening = YAWN_MOUTH * face.jaw + errors["mouth"]
    if opening > 0:
        points[shape.jaw, 1] += opening * math.dist(points[MOUTH[0]], points[MOUTH[2]])
    # The mesh's y points down and its z away; the matrix's up and towards the camera.
    turn = rotation * _TO_PICTURE * (FACE_SHARE * size[1] / np.array((size[0], size[1], size[0])))[:, None]
    turned = points @ turn.T
    turned[:, 0] += CENTRE[0] + moment.pose.shift_px[0] / size[0]
    turned[:, 1] += CENTRE[1] + moment.pose.shift_px[1] / size[1]
    return turned.astype(np.float32)


def _blendshapes(
    moment: Moment, shape: FaceShape, openness: dict[str, float], pitch_deg: float, noise: Disturbance
) -> NDArray[np.float32]:
    face = moment.face
    shapes = np.zeros(52, np.float32)
    covered = {what for what, share in moment.hands if share > 0.8}
    down, up = max(0.0, -face.gaze_pitch_deg), max(0.0, face.gaze_pitch_deg)
    lowered = max(0.0, -pitch_deg)  # a head held down reads as eyes that look up from under it
    smile = shape.rest["mouthSmile"]
    smile = smile + face.smile * (1 - smile) if face.smile >= 0 else smile * (1 + face.smile)
    for side, opening in openness.items():
        closed = 1 - opening
        values = {
            "eyeBlink": shape.rest["eyeBlink"] + SHUT_BLINK * closed,
            "eyeLookDown": shape.rest["eyeLookDown"]
            + SHUT_LOOK_DOWN * closed
            + LOOK_DOWN_PER_DEG * down
            - 0.003 * lowered,
            "eyeLookUp": shape.rest["eyeLookUp"] + SHUT_LOOK_UP * closed + LOOK_UP_PER_DEG * up + 0.004 * lowered,
            "browDown": shape.rest["browDown"] + FROWN_BROW * face.frown + (0.2 if "eyes" in covered else 0.0),
            "mouthSmile": 0.07 if "mouth" in covered else smile * (1 - 0.25 * face.jaw),
            "mouthFrown": 0.3 * max(0.0, -face.smile),
        }
        for name, value in values.items():
            shapes[INDEX[f"{name}{side}"]] = value
    shapes[INDEX["jawOpen"]] = 0.02 + YAWN_JAW * face.jaw
    shapes[INDEX["browInnerUp"]] = 0.02 + YAWN_BROW * face.jaw
    shapes += np.float32(0.02 * noise.errors["mouth"] / 0.015)
    return np.clip(shapes, 0.0, 1.0)


def _rotation(yaw_deg: float, pitch_deg: float, roll_deg: float) -> Points:
    """The head's rotation in the matrix's axes (x to the driver's left, y up, z out of the face): roll, pitch, yaw."""
    yaw, pitch, roll = math.radians(yaw_deg), math.radians(pitch_deg), math.radians(roll_deg)
    cy, sy, cp, sp = math.cos(yaw), math.sin(yaw), math.cos(pitch), math.sin(pitch)
    cr, sr = math.cos(roll), math.sin(roll)
    return np.array([
        (cy * cr + sy * sp * sr, cy * sr - sy * sp * cr, sy * cp),
        (-cp * sr, cp * cr, sp),
        (-sy * cr + cy * sp * sr, -sy * sr - cy * sp * cr, cy * cp),
    ])  # fmt: skip


def _matrix(rotation: Points) -> NDArray[np.float32]:
    matrix = np.eye(4, dtype=np.float32)
    matrix[:3, :3] = rotation
    matrix[2, 3] = -60.0  # about as far from the camera as a driver is, cm
    return matrix
