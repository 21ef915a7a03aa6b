"""Where the driver looks, and for how long it has not been the road."""

from typing import Final, TypedDict

from driver_monitor.config.config import Config
from driver_monitor.signals.baseline import RestingFace
from driver_monitor.signals.eyes import EyeState
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
from driver_monitor.signals.measures import FaceMeasures

EYE_TAU_S: Final = 0.15
GAZE_LIDS: Final = 0.5  # eyes opened less tell nothing of where they look


class AttentionSignals(TypedDict):
    gaze_yaw_deg: float | None
    gaze_pitch_deg: float | None
    zone: str
    on_road: bool | None
    off_road_s: float | None
    driving_task_s: float | None
    away_30s: float


class Attention:
    """Feed it every frame's eyes and head, or :meth:`unseen` without a face."""

    def __init__(self, config: Config) -> None:
        self._zones = ZoneMap(config.signals.gaze, seat=config.face.seat)
        self._glances = GlanceTimer(config.signals.gaze.flicker_s)
        self._eye_yaw, self._eye_pitch = FirstOrder(EYE_TAU_S), FirstOrder(EYE_TAU_S)

    def update(
        self, t_s: float, step_s: float, face: FaceMeasures, *,
        yaw_deg: float, pitch_deg: float, rest: RestingFace, eyes: EyeState, openness: float | None,
    ) -> AttentionSignals:  # fmt: skip
        """``yaw_deg`` and ``pitch_deg`` are the head's from neutral; ``openness`` is None where the eyes cannot be
        judged: then the head alone tells where the driver looks."""
        if openness is None:
            self._eye_yaw.reset()
            self._eye_pitch.reset()
        elif openness >= GAZE_LIDS:
            self._eye_yaw.update(eye_yaw_deg(face.iris - rest.iris), step_s)
            lift = (face.expression.look_up - rest.look_up) - (face.expression.look_down - rest.look_down)
            self._eye_pitch.update(EYE_PITCH_GAIN_DEG * lift, step_s)
        gaze_yaw = yaw_deg + eye_trust(face.pose.yaw_deg) * (self._eye_yaw.value or 0.0)
        lowered = LOWERED_LIDS_DEG if eyes is EyeState.GLANCE_DOWN else -(self._eye_pitch.value or 0.0)
        gaze_pitch = pitch_deg - lowered
        # Shut eyes look nowhere.
        zone = UNKNOWN if eyes is EyeState.CLOSED else self._zones.zone(gaze_yaw, gaze_pitch)
        return self._timed(t_s, gaze_yaw, gaze_pitch, zone)

    def unseen(self, t_s: float) -> AttentionSignals:
        self._eye_yaw.reset()
        self._eye_pitch.reset()
        return self._timed(t_s, None, None, UNKNOWN)

    def _timed(self, t_s: float, yaw_deg: float | None, pitch_deg: float | None, zone: str) -> AttentionSignals:
        on_road = None if zone == UNKNOWN else zone == ROAD
        self._glances.update(t_s, on_road, zone in self._zones.driving_task)
        return AttentionSignals(
            gaze_yaw_deg=yaw_deg,
            gaze_pitch_deg=pitch_deg,
            zone=zone,
            on_road=on_road,
            off_road_s=self._glances.off_road_s(t_s),
            driving_task_s=self._glances.driving_task_s(t_s),
            away_30s=self._glances.away_30s,
        )
