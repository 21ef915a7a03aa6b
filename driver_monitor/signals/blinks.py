"""Blinks: short dips of the lid opening, found against the level just before them.

A dip begins when the lids have fallen clearly within a fraction of a second, and ends when they have regained most of
the fall or, having regained part of it, stand still: a blink on the way to a lower look does not come all the way back.
Onset and end are interpolated between frames, so their resolution is finer than the frame rate. All is relative to the
level of the moments before, which makes the detector indifferent to a narrowed eye, a smile or a baseline that is not
yet right.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from driver_monitor.signals.blink import Blink

DEPTH: Final = 0.30  # of the open eye, or of the level before where that is higher,
NARROW_DEPTH: Final = 0.50  # of the level before, where that is lower,
MIN_DEPTH: Final = 0.20  # but not less: landmark noise has an SD of about 0.05 from frame to frame
LEVEL_S: Final = 0.30  # the level before is that of so long: lids that come down more slowly do not blink
LEVEL_QUANTILE: Final = 0.75  # above the frames of the fall that are among them, below the noisiest
DROOP_S: Final = 0.6  # a fall may have begun from the level of so long,
MAX_FALL_S: Final = 0.30  # and lids that took longer to come down from there follow a gaze or a tired droop
MIN_OPENING_VELOCITY: Final = 1.0  # open eyes, or levels before, a second; slower is a gaze coming back up
EDGE: Final = 0.20  # a blink spans the time in which at least this share of its fall is reached
RECOVERED: Final = 0.60  # share of the fall that must be regained
PARTLY: Final = 0.40  # or this one, if the lids then stand still,
STILL_S: Final = 0.10  # for so long,
STILL: Final = 0.10  # within this share of the fall
MIN_S: Final = 0.07  # a shorter dip is a landmark that jumped
MAX_S: Final = 2.0  # a longer dip is a closure, not a blink
MAX_GAP_S: Final = 0.25  # a dip across a longer hole in the data is not measured
RATE_BLINKS: Final = 6  # the frequency feature looks at the intervals between this many blinks


@dataclass(slots=True)
class _Dip:
    start_s: float  # when it was noticed
    level: float  # openness just before
    higher: float  # openness before a droop that may have led to it
    bottom: float
    bottom_s: float

    @property
    def depth(self) -> float:
        return self.level - self.bottom


class BlinkDetector:
    """Feed it every frame's openness in time order; it returns the blink that became complete, if one did.

    ``openness`` is 1 for the driver's open eye and 0 for a shut one; None where the eyes cannot be judged.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque()
        self._dip: _Dip | None = None
        self._starts_s: deque[float] = deque(maxlen=RATE_BLINKS)

    @property
    def in_dip(self) -> bool:
        """True while the lids are down or on their way."""
        return self._dip is not None

    def reset(self) -> None:
        """Forget the dip under way and the recent level, as after a hole in the data."""
        self._samples.clear()
        self._dip = None

    def update(self, t_s: float, openness: float | None) -> Blink | None:
        if openness is None or not -2 < openness < 5:  # NaN included: no lids open like that
            return None
        if self._samples and not 0 < t_s - self._samples[-1][0] <= MAX_GAP_S:
            self.reset()
        level = self._level(t_s, LEVEL_S)
        self._samples.append((t_s, openness))
        while t_s - self._samples[0][0] > MAX_S + 1.0:
            self._samples.popleft()
        if level is None:
            return None
        # Lids that came down before, to look at something, may blink from there.
        settled = self._dip is None or t_s - self._dip.start_s > LEVEL_S
        if settled and openness < level - _needed(level):
            self._dip = _Dip(t_s, level, max(level, self._level(t_s, DROOP_S) or level), openness, t_s)
            return None
        return None if self._dip is None else self._follow(self._dip, t_s, openness)

    def _level(self, t_s: float, over_s: float) -> float | None:
        """Of the moments before ``t_s``, the frame at ``t_s`` itself aside."""
        recent = []
        for at_s, openness in reversed(self._samples):
            if t_s - at_s > over_s:
                break
            if at_s < t_s:
                recent.append(openness)
        recent.sort()
        return recent[int(LEVEL_QUANTILE * (len(recent) - 1) + 0.5)] if recent else None

    def _follow(self, dip: _Dip, t_s: float, openness: float) -> Blink | None:
        if openness < dip.bottom:
            dip.bottom, dip.bottom_s = openness, t_s
        regained = dip.depth
        if openness < dip.bottom + RECOVERED * dip.depth:
            if t_s - dip.start_s > MAX_S:
                self._restart()
            if not self._stands_still(dip, t_s, openness):
                return None
            regained = openness - dip.bottom
        self._dip = None
        start_s, reopening_s = self._onset_s(dip, dip.level), self._reopening_s(dip, regained)
        end_s = self._passed_s(dip, RECOVERED * regained) + (1 - EDGE - RECOVERED) * reopening_s
        fall_s = self._fell_s(dip) - self._onset_s(dip, dip.higher)
        opening_velocity = regained / reopening_s
        self._restart()
        slow = fall_s > MAX_FALL_S or opening_velocity < MIN_OPENING_VELOCITY * min(1.0, dip.level)
        if slow or not MIN_S <= end_s - start_s <= MAX_S:
            return None
        return Blink(start_s, end_s, dip.depth, opening_velocity, self._frequency_hz(start_s))

    def _stands_still(self, dip: _Dip, t_s: float, openness: float) -> bool:
        """Whether lids that have come up part of the way have ceased to rise."""
        low = dip.bottom + PARTLY * dip.depth
        if openness < low or dip.depth < NARROW_DEPTH * dip.level:
            return False
        for at_s, before in reversed(self._samples):
            if at_s <= dip.bottom_s or before < low:
                return False
            if t_s - at_s >= STILL_S - 1e-9:
                return openness - before < STILL * dip.depth
        return False

    def _restart(self) -> None:
        """Take the level of now as the recent one: what came before belongs to the dip just ended."""
        last = self._samples[-1]
        self._samples.clear()
        self._samples.append(last)
        self._dip = None

    def _frequency_hz(self, start_s: float) -> float:
        self._starts_s.append(start_s)
        span_s = start_s - self._starts_s[0]
        return (len(self._starts_s) - 1) / span_s if span_s > 0 else 0.0

    def _onset_s(self, dip: _Dip, level: float) -> float:
        """When the fall from ``level`` passed EDGE of its depth, walking back from the bottom."""
        edge = level - EDGE * (level - dip.bottom)
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
        edge = dip.bottom + EDGE * dip.depth
        return next(t_s for t_s, openness in self._samples if t_s >= dip.start_s and openness <= edge)

    def _passed_s(self, dip: _Dip, height: float) -> float:
        """When the reopening first passed ``height`` over the bottom for good, as far as it has been seen."""
        edge = dip.bottom + height
        rise = [sample for sample in self._samples if sample[0] >= dip.bottom_s]
        for earlier, later in zip(reversed(rise[:-1]), reversed(rise[1:]), strict=True):
            if earlier[1] < edge <= later[1]:
                return _crossing_s(later, earlier, edge)
        return rise[-1][0]

    def _reopening_s(self, dip: _Dip, regained: float) -> float:
        """How long the whole reopening takes at the speed of its middle part."""
        low, high = 0.15, RECOVERED
        return max(self._passed_s(dip, high * regained) - self._passed_s(dip, low * regained), 1e-3) / (high - low)


def _needed(level: float) -> float:
    """How far lids at this level must fall to begin a dip."""
    return max(MIN_DEPTH, min(DEPTH * max(1.0, level), NARROW_DEPTH * level))


def _crossing_s(above: tuple[float, float], below: tuple[float, float], edge: float) -> float:
    """The moment the straight line between two samples meets ``edge``."""
    share = (edge - below[1]) / (above[1] - below[1]) if above[1] != below[1] else 0.0
    return below[0] + share * (above[0] - below[0])
