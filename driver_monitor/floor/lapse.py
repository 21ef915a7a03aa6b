"""Made-up lapses, told as driver states: eyes that shut, a look at the lap, a driver who cannot be seen.

They go through the parts of the signals that a config sets (when lids count as shut, what is the road), and are else
what signals are of a lapse without any doubt: it is the config that is on trial.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from driver_monitor.config.config import Config
from driver_monitor.parameter import judged, measured, norm
from driver_monitor.signals.closed_level import ClosedEye
from driver_monitor.signals.departure import LAP_PITCH_DEG
from driver_monitor.signals.eyes import EyeJudge, EyeState
from driver_monitor.signals.openness import Openness
from driver_monitor.signals.zones import ZoneMap
from driver_monitor.state.alert import Level
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed
from driver_monitor.state.zone import UNKNOWN, Gaze

Scene = Literal["attentive", "shut", "lap", "aside", "covered", "no_face", "camera_lost"]

STEP_S: Final = judged(0.2, "between two frames of a lapse")
CALM_STEP_S: Final = judged(0.8, "while nothing happens, or nobody is seen; a longer step would be a gap to the rules")
RUN_UP_S: Final = judged(2.0, "of driving well before a lapse")
OPEN: Final = judged(1.0, "lids of the driver who drives well", unit="open share")
SHUT: Final = judged(0.12, "lids of the driver who sleeps", unit="open share")
OPEN_EAR: Final = measured(0.257, "of a population's open eye", "27 drivers", unit="EAR")
SHUT_EAR: Final = judged(0.065, "of a population's closed eye: 0.03 to 0.08", unit="EAR")
ASIDE_DEG: Final = judged(
    (-45.0, -8.0), "yaw and pitch: a phone on the passenger's side, of a driver who sits on the left"
)
TOWN_KMH: Final = norm(50.0, "below it a look at the lap may take 6 s", "EU 2023/2590 (ADDW)")


@dataclass(frozen=True, slots=True)
class Demand:
    """An alert of ``level`` at least, within ``by_s`` of the lapse's beginning; ``town_by_s`` below TOWN_KMH.

    ``heard``: through an output that can be heard; else it is enough that it is told at all. ``steadfast``: the
    nuisance guard must not be able to take the sound away. ``claims``: asked only of configs that claim one of these
    rows of the acceptance matrix; none: of every config.
    """

    name: str
    level: Level
    by_s: float
    heard: bool = True
    steadfast: bool = False
    claims: frozenset[str] = frozenset()
    town_by_s: float | None = None

    @property
    def missing(self) -> str:
        """What is said where nothing answers it."""
        if not self.heard:
            return f"{self.name} raises no alert in time"
        level = f"{self.level.word} alert" if self.level > Level.WARNING else "warning"
        return f"{self.name} without an audible {level}"

    def asked_of(self, config: Config) -> bool:
        return not self.claims or not self.claims.isdisjoint(config.preset.claims)

    def due_s(self, speed: Speed) -> float:
        town = self.town_by_s is not None and speed.kmh is not None and speed.kmh < TOWN_KMH
        return self.town_by_s if town and self.town_by_s is not None else self.by_s


@dataclass(frozen=True, slots=True)
class Lapse:
    """``scene`` for ``length_s``, and once more after ``pause_s`` of driving well. ``known``: the driver's own open eye
    has been learned by then. ``ordinary``: by a slow camera, in middling light, in a face not quite at rest."""

    scene: Scene
    length_s: float
    pause_s: float
    demands: tuple[Demand, ...]
    known: bool = True
    ordinary: bool = False

    @property
    def begins_s(self) -> tuple[float, float]:
        return RUN_UP_S, RUN_UP_S + self.length_s + self.pause_s

    def signals(self, config: Config) -> Iterator[Signals]:
        """Driving well for RUN_UP_S, the lapse, the pause, the lapse."""
        eyes, zones = EyeJudge(config.signals.closure), ZoneMap(config.signals.gaze, seat=config.face.seat)
        aside_deg = ASIDE_DEG[0] * (1 if config.face.seat == "left" else -1), ASIDE_DEG[1]
        lids = (OPEN, SHUT) if self.known else _by_prior(config.signals.baseline.open_ear)
        scenes: tuple[tuple[Scene, float], ...] = (
            ("attentive", RUN_UP_S),
            (self.scene, self.length_s),
            ("attentive", self.pause_s),
            (self.scene, self.length_s),
        )
        begun_s = 0.0
        for scene, length_s in scenes:
            step_s = STEP_S if scene in ("shut", "lap", "aside") else CALM_STEP_S
            look_deg = {"lap": (0.0, LAP_PITCH_DEG), "aside": aside_deg}.get(scene, (0.0, 0.0))
            silent_s = config.camera.stall_s if scene == "camera_lost" else 0.0  # until it counts as lost
            for count in range(math.ceil((length_s - silent_s) / step_s)):
                since_s = count * step_s
                opening = lids[scene == "shut"]
                t_s = begun_s + silent_s + since_s
                yield self._signals(scene, t_s, since_s, look_deg, opening=opening, eyes=eyes, zones=zones)
            begun_s += length_s

    def _signals(
        self,
        scene: Scene,
        t_s: float,
        since_s: float,
        look_deg: tuple[float, float],
        *,
        opening: float,
        eyes: EyeJudge,
        zones: ZoneMap,
    ) -> Signals:
        if scene in ("covered", "no_face", "camera_lost"):
            eyes.update(t_s, None, None, sure=self.known)
            return _unseen(scene, t_s, since_s)
        yaw_deg, pitch_deg = look_deg
        lids = Openness(opening, opening, opening, opening)
        state = eyes.update(t_s, lids, pitch_deg, sure=self.known)
        zone = UNKNOWN if state is EyeState.CLOSED else zones.zone(yaw_deg, pitch_deg)
        gaze = zones.gaze(zone)
        away_s = since_s if gaze in (Gaze.AWAY, Gaze.DRIVING_TASK) else 0.0
        return replace(
            _ORDINARY if self.ordinary else _WELL,
            t_s=t_s,
            baseline="driver" if self.known else "prior",
            openness=opening,
            openness_left=opening,
            openness_right=opening,
            eyes=state.value,
            eyes_closed_s=eyes.closed_s(t_s),
            yaw_deg=yaw_deg,
            pitch_deg=pitch_deg,
            gaze_yaw_deg=yaw_deg,
            gaze_pitch_deg=pitch_deg,
            zone=zone,
            on_road=None if gaze is Gaze.UNKNOWN else gaze is Gaze.ROAD,
            off_road_s=away_s,
            driving_task_s=away_s if gaze is Gaze.DRIVING_TASK else 0.0,
            away_30s=away_s,
        )


_WELL: Final = Signals(
    tracking="tracked", quality=1.0, quality_eyes=1.0, quality_eye_left=1.0, quality_eye_right=1.0, quality_gaze=1.0,
    fps=30.0, grimace=0.0, perclos_60s=0.02, perclos_180s=0.02, perclos_coverage=1.0, perclos_180s_coverage=1.0,
    blinks_suppressed="", blink_rate_per_min=15.0, blink_duration_s=0.2, mouth_opening=0.05,
    roll_deg=0.0, head_motion_deg_s=1.0,
    brow_down=0.0, brow_inner_up=0.0, mouth_frown=0.0, mouth_press=0.0, smile=0.0, jaw_open=0.0,
    baseline_progress=1.0,
)  # fmt: skip
# A slow camera, a face half in the shade that squints and talks a little: a lapse is one all the same.
_ORDINARY: Final = replace(
    _WELL, fps=15.0, quality=0.6, quality_eyes=0.6, quality_eye_left=0.6, quality_eye_right=0.6, quality_gaze=0.6,
    grimace=0.2, perclos_60s=0.05, perclos_180s=0.05, perclos_coverage=0.8, perclos_180s_coverage=0.8,
    blink_rate_per_min=25.0, blink_duration_s=0.3, mouth_opening=0.15, roll_deg=5.0, head_motion_deg_s=5.0,
    brow_down=0.2, brow_inner_up=0.1, mouth_frown=0.1, mouth_press=0.1, smile=0.1, jaw_open=0.1,
)  # fmt: skip


def _by_prior(open_ear: float) -> tuple[float, float]:
    """How far open a population's open and shut eyes seem to be while ``open_ear`` stands in for the driver's own."""
    shut_ear = ClosedEye().ear(open_ear)
    return (OPEN_EAR - shut_ear) / (open_ear - shut_ear), (SHUT_EAR - shut_ear) / (open_ear - shut_ear)


def _unseen(scene: Scene, t_s: float, since_s: float) -> Signals:
    lost = scene == "camera_lost"
    return Signals(
        t_s=t_s,
        tracking=scene if lost else "no_face",
        degraded=scene,
        degraded_s=since_s,
        degraded_cause_s=since_s,
        face_lost_s=since_s,
        perclos_coverage=1.0,
        fps=None if lost else 30.0,
    )


_SHUT: Final = (
    Demand("eyes closed for 2 s", Level.WARNING, 2.2, steadfast=True),
    Demand("eyes closed for 3 s", Level.CRITICAL, 3.5, steadfast=True),
    Demand("eyes closed for 6 s", Level.UNRESPONSIVE, 6.6, steadfast=True),
)
_LAP: Final = (
    Demand("a look at the lap for 4 s", Level.WARNING, 4.2, claims=frozenset({"R1", "R4"}), town_by_s=6.6),
    Demand("a look at the lap for 6 s", Level.UNRESPONSIVE, 6.6, claims=frozenset({"R10"})),
    Demand("a look at the lap for 9 s", Level.WARNING, 9.2),
)
_ASIDE: Final = (
    Demand("a look at a phone aside for 4 s", Level.WARNING, 4.2, claims=frozenset({"R4"}), town_by_s=6.6),
    Demand("a look at a phone aside for 6 s", Level.UNRESPONSIVE, 6.6, claims=frozenset({"R10"})),
    Demand("a look at a phone aside for 9 s", Level.WARNING, 9.2),
)


def _when(condition: str, demands: tuple[Demand, ...]) -> tuple[Demand, ...]:
    return tuple(replace(each, name=f"{each.name} {condition}") for each in demands)


_SEEN: Final = (
    Lapse("shut", 7.0, 20.0, _SHUT),
    Lapse("shut", 7.0, 20.0, _when("before the driver's own eyes are known", _SHUT), known=False),
    Lapse("lap", 10.0, 20.0, _LAP),
    Lapse("aside", 10.0, 20.0, _ASIDE),
)
_SO: Final = "as ordinarily seen (15 Hz, quality 0.6, grimace 0.2)"
LAPSES: Final = (
    *_SEEN,
    *(replace(lapse, demands=_when(_SO, lapse.demands), ordinary=True) for lapse in _SEEN if lapse.known),
    Lapse("covered", 12.0, 70.0, (Demand("a camera covered for 10 s", Level.INFO, 10.3, heard=False),)),
    Lapse("no_face", 12.0, 70.0, (Demand("no face to be seen for 10 s", Level.INFO, 10.3, heard=False),)),
    # Of which the camera may be silent for camera.stall_s (2 s) before it counts as lost.
    Lapse("camera_lost", 14.0, 70.0, (Demand("a camera lost for 12 s", Level.INFO, 12.3, heard=False),)),
)
