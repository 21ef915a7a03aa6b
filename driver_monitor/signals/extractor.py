"""From what the tracker saw to the signals of a frame. Driven by the observation's time alone."""

import math
from dataclasses import replace
from typing import Final, TypedDict

from driver_monitor.config.config import Config
from driver_monitor.config.signals import SignalsConfig
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.parameter import judged
from driver_monitor.signals.attention import Attention
from driver_monitor.signals.baseline import Baseline
from driver_monitor.signals.change import Change
from driver_monitor.signals.degradation import Degradation
from driver_monitor.signals.departure import Departure, LastSeen
from driver_monitor.signals.expression import over_rest
from driver_monitor.signals.eyelids import Eyelids
from driver_monitor.signals.head import Head
from driver_monitor.signals.head_pose import HeadPose, from_neutral, towards_camera
from driver_monitor.signals.lens import Lens
from driver_monitor.signals.measures import FaceMeasures, measure
from driver_monitor.signals.mouth import Mouth
from driver_monitor.signals.normal import Normal
from driver_monitor.signals.openness import pose_corrected
from driver_monitor.signals.shut_level import SURE_DIPS, ShutLevel
from driver_monitor.signals.sight import FaceSight
from driver_monitor.signals.visibility import FrameRate, Visibility, see
from driver_monitor.state.signals import BLIND, Signals

MIN_EYE_QUALITY: Final = judged(0.15, "eyes seen less well are unknown", unit="quality")
CONFIDENCE: Final = judged(
    {"prior": 0.7, "kept": 0.85, "driver": 1.0},
    "of eye signals that rest on the population's open eye, on this driver's from before, on the learned",
    unit="quality",
)


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
        self._source = self.baseline.source
        self._eyelids = Eyelids(signals)
        self._profile_shut = ShutLevel(profile.shut_ear, SURE_DIPS) if profile and profile.shut_ear else None
        self._eyelids.shut.reset(self._profile_shut)
        self._head = Head()
        self._mouth = Mouth(signals.yawn)
        self._attention = Attention(config)
        self._sight = FaceSight()
        self._lens = Lens(signals.quality)
        self._fps = FrameRate()
        self._degradation = Degradation()
        self._departure = Departure()
        self._seen_s = math.nan  # until the first frame; a driver never seen counts as lost since then
        self._last = Signals(t_s=-math.inf)

    @property
    def learned(self) -> Normal | None:
        """What may be kept for this driver's next drive."""
        normal, shut = self.baseline.learned, self._eyelids.shut.level
        return replace(normal, shut_ear=shut.ear if shut.dips >= SURE_DIPS else None) if normal else None

    def update(self, observation: FaceObservation) -> Signals:
        t_s = observation.t_s
        if not t_s > self._last.t_s:
            return self._last
        step_s = t_s - self._last.t_s if math.isfinite(self._last.t_s) else 0.0
        if math.isnan(self._seen_s):
            self._seen_s = t_s
        fps = self._fps.update(t_s)
        face = measure(observation)
        if face is None and observation.tracking is Tracking.TRACKED:  # landmarks that make no face are none
            observation = replace(observation, tracking=Tracking.NO_FACE)
        lens = self._lens.cause(t_s, observation)
        sight = see(observation, face.pose if face else None, fps, self._quality_config, lens=lens)
        if face is None:
            self._last = self._unseen(observation, sight, fps, step_s)
        else:
            self._seen_s = t_s
            self._last = self._seen(observation, face, sight, fps, step_s)
        return self._last

    def _seen(
        self, observation: FaceObservation, face: FaceMeasures, sight: Visibility, fps: float | None, step_s: float
    ) -> Signals:
        t_s = observation.t_s
        lids = self._eyelids.lids(face, self.baseline.normal.open_ear)
        shut_s = self._last.eyes_closed_s or 0.0
        seen = self._sight.update(observation, face.pose, lids, sight, step_s=step_s, shut_s=shut_s)
        sight = seen.visibility
        judged = sight.quality_eyes >= MIN_EYE_QUALITY
        ear = pose_corrected((face.ratios.ear_left + face.ratios.ear_right) / 2, face.pose)
        self.baseline.update(t_s, ear if judged or seen.hand else None, face, seen=observation, covered=seen.hand)
        if self.baseline.place_unknown:
            sight = replace(sight, cause=sight.cause or "camera_moved")
        self._forget_driver()
        normal, known = self.baseline.normal, self.baseline.seeded
        confidence = CONFIDENCE[self.baseline.source]

        pose = from_neutral(face.pose, normal.pose)
        seen_lids = seen.lids if judged else None
        head = self._head.update(t_s, step_s, pose, sure=not seen.hand)
        eyelids = self._eyelids.update(
            t_s, step_s, face, lids=seen_lids, head=pose, normal=normal, known=known, fps=fps, covered=seen.hand
        )
        attention = self._attention.update(
            t_s, step_s, face,
            HeadPose(head["yaw_deg"] or 0.0, head["pitch_deg"] or 0.0, head["roll_deg"] or 0.0),
            normal=normal,
            known=known,
            eyes=self._eyelids.state,
            closed_s=eyelids["eyes_closed_s"],
            openness=seen_lids.both if seen_lids else None,
            blinked=eyelids["blink"],
            quality=sight.quality,
            confidence=confidence,
        )  # fmt: skip
        if sight.quality >= self._min_quality and not seen.hand:
            self._departure.seen(
                t_s, face.pose, pose, away_s=self._attention.away_s, shut_s=eyelids["eyes_closed_s"] or 0.0
            )
        return Signals(
            face_lost_s=0.0,
            quality=sight.quality,
            quality_eyes=sight.quality_eyes * confidence,
            quality_eye_left=seen.quality_left * confidence,
            quality_eye_right=seen.quality_right * confidence,
            **over_rest(face.expression, normal.face, mouth_seen=not seen.hand),
            **self._common(observation, sight, fps),
            **eyelids,
            **head,
            **attention,
            **self._mouth.update(t_s, step_s, face, smile_at_rest=normal.face.smile, covered=seen.hand),
        )

    def _forget_driver(self) -> None:
        """Where the baseline starts afresh, so do the shut-eye level and the look of the mouth; a knock on the camera
        leaves the face alone."""
        source, before = self.baseline.source, self._source
        self._source = source
        knocked = source == "kept" and self.baseline.cause == Change.CAMERA_MOVED  # a cause outlives its change
        if source not in (before, "driver") and not knocked:
            from_profile = source == "kept" and not self.baseline.cause
            self._eyelids.shut.reset(self._profile_shut if from_profile else None)
            self._sight.forget()

    def _unseen(self, observation: FaceObservation, sight: Visibility, fps: float | None, step_s: float) -> Signals:
        """What is known without a face: time goes on, what was counted stays, nothing is guessed."""
        t_s = observation.t_s
        self.baseline.unseen(t_s)
        self._forget_driver()
        self._sight.unseen(step_s)
        self._departure.unseen(t_s, blind=sight.cause in BLIND)
        known = self.baseline.seeded
        return Signals(
            face_lost_s=t_s - self._seen_s,
            last_seen=self._departure.last_seen.value,
            **self._common(observation, sight, fps),
            **self._eyelids.update(
                t_s,
                step_s,
                None,
                lids=None,
                head=None,
                normal=self.baseline.normal,
                known=known,
                fps=fps,
                goes_on=self._departure.last_seen is LastSeen.EYES_CLOSED and self._departure.goes_on(t_s),
            ),
            **self._head.update(t_s, step_s, None),
            **self._attention.unseen(t_s, step_s, self._departure),
            **self._mouth.update(t_s, step_s, None),
        )

    def _common(self, observation: FaceObservation, sight: Visibility, fps: float | None) -> "_Common":
        t_s = observation.t_s
        degraded_s, degraded_cause_s = self._degradation.update(t_s, sight.cause)
        return _Common(
            t_s=t_s,
            tracking=observation.tracking.value,
            degraded=sight.cause,
            degraded_s=degraded_s,
            degraded_cause_s=degraded_cause_s,
            fps=fps,
            baseline=self.baseline.source,
            baseline_progress=self.baseline.progress,
            baseline_needs=self.baseline.needs,
            baseline_reset=self.baseline.cause,
        )


class _Common(TypedDict):
    t_s: float
    tracking: str
    degraded: str
    degraded_s: float
    degraded_cause_s: float
    fps: float | None
    baseline: str
    baseline_progress: float
    baseline_needs: str
    baseline_reset: str
