"""The shape of a dip of the lids: when it fell and rose, how fast, how straight, and whether both eyes took part.

Real lids close within 2 to 4 frames at 30 a second and take twice as long to reopen, in one go each. Heads that nod,
faces that smile and landmarks that jump move the lids no less far, but more slowly, to and fro, or one eye alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from driver_monitor.parameter import judged, measured

EDGE: Final = judged(0.20, "of the fall that lies outside a blink, at its top and at its bottom", unit="share")
MIDDLE: Final = judged((0.15, 0.60), "of the rise, between which its speed is taken", unit="share")
CLOSING_S: Final = measured(
    0.07, "lids that blink shallowly reach their lowest within 2 frames of 30 a second", "EyeBlink8"
)


class LidSample(NamedTuple):
    """Lid opening of one frame as in ``Openness``: of both eyes, and of the wider one."""

    t_s: float
    openness: float
    wider: float


@dataclass(slots=True)
class Dip:
    """A dip under way; openness as in ``Openness``."""

    start_s: float  # when it was noticed
    level: float  # openness just before
    higher: float  # openness before a droop that may have led to it
    bottom: float
    bottom_s: float

    @property
    def depth(self) -> float:
        return self.level - self.bottom

    @property
    def share(self) -> float:
        """Of the opening that was there before, 0..1."""
        return self.depth / max(self.level, self.depth)


class DipShape:
    """``samples`` are the frames from before the dip to the one in which it is over, in time order."""

    def __init__(self, dip: Dip, samples: Sequence[LidSample]) -> None:
        self._dip = dip
        self._samples = samples
        bottom = max(i for i, sample in enumerate(samples) if sample.t_s <= dip.bottom_s)
        edge = dip.level - EDGE * dip.depth
        onset = next((i for i in range(bottom, -1, -1) if samples[i].openness >= edge), 0)
        self._fall = samples[onset : bottom + 1]
        self._rise = samples[bottom:]

    def onset_s(self, level: float) -> float:
        """When the fall from ``level`` passed EDGE of its depth, walking back from the bottom."""
        edge = level - EDGE * (level - self._dip.bottom)
        later: LidSample | None = None
        for sample in reversed(self._samples):
            if sample.t_s > self._dip.bottom_s:
                continue
            if sample.openness >= edge:
                return _crossing_s(sample, later, edge) if later else sample.t_s
            later = sample
        return self._samples[0].t_s

    def fell_s(self) -> float:
        """When the fall had covered all but EDGE of its depth."""
        dip, edge = self._dip, self._dip.bottom + EDGE * self._dip.depth
        return next(sample.t_s for sample in self._samples if sample.t_s >= dip.start_s and sample.openness <= edge)

    def passed_s(self, height: float) -> float:
        """When the reopening first passed ``height`` over the bottom for good, as far as it has been seen."""
        edge = self._dip.bottom + height
        for earlier, later in zip(reversed(self._rise[:-1]), reversed(self._rise[1:]), strict=True):
            if earlier.openness < edge <= later.openness:
                return _crossing_s(later, earlier, edge)
        return self._rise[-1].t_s

    def reopening_s(self, regained: float) -> float:
        """How long the whole reopening takes at the speed of its middle part."""
        low, high = MIDDLE
        return max(self.passed_s(high * regained) - self.passed_s(low * regained), 1e-3) / (high - low)

    def closing(self) -> float:
        """The most that the lids fell within CLOSING_S, at most the depth; in straight lines between frames."""
        t_s = np.array([sample.t_s for sample in self._fall])
        openness = np.array([sample.openness for sample in self._fall])
        before, after = (np.interp(t_s + off_s, t_s, openness) for off_s in (-CLOSING_S, CLOSING_S))
        return min(float(max((before - openness).max(), (openness - after).max())), self._dip.depth)

    def straightness(self) -> float:
        """Net way down and up over the way that was gone, 0..1: 1 for lids that came down once and went up once.

        What lids do near the bottom does not count: long blinks are not less straight for the landmarks' noise.
        """
        floor = self._dip.bottom + EDGE * self._dip.depth
        above = [max(0.0, sample.openness - floor) for sample in (*self._fall, *self._rise[1:])]
        gone = sum(abs(later - earlier) for earlier, later in pairwise(above))
        return (above[0] + above[-1]) / gone if gone > 0 else 1.0

    def together(self) -> float:
        """How far the wider eye fell, as a share of what both fell on average: 1 where they moved as one."""
        lowest = min(sample.wider for sample in (*self._fall[1:], *self._rise))
        return (self._fall[0].wider - lowest) / self._dip.depth


def _crossing_s(above: LidSample, below: LidSample, edge: float) -> float:
    """The moment the straight line between two samples meets ``edge``."""
    fall = above.openness - below.openness
    share = (edge - below.openness) / fall if fall else 0.0
    return below.t_s + share * (above.t_s - below.t_s)
