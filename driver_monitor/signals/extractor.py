"""From what the tracker saw to the signals of a frame. Driven by the observation's time alone."""

import math
from dataclasses import replace
from typing import Final, TypedDict

from driver_monitor.config.config import Config
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.signals.attention import Attention
from driver_monitor.signals.baseline import Baseline, RestingFace, resting_face
from driver_monitor.signals.eyelids import Eyelids
from driver_monitor.signals.eyes import openness, pose_corrected
from driver_monitor.signals.head import Head
from driver_monitor.signals.head_pose import HeadPose, from_neutral, towards_camera
from driver_monitor.signals.measures import FaceMeasures, measure
from driver_monitor.signals.mouth import Mouth
from driver_monitor.signals.signals import Signals
from driver_monitor.signals.visibility import Degradation, EyeSight, FrameRate, Visibility, see

MIN_EYE_QUALITY: Final = 0.15
PRIOR_CONFIDENCE: Final = 0.7  # how far eye signals are trusted that rest on the population's open eye


class SignalExtractor:
    """Holds everything that has a memory; :meth:`update` takes one observation and returns its signals.

    Observations come in time order; one whose time does not advance returns the last signals again.
    """

    def __init__(self, config: Config) -> None:
        signals = config.signals
        self._quality_config = signals.quality
        place = signals.camera_place
        prior_pose = towards_camera(HeadPose(place.yaw_deg, place.pitch_deg, place.roll_deg))
        self.baseline = Baseline(signals.baseline, prior_pose)
        self._eyelids = Eyelids(signals)
        self._head = Head()
        self._mouth = Mouth(signals.yawn)
        self._attention = Attention(config)
        self._eyesight = EyeSight()
        self._fps = FrameRate()
        self._degradation = Degradation()
        self._seen_s = math.nan  # until the first frame; a driver never seen counts as lost since then
        self._last = Signals(t_s=-math.inf)

    def update(self, observation: FaceObservation) -> Signals:
        t_s = observation.t_s
        if not t_s > self._last.t_s:
            return self._last
        step_s = t_s - self._last.t_s if math.isfinite(self._last.t_s) else 0.0
        if math.isnan(self._seen_s):
            self._seen_s = t_s
        fps = self._fps.update(t_s)
        face = measure(observation)
        sight = see(observation, face.pose if face else None, fps, self._quality_config)
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
        expression = face.expression
        lids = openness(face.ratios, face.pose, self.baseline.normal.open_ear)
        if self._eyesight.update(observation, lids.both, step_s):
            sight = replace(sight, cause=sight.cause or "hidden_eyes", quality_eyes=0.0)
        judged = sight.quality_eyes >= MIN_EYE_QUALITY
        ear = pose_corrected((face.ratios.ear_left + face.ratios.ear_right) / 2, face.pose)
        self.baseline.update(t_s, ear if judged else None, expression.blink, face.pose, resting_face(face))
        normal, known = self.baseline.normal, self.baseline.seeded

        pose = from_neutral(face.pose, normal.pose)
        seen_lids = lids if judged else None
        head = self._head.update(pose, step_s)
        eyelids = self._eyelids.update(
            t_s,
            step_s,
            face,
            lids=seen_lids,
            pitch_deg=pose.pitch_deg,
            known=known,
            brow_at_rest=normal.face.brow_down,
            fps=fps,
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
            quality=sight.quality * (1.0 if known else PRIOR_CONFIDENCE),
        )  # fmt: skip
        return Signals(
            face_lost_s=0.0,
            quality=sight.quality,
            quality_eyes=sight.quality_eyes * (1.0 if known else PRIOR_CONFIDENCE),
            brow_down=max(0.0, expression.brow_down - normal.face.brow_down),
            brow_inner_up=max(0.0, expression.brow_inner_up - normal.face.brow_inner_up),
            mouth_frown=max(0.0, expression.mouth_frown - normal.face.mouth_frown),
            mouth_press=max(0.0, expression.mouth_press - normal.face.mouth_press),
            smile=max(0.0, expression.smile - normal.face.smile),
            **self._common(observation, sight, fps),
            **eyelids,
            **head,
            **attention,
            **self._mouth.update(t_s, face),
        )

    def _unseen(self, observation: FaceObservation, sight: Visibility, fps: float | None, step_s: float) -> Signals:
        """What is known without a face: time goes on, what was counted stays, nothing is guessed."""
        t_s = observation.t_s
        self.baseline.update(t_s, None, 0.0, None, RestingFace())
        self._eyesight.reset()
        return Signals(
            face_lost_s=t_s - self._seen_s,
            **self._common(observation, sight, fps),
            **self._eyelids.update(
                t_s, step_s, None, lids=None, pitch_deg=None, known=self.baseline.seeded, brow_at_rest=0.0, fps=fps
            ),
            **self._head.update(None, step_s),
            **self._attention.unseen(t_s, step_s, no_face=observation.tracking is Tracking.NO_FACE),
            **self._mouth.update(t_s, None),
        )

    def _common(self, observation: FaceObservation, sight: Visibility, fps: float | None) -> "_Common":
        t_s = observation.t_s
        return _Common(
            t_s=t_s,
            tracking=observation.tracking.value,
            degraded=sight.cause,
            degraded_s=self._degradation.update(t_s, sight.cause),
            fps=fps,
            baseline="driver" if self.baseline.seeded else "prior",
            baseline_progress=self.baseline.progress,
            baseline_needs=self.baseline.needs,
        )


class _Common(TypedDict):
    t_s: float
    tracking: str
    degraded: str
    degraded_s: float
    fps: float | None
    baseline: str
    baseline_progress: float
    baseline_needs: str
