"""Where the driver looks, and for how long it has not been the road."""

import math
from typing import Final

from driver_monitor.config.config import Config
from driver_monitor.frozen import maker
from driver_monitor.parameter import judged
from driver_monitor.signals.attention_buffer import AttentionBuffer
from driver_monitor.signals.context import FrameContext
from driver_monitor.signals.daydream import Daydream
from driver_monitor.signals.departure import LOW_DEG, SHOULDER_DEG, Departure, LastSeen
from driver_monitor.signals.eyes import EyeState
from driver_monitor.signals.gaze import OPEN_LIDS, GazeDirection
from driver_monitor.signals.glances import GlanceTimer
from driver_monitor.signals.head_pose import HeadPose, off_camera_deg
from driver_monitor.signals.intent import TURN_LOOK_S, Way
from driver_monitor.signals.measures import FaceMeasures
from driver_monitor.signals.ramp import ramp
from driver_monitor.signals.road_centre import RoadCentre
from driver_monitor.signals.scan import Scan
from driver_monitor.signals.zones import ZoneMap
from driver_monitor.state.signals import DaydreamSignals, EyelidSignals, GazeSignals, HeadSignals
from driver_monitor.state.zone import ELSEWHERE, UNKNOWN, Gaze

HEAD_ALONE: Final = judged(
    0.5, "what a direction is worth that the eyes have no say in: they turn by 10-20 deg on their own", unit="quality"
)
POSE_TRUST_DEG: Final = judged(
    (45.0, 75.0), "the nose's angle off the camera over which the head's own angles get lost"
)
OWN_WINDOW_DEG: Final = judged(75.0, "a look over the near shoulder with the face in sight ends here: the eyes go on")
DEPARTED_QUALITY: Final = judged(0.3, "of a direction concluded from how the face went, not seen", unit="quality")
_MAKE: Final = maker(GazeSignals)


class Attention:
    """Feed it every frame's eyes and head, or :meth:`unseen` without a face."""

    def __init__(self, config: Config) -> None:
        self._zones = ZoneMap(config.signals.gaze, seat=config.face.seat)
        self._flicker_s = config.signals.gaze.flicker_s
        self._blink_max_s = config.signals.closure.blink_max_s
        self._min_quality = config.attention.min_quality
        self._direction = GazeDirection()
        window_deg = OWN_WINDOW_DEG if config.face.seat == "left" else -OWN_WINDOW_DEG
        self._blind_spots = {self._zones.zone(yaw, 0.0) for yaw in (SHOULDER_DEG, -SHOULDER_DEG, window_deg)}
        self._blind_spots -= {ELSEWHERE}
        checked = self._zones.driving_task | self._blind_spots
        self._beside = {each: self._zones.beside(checked, left=each is Way.LEFT) for each in (Way.LEFT, Way.RIGHT)}
        self._low = self._zones.below(LOW_DEG)
        self._zone = ""
        self._driver_epoch, self._known = 0, False
        self._closed_s = 0.0  # how long the eyes had been closed up to the last frame
        self._start_again()

    def _start_again(self) -> None:
        """Another driver, or another place of the camera: what was learned before is void."""
        self._road = RoadCentre()
        self._glances = GlanceTimer(self._flicker_s)
        self._scan = Scan(self._zones.driving_task, self._blind_spots)
        self._buffer = AttentionBuffer()
        self._turn_look = False
        self._daydream = Daydream()

    def update(
        self, frame: FrameContext, face: FaceMeasures, head: HeadSignals, eyelids: EyelidSignals, *, quality: float,
        confidence: float,
    ) -> tuple[GazeSignals, DaydreamSignals]:  # fmt: skip
        """Where the eyes cannot be judged the head alone tells where the driver looks. ``quality`` is that of the
        picture: under ``attention.min_quality`` the gaze is not known; ``confidence`` is how far the neutral pose can
        be trusted."""
        known, normal = frame.known, frame.normal
        pose = HeadPose(head.yaw_deg or 0.0, head.pitch_deg or 0.0, head.roll_deg or 0.0)
        eyes, openness, closed_s = eyelids.eyes, eyelids.openness, eyelids.eyes_closed_s or 0.0
        if frame.driver_epoch != self._driver_epoch or (self._known and not known):
            self._start_again()
        self._driver_epoch, self._known = frame.driver_epoch, known
        yaw, pitch = self._direction.update(
            frame.t_s, frame.step_s, face, pose, rest=normal.face, eyes=eyes, openness=openness
        )
        if known and eyes == EyeState.OPEN and openness is not None and openness >= OPEN_LIDS:
            self._road.update(frame.t_s, yaw, pitch, normal.pose)
        off_yaw, off_pitch = yaw - self._road.yaw_deg, pitch - self._road.pitch_deg
        # Closed eyes look nowhere; a blink does not take the gaze off what it is on.
        closed = eyes == EyeState.CLOSED and closed_s > self._blink_max_s
        judged = quality >= self._min_quality and not closed
        zone = self._zones.zone(off_yaw, off_pitch, self._zone) if judged else UNKNOWN
        off_centre_deg = math.hypot(off_yaw, off_pitch)
        quality *= confidence * ramp(-off_camera_deg(face.pose), -POSE_TRUST_DEG[1], -POSE_TRUST_DEG[0])
        quality *= HEAD_ALONE + (1 - HEAD_ALONE) * self._direction.eyes_known
        # A closure that turns out to be a look down was one from when the lids fell.
        since_s = self._closed_s if eyes == EyeState.GLANCE_DOWN else 0.0
        self._closed_s = closed_s
        return self._timed(
            frame, (yaw, pitch), zone, off_centre_deg, quality=quality, closed=closed, blinked=eyelids.blink,
            since_s=since_s, low=pose.pitch_deg <= LOW_DEG,
        )  # fmt: skip

    def unseen(self, frame: FrameContext, departure: Departure) -> tuple[GazeSignals, DaydreamSignals]:
        """A driver who was plainly leaving the camera's sight to look elsewhere is taken to do so, for a moment."""
        self._direction.reset()
        self._closed_s = 0.0
        zone, off_centre_deg, closed = UNKNOWN, None, False
        if departure.goes_on(frame.t_s):
            closed = departure.last_seen is LastSeen.EYES_CLOSED
            if departure.direction is not None:
                zone = self._zones.zone(*departure.direction)
                off_centre_deg = math.hypot(*departure.direction)
            elif not closed:
                zone = self._zone
        return self._timed(
            frame, (None, None), zone, off_centre_deg, quality=DEPARTED_QUALITY, closed=closed, blinked=False
        )  # fmt: skip

    def _means(self, zone: str, way: Way) -> Gaze:
        """What a look at ``zone`` is to a driver who goes that ``way``. Going back, all but the lap is the road; to the
        side, what is there belongs to driving for TURN_LOOK_S."""
        gaze = self._zones.gaze(zone)
        if gaze is Gaze.UNKNOWN or way is Way.AHEAD:
            return gaze
        if way is Way.BACK:
            return gaze if zone in self._low else Gaze.ROAD
        return Gaze.DRIVING_TASK if zone in self._beside[way] and self._glances.length_s < TURN_LOOK_S else gaze

    @property
    def away_s(self) -> float:
        """How long the driver has been seen to look at nothing that belongs to driving; 0 else."""
        return self._glances.away_s

    def _timed(
        self, frame: FrameContext, direction: tuple[float | None, float | None], zone: str,
        off_centre_deg: float | None, *, quality: float, closed: bool, blinked: bool, since_s: float = 0.0,
        low: bool = False,
    ) -> tuple[GazeSignals, DaydreamSignals]:  # fmt: skip
        if zone != UNKNOWN:
            self._zone = zone
        t_s, step_s, gaze = frame.t_s, frame.step_s, self._means(zone, frame.way)
        self._glances.update(t_s, gaze, closed=closed, since_s=since_s, low=low)
        self._buffer.update(step_s, Gaze.AWAY if closed else gaze)
        off_road_s, task_s = self._glances.off_road_s(t_s), self._glances.driving_task_s(t_s)
        beside = zone in self._beside.get(frame.way, ())
        self._turn_look = bool(task_s) and frame.way in self._beside and (beside or self._turn_look)
        gaze_signals = _MAKE(
            gaze_yaw_deg=direction[0],
            gaze_pitch_deg=direction[1],
            road_yaw_deg=self._road.yaw_deg,
            road_pitch_deg=self._road.pitch_deg,
            quality_gaze=0.0 if zone == UNKNOWN else quality,
            zone=zone,
            on_road=None if gaze is Gaze.UNKNOWN else gaze is Gaze.ROAD,
            off_road_s=off_road_s,
            driving_task_s=task_s,
            scanning=self._scan.update(
                step_s,
                zone,
                self._glances.length_s,
                seen=off_road_s is not None,
                indicated=self._turn_look,
            ),
            away_30s=self._glances.away_30s,
            attention_buffer_s=self._buffer.left_s,
        )
        return gaze_signals, self._daydream.update(t_s, gaze, off_centre_deg, blinked=blinked)
