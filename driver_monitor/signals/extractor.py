"""From what the tracker saw to the signals of a frame. Driven by the observation's time alone."""

import math
from collections import deque
from dataclasses import replace
from typing import Final

from driver_monitor.config.config import Config
from driver_monitor.face.blendshapes import INDEX
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.signals.baseline import Baseline, RestingFace
from driver_monitor.signals.blink import Blink
from driver_monitor.signals.blinks import BlinkDetector
from driver_monitor.signals.eyes import WINK_MARGIN, EyeJudge, EyeState, Openness, openness, pose_corrected
from driver_monitor.signals.filters import FirstOrder
from driver_monitor.signals.gaze import (
    EYE_PITCH_GAIN_DEG,
    LOWERED_LIDS_DEG,
    ROAD,
    UNKNOWN,
    ZoneMap,
    eye_trust,
    eye_yaw_deg,
)
from driver_monitor.signals.glances import GlanceTimer
from driver_monitor.signals.grimace import GrimaceMeter
from driver_monitor.signals.head_pose import HeadPose, head_pose
from driver_monitor.signals.landmarks import FaceRatios, face_ratios
from driver_monitor.signals.perclos import PerclosMeter
from driver_monitor.signals.signals import Signals
from driver_monitor.signals.visibility import Degradation, EyeSight, FrameRate, Visibility, see
from driver_monitor.signals.yawn import YawnDetector

PERCLOS_WINDOWS_S: Final = (60.0, 180.0)
BLINK_WINDOW_S: Final = 60.0
MIN_RATE_COVERAGE: Final = 0.5
POSE_TAU_S: Final = 0.08  # landmark jitter is faster, head turns are slower
EYE_TAU_S: Final = 0.15
MOTION_TAU_S: Final = 1.0
MIN_EYE_QUALITY: Final = 0.15
GAZE_LIDS: Final = 0.5  # eyes opened less tell nothing of where they look


class SignalExtractor:
    """Holds everything that has a memory; :meth:`update` takes one observation and returns its signals.

    Observations come in time order; one whose time does not advance returns the last signals again.
    """

    def __init__(self, config: Config) -> None:
        signals = config.signals
        self._quality_config = signals.quality
        self._p80 = signals.closure.p80_openness
        self._blink_max_s = signals.closure.blink_max_s
        self.baseline = Baseline(signals.baseline)
        self._eyes = EyeJudge(signals.closure)
        self._grimace = GrimaceMeter()
        self._blinks = BlinkDetector()
        self._perclos = PerclosMeter(PERCLOS_WINDOWS_S, signals.closure.blink_max_s)
        self._yawn = YawnDetector(signals.yawn)
        self._zones = ZoneMap(signals.gaze, seat=config.face.seat)
        self._glances = GlanceTimer(signals.gaze.flicker_s)
        self._eyesight = EyeSight()
        self._fps = FrameRate()
        self._degradation = Degradation()
        self._yaw, self._pitch, self._roll = (FirstOrder(POSE_TAU_S) for _ in range(3))
        self._eye_yaw, self._eye_pitch = FirstOrder(EYE_TAU_S), FirstOrder(EYE_TAU_S)
        self._motion = FirstOrder(MOTION_TAU_S)
        self._recent_blinks: deque[Blink] = deque()
        self._seen_s: float | None = None
        self._last = Signals(t_s=-math.inf)

    def update(self, observation: FaceObservation) -> Signals:
        t_s = observation.t_s
        if not t_s > self._last.t_s:
            return self._last
        step_s = t_s - self._last.t_s if math.isfinite(self._last.t_s) else 0.0
        fps = self._fps.update(t_s)
        ratios, pose = face_ratios(observation), head_pose(observation.matrix)
        if ratios is None or pose is None or observation.blendshapes is None:
            ratios = pose = None
        sight = see(observation, pose, fps, self._quality_config)
        if ratios is None or pose is None:
            self._last = self._unseen(observation, sight, fps)
        else:
            self._seen_s = t_s
            self._last = self._seen(observation, ratios, pose, sight=sight, fps=fps, step_s=step_s)
        return self._last

    def _seen(
        self, observation: FaceObservation, ratios: FaceRatios, pose: HeadPose, *,
        sight: Visibility, fps: float | None, step_s: float,
    ) -> Signals:  # fmt: skip
        t_s = observation.t_s
        shapes = _shapes(observation)
        face = _resting_face(shapes, ratios)
        lids = openness(ratios, pose, self.baseline.normal.open_ear)
        if self._eyesight.update(observation, lids.both, step_s):
            sight = replace(sight, cause=sight.cause or "hidden_eyes", quality_eyes=0.0)
        judged = sight.quality_eyes >= MIN_EYE_QUALITY
        blink_score = (shapes["eyeBlinkLeft"] + shapes["eyeBlinkRight"]) / 2
        corrected = pose_corrected((ratios.ear_left + ratios.ear_right) / 2, pose)
        self.baseline.update(t_s, corrected if judged else None, blink_score, pose, face)
        normal = self.baseline.normal
        rest = normal.face

        yaw = self._smooth(self._yaw, pose.yaw_deg - normal.pose.yaw_deg, step_s)
        pitch = self._smooth(self._pitch, pose.pitch_deg - normal.pose.pitch_deg, step_s)
        roll = self._smooth(self._roll, pose.roll_deg - normal.pose.roll_deg, step_s)
        opening = lids if judged else None
        eyes = self._eyes.update(
            t_s,
            opening,
            pose.pitch_deg - normal.pose.pitch_deg,
            known=self.baseline.seeded,
        )
        grimace = self._grimace.update(eyes, face.smile, face.brow_down, step_s)
        blink = self._blink(t_s, opening, eyes, fps)
        perclos_60, perclos_180 = self._perclos.update(t_s, self._shut(opening, eyes))

        if opening and opening.both >= GAZE_LIDS:
            iris = (ratios.iris_left + ratios.iris_right) / 2 - rest.iris
            self._eye_yaw.update(eye_yaw_deg(iris), step_s)
            lift = (face.look_up - rest.look_up) - (face.look_down - rest.look_down)
            self._eye_pitch.update(EYE_PITCH_GAIN_DEG * lift, step_s)
        if opening is None:  # the head alone tells where the driver looks
            self._eye_yaw.reset()
            self._eye_pitch.reset()
        gaze_yaw = yaw + eye_trust(pose.yaw_deg) * (self._eye_yaw.value or 0.0)
        lowered = LOWERED_LIDS_DEG if eyes is EyeState.GLANCE_DOWN else -(self._eye_pitch.value or 0.0)
        gaze_pitch = pitch - lowered
        # Shut eyes look nowhere.
        zone, on_road = (UNKNOWN, None) if eyes is EyeState.CLOSED else self._look(gaze_yaw, gaze_pitch)
        self._glances.update(t_s, on_road, zone in self._zones.driving_task)
        motion = math.hypot(yaw - (self._last.yaw_deg or yaw), pitch - (self._last.pitch_deg or pitch))
        self._motion.update(motion / step_s if step_s > 0 else None, step_s)

        return Signals(
            t_s=t_s,
            tracking=Tracking.TRACKED.value,
            degraded=sight.cause,
            degraded_s=self._degradation.update(t_s, sight.cause),
            face_lost_s=0.0,
            quality=sight.quality,
            quality_eyes=sight.quality_eyes * (1.0 if self.baseline.seeded else 0.7),
            fps=fps,
            ear_left=ratios.ear_left,
            ear_right=ratios.ear_right,
            openness=opening.both if opening else None,
            openness_left=opening.left if opening else None,
            openness_right=opening.right if opening else None,
            eyes=eyes.value,
            eyes_closed_s=self._eyes.closed_s(t_s),
            grimace=grimace,
            perclos_60s=perclos_60.share,
            perclos_180s=perclos_180.share,
            perclos_coverage=perclos_60.coverage,
            blink=blink is not None,
            blink_rate_per_min=self._blink_rate(t_s, perclos_60.coverage, fps),
            blink_duration_s=self._blink_duration_s(),
            mouth_opening=ratios.mouth_opening,
            yawn=self._yawn.update(t_s, ratios.mouth_opening),
            yawns_600s=self._yawn.count(t_s),
            yaw_deg=yaw,
            pitch_deg=pitch,
            roll_deg=roll,
            gaze_yaw_deg=gaze_yaw,
            gaze_pitch_deg=gaze_pitch,
            zone=zone,
            on_road=on_road,
            off_road_s=self._glances.off_road_s(t_s),
            driving_task_s=self._glances.driving_task_s(t_s),
            away_30s=self._glances.away_30s,
            brow_down=max(0.0, face.brow_down - rest.brow_down),
            brow_inner_up=max(0.0, face.brow_inner_up - rest.brow_inner_up),
            mouth_frown=max(0.0, face.mouth_frown - rest.mouth_frown),
            mouth_press=max(0.0, face.mouth_press - rest.mouth_press),
            smile=max(0.0, face.smile - rest.smile),
            jaw_open=shapes["jawOpen"],
            head_motion_deg_s=self._motion.value,
            baseline="driver" if self.baseline.seeded else "prior",
            baseline_progress=self.baseline.progress,
            baseline_needs=self.baseline.needs,
            completed_blink=blink,
        )

    def _unseen(self, observation: FaceObservation, sight: Visibility, fps: float | None) -> Signals:
        """What is known without a face: time goes on, what was counted stays, nothing is guessed."""
        t_s = observation.t_s
        self.baseline.update(t_s, None, 0.0, None, RestingFace())
        eyes = self._eyes.update(t_s, None, None, known=self.baseline.seeded)
        perclos_60, perclos_180 = self._perclos.update(t_s, None)
        self._glances.update(t_s, None, driving_task=False)
        self._eyesight.reset()
        for smoothed in (self._yaw, self._pitch, self._roll, self._eye_yaw, self._eye_pitch, self._motion):
            smoothed.reset()
        return Signals(
            t_s=t_s,
            tracking=observation.tracking.value,
            degraded=sight.cause,
            degraded_s=self._degradation.update(t_s, sight.cause),
            face_lost_s=t_s - self._seen_s if self._seen_s is not None else t_s,
            fps=fps,
            eyes=eyes.value,
            eyes_closed_s=self._eyes.closed_s(t_s),
            perclos_60s=perclos_60.share,
            perclos_180s=perclos_180.share,
            perclos_coverage=perclos_60.coverage,
            blink_rate_per_min=self._blink_rate(t_s, perclos_60.coverage, fps),
            blink_duration_s=self._blink_duration_s(),
            yawn=self._yawn.update(t_s, None),
            yawns_600s=self._yawn.count(t_s),
            off_road_s=self._glances.off_road_s(t_s),
            driving_task_s=self._glances.driving_task_s(t_s),
            away_30s=self._glances.away_30s,
            baseline="driver" if self.baseline.seeded else "prior",
            baseline_progress=self.baseline.progress,
            baseline_needs=self.baseline.needs,
        )

    @staticmethod
    def _smooth(smoother: FirstOrder, value: float, step_s: float) -> float:
        smoothed = smoother.update(value, step_s)
        assert smoothed is not None
        return smoothed

    def _shut(self, opening: Openness | None, eyes: EyeState) -> bool | None:
        """For PERCLOS: lids at least 80 % shut; a look down is not to be judged."""
        if opening is None or eyes is EyeState.GLANCE_DOWN:
            return None
        return opening.both <= self._p80 and opening.wider <= self._p80 + WINK_MARGIN

    def _blink(self, t_s: float, opening: Openness | None, eyes: EyeState, fps: float | None) -> Blink | None:
        if fps is not None and fps < self._quality_config.min_blink_fps:
            self._blinks.reset()
            return None
        blink = self._blinks.update(t_s, opening.both if opening else None)
        if blink is not None and eyes is EyeState.GLANCE_DOWN and blink.duration_s > self._blink_max_s:
            blink = None  # lids that followed a look down and came up again
        if blink is not None:
            self._recent_blinks.append(blink)
        while self._recent_blinks and t_s - self._recent_blinks[0].end_s > BLINK_WINDOW_S:
            self._recent_blinks.popleft()
        return blink

    def _blink_rate(self, t_s: float, coverage: float, fps: float | None) -> float | None:
        if coverage < MIN_RATE_COVERAGE or fps is None or fps < self._quality_config.min_blink_fps:
            return None
        recent = sum(t_s - blink.end_s <= BLINK_WINDOW_S for blink in self._recent_blinks)
        return recent / coverage * 60.0 / BLINK_WINDOW_S

    def _blink_duration_s(self) -> float | None:
        if not self._recent_blinks:
            return None
        return sum(blink.duration_s for blink in self._recent_blinks) / len(self._recent_blinks)

    def _look(self, yaw_deg: float, pitch_deg: float) -> tuple[str, bool]:
        zone = self._zones.zone(yaw_deg, pitch_deg)
        return zone, zone == ROAD


_WANTED: Final = (
    "eyeBlinkLeft", "eyeBlinkRight", "browDownLeft", "browDownRight", "browInnerUp", "mouthFrownLeft",
    "mouthFrownRight", "mouthPressLeft", "mouthPressRight", "mouthSmileLeft", "mouthSmileRight", "jawOpen",
    "eyeLookUpLeft", "eyeLookUpRight", "eyeLookDownLeft", "eyeLookDownRight",
)  # fmt: skip
_COLUMNS: Final = [INDEX[name] for name in _WANTED]


def _shapes(observation: FaceObservation) -> dict[str, float]:
    assert observation.blendshapes is not None
    return dict(zip(_WANTED, observation.blendshapes[_COLUMNS].tolist(), strict=True))


def _resting_face(shapes: dict[str, float], ratios: FaceRatios) -> RestingFace:
    def both(name: str) -> float:
        return (shapes[f"{name}Left"] + shapes[f"{name}Right"]) / 2

    return RestingFace(
        brow_down=both("browDown"),
        brow_inner_up=shapes["browInnerUp"],
        mouth_frown=both("mouthFrown"),
        mouth_press=both("mouthPress"),
        smile=both("mouthSmile"),
        look_up=both("eyeLookUp"),
        look_down=both("eyeLookDown"),
        iris=(ratios.iris_left + ratios.iris_right) / 2,
    )
