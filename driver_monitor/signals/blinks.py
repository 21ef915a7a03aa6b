"""Blinks: short dips of the lid opening, found against the level just before them.

A dip begins when openness has fallen clearly below its recent level and ends when most of the fall has been regained.
Onset and end are interpolated between frames, so their resolution is finer than the frame rate. The recent level
follows the lids up at once and down slowly, which makes the detector indifferent to a narrowed eye, a smile or
a baseline that is not yet right.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

from driver_monitor.signals.blink import Blink

MIN_DEPTH: Final = 0.30  # of the open eye; landmark noise has an SD of about 0.05 from frame to frame
MAX_FALL_S: Final = 0.30  # lids that take longer to come down follow a gaze or a tired droop
MIN_OPENING_VELOCITY: Final = 1.0  # open eyes a second; slower is a gaze coming back up
RISE_S: Final = 0.25  # time constants of the recent level
FALL_S: Final = 2.5
EDGE: Final = 0.20  # a blink spans the time in which at least this share of its fall is reached
RECOVERED: Final = 0.60  # share of the fall that must be regained
MIN_S: Final = 0.07  # a shorter dip is a landmark that jumped
MAX_S: Final = 2.0  # a longer dip is a closure, not a blink
MAX_GAP_S: Final = 0.25  # a dip across a longer hole in the data is not measured
RATE_BLINKS: Final = 6  # the frequency feature looks at the intervals between this many blinks


@dataclass(slots=True)
class _Dip:
    start_s: float  # when it was noticed
    level: float  # openness just before
    bottom: float
    bottom_s: float


class BlinkDetector:
    """Feed it every frame's openness in time order; it returns the blink that became complete, if one did.

    ``openness`` is 1 for the driver's open eye and 0 for a shut one; None where the eyes cannot be judged.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque()
        self._level: float | None = None
        self._dip: _Dip | None = None
        self._starts_s: deque[float] = deque(maxlen=RATE_BLINKS)

    @property
    def in_dip(self) -> bool:
        """True while the lids are down or on their way."""
        return self._dip is not None

    def reset(self) -> None:
        """Forget the dip under way and the recent level, as after a hole in the data."""
        self._samples.clear()
        self._level = self._dip = None

    def update(self, t_s: float, openness: float | None) -> Blink | None:
        if openness is None or not -2 < openness < 5:  # NaN included: no lids open like that
            return None
        if self._samples and not 0 < t_s - self._samples[-1][0] <= MAX_GAP_S:
            self.reset()
        step_s = t_s - self._samples[-1][0] if self._samples else 0.0
        self._samples.append((t_s, openness))
        while t_s - self._samples[0][0] > MAX_S + 1.0:
            self._samples.popleft()
        if self._level is None:
            self._level = openness
            return None
        if self._dip is None:
            if openness < self._level - MIN_DEPTH:
                self._dip = _Dip(t_s, self._level, openness, t_s)
            else:
                tau_s = RISE_S if openness > self._level else FALL_S
                self._level += (openness - self._level) * -math.expm1(-step_s / tau_s)
            return None
        return self._follow(self._dip, t_s, openness)

    def _follow(self, dip: _Dip, t_s: float, openness: float) -> Blink | None:
        if openness < dip.bottom:
            dip.bottom, dip.bottom_s = openness, t_s
        depth = dip.level - dip.bottom
        if openness < dip.bottom + RECOVERED * depth:
            if t_s - dip.start_s > MAX_S:
                self._restart(openness)
            return None
        self._dip = None
        start_s, end_s = self._onset_s(dip), self._end_s(dip)
        fall_s = self._fell_s(dip) - start_s
        opening_velocity = depth / self._reopening_s(dip)
        self._restart(openness)
        if not MIN_S <= end_s - start_s <= MAX_S or fall_s > MAX_FALL_S or opening_velocity < MIN_OPENING_VELOCITY:
            return None
        return Blink(start_s, end_s, depth, opening_velocity, self._frequency_hz(start_s))

    def _restart(self, openness: float) -> None:
        """Take the level of now as the recent one: what came before belongs to the dip just ended."""
        last = self._samples[-1]
        self._samples.clear()
        self._samples.append(last)
        self._dip, self._level = None, openness

    def _frequency_hz(self, start_s: float) -> float:
        self._starts_s.append(start_s)
        span_s = start_s - self._starts_s[0]
        return (len(self._starts_s) - 1) / span_s if span_s > 0 else 0.0

    def _onset_s(self, dip: _Dip) -> float:
        """When the fall passed EDGE of its depth, walking back from the bottom."""
        edge = dip.level - EDGE * (dip.level - dip.bottom)
        later: tuple[float, float] | None = None
        for t_s, openness in reversed(self._samples):
            if t_s > dip.bottom_s:
                continue
            if openness >= edge:
                return _crossing_s((t_s, openness), later, edge) if later else t_s
            later = (t_s, openness)
        return self._samples[0][0]

    def _fell_s(self, dip: _Dip) -> float:
        """When the fall had covered all but EDGE of its depth."""
        edge = dip.bottom + EDGE * (dip.level - dip.bottom)
        return next(t_s for t_s, openness in self._samples if t_s >= dip.start_s and openness <= edge)

    def _rise(self, dip: _Dip) -> list[tuple[float, float]]:
        return [sample for sample in self._samples if sample[0] >= dip.bottom_s]

    def _end_s(self, dip: _Dip) -> float:
        return self._passed_s(dip, RECOVERED) + (1 - EDGE - RECOVERED) * self._reopening_s(dip)

    def _passed_s(self, dip: _Dip, share: float) -> float:
        """When the reopening first passed ``share`` of the depth for good, as far as it has been seen."""
        edge = dip.bottom + share * (dip.level - dip.bottom)
        rise = self._rise(dip)
        for earlier, later in zip(reversed(rise[:-1]), reversed(rise[1:]), strict=True):
            if earlier[1] < edge <= later[1]:
                return _crossing_s(later, earlier, edge)
        return rise[-1][0]

    def _reopening_s(self, dip: _Dip) -> float:
        """How long a full reopening takes at the speed of its middle part."""
        low, high = 0.15, RECOVERED
        return max(self._passed_s(dip, high) - self._passed_s(dip, low), 1e-3) / (high - low)


def _crossing_s(above: tuple[float, float], below: tuple[float, float], edge: float) -> float:
    """The moment the straight line between two samples meets ``edge``."""
    share = (edge - below[1]) / (above[1] - below[1]) if above[1] != below[1] else 0.0
    return below[0] + share * (above[0] - below[0])
