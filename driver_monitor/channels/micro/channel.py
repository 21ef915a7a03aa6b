"""The micro-expression channel: from every frame's blendshapes to an onset, an apex and an offset.

A micro-expression comes and goes within half a second (Ekman & Friesen 1969; Yan et al. 2013). Here it is an excursion
of one kind over the resting face just before and after it, alone in two seconds, while head and jaw are still and, for
brows, eyes and nose, without a blink. Experimental: found on a scripted driver, claimed for no person.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.channels.micro.actions import KINDS, UPPER, shown
from driver_monitor.face.blendshapes import INDEX
from driver_monitor.face.observation import FaceObservation
from driver_monitor.parameter import judged, measured, paper
from driver_monitor.state.micro import MicroSignals
from driver_monitor.state.signals import Signals

LONGEST_S: Final = paper(0.5, "from onset to offset", "Yan et al. 2013, J Nonverbal Behav 37:217")
SHORTEST_S: Final = judged(0.08, "three frames of 30 a second: less is noise")
MIN_FPS: Final = judged(27.0, "at fewer frames a short one has no shape; a camera of 30 loses some")
HOLE_S: Final = judged(0.1, "a longer step between two frames may have held one, or its end")
BEFORE_S: Final = judged(1.5, "of the resting face before the apex")
AFTER_S: Final = judged(1.0, "after it: so late it is told")
ASIDE_S: Final = judged(0.4, "around the apex that is not the resting face")
LEAST: Final = judged(0.12, "of an apex over the resting face", unit="blendshape")
TIMES_NOISE: Final = judged(6.0, "of the resting face's own standard deviation, that an apex must be", unit="ratio")
FOOT: Final = judged(0.25, "of the apex: where onset and offset are", unit="share")
ALONE: Final = judged(0.5, "of the apex: as much at another time within the two seconds is talk or play", unit="share")
BLINK: Final = judged(0.2, "of the blink blendshape over rest: brows and eyes move with it", unit="blendshape")
BLINK_AROUND_S: Final = judged(0.15, "before and after, in which a blink counts as well")
JAW: Final = judged(0.06, "that the jaw may move within the two seconds: more is talk", unit="blendshape")
HEAD_DEG: Final = judged(5.0, "that the head may turn from just before to just after")
HEAD_FRAMES: Final = judged(5, "over which its jitter is averaged", unit="frames")
FRONT_DEG: Final = judged(25.0, "off the front: beyond, blendshapes lose their meaning")
LEAST_QUALITY: Final = judged(0.5, "of a frame whose blendshapes count", unit="quality")
MAD_TO_SD: Final = measured(1.4826, "from a median absolute deviation to a standard deviation", "the normal law", unit="ratio")

_JAW: Final = INDEX["jawOpen"]
_BLINKS: Final = [INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]]


@dataclass(frozen=True, slots=True)
class _Frame:
    t_s: float
    kinds: NDArray[np.float32]
    blink: float
    jaw: float
    head_deg: tuple[float, float, float]


class MicroExpressionChannel:
    """One drive's last seconds of expression. Time comes from the observations alone."""

    def __init__(self) -> None:
        self._frames: deque[_Frame] = deque()
        self._last = MicroSignals()
        self._last_s = self._told_s = -math.inf

    def update(self, observation: FaceObservation, signals: Signals) -> MicroSignals:
        """The signals of a frame; one whose time does not advance has the last one's."""
        t_s = observation.t_s
        if not t_s > self._last_s:
            return self._last
        hole = t_s - self._last_s > HOLE_S
        self._last_s = t_s
        missing = _missing(observation, signals)
        if missing or hole:
            self._frames.clear()
        if not missing and observation.blendshapes is not None:
            shapes = observation.blendshapes
            self._frames.append(
                _Frame(
                    t_s,
                    shown(shapes),
                    float(shapes[_BLINKS].max()),
                    float(shapes[_JAW]),
                    (signals.yaw_deg or 0.0, signals.pitch_deg or 0.0, signals.roll_deg or 0.0),
                )
            )
        while self._frames and t_s - self._frames[0].t_s > BEFORE_S + AFTER_S:
            self._frames.popleft()
        self._last = MicroSignals(micro_expression_missing=missing) if missing else self._judge(t_s)
        return self._last

    def _judge(self, t_s: float) -> MicroSignals:
        """Whether the frame of ``AFTER_S`` ago was an apex."""
        frames = self._frames
        if t_s - frames[0].t_s < BEFORE_S + AFTER_S - HOLE_S:
            return MicroSignals(micro_expression_missing="learning")
        times = np.array([frame.t_s for frame in frames])
        centre = int(np.searchsorted(times, t_s - AFTER_S))
        values = np.array([frame.kinds for frame in frames])
        values[1:-1] = np.median((values[:-2], values[1:-1], values[2:]), axis=0)
        if (values[centre] - values.min(axis=0)).max() < LEAST:
            return MicroSignals(micro_expression_missing="")
        aside = np.abs(times - times[centre]) > ASIDE_S
        rest = np.median(values[aside], axis=0)
        noise = MAD_TO_SD * np.median(np.abs(values[aside] - rest), axis=0)
        over = values - rest
        floor = np.maximum(LEAST, TIMES_NOISE * noise)
        best: tuple[float, int, int, int] | None = None
        for kind in np.flatnonzero(over[centre] >= floor).tolist():
            span = self._span(over[:, kind], times, centre)
            if span is not None and not self._explained(times, *span, upper=bool(UPPER[kind])):
                clear = float(over[centre, kind] / floor[kind])
                best = max(best, (clear, kind, *span)) if best else (clear, kind, *span)
        if best is None or times[best[2]] <= self._told_s:
            return MicroSignals(micro_expression_missing="")
        _, kind, first, last = best
        self._told_s = float(times[last])
        return MicroSignals(
            KINDS[kind],
            min(1.0, float(over[centre, kind])),
            float(times[first]),
            float(times[centre]),
            float(times[last]),
            "",
        )

    @staticmethod
    def _span(over: NDArray[np.float32], times: NDArray[np.float64], centre: int) -> tuple[int, int] | None:
        """The frames of onset and offset around an apex; None where it is none, too long, too short or not alone."""
        apex = float(over[centre])
        near = np.abs(times - times[centre]) <= LONGEST_S
        if apex < over[near].max() or centre != int(np.argmax(np.where(near, over, -np.inf))):
            return None
        low = over <= FOOT * apex
        before, after = np.flatnonzero(low[:centre]), np.flatnonzero(low[centre:])
        if not before.size or not after.size:
            return None
        first, last = int(before[-1]), centre + int(after[0])
        if not SHORTEST_S <= times[last] - times[first] <= LONGEST_S:
            return None
        elsewhere = np.abs(np.concatenate((over[:first], over[last + 1 :])))
        return (first, last) if elsewhere.max(initial=0.0) <= ALONE * apex else None

    def _explained(self, times: NDArray[np.float64], first: int, last: int, *, upper: bool) -> bool:
        """Whether a turn of the head, a blink or talk explains it."""
        around = [
            frame
            for frame in self._frames
            if times[first] - BLINK_AROUND_S <= frame.t_s <= times[last] + BLINK_AROUND_S
        ]
        turned = np.cumsum([(0.0, 0.0, 0.0), *(frame.head_deg for frame in around)], axis=0)
        averaged = (turned[HEAD_FRAMES:] - turned[:-HEAD_FRAMES]) / HEAD_FRAMES
        if np.ptp(averaged, axis=0).max() > HEAD_DEG:
            return True
        if upper:
            rest = float(np.median([frame.blink for frame in self._frames]))
            return max(frame.blink for frame in around) > rest + BLINK
        return bool(np.ptp([frame.jaw for frame in self._frames]) > JAW)


def _missing(observation: FaceObservation, signals: Signals) -> str:
    if observation.blendshapes is None or signals.yaw_deg is None or signals.pitch_deg is None:
        return "no_face"
    if signals.fps is None or signals.fps < MIN_FPS:
        return "low_frame_rate"
    if math.hypot(signals.yaw_deg, signals.pitch_deg) > FRONT_DEG:
        return "turned_away"
    return "poor_view" if signals.quality < LEAST_QUALITY or signals.degraded == "hand_on_face" else ""
