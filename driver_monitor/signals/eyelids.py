"""The eyelids: how far open, shut since when, blinks and PERCLOS."""

import math
from collections import deque
from typing import Final

from driver_monitor.config.signals import SignalsConfig
from driver_monitor.frozen import maker
from driver_monitor.parameter import judged, paper
from driver_monitor.signals.blinks import BlinkDetector
from driver_monitor.signals.context import FrameContext
from driver_monitor.signals.eyes import EyeJudge, EyeState
from driver_monitor.signals.grimace import GrimaceMeter, wide
from driver_monitor.signals.head_pose import HeadPose
from driver_monitor.signals.measures import FaceMeasures
from driver_monitor.signals.normal import Normal
from driver_monitor.signals.openness import WINK_MARGIN, Openness, openness, pose_corrected
from driver_monitor.signals.perclos import PerclosMeter
from driver_monitor.signals.ramp import ramp
from driver_monitor.signals.seeding import SHUT_BLINK_SCORE
from driver_monitor.signals.shut_level import ShutEye
from driver_monitor.state.blink import Blink
from driver_monitor.state.signals import EyelidSignals
from driver_monitor.state.terms import LONG_BLINK_S

PERCLOS_WINDOWS_S: Final = paper((60.0, 180.0), "windows of PERCLOS", "Wierwille 1994 (P80): bands over 60 s and 3 min")
BLINK_WINDOW_S: Final = judged(60.0, "window of blink rate and duration")
MIN_RATE_COVERAGE: Final = judged(0.5, "of that window in which the eyes must have been seen", unit="share")
RELAXED: Final = judged(0.2, "a weaker grimace is a face at rest", unit="grimace")
TENSE: Final = judged(
    0.4, "a laugh, a sneeze, a yawn, a squint in the sun narrow the eyes of somebody awake", unit="grimace"
)
AHEAD_DEG: Final = judged((20.0, 12.0), "yaw and pitch from neutral within which closed lids are measured")
SHUT_MARGIN: Final = judged(
    0.08, "lids that were closed have opened only this far above P80: noise does not split a closure", unit="open share"
)
TOO_SLOW: Final = judged(0.95, "to min_blink_fps: frame times jitter, a 15 fps camera measures 14.9", unit="ratio")
FAST_AGAIN: Final = judged(0.98, "to min_blink_fps, from which on blinks are counted again", unit="ratio")
_MAKE: Final = maker(EyelidSignals)


class Eyelids:
    """Feed it every frame, with a face or without.

    ``completed`` is the blink that the last frame completed, ``shut`` what is known of the driver's shut eyes.
    """

    def __init__(self, config: SignalsConfig) -> None:
        self._p80 = config.closure.p80_openness
        self._min_blink_fps = config.quality.min_blink_fps
        self._judge = EyeJudge(config.closure)
        self._grimace = GrimaceMeter()
        self._blinks = BlinkDetector()
        self._perclos = PerclosMeter(PERCLOS_WINDOWS_S, config.closure.blink_max_s)
        self._recent: deque[Blink] = deque()
        self._duration_s: float | None = None  # their mean
        self._tension = 0.0
        self._tensed_s = -math.inf  # when the face was last tense
        self._down = False  # lids at least 80 % shut in the frame before
        self._slow = False
        self.shut = ShutEye()
        self.completed: Blink | None = None
        self._state = EyeState.UNKNOWN

    def lids(self, face: FaceMeasures, open_ear: float) -> Openness:
        """Opening of the lids as the landmarks draw both eyes; ``open_ear`` is the driver's pose-corrected open eye."""
        return openness(face.ratios, face.pose, open_ear, self.shut.ear(open_ear))

    def update(
        self, frame: FrameContext, *, lids: Openness | None, head: HeadPose | None, goes_on: bool = False
    ) -> EyelidSignals:
        """``lids`` is None where they cannot be judged, ``head`` is its pose from neutral, ``goes_on`` says that eyes
        out of sight are taken to be shut still."""
        t_s, face, known = frame.t_s, frame.face, frame.known
        strain = _strain(face, frame.normal) if face is not None and known else 0.0
        tension = max(self._tension, strain)
        tense = tension >= TENSE
        if tense:
            self._tensed_s = t_s
        ease = ramp(tension, RELAXED, TENSE) if known else 0.0
        # Behind glasses shut lids may measure more than a fifth of a population's open eye. The blink blendshape, which
        # asks no baseline, tells them from narrow ones.
        sure = known or (face is not None and face.expression.blink >= SHUT_BLINK_SCORE)
        self._state = eyes = self._judge.update(
            t_s, lids, head.pitch_deg if head else None, yaw_deg=head.yaw_deg if head else 0.0,
            sure=sure and not tense, tension=ease, goes_on=goes_on,
        )  # fmt: skip
        grimace = self._tension if goes_on else None  # as it was when the face was lost
        if face is not None:
            shown, opening = face.expression, face.ratios.mouth_opening
            grimace = self._grimace.update(
                eyes, shown.smile, shown.brow_down, opening, frame.step_s, covered=frame.covered
            )
        self._tension = grimace or 0.0
        suppressed = self._suppressed(frame.fps)
        self.completed = blink = self._blink(t_s, lids, suppressed) if face is not None else None
        if face is not None and head is not None and lids is not None and lids.both_seen:
            self.shut.see(t_s, _ear(face, lids))
            if blink is not None and self._relaxed_and_ahead(blink, head):
                self.shut.learn(blink.start_s, blink.end_s, frame.normal.open_ear)
        perclos_60, perclos_180 = self._perclos.update(t_s, self._shut(lids))
        return _MAKE(
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
            perclos_180s_coverage=perclos_180.coverage,
            blink=blink is not None,
            blinks_suppressed=suppressed or ("" if lids is not None else "eyes_not_seen"),
            blink_rate_per_min=None if suppressed else self._rate_per_min(t_s, perclos_60.coverage),
            blink_duration_s=self._duration_s,
        )

    def _relaxed_and_ahead(self, blink: Blink, head: HeadPose) -> bool:
        ahead = abs(head.yaw_deg) <= AHEAD_DEG[0] and abs(head.pitch_deg) <= AHEAD_DEG[1]
        return ahead and self._tensed_s < blink.start_s and self._state is not EyeState.GLANCE_DOWN

    def _shut(self, lids: Openness | None) -> bool | None:
        """For PERCLOS: lids at least 80 % shut. A look down is not to be judged, nor lids shut by laughing or sun."""
        if lids is None or self._state is EyeState.GLANCE_DOWN:
            self._down = False
            return None
        limit = self._p80 + SHUT_MARGIN * self._down
        self._down = lids.both <= limit and lids.wider <= limit + WINK_MARGIN
        if self._state is EyeState.CLOSED and self._tension >= TENSE:
            return None
        return self._down

    def _suppressed(self, fps: float | None) -> str:
        """Why blinks are not counted, whatever the lids do; empty when they are."""
        if fps is None:
            return "frame_rate_unknown"
        self._slow = fps < (FAST_AGAIN if self._slow else TOO_SLOW) * self._min_blink_fps
        return "low_frame_rate" if self._slow else ""

    def _blink(self, t_s: float, lids: Openness | None, suppressed: str) -> Blink | None:
        if suppressed == "low_frame_rate":
            self._blinks.reset()
            return None
        blink = self._blinks.update(t_s, lids.both, lids.wider) if lids else None
        if blink is not None and self._state is EyeState.GLANCE_DOWN and blink.duration_s > LONG_BLINK_S:
            blink = None  # lids that followed a look down and came up again
        count = len(self._recent)
        while self._recent and t_s - self._recent[0].end_s > BLINK_WINDOW_S:
            self._recent.popleft()
        if blink is not None:
            self._recent.append(blink)
        if blink is not None or len(self._recent) < count:
            lengths_s = [one.duration_s for one in self._recent]
            self._duration_s = sum(lengths_s) / len(lengths_s) if lengths_s else None
        return blink

    def _rate_per_min(self, t_s: float, coverage: float) -> float | None:
        if coverage < MIN_RATE_COVERAGE:
            return None
        recent = sum(t_s - blink.end_s <= BLINK_WINDOW_S for blink in self._recent)
        return recent / coverage * 60.0 / BLINK_WINDOW_S


def _ear(face: FaceMeasures, lids: Openness) -> float:
    """Pose-corrected EAR, the eyes weighed as in ``lids.both``."""
    left, right = face.ratios.ear_left, face.ratios.ear_right
    return pose_corrected(left + lids.right_weight * (right - left), face.pose)


def _strain(face: FaceMeasures, normal: Normal) -> float:
    """Lowered brow or smile over the resting face, or a yawn, 0..1: all narrow eyes for as long as they last."""
    shown, rest = face.expression, normal.face
    return max(shown.brow_down - rest.brow_down, shown.smile - rest.smile, wide(face.ratios.mouth_opening))
