"""Twenty seconds of looking at the road, frame by frame: what to tell the driver meanwhile, and what came of it."""

import math
from collections import Counter
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from driver_monitor.config.config import Config
from driver_monitor.face.observation import FaceObservation
from driver_monitor.parameter import defined, judged, measured
from driver_monitor.place.measurement import PlaceError, PlaceMeasurement, in_words, notes_on
from driver_monitor.signals.attention import POSE_TRUST_DEG
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.signals.eyes import EyeState
from driver_monitor.signals.head_pose import HeadPose, off_camera_deg, towards_camera, turn_deg
from driver_monitor.signals.measures import FaceMeasures, measure
from driver_monitor.state.signals import Signals
from driver_monitor.state.terms import GAP_S

LOOK_S: Final = judged(20.0, "of looking at the road; sway, breaths and blinks are the minority in it")
SETTLE_S: Final = judged(2.0, "of a face that can be read, before they begin")
WAIT_S: Final = judged(30.0, "without such a face it is given up; the driver can mend something meanwhile")
LOST_S: Final = judged(4.0, "without any face, before the frame is turned round to look for one")
MIN_USED_SHARE: Final = judged(0.6, "of the frames in which the face can be read, with the eyes open")
STEADY_SHARE: Final = judged(0.8, "of the frames in which the head must be near its median; the others may be glances")
STEADY_DEG: Final = judged(5.0, "how near; a head that is held still sways by a degree or two")
DRIFT_DEG: Final = judged(4.0, "between the medians of both halves: the driver has settled elsewhere")
MAX_SIDE_DEG: Final = measured(
    35.0,
    "farther to the side a place is refused",
    "a third of faces are found, on photographs of drivers from the side",
)
MAX_OFF_DEG: Final = defined(POSE_TRUST_DEG[0], "the same in any direction", "beyond it head angles get lost")
SHOWN_AFTER_S: Final = judged(0.7, "what stands in the way is told once it has lasted so long; blinks are not")
SIDEWAYS_DEG: Final = judged(45.0, "a face that leans further is in a frame that is not upright")

AHEAD: Final = "look straight at the road ahead"
# What stands in the way (``degraded``, and three causes of this module's own), and what to do about it.
REMEDIES: Final = {
    "no_face": "I see no face: turn the camera to your face",
    "not_driver": "I see a face on the passenger's side only: sit in the driver's seat, and set face.seat to your side",
    "small_face": "your face is too small in the frame: move the camera nearer",
    "turned_frame": "the frame is not upright: set camera.rotate_deg",
    "camera_lost": "the camera gives no image: see to its cable",
    "tracker_lost": "the face tracker is being restarted: wait",
    "covered": "the lens is covered: uncover it",
    "dark": "it is too dark to see your face: let there be light, or use infrared light",
    "glare": "it is too bright to see your face: turn the camera out of the sun",
    "blurred": "your face is blurred: focus the camera, and fix it so that it does not shake",
    "partly_hidden": "a part of your face is outside the frame: turn the camera to it",
    "turned_away": "your face is turned too far from the camera: move it nearer to the road ahead",
    "dark_glasses": "I cannot see your eyes: take dark glasses off",
    "hidden_eyes": "I cannot see your eyes: let nothing be in front of them",
    "hand_on_face": "there is a hand on your face: put it down",
    "low_frame_rate": "too few frames come a second: ask for smaller ones, and give the camera more light",
    "camera_moved": "the camera or you moved: sit as you drive",
    "photograph": "I see a photograph of a face: sit before the camera yourself",
    "closed_eyes": "I see no open eyes: open them",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """What to show after a frame. ``left_s`` is how long it still takes, None before it has begun; ``cause`` is what
    stands in the way, empty when nothing does; ``instruction`` is the one thing to do."""

    left_s: float | None
    cause: str
    instruction: str


@dataclass(frozen=True, slots=True)
class _Look:
    """One frame that counts."""

    pose: HeadPose
    face_share: float
    width_px: int
    face_luma: float
    fps: float


class PlaceSurvey:
    """Feed it every frame's observation until it is ``done``. Time comes from the observations alone."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._extractor = SignalExtractor(config)
        self._first_s: float | None = None
        self._good_since_s: float | None = None
        self._good_s = -math.inf
        self._seen_s: float | None = None
        self._began_s: float | None = None
        self._t_s = 0.0
        self._causes: Counter[str] = Counter()
        self._cause, self._cause_since_s, self._shown = "", 0.0, ""
        self._eye_lumas: list[float] = []
        self._poses: list[HeadPose] = []  # of every upright face, whether its frame counts or not
        self._looks: list[_Look] = []
        self.done = False

    def update(self, observation: FaceObservation) -> Progress:
        signals = self._extractor.update(observation)
        t_s = self._t_s = observation.t_s
        face = measure(observation)
        share = _face_share(observation)
        if self._first_s is None:
            self._first_s = self._seen_s = t_s
        cause = self._obstacle(signals, face, share)
        self._causes[cause] += 1
        if face is not None and cause != "turned_frame":
            self._seen_s = t_s
            self._poses.append(face.pose)
        if not cause and math.isfinite(observation.eye_luma):
            self._eye_lumas.append(observation.eye_luma)
        if self._began_s is None:
            self._settle(t_s, cause)
        elif not cause and face is not None:
            luma = observation.face_luma if math.isfinite(observation.face_luma) else observation.luma_mean
            self._looks.append(_Look(face.pose, share, observation.width_px, luma, signals.fps or math.nan))
        left_s = None if self._began_s is None else max(0.0, self._began_s + LOOK_S - t_s)
        self.done = left_s == 0.0 or (self._began_s is None and t_s - self._first_s >= WAIT_S)
        return Progress(left_s, self._lasting(t_s, cause), REMEDIES.get(self._shown, AHEAD))

    @property
    def in_doubt(self) -> tuple[bool, bool, bool]:
        """Whether no upright face has been seen for long, whether the look has begun, whether it is over: when one of
        these becomes true, it is worth looking whether the camera is upside down."""
        lost = self._began_s is None and self._seen_s is not None and self._t_s - self._seen_s >= LOST_S
        return lost, self._began_s is not None, self.done

    @property
    def eye_luma(self) -> float:
        """How bright the eyes are, over the skin, in the frames that count; NaN while there is none."""
        return median(self._eye_lumas) if self._eye_lumas else math.nan

    def _obstacle(self, signals: Signals, face: FaceMeasures | None, share: float) -> str:
        if face is not None and abs(face.pose.roll_deg) > SIDEWAYS_DEG:
            return "turned_frame"
        if face is not None and share < self._config.face.min_face_share:
            return "small_face"
        if signals.degraded:
            return signals.degraded
        return "" if signals.eyes == EyeState.OPEN else "closed_eyes"

    def _lasting(self, t_s: float, cause: str) -> str:
        """What is told to stand in the way: the last of them that held for a while."""
        if cause != self._cause:
            self._cause, self._cause_since_s = cause, t_s
        if t_s - self._cause_since_s >= SHOWN_AFTER_S:
            self._shown = cause
        return self._shown

    def _settle(self, t_s: float, cause: str) -> None:
        """A blink does not begin it again."""
        if not cause:
            self._good_s = t_s
            if self._good_since_s is None:
                self._good_since_s = t_s
        elif t_s - self._good_s > GAP_S:
            self._good_since_s = None
        if self._good_since_s is not None and t_s - self._good_since_s >= SETTLE_S:
            self._began_s = t_s
            self._causes.clear()

    def result(self) -> PlaceMeasurement:
        """Raises :class:`PlaceError` where the place could not be measured, or will not do."""
        frames = self._causes.total()
        if not frames:
            raise PlaceError("no_frames", "no frame arrived, so nothing could be measured")
        if self._poses:
            _refuse_aside(_median(self._poses))  # before what it comes from: no face found, no eyes seen
        [(cause, count)] = (self._without_none(self._causes) or Counter({"": 0})).most_common(1)
        if len(self._looks) < MIN_USED_SHARE * frames and cause:
            raise PlaceError(cause, f"{REMEDIES[cause]} (so it was in {count / frames:.0%} of the frames)")
        if not self.done or not self._looks:
            raise PlaceError(
                "too_short",
                f"the frames ended too early: {LOOK_S:g} s of looking at the road are needed, after {SETTLE_S:g} s in "
                "which the face can be read",
            )
        pose, spread_deg = self._steady()
        place = towards_camera(pose)
        face_share = median(look.face_share for look in self._looks)
        known = [look.fps for look in self._looks if math.isfinite(look.fps)]
        found = PlaceMeasurement(
            place.yaw_deg, place.pitch_deg, place.roll_deg, spread_deg, len(self._looks) / frames,
            face_px=face_share * self._looks[-1].width_px, face_share=face_share,
            face_luma=median(look.face_luma for look in self._looks), fps=median(known) if known else math.nan,
        )  # fmt: skip
        return replace(found, notes=notes_on(found, self._config))

    def _steady(self) -> tuple[HeadPose, float]:
        """The median pose towards the camera, and how far from it the head was in STEADY_SHARE of the frames."""
        poses = [look.pose for look in self._looks]
        middle = _median(poses)
        apart = sorted(turn_deg(middle, pose) for pose in poses)
        spread_deg = apart[min(len(apart) - 1, int(STEADY_SHARE * len(apart)))]
        half = len(poses) // 2
        drift_deg = turn_deg(_median(poses[:half]), _median(poses[half:])) if half else 0.0
        if spread_deg > STEADY_DEG or drift_deg > DRIFT_DEG:
            raise PlaceError(
                "moved",
                f"you moved: your head was up to {max(spread_deg, drift_deg):.0f} deg off where it was most of the "
                f"time; {AHEAD} for {LOOK_S:g} s and try again",
            )
        return middle, spread_deg

    @staticmethod
    def _without_none(causes: Counter[str]) -> Counter[str]:
        return Counter({cause: count for cause, count in causes.items() if cause})


def _refuse_aside(pose: HeadPose) -> None:
    """Raises PlaceError for a camera from which a look at the road has that pose, if it is too far off."""
    place = towards_camera(pose)
    if abs(place.yaw_deg) > MAX_SIDE_DEG or off_camera_deg(pose) > MAX_OFF_DEG:
        raise PlaceError(
            "too_far_aside",
            f"seen from your look at the road the camera is {in_words(place.yaw_deg, place.pitch_deg)}: beyond "
            f"{MAX_SIDE_DEG:g} deg to the side only a third of faces are found, and beyond {MAX_OFF_DEG:g} deg in any "
            "direction head angles get lost; move it nearer to the road ahead",
        )


def _median(poses: list[HeadPose]) -> HeadPose:
    return HeadPose(
        median(pose.yaw_deg for pose in poses),
        median(pose.pitch_deg for pose in poses),
        median(pose.roll_deg for pose in poses),
    )


def _face_share(observation: FaceObservation) -> float:
    """The face's width in shares of the frame's, as ``face.min_face_share`` counts it; 0 without a face."""
    if observation.landmarks is None:
        return 0.0
    (left, top), (right, bottom) = (edge[:2] for edge in (observation.landmarks.min(0), observation.landmarks.max(0)))
    # A turn of the head does not shrink the height: a face that looks into the camera is 1.25 times as high as wide.
    return float(max(right - left, 0.8 * (bottom - top) * observation.height_px / observation.width_px))
