"""Yawns: one slow, wide opening of the mouth that lasts for seconds, seen to its end or covered by a hand."""

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from driver_monitor.config.signals import YawnConfig
from driver_monitor.parameter import judged
from driver_monitor.signals.filters import MAX_STEP_S, FirstOrder
from driver_monitor.state.terms import COUNT_WINDOW_S

DIP_S: Final = judged(0.25, "a shorter dip below the threshold does not end a yawn")
MIN_OVER_REST: Final = judged(0.1, "a mouth is wide only this far above its rest", unit="mouth widths")
REST_FALL_S: Final = judged(1.0, "time constant of the resting mouth towards a closing one: soon")
REST_RISE_S: Final = judged(120.0, "and towards an open one: slowly, for yawns and talk are no rest")
FOOT: Final = judged(0.15, "of the way from rest to wide: an opening begins here", unit="share")
PLATEAU: Final = judged(0.8, "of the widest opening: the mouth is open", unit="share")
RISE_S: Final = judged(0.3, "from foot to plateau: a jaw takes a second to yawn open, a shout or a sung vowel a fifth")
DIP: Final = judged(
    0.35, "of the widest opening: who closes so far and opens again talks, sings, laughs or eats", unit="share"
)
LAUGH: Final = judged(0.4, "smile over the resting face, held: a laugh is wide open too", unit="blendshape")
SMILE_TAU_S: Final = judged(0.5, "time constant of the smile")
COVERED_FROM: Final = judged(
    0.6, "of the way to wide: the mouth had to be opening slowly, and so far, when the hand came", unit="share"
)
COVER_LAG_S: Final = judged(
    0.6, "a hand on its way disturbs the mouth's landmarks, or the whole face, before it is noticed"
)


@dataclass(slots=True)
class _Opening:
    """The mouth from the foot of one opening on."""

    foot_s: float
    climb: list[tuple[float, float]] = field(default_factory=list)  # when each new width was first reached
    closing: bool = False
    spoilt: bool = False  # closed and opened again, or laughing
    covered: bool = False
    wide_since_s: float | None = None
    wide_s: float = 0.0  # when it was last wide
    narrow_s: float | None = None  # since when it has been seen narrower

    @property
    def widest(self) -> float:
        return self.climb[-1][1] if self.climb else 0.0

    @property
    def rise_s(self) -> float:
        plateau = PLATEAU * self.widest
        return next((at_s for at_s, width in self.climb if width >= plateau), self.foot_s) - self.foot_s

    @property
    def wide_for_s(self) -> float:
        return 0.0 if self.wide_since_s is None else self.wide_s - self.wide_since_s

    def reach(self, t_s: float, opening: float, wide: float) -> None:
        if opening > self.widest:
            self.climb.append((t_s, opening))
        if opening < (1 - DIP) * self.widest:
            self.closing = True
        elif self.closing and opening >= PLATEAU * self.widest:
            self.spoilt = True
        if opening >= wide:
            if self.wide_since_s is None or (self.narrow_s is not None and t_s - self.narrow_s > DIP_S):
                self.wide_since_s = t_s
            self.wide_s, self.narrow_s = t_s, None
        elif self.narrow_s is None:
            self.narrow_s = t_s

    def cover(self, t_s: float) -> None:
        """Behind a hand it counts as wide, from when it was last seen opening."""
        if self.wide_since_s is None:
            self.wide_since_s = self.climb[-1][0]
        self.wide_s, self.narrow_s = t_s, None
        self.covered, self.closing = True, False


class YawnDetector:
    """A mouth wider than ``open_ratio`` for ``min_s`` to ``max_s``, after a slow rise, in one piece, without a smile.

    Half of all yawns are covered: a hand that comes over a mouth which is slowly opening belongs to the yawn, and as
    long as it stays the mouth counts as wide. A yawn is counted when it is over and was no longer than ``max_s``.
    """

    def __init__(self, config: YawnConfig) -> None:
        self._config = config
        self._smile = FirstOrder(SMILE_TAU_S)
        self._rest: float | None = None
        self._opening: _Opening | None = None
        self._ended: _Opening | None = None  # the last one, unless it was a yawn, for a hand to come
        self._ended_s = 0.0  # how long the mouth has been seen since then
        self._rest_s: float | None = None  # when the mouth was last seen at rest
        self._seen_s = -math.inf
        self._behind_hand = False
        self._yawns_s: deque[float] = deque()

    def update(self, t_s: float, step_s: float, opening: float | None, *, smile: float, covered: bool) -> bool:
        """True while a yawn is recognised.

        ``opening`` is the inner lip distance over the mouth's width seen face on, None where there is no mouth to be
        seen; ``covered`` says that something is before it; ``smile`` 0..1 over the resting face.
        """
        if step_s > MAX_STEP_S:
            self._opening = self._ended = self._rest_s = None
        if covered:
            self._cover(t_s)
        elif opening is not None:
            self._behind_hand = False
            if t_s - self._seen_s > MAX_STEP_S:
                self._opening = self._ended = self._rest_s = None
            self._ended_s += step_s
            self._follow(t_s, step_s, opening, smile)
        if covered or opening is not None:
            self._seen_s = t_s
        elif t_s - self._seen_s > MAX_STEP_S:
            self._end(t_s)
        return self._is_yawn(self._opening)

    def count(self, t_s: float) -> int:
        """Yawns in the last ten minutes, covered ones among them."""
        while self._yawns_s and t_s - self._yawns_s[0] > COUNT_WINDOW_S:
            self._yawns_s.popleft()
        return len(self._yawns_s)

    def _follow(self, t_s: float, step_s: float, opening: float, smile: float) -> None:
        if self._rest is None:
            self._rest = min(opening, self._config.open_ratio / 2)
        tau_s = REST_FALL_S if opening < self._rest else REST_RISE_S
        self._rest += (opening - self._rest) * min(1.0, step_s / tau_s)
        wide = max(self._config.open_ratio, self._rest + MIN_OVER_REST)
        smiling = self._smile.update(smile, step_s)
        if opening <= self._rest + FOOT * (wide - self._rest):
            self._end(t_s)
            self._rest_s = t_s
            return
        if self._opening is None:
            # A mouth that was open when it was first seen has no rise.
            self._opening = _Opening(t_s if self._rest_s is None else self._rest_s, spoilt=self._rest_s is None)
        self._opening.reach(t_s, opening, wide)
        if smiling is not None and smiling >= LAUGH:
            self._opening.spoilt = True

    def _cover(self, t_s: float) -> None:
        if not self._behind_hand:
            self._behind_hand, self._rest_s = True, None
            if self._ended is not None and self._ended_s <= COVER_LAG_S:
                self._opening = max(self._ended, self._opening or self._ended, key=lambda one: one.widest)
            far = COVERED_FROM * self._config.open_ratio
            if self._opening is not None and (
                self._opening.spoilt or self._opening.widest < far or self._opening.rise_s < COVERED_FROM * RISE_S
            ):
                self._opening = None
        if self._opening is not None:
            self._opening.cover(t_s)
            if self._opening.wide_for_s > self._config.max_s:
                self._opening = None

    def _end(self, t_s: float) -> None:
        if self._opening is not None:
            yawned = self._is_yawn(self._opening)
            if yawned:
                self._yawns_s.append(t_s)
            self._ended, self._ended_s = None if yawned else self._opening, 0.0
        self._opening = None

    def _is_yawn(self, opening: _Opening | None) -> bool:
        if opening is None or opening.spoilt:
            return False
        lasting = self._config.min_s <= opening.wide_for_s <= self._config.max_s
        return lasting and (opening.covered or opening.rise_s >= RISE_S)
