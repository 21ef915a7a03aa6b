"""Blinks: short dips of the lid opening, found against the level just before them.

A dip begins when the lids have fallen clearly within a fraction of a second, and ends when they have regained most of
the fall or, having regained part of it, stand still: a blink on the way to a lower look does not come all the way back.
All is relative to the level of the moments before, which makes the detector indifferent to a narrowed eye, a smile or a
baseline that is not yet right.

Depth alone does not tell a shallow blink from a nod, a smile or a look down: :mod:`.lid_dip` says how fast and how
straight the lids moved, and whether both did. The shallower a dip, the faster and straighter it must have been; and one
far shallower than this driver's blinks usually are is none.
"""

from collections import deque
from statistics import fmean, median
from typing import Final

from driver_monitor.parameter import judged, measured
from driver_monitor.signals.lid_dip import EDGE, Dip, DipShape, LidSample
from driver_monitor.state.blink import Blink

DEPTH: Final = judged(
    0.30, "a dip begins this far below the open eye, or below the level before where that is higher", unit="open share"
)
NARROW_DEPTH: Final = judged(0.50, "a dip begins this share below the level before, where that is lower", unit="ratio")
MIN_DEPTH: Final = judged(
    0.20, "but no dip is less deep: landmark noise has an SD of about 0.05 from frame to frame", unit="open share"
)
LEVEL_S: Final = judged(0.30, "the level before is that of so long: lids that come down more slowly do not blink")
LEVEL_QUANTILE: Final = judged(
    0.75, "of the frames that level is taken from: above those of the fall, below the noisiest", unit="share"
)
DROOP_S: Final = judged(0.6, "a fall may have begun from the level of so long")
MAX_FALL_S: Final = judged(0.30, "lids that took longer to come down follow a gaze or a tired droop")
MIN_OPENING_VELOCITY: Final = judged(
    1.0, "open eyes, or levels before, a second; slower is a gaze coming back up", unit="1/s"
)
# Depth and CLOSING_WEIGHT times the fall within lid_dip.CLOSING_S, times the straightness, must reach this many times
# the depth that begins a dip. Of 183 blinks marked in three EyeBlink8 videos one falls short, a squint of 1.6 s; dips
# of 15 to 22 % laid over their open eyes for 0.10 to 0.26 s count once in thirty times, by depth alone once in eleven
# (scripts/evaluate blinks). Of what counted as blinks of 23 people (ULg set) it costs 2 %.
CLEAR: Final = measured(
    2.5,
    "times the depth that begins a dip: what a blink must reach",
    "scripts/evaluate blinks: EyeBlink8, ULg set",
    unit="ratio",
)
CLOSING_WEIGHT: Final = measured(
    2.0,
    "what the fall within CLOSING_S counts for beside the depth",
    "scripts/evaluate blinks: EyeBlink8, ULg set",
    unit="ratio",
)
TOGETHER: Final = measured(
    0.40, "of the fall that the wider eye must take part in", "blinks of real clips: 0.8 to 1", unit="share"
)
USUAL_SHARE: Final = measured(
    0.40,
    "to the driver's usual share of the opening: a shallower dip is no blink",
    "ULg set: 1 blink in 200 is shallower",
    unit="ratio",
)
USUAL_BLINKS: Final = judged(20, "the usual is the median of the last so many", unit="count")
MIN_USUAL_BLINKS: Final = judged(6, "blinks before one is compared with the usual ones", unit="count")
RECOVERED: Final = judged(0.60, "of the fall that must be regained", unit="share")
SHALLOW: Final = judged(
    2.0, "to the depth that begins a dip; a shallower one is judged on average of REGAINED_S", unit="ratio"
)
REGAINED_S: Final = judged(
    0.05, "a shallow dip must have regained its depth for so long: a jump of a landmark is no reopening"
)
PARTLY: Final = judged(0.40, "of the fall that is enough if the lids then stand still", unit="share")
STILL_S: Final = judged(0.10, "lids that have risen by PARTLY must stand still for so long")
STILL: Final = judged(0.10, "of the fall, within which lids stand still", unit="share")
MIN_S: Final = judged(0.07, "a shorter dip is a landmark that jumped")
MAX_S: Final = judged(2.0, "a longer dip is a closure, not a blink")
MAX_GAP_S: Final = judged(0.25, "a dip across a longer hole in the data is not measured")
LEAST_OPENNESS: Final = judged(-2.0, "no lids are open less", unit="open share")
MOST_OPENNESS: Final = judged(5.0, "no lids are open further", unit="open share")
RATE_BLINKS: Final = judged(6, "blinks whose intervals the frequency is taken from", unit="count")


class BlinkDetector:
    """Feed it every frame's openness in time order; it returns the blink that became complete, if one did.

    ``openness`` is 1 for the driver's open eye and 0 for a closed one; None where the eyes cannot be judged.
    """

    def __init__(self) -> None:
        self._samples: deque[LidSample] = deque()
        self._dip: Dip | None = None
        self._shares: deque[float] = deque(maxlen=USUAL_BLINKS)
        self._starts_s: deque[float] = deque(maxlen=RATE_BLINKS)

    @property
    def in_dip(self) -> bool:
        """True while the lids are down or on their way."""
        return self._dip is not None

    def reset(self) -> None:
        """Forget the dip under way and the recent level, as after a hole in the data."""
        self._samples.clear()
        self._dip = None

    def update(self, t_s: float, openness: float | None, wider: float | None = None) -> Blink | None:
        """``wider`` is the openness of the wider eye where both are seen well."""
        if openness is None or not LEAST_OPENNESS < openness < MOST_OPENNESS:  # NaN included
            return None
        if self._samples and not 0 < t_s - self._samples[-1].t_s <= MAX_GAP_S:
            self.reset()
        level = self._level(t_s, LEVEL_S)
        self._samples.append(LidSample(t_s, openness, openness if wider is None else wider))
        while t_s - self._samples[0].t_s > MAX_S + 1.0:
            self._samples.popleft()
        if level is None:
            return None
        # Lids that came down before, to look at something, may blink from there.
        settled = self._dip is None or t_s - self._dip.start_s > LEVEL_S
        if settled and openness < level - _needed(level):
            self._dip = Dip(t_s, level, max(level, self._level(t_s, DROOP_S) or level), openness, t_s)
            return None
        return None if self._dip is None else self._follow(self._dip, t_s, openness)

    def _level(self, t_s: float, over_s: float) -> float | None:
        """Of the moments before ``t_s``, the frame at ``t_s`` itself aside."""
        recent = []
        for at_s, openness, _ in reversed(self._samples):
            if t_s - at_s > over_s:
                break
            if at_s < t_s:
                recent.append(openness)
        recent.sort()
        return recent[int(LEVEL_QUANTILE * (len(recent) - 1) + 0.5)] if recent else None

    def _follow(self, dip: Dip, t_s: float, openness: float) -> Blink | None:
        if openness < dip.bottom:
            dip.bottom, dip.bottom_s = openness, t_s
        regained = dip.depth
        if self._height(dip, t_s, openness) < RECOVERED * dip.depth:
            if t_s - dip.start_s > MAX_S:
                self._restart()
            if not self._stands_still(dip, t_s, openness):
                return None
            regained = openness - dip.bottom
        shape = DipShape(dip, list(self._samples))
        self._restart()
        return self._judge(dip, shape, regained)

    def _height(self, dip: Dip, t_s: float, openness: float) -> float:
        """How far over the bottom the lids are: now in a deep dip, on average of the last moments in a shallow one."""
        if dip.depth >= SHALLOW * _needed(dip.level):
            return openness - dip.bottom
        since_s = max(dip.bottom_s, t_s - REGAINED_S)
        return fmean(sample.openness for sample in self._samples if sample.t_s >= since_s) - dip.bottom

    def _judge(self, dip: Dip, shape: DipShape, regained: float) -> Blink | None:
        """The blink that a dip was, if it was one."""
        start_s, reopening_s = shape.onset_s(dip.level), shape.reopening_s(regained)
        end_s = shape.passed_s(RECOVERED * regained) + (1 - EDGE - RECOVERED) * reopening_s
        opening_velocity = regained / reopening_s
        slow = (
            shape.fell_s() - shape.onset_s(dip.higher) > MAX_FALL_S
            or opening_velocity < MIN_OPENING_VELOCITY * min(1.0, dip.level)
        )  # fmt: skip
        if slow or not MIN_S <= end_s - start_s <= MAX_S or not self._like_lids(dip, shape):
            return None
        self._shares.append(dip.share)
        return Blink(start_s, end_s, dip.depth, opening_velocity, self._frequency_hz(start_s))

    def _like_lids(self, dip: Dip, shape: DipShape) -> bool:
        """Whether the dip fell and rose as lids that blink do, and as deep as this driver's."""
        evidence = (dip.depth + CLOSING_WEIGHT * shape.closing()) * shape.straightness()
        if evidence < CLEAR * _needed(dip.level) or shape.together() < TOGETHER:
            return False
        return len(self._shares) < MIN_USUAL_BLINKS or dip.share >= USUAL_SHARE * median(self._shares)

    def _stands_still(self, dip: Dip, t_s: float, openness: float) -> bool:
        """Whether lids that have come up part of the way have ceased to rise."""
        low = dip.bottom + PARTLY * dip.depth
        if openness < low or dip.depth < NARROW_DEPTH * dip.level:
            return False
        for at_s, before, _ in reversed(self._samples):
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


def _needed(level: float) -> float:
    """How far lids at this level must fall to begin a dip."""
    return max(MIN_DEPTH, min(DEPTH * max(1.0, level), NARROW_DEPTH * level))
