"""Whether closed lids mean closed eyes or a look down, and since when."""

import math
from collections import deque
from enum import StrEnum
from typing import Final

from driver_monitor.config.signals import ClosureConfig
from driver_monitor.parameter import judged
from driver_monitor.signals.filters import FirstOrder
from driver_monitor.signals.openness import WINK_MARGIN, Openness
from driver_monitor.signals.seen_time import FLICKER_S, RESUME_S
from driver_monitor.state.terms import CANNOT_SEE_S, LONG_BLINK_S

GLANCE_PITCH_DEG: Final = judged(-14.0, "readers of a phone hold the head 20-30 deg down, sleepers 3-9")
PITCH_DROP_DEG: Final = judged(5.0, "a closure that comes with a drop of the head follows a look down")
DROP_S: Final = judged(0.3, "a look takes the head down at 20 deg/s and more; a sleeper's head sinks more slowly")
DROP_WINDOW_S: Final = judged(0.7, "head poses that are kept to find a drop in")
HELD_DOWN_S: Final = judged(0.3, "a head this long down over open eyes was looking at something")
SETTLE_S: Final = judged(0.5, "the head's drop may still be under way when the lids are down")
# Or the lids come first and the head follows them, down or aside. The head of somebody who falls asleep keeps its tone
# for the first second, then sinks or nods; it does not turn.
FOLLOWS_DOWN_S: Final = judged(0.8, "the head that follows the lids in a look down does so within")
FOLLOWS_ASIDE_S: Final = judged(1.4, "the same aside; by 1.5 s the closure is a microsleep")
ASIDE_DEG: Final = judged(15.0, "the head's turn aside since the lids fell")
TURN_DEG: Final = judged(6.0, "the same within DROP_S: a look turns the head at 20 deg/s and more")
DOUBT_S: Final = judged(
    1.0, "lids this long closed on a head hardly lowered (any more) are closed, whatever came first"
)
REOPEN_S: Final = judged(0.1, "open eyes for this long end a closure: one bright frame does not")
WERE_OPEN_TAU_S: Final = judged(0.3, "time constant of how far the lids were open just before")
AS_BEFORE: Final = judged(
    0.75, "to how far they were open: lids narrow in the sun are open again when as narrow again", unit="ratio"
)
HALF_OPEN: Final = judged(0.10, "half-open lids are this far above the level that closed them", unit="open share")
HALF_OPEN_S: Final = judged(
    0.7, "half-open lids are not closed after so long: on a head far aside open eyes measure half"
)
# A hole in the tracking between closed eyes and closed eyes does not end a closure, once these have been closed for
# longer than a blink on one side. Up to RESUME_S they are taken to have been closed in it; a longer one does not count,
# and asks for a closure before it that is no long blink.
LAPSE_CLOSED_S: Final = judged(1.0, "closed for as long is no blink: norms call it caution")


class EyeState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    GLANCE_DOWN = "glance_down"
    UNKNOWN = "unknown"


class EyeJudge:
    """Follows the lids through time: open, closed (and since when), or lowered to look down.

    Lids that come down with a quick drop of the head, or over a head that was down while they were open, follow a gaze.
    Lids that come down on a level head, or together with a head that sinks slowly, are closed, and stay so however far
    the head sinks afterwards. A nod of a few degrees excuses closed lids for DOUBT_S and no longer: readers of a phone
    hold the head far lower. Lids that fall first are followed by the head where they lead a look: down within
    FOLLOWS_DOWN_S, or turned aside within FOLLOWS_ASIDE_S.
    """

    def __init__(self, config: ClosureConfig) -> None:
        self._config = config
        self._enter = config.p80_openness
        self._heads: deque[tuple[float, float, float]] = deque()  # time, pitch, yaw
        self._closed_yaw_deg = 0.0  # of the head, when the lids fell
        self._looked_s = -math.inf  # when the head was last where it looks at something
        self._aside = False  # lowered lids are taken for a look because the head turned aside with them
        self._dropped_s: float | None = None  # when the head last came down quickly
        self._turned_s: float | None = None  # and when it last turned quickly
        self._state = EyeState.UNKNOWN
        self._closed_since_s: float | None = None
        self._open_since_s: float | None = None
        self._half_since_s: float | None = None
        self._were_open = FirstOrder(WERE_OPEN_TAU_S)
        self._last: tuple[float, float] | None = None
        self._hidden_since_s: float | None = None  # the face is seen, the eyes are not
        self._before_hole: tuple[float, float] | None = None  # a closure out of sight: last seen, closed since
        self._perhaps_since_s: float | None = None  # what would then be the beginning of the present one

    def closed_s(self, t_s: float) -> float | None:
        """How long the eyes have been closed; 0 while open or looking down, None while not known.

        It stands still while they may be opening, so the last value of a closure is its duration, and while they are
        hidden in a face that is seen: a hand that rubs an eye comes with a blink.
        """
        if self._state is EyeState.UNKNOWN:
            return None
        if self._state is EyeState.CLOSED and self._closed_since_s is not None:
            stands = (at_s for at_s in (self._open_since_s, self._hidden_since_s) if at_s is not None)
            return min(stands, default=t_s) - self._closed_since_s
        return 0.0

    def update(
        self, t_s: float, lids: Openness | None, pitch_deg: float | None, *, sure: bool, tension: float = 0.0,
        yaw_deg: float = 0.0, goes_on: bool = False,
    ) -> EyeState:  # fmt: skip
        """``pitch_deg`` and ``yaw_deg`` are the head's, from the driver's neutral. Unless ``sure`` that narrow lids
        mean closing ones (the open-eye level is a population's, or the face is tense), only plainly closed lids count
        as closed. The more ``tension`` (0..1) is in the face, for a smile, a yawn or the sun narrows eyes, the less
        need they be open to be open again. ``goes_on`` says that eyes which are out of sight are taken to be closed
        still."""
        self._enter = self._config.enter_openness if sure else self._config.p80_openness
        if lids is None or pitch_deg is None:
            self._unseen(t_s, hidden=pitch_deg is not None, goes_on=goes_on)
            return self._state
        if self._last is not None and t_s - self._last[0] > FLICKER_S and self._state is not EyeState.UNKNOWN:
            self._lose_sight()
        self._hidden_since_s = None
        self._remember(t_s, pitch_deg, yaw_deg)
        opening = lids.both
        if self._closed_since_s is None:
            if opening < self._enter and lids.wider < self._enter + WINK_MARGIN:
                self._close(t_s, pitch_deg, yaw_deg, opening)
            else:
                self._state = EyeState.OPEN
                self._were_open.update(opening, t_s - self._last[0] if self._last else 0.0)
        elif opening > (leave := self._leave(tension)):
            if self._open_since_s is None:
                self._open_since_s = self._crossing_s(t_s, opening, leave)
            if t_s - self._open_since_s >= REOPEN_S:
                self._open()
                self._state = EyeState.OPEN
        elif self._state is EyeState.CLOSED and self._half_open(t_s, opening):
            self._open()
            self._state = EyeState.OPEN
        else:
            self._open_since_s = None
            self._stay_closed(t_s, pitch_deg, yaw_deg, opening)
        self._last, self._before_hole = (t_s, opening), None
        return self._state

    def _leave(self, tension: float) -> float:
        """The opening above which closed lids are open again."""
        leave = self._config.exit_openness
        if self._were_open.value is not None:
            leave = min(leave, max(self._enter + HALF_OPEN, AS_BEFORE * self._were_open.value))
        return leave + (self._config.p80_openness + HALF_OPEN - leave) * tension

    def _unseen(self, t_s: float, *, hidden: bool, goes_on: bool) -> None:
        if goes_on and self._state is EyeState.CLOSED:
            return
        if self._last is None or t_s - self._last[0] > FLICKER_S:
            self._lose_sight()
        elif hidden and self._hidden_since_s is None:
            self._hidden_since_s = self._last[0]

    def _close(self, t_s: float, pitch_deg: float, yaw_deg: float, opening: float) -> None:
        self._closed_yaw_deg = yaw_deg
        since_s = self._since_before_hole(t_s)
        if self._before_hole is not None and since_s is not None:
            if self._before_hole[0] - self._before_hole[1] >= LONG_BLINK_S:
                self._closed_since_s, self._state = since_s, EyeState.CLOSED
                return
            self._perhaps_since_s = since_s
        self._closed_since_s = self._crossing_s(t_s, opening, self._enter)
        self._state = self._judge(pitch_deg, self._closed_since_s)

    def _since_before_hole(self, t_s: float) -> float | None:
        """Since when the eyes would have been closed, were this the closure of before the hole."""
        if self._before_hole is None:
            return None
        last_s, since_s = self._before_hole
        hole_s = t_s - last_s
        if hole_s <= RESUME_S:
            return since_s
        lapse = last_s - since_s >= LAPSE_CLOSED_S
        return since_s + hole_s - FLICKER_S if lapse and hole_s <= CANNOT_SEE_S else None

    def _stay_closed(self, t_s: float, pitch_deg: float, yaw_deg: float, opening: float) -> None:
        assert self._closed_since_s is not None
        closed_s = t_s - self._closed_since_s
        if self._perhaps_since_s is not None and closed_s >= LONG_BLINK_S:
            if self._state is EyeState.CLOSED:
                self._closed_since_s = self._perhaps_since_s
            self._perhaps_since_s = None
        elif self._state is EyeState.CLOSED and closed_s <= FOLLOWS_ASIDE_S:
            if closed_s <= SETTLE_S:
                self._state = self._judge(pitch_deg, self._closed_since_s)
            elif self._follows_down(pitch_deg, closed_s):
                self._state = EyeState.GLANCE_DOWN
            if self._state is EyeState.CLOSED and self._follows_aside(yaw_deg):
                self._state, self._aside = EyeState.GLANCE_DOWN, True
        elif self._state is EyeState.GLANCE_DOWN:
            aside = self._aside and abs(yaw_deg - self._closed_yaw_deg) >= ASIDE_DEG / 2
            if aside or pitch_deg <= GLANCE_PITCH_DEG:
                self._looked_s = t_s
            since_s = max(self._closed_since_s, self._looked_s)
            if t_s - since_s > DOUBT_S and opening < self._config.p80_openness:
                self._closed_since_s, self._state = since_s, EyeState.CLOSED

    def _follows_down(self, pitch_deg: float, closed_s: float) -> bool:
        """Whether the head has gone down to look at something since the lids fell ``closed_s`` ago."""
        assert self._closed_since_s is not None
        dropped = self._dropped_s is not None and self._dropped_s >= self._closed_since_s
        return closed_s <= FOLLOWS_DOWN_S and dropped and pitch_deg <= GLANCE_PITCH_DEG

    def _follows_aside(self, yaw_deg: float) -> bool:
        assert self._closed_since_s is not None
        turned = self._turned_s is not None and self._turned_s >= self._closed_since_s
        return turned and abs(yaw_deg - self._closed_yaw_deg) >= ASIDE_DEG

    def _lose_sight(self) -> None:
        if self._state is EyeState.CLOSED and self._last is not None and self._closed_since_s is not None:
            self._before_hole = (self._last[0], self._closed_since_s) if self._open_since_s is None else None
        self._state = EyeState.UNKNOWN
        self._open()
        self._last = None
        self._were_open.reset()
        self._heads.clear()
        self._dropped_s = self._turned_s = None

    def _open(self) -> None:
        self._closed_since_s = self._open_since_s = self._half_since_s = self._perhaps_since_s = None
        self._aside = False

    def _half_open(self, t_s: float, opening: float) -> bool:
        """Whether the lids have stayed clearly above the level that closed them."""
        if opening <= self._enter + HALF_OPEN:
            self._half_since_s = None
        elif self._half_since_s is None:
            self._half_since_s = t_s
        return self._half_since_s is not None and t_s - self._half_since_s >= HALF_OPEN_S

    def _judge(self, pitch_deg: float, closed_s: float) -> EyeState:
        """GLANCE_DOWN where the head went or was down to look at something, else CLOSED."""
        quick = self._dropped_s is not None and closed_s - self._dropped_s <= DROP_WINDOW_S
        if quick and pitch_deg <= GLANCE_PITCH_DEG / 2:
            return EyeState.GLANCE_DOWN
        ago = [pitch for at_s, pitch, _ in self._heads if at_s <= closed_s - HELD_DOWN_S + 1e-9]
        held = ago[-1] if ago else pitch_deg  # a face first seen with its head down was not seen sinking
        return EyeState.GLANCE_DOWN if max(held, pitch_deg) <= GLANCE_PITCH_DEG else EyeState.CLOSED

    def _remember(self, t_s: float, pitch_deg: float, yaw_deg: float) -> None:
        heads = self._heads
        heads.append((t_s, pitch_deg, yaw_deg))
        while t_s - heads[0][0] > HELD_DOWN_S + SETTLE_S:
            heads.popleft()
        dropped_deg = turned_deg = 0.0
        for at_s, pitch, yaw in reversed(heads):
            if t_s - at_s > DROP_S + 1e-9:
                break
            dropped_deg = max(dropped_deg, pitch - pitch_deg)
            turned_deg = max(turned_deg, abs(yaw - yaw_deg))
        if dropped_deg >= PITCH_DROP_DEG:
            self._dropped_s = t_s
        if turned_deg >= TURN_DEG:
            self._turned_s = t_s

    def _crossing_s(self, t_s: float, opening: float, level: float) -> float:
        """When, since the frame before, the lids passed ``level``; ``t_s`` if that cannot be told."""
        if self._last is None or t_s - self._last[0] > FLICKER_S:
            return t_s
        before_s, before = self._last
        if not min(before, opening) <= level <= max(before, opening) or before == opening:
            return t_s
        return before_s + (before - level) / (before - opening) * (t_s - before_s)
