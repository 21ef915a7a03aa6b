"""From what the tracker saw to the signals of a frame. Driven by the observation's time alone."""

import math
from dataclasses import replace
from typing import Final

from driver_monitor.config.config import Config
from driver_monitor.config.signals import SignalsConfig
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.frozen import maker
from driver_monitor.parameter import judged
from driver_monitor.signals.attention import Attention
from driver_monitor.signals.baseline import Baseline
from driver_monitor.signals.closed_level import SURE_DIPS, ClosedLevel
from driver_monitor.signals.context import FrameContext
from driver_monitor.signals.degradation import Degradation
from driver_monitor.signals.departure import Departure, LastSeen
from driver_monitor.signals.expression import over_rest
from driver_monitor.signals.eyelids import Eyelids
from driver_monitor.signals.head import Head, HeadMotion
from driver_monitor.signals.head_pose import HeadPose, from_neutral, towards_camera
from driver_monitor.signals.intent import Way, way
from driver_monitor.signals.lens import Lens
from driver_monitor.signals.measures import FaceMeasures, measure
from driver_monitor.signals.mouth import Mouth
from driver_monitor.signals.normal import Normal
from driver_monitor.signals.openness import pose_corrected
from driver_monitor.signals.sight import FaceSight
from driver_monitor.signals.visibility import FrameRate, Visibility, see
from driver_monitor.state.signals import BLIND, FrameSignals, Signals, joined
from driver_monitor.state.vehicle import VehicleInputs

MIN_EYE_QUALITY: Final = judged(0.15, "eyes seen less well are unknown", unit="quality")
CONFIDENCE: Final = judged(
    {"prior": 0.7, "kept": 0.85, "driver": 1.0},
    "of eye signals that rest on the population's open eye, on this driver's from before, on the learned",
    unit="quality",
)
_MAKE_CONTEXT: Final = maker(FrameContext)
_MAKE_FRAME: Final = maker(FrameSignals)


def prior_pose(config: SignalsConfig) -> HeadPose:
    """How a look at the road is seen from where the config says that the camera hangs."""
    place = config.camera_place
    return towards_camera(HeadPose(place.yaw_deg, place.pitch_deg, place.roll_deg))


class SignalExtractor:
    """Holds everything that has a memory; :meth:`update` takes one observation and returns its signals.

    Observations come in time order; one whose time does not advance returns the last signals again.
    """

    def __init__(self, config: Config, profile: Normal | None = None) -> None:
        """``profile`` is what was normal for this driver in an earlier drive."""
        signals = config.signals
        self._quality_config = signals.quality
        self._min_quality = config.attention.min_quality
        self.baseline = Baseline(signals.baseline, prior_pose(signals), profile)
        self._face_epoch = self.baseline.face_epoch
        self._eyelids = Eyelids(signals)
        self._expect_closed_eyes()
        self._head = Head()
        self._motion = HeadMotion()
        self._mouth = Mouth(signals.yawn)
        self._attention = Attention(config)
        self._sight = FaceSight()
        self._lens = Lens(signals.quality)
        self._fps = FrameRate()
        self._degradation = Degradation()
        self._departure = Departure()
        self._seen_s = math.nan  # until the first frame; a driver never seen counts as lost since then
        self._way = Way.AHEAD
        self._last = Signals(t_s=-math.inf)

    @property
    def learned(self) -> Normal | None:
        """What may be kept for this driver's next drive."""
        normal, closed = self.baseline.learned, self._eyelids.closed_eye.level
        return replace(normal, shut_ear=closed.ear if closed.dips >= SURE_DIPS else None) if normal else None

    def update(
        self, observation: FaceObservation, *, photograph: bool = False, vehicle: VehicleInputs | None = None
    ) -> Signals:
        """A face that is a ``photograph`` is nobody's: the driver is not seen while it is held there. ``vehicle`` tells
        which looks aside belong to driving."""
        t_s = observation.t_s
        if not t_s > self._last.t_s:
            return self._last
        self._way = way(vehicle)
        step_s = t_s - self._last.t_s if math.isfinite(self._last.t_s) else 0.0
        fps = self._fps.update(t_s)
        photograph = photograph and observation.tracking is Tracking.TRACKED
        face = None if photograph else measure(observation)
        if face is not None or math.isnan(self._seen_s):
            self._seen_s = t_s
        if face is None and observation.tracking is Tracking.TRACKED:  # landmarks that make no face are none
            observation = replace(observation, tracking=Tracking.NOT_DRIVER if photograph else Tracking.NO_FACE)
        lens = "photograph" if photograph else self._lens.cause(t_s, observation)
        sight = see(observation, face.pose if face else None, fps, self._quality_config, lens=lens)
        if face is None:
            self._last = self._unseen(observation, sight, fps, step_s)
        else:
            self._last = self._seen(observation, face, sight, fps, step_s)
        return self._last

    def _seen(
        self, observation: FaceObservation, face: FaceMeasures, sight: Visibility, fps: float | None, step_s: float
    ) -> Signals:
        t_s, closed_s = observation.t_s, self._last.eyes_closed_s or 0.0
        lids = self._eyelids.lids(face, self.baseline.normal.open_ear)
        seen = self._sight.update(observation, face.pose, lids, sight, step_s=step_s, closed_s=closed_s)
        sight = seen.visibility
        judged = sight.quality_eyes >= MIN_EYE_QUALITY
        ear = pose_corrected((face.ratios.ear_left + face.ratios.ear_right) / 2, face.pose)
        self.baseline.update(t_s, ear if judged or seen.hand else None, face, seen=observation, covered=seen.hand)
        if self.baseline.place_unknown:
            sight = replace(sight, cause=sight.cause or "camera_moved")
        self._forget_face()
        frame = self._context(t_s, step_s, fps, face, covered=seen.hand)
        confidence = CONFIDENCE[self.baseline.source]

        pose = from_neutral(face.pose, frame.normal.pose)
        head = self._head.update(frame, pose)
        eyelids = self._eyelids.update(frame, lids=seen.lids if judged else None, head=pose)
        gaze = self._attention.update(frame, face, head, eyelids, quality=sight.quality, confidence=confidence)
        if sight.quality >= self._min_quality and not seen.hand:
            closed_s = eyelids.eyes_closed_s or 0.0
            self._departure.seen(t_s, face.pose, pose, away_s=self._attention.away_s, closed_s=closed_s)
        return joined(
            self._frame(
                observation, sight, fps, quality_eyes=sight.quality_eyes * confidence,
                quality_eye_left=seen.quality_left * confidence, quality_eye_right=seen.quality_right * confidence,
            ),
            eyelids,
            self._mouth.update(frame),
            head,
            *gaze,
            over_rest(frame),
            self._motion.update(frame, head),
            self.baseline.signals,
            blink=self._eyelids.completed,
        )  # fmt: skip

    def _unseen(self, observation: FaceObservation, sight: Visibility, fps: float | None, step_s: float) -> Signals:
        """What is known without a face: time goes on, what was counted stays, nothing is guessed."""
        t_s = observation.t_s
        self.baseline.unseen(t_s)
        self._forget_face()
        self._sight.unseen(step_s)
        self._departure.unseen(t_s, blind=sight.cause in BLIND)
        frame = self._context(t_s, step_s, fps, None, covered=False)
        last_seen = self._departure.last_seen
        goes_on = last_seen is LastSeen.EYES_CLOSED and self._departure.goes_on(t_s)
        head = self._head.update(frame, None)
        return joined(
            self._frame(observation, sight, fps, last_seen=last_seen.value),
            self._eyelids.update(frame, lids=None, head=None, goes_on=goes_on),
            self._mouth.update(frame),
            head,
            *self._attention.unseen(frame, self._departure),
            self._motion.update(frame, head),
            self.baseline.signals,
        )

    def _context(
        self, t_s: float, step_s: float, fps: float | None, face: FaceMeasures | None, *, covered: bool
    ) -> FrameContext:
        return _MAKE_CONTEXT(
            t_s, step_s, fps, face, covered, self.baseline.normal, self.baseline.seeded, self.baseline.driver_epoch,
            self._way,
        )  # fmt: skip

    def _frame(
        self, observation: FaceObservation, sight: Visibility, fps: float | None, *, last_seen: str = "",
        quality_eyes: float = 0.0, quality_eye_left: float = 0.0, quality_eye_right: float = 0.0,
    ) -> FrameSignals:  # fmt: skip
        t_s = observation.t_s
        degraded_s, degraded_cause_s = self._degradation.update(t_s, sight.cause)
        return _MAKE_FRAME(
            t_s=t_s,
            tracking=observation.tracking.value,
            degraded=sight.cause,
            degraded_s=degraded_s,
            degraded_cause_s=degraded_cause_s,
            face_lost_s=t_s - self._seen_s,
            last_seen=last_seen,
            quality=sight.quality,
            quality_eyes=quality_eyes,
            quality_eye_left=quality_eye_left,
            quality_eye_right=quality_eye_right,
            fps=fps,
        )

    def _forget_face(self) -> None:
        """Where the face is another to look at, what was learned of closed eyes and of the mouth is void; a knock on
        the camera leaves the face alone."""
        if self.baseline.face_epoch != self._face_epoch:
            self._face_epoch = self.baseline.face_epoch
            self._expect_closed_eyes()
            self._sight.forget()

    def _expect_closed_eyes(self) -> None:
        """What an earlier drive has learned of them, if it is this driver's baseline that counts again."""
        ear = self.baseline.normal.shut_ear
        self._eyelids.closed_eye.reset(ClosedLevel(ear, SURE_DIPS) if ear else None)
