"""Where the driver looks, and for how long it has not been the road."""

import math
from typing import Final, TypedDict

from driver_monitor.config.config import Config
from driver_monitor.face.observation import Tracking
from driver_monitor.signals.attention_buffer import AttentionBuffer
from driver_monitor.signals.daydream import Daydream
from driver_monitor.signals.eyes import EyeState
from driver_monitor.signals.gaze import GazeDirection
from driver_monitor.signals.glances import GlanceTimer
from driver_monitor.signals.head_pose import HeadPose, off_camera_deg
from driver_monitor.signals.measures import FaceMeasures
from driver_monitor.signals.normal import Normal
from driver_monitor.signals.over_shoulder import SHOULDER_DEG, OverShoulder
from driver_monitor.signals.ramp import ramp
from driver_monitor.signals.road_centre import RoadCentre
from driver_monitor.signals.scan import Scan
from driver_monitor.signals.zones import ELSEWHERE, UNKNOWN, Gaze, ZoneMap

JUDGED_LIDS: Final = 0.5  # eyes this far open, neither blinking nor drooping, say where the road is
HEAD_ALONE: Final = 0.5  # what a direction is worth that the eyes have no say in: they turn by 10-20 deg on their own
POSE_TRUST_DEG: Final = (45.0, 75.0)  # the nose's angle off the camera over which the head's own angles get lost
OWN_WINDOW_DEG: Final = 75.0  # a look over the near shoulder whose face stays in sight ends here: the eyes go on
OVER_SHOULDER_QUALITY: Final = 0.3  # concluded from how the face went, not seen


class AttentionSignals(TypedDict):
    gaze_yaw_deg: float | None
    gaze_pitch_deg: float | None
    road_yaw_deg: float
    road_pitch_deg: float
    quality_gaze: float
    zone: str
    on_road: bool | None
    off_road_s: float | None
    driving_task_s: float | None
    scanning: bool
    away_30s: float
    attention_buffer_s: float
    road_focus_60s: float | None
    mirror_checks_60s: int | None
    road_stare_s: float | None
    daydream: float | None


class Attention:
    """Feed it every frame's eyes and head, or :meth:`unseen` without a face."""

    def __init__(self, config: Config) -> None:
        self._zones = ZoneMap(config.signals.gaze, seat=config.face.seat)
        self._flicker_s = config.signals.gaze.flicker_s
        self._blink_max_s = config.signals.closure.blink_max_s
        self._direction = GazeDirection()
        self._shoulder = OverShoulder()
        window_deg = OWN_WINDOW_DEG if config.face.seat == "left" else -OWN_WINDOW_DEG
        self._blind_spots = {self._zones.zone(yaw, 0.0) for yaw in (SHOULDER_DEG, -SHOULDER_DEG, window_deg)}
        self._blind_spots -= {ELSEWHERE}
        self._zone = ""
        self._known = False
        self._start_again()

    def _start_again(self) -> None:
        """Another driver: what was learned of the last one is void."""
        self._road = RoadCentre()
        self._glances = GlanceTimer(self._flicker_s)
        self._scan = Scan(self._zones.driving_task, self._blind_spots)
        self._buffer = AttentionBuffer()
        self._daydream = Daydream()

    def update(
        self, t_s: float, step_s: float, face: FaceMeasures, head: HeadPose, *, normal: Normal, known: bool,
        eyes: EyeState, closed_s: float | None, openness: float | None, blinked: bool, quality: float,
    ) -> AttentionSignals:  # fmt: skip
        """``head`` is the head from neutral; ``known`` says that ``normal`` is the driver's own; ``closed_s`` is how
        long the eyes have been shut; ``openness`` is None where they cannot be judged: then the head alone tells where
        the driver looks; ``quality`` is how far the picture and the neutral pose can be trusted."""
        if self._known and not known:
            self._start_again()
        self._known = known
        yaw, pitch = self._direction.update(t_s, step_s, face, head, rest=normal.face, eyes=eyes, openness=openness)
        self._shoulder.update(t_s, head.yaw_deg)
        if known and eyes is EyeState.OPEN and openness is not None and openness >= JUDGED_LIDS:
            self._road.update(t_s, yaw, pitch, normal.pose)
        off_yaw, off_pitch = yaw - self._road.yaw_deg, pitch - self._road.pitch_deg
        # Shut eyes look nowhere; a blink does not take the gaze off what it is on.
        shut = eyes is EyeState.CLOSED and (closed_s or 0.0) > self._blink_max_s
        zone = UNKNOWN if shut else self._zones.zone(off_yaw, off_pitch, self._zone)
        off_centre_deg = math.hypot(off_yaw, off_pitch)
        quality *= ramp(-off_camera_deg(face.pose), -POSE_TRUST_DEG[1], -POSE_TRUST_DEG[0])
        quality *= HEAD_ALONE + (1 - HEAD_ALONE) * self._direction.eyes_known
        return self._timed(
            t_s, step_s, (yaw, pitch), zone, off_centre_deg, quality=quality, shut=shut, blinked=blinked
        )  # fmt: skip

    def unseen(self, t_s: float, step_s: float, tracking: Tracking) -> AttentionSignals:
        """A face lost on its way round, before a camera that sees, is looking over the shoulder. A lost camera or
        tracker says nothing about the driver: what was under way stands still."""
        if tracking in (Tracking.CAMERA_LOST, Tracking.TRACKER_LOST):
            self._glances.stand_still(t_s)
            step_s = 0.0
        no_face = tracking is Tracking.NO_FACE
        self._direction.reset()
        yaw_deg = self._shoulder.unseen_deg(t_s) if no_face else None
        zone = UNKNOWN if yaw_deg is None else self._zones.zone(yaw_deg, 0.0)
        off_centre_deg = None if yaw_deg is None else abs(yaw_deg)
        return self._timed(
            t_s, step_s, (None, None), zone, off_centre_deg, quality=OVER_SHOULDER_QUALITY, shut=False, blinked=False
        )  # fmt: skip

    def _timed(
        self, t_s: float, step_s: float, direction: tuple[float | None, float | None], zone: str,
        off_centre_deg: float | None, *, quality: float, shut: bool, blinked: bool,
    ) -> AttentionSignals:  # fmt: skip
        if zone != UNKNOWN:
            self._zone = zone
        gaze = self._zones.gaze(zone)
        self._glances.update(t_s, gaze)
        self._buffer.update(step_s, Gaze.AWAY if shut else gaze)
        off_road_s = self._glances.off_road_s(t_s)
        return AttentionSignals(
            gaze_yaw_deg=direction[0],
            gaze_pitch_deg=direction[1],
            road_yaw_deg=self._road.yaw_deg,
            road_pitch_deg=self._road.pitch_deg,
            quality_gaze=0.0 if zone == UNKNOWN else quality,
            zone=zone,
            on_road=None if gaze is Gaze.UNKNOWN else gaze is Gaze.ROAD,
            off_road_s=off_road_s,
            driving_task_s=self._glances.driving_task_s(t_s),
            scanning=self._scan.update(step_s, zone, off_road_s),
            away_30s=self._glances.away_30s,
            attention_buffer_s=self._buffer.left_s,
            **self._daydream.update(t_s, gaze, off_centre_deg, blinked=blinked),
        )
