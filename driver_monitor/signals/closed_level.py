"""What the driver's eyes measure when closed: near nothing for most, two fifths of the open eye behind glasses.

Learned from the bottoms of the driver's own dips of the lids. A blink need not close the eye: in ten-minute tests of 23
people (ULg set) the median blink stops anywhere between 0 and 0.5 of the open eye, while the deepest lie close
together, where the lids meet. So the level is where the lowest few of the last dips agree: a few deeper ones take it
down, nothing short of all of them takes it up.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

from driver_monitor.parameter import judged

PRIOR_SHARE: Final = judged(0.2, "of the open eye: closed lids leave an EAR of 0.03-0.08, the open eye 0.257")
LOWEST_SHARE: Final = judged(0.1, "of the open eye, that closed lids may leave")
HIGHEST_SHARE: Final = judged(0.45, "lids that stop higher than this have not closed")
OPEN_SHARE: Final = judged(0.75, "lids this far open are open; a dip that begins lower is a droop's or a look's")
DIPS: Final = judged(30, "dips that are kept: the last two minutes of an alert driver", unit="count")
MIN_DIPS: Final = judged(4, "dips before they say anything", unit="count")
SURE_DIPS: Final = judged(8, "dips that are enough alone; with fewer the population has its say", unit="count")
AGREEING: Final = judged(0.15, "of the dips, at least MIN_AGREEING, that must lie together", unit="share")
MIN_AGREEING: Final = judged(3, "dips that must lie together", unit="count")
TOGETHER: Final = judged(
    0.06, "dips this close agree; landmark noise on closed lids has an SD of 0.01-0.03", unit="open share"
)
BOTTOM: Final = judged(0.2, "of a dip's depth: the samples this low are its bottom", unit="share")
SPAN_S: Final = judged(2.5, "a dip is at most two seconds long")


@dataclass(frozen=True, slots=True)
class ClosedLevel:
    """``ear``: pose-corrected EAR of the driver's closed eyes, None while nothing is known; from so many ``dips``."""

    ear: float | None = None
    dips: int = 0


class ClosedEye:
    """Feed it every frame's EAR, and the span of each dip of the lids once it is over."""

    def __init__(self) -> None:
        self._ears: deque[tuple[float, float]] = deque()
        self.reset()

    def reset(self, known: ClosedLevel | None = None) -> None:
        """Another driver, or other glasses; ``known`` is what an earlier drive has learned."""
        self._bottoms: deque[float] = deque(maxlen=DIPS)
        self.level = known or ClosedLevel()

    def ear(self, open_ear: float) -> float:
        """EAR of closed eyes, for eyes that measure ``open_ear`` when open."""
        share = PRIOR_SHARE
        if self.level.ear is not None:
            trust = min(1.0, self.level.dips / SURE_DIPS)
            share += trust * (self.level.ear / open_ear - PRIOR_SHARE)
        return open_ear * min(HIGHEST_SHARE, max(LOWEST_SHARE, share))

    def see(self, t_s: float, ear: float) -> None:
        """``ear`` is pose-corrected, of both eyes, the nearer one weighed more."""
        self._ears.append((t_s, ear))
        while t_s - self._ears[0][0] > SPAN_S:
            self._ears.popleft()

    def learn(self, start_s: float, end_s: float, open_ear: float) -> None:
        """A dip of relaxed lids in a face that looks ahead, from ``start_s`` to ``end_s``, has come to its end."""
        dip = [ear for t_s, ear in self._ears if start_s <= t_s <= end_s]
        before = [ear for t_s, ear in self._ears if t_s < start_s]
        if not dip or not before:
            return
        above, lowest = before[-1], min(dip)
        bottom = sorted(ear for ear in dip if ear <= lowest + BOTTOM * (above - lowest))
        if not bottom or above < OPEN_SHARE * open_ear:
            return
        floor = bottom[len(bottom) // 2]  # the lowest alone would be the noisiest
        if floor > HIGHEST_SHARE * open_ear:
            return
        self._bottoms.append(floor)
        self._agree(TOGETHER * open_ear)

    def _agree(self, together: float) -> None:
        """Take the level where the lowest bottoms lie close together."""
        if len(self._bottoms) < MIN_DIPS:
            return
        bottoms = sorted(self._bottoms)
        count = max(MIN_AGREEING, math.ceil(AGREEING * len(bottoms)))
        for first in range(len(bottoms) - count + 1):
            if bottoms[first + count - 1] - bottoms[first] <= together:
                self.level = ClosedLevel(bottoms[first + count // 2], max(self.level.dips, len(bottoms)))
                return
