"""The eyelids: how far open, shut since when, blinks and PERCLOS."""

from collections import deque
from typing import Final, TypedDict

from driver_monitor.config.signals import SignalsConfig
from driver_monitor.signals.blink import Blink
from driver_monitor.signals.blinks import BlinkDetector
from driver_monitor.signals.eyes import WINK_MARGIN, EyeJudge, EyeState, Openness
from driver_monitor.signals.grimace import GrimaceMeter
from driver_monitor.signals.measures import FaceMeasures
from driver_monitor.signals.perclos import PerclosMeter

PERCLOS_WINDOWS_S: Final = (60.0, 180.0)
BLINK_WINDOW_S: Final = 60.0
MIN_RATE_COVERAGE: Final = 0.5
TENSE: Final = 0.4  # of a grimace: a laugh, a sneeze, a squint in the sun narrow the eyes of somebody awake


class EyelidSignals(TypedDict):
    ear_left: float | None
    ear_right: float | None
    openness: float | None
    openness_left: float | None
    openness_right: float | None
    eyes: str
    eyes_closed_s: float | None
    grimace: float | None
    perclos_60s: float | None
    perclos_180s: float | None
    perclos_coverage: float
    blink: bool
    blink_rate_per_min: float | None
    blink_duration_s: float | None
    completed_blink: Blink | None


class Eyelids:
    """Feed it every frame; ``state`` is what it made of the last one."""

    def __init__(self, config: SignalsConfig) -> None:
        self._p80 = config.closure.p80_openness
        self._blink_max_s = config.closure.blink_max_s
        self._min_blink_fps = config.quality.min_blink_fps
        self._judge = EyeJudge(config.closure)
        self._grimace = GrimaceMeter()
        self._blinks = BlinkDetector()
        self._perclos = PerclosMeter(PERCLOS_WINDOWS_S, config.closure.blink_max_s)
        self._recent: deque[Blink] = deque()
        self._tension = 0.0
        self.state = EyeState.UNKNOWN

    def update(
        self, t_s: float, step_s: float, face: FaceMeasures | None, *,
        lids: Openness | None, pitch_deg: float | None, known: bool, brow_at_rest: float, fps: float | None,
    ) -> EyelidSignals:  # fmt: skip
        """``lids`` is None where they cannot be judged, ``pitch_deg`` the head's from neutral, ``known`` says that the
        open-eye level is the driver's own, as is then the lowering of the brow at rest."""
        frown = face.expression.brow_down - brow_at_rest if face else 0.0
        sure = known and max(self._tension, frown) < TENSE
        self.state = eyes = self._judge.update(t_s, lids, pitch_deg, sure=sure)
        grimace = None
        if face is not None:
            grimace = self._grimace.update(eyes, face.expression.smile, face.expression.brow_down, step_s)
        self._tension = grimace or 0.0
        blink = self._blink(t_s, lids, fps) if face is not None else None
        perclos_60, perclos_180 = self._perclos.update(t_s, self._shut(lids))
        return EyelidSignals(
            ear_left=face.ratios.ear_left if face else None,
            ear_right=face.ratios.ear_right if face else None,
            openness=lids.both if lids else None,
            openness_left=lids.left if lids else None,
            openness_right=lids.right if lids else None,
            eyes=eyes.value,
            eyes_closed_s=self._judge.closed_s(t_s),
            grimace=grimace,
            perclos_60s=perclos_60.share,
            perclos_180s=perclos_180.share,
            perclos_coverage=perclos_60.coverage,
            blink=blink is not None,
            blink_rate_per_min=self._rate_per_min(t_s, perclos_60.coverage, fps),
            blink_duration_s=self._duration_s(),
            completed_blink=blink,
        )

    def _shut(self, lids: Openness | None) -> bool | None:
        """For PERCLOS: lids at least 80 % shut. A look down is not to be judged, nor lids shut by laughing or sun."""
        if lids is None or self.state is EyeState.GLANCE_DOWN:
            return None
        if self.state is EyeState.CLOSED and self._tension >= TENSE:
            return None
        return lids.both <= self._p80 and lids.wider <= self._p80 + WINK_MARGIN

    def _blink(self, t_s: float, lids: Openness | None, fps: float | None) -> Blink | None:
        if fps is not None and fps < self._min_blink_fps:
            self._blinks.reset()
            return None
        blink = self._blinks.update(t_s, lids.both if lids else None)
        if blink is not None and self.state is EyeState.GLANCE_DOWN and blink.duration_s > self._blink_max_s:
            blink = None  # lids that followed a look down and came up again
        if blink is not None:
            self._recent.append(blink)
        while self._recent and t_s - self._recent[0].end_s > BLINK_WINDOW_S:
            self._recent.popleft()
        return blink

    def _rate_per_min(self, t_s: float, coverage: float, fps: float | None) -> float | None:
        if coverage < MIN_RATE_COVERAGE or fps is None or fps < self._min_blink_fps:
            return None
        recent = sum(t_s - blink.end_s <= BLINK_WINDOW_S for blink in self._recent)
        return recent / coverage * 60.0 / BLINK_WINDOW_S

    def _duration_s(self) -> float | None:
        if not self._recent:
            return None
        return sum(blink.duration_s for blink in self._recent) / len(self._recent)
