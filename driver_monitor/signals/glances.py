"""How long the gaze has been away: one glance, and many short ones added up."""

import math
from collections import deque
from typing import Final

from driver_monitor.parameter import defined, norm
from driver_monitor.signals.seen_time import FLICKER_S, RESUME_S, SeenTime
from driver_monitor.signals.zones import TRANSIT_S
from driver_monitor.state.terms import CANNOT_SEE_S
from driver_monitor.state.zone import Gaze

WINDOW_S: Final = norm(30.0, "time away adds up over this long (VATS)", "Euro NCAP 2026")
RESET_S: Final = norm(2.0, "on the road for so long clears it", "Euro NCAP 2026")
LAPSE_S: Final = norm(2.0, "a shorter glance is nothing: two of them round a hole are two", "Euro NCAP 2026")
_EPSILON_S: Final = defined(1e-9, "by which sums of frame times may be off", "rounding")


class GlanceTimer:
    """A glance is a gaze off the road for ``flicker_s`` at least; it ends when the road is looked at for as long.

    Shorter changes, both ways, are part of what they interrupt. A glance counts from its first frame on. Time between
    two frames belongs to what was seen at the first, so that sums do not depend on the frame rate. All of it is
    :class:`.SeenTime`: while the gaze is not known a glance stands still. It is the same glance where the gaze is then
    found away again; after more than RESUME_S only where it had been at something other than driving for LAPSE_S: short
    looks and checks of mirrors come every few seconds, and are not one long look.
    """

    def __init__(self, flicker_s: float) -> None:
        self._flicker_s = flicker_s
        self._seen = SeenTime()
        self._away_since_s: float | None = None  # of the glance under way; this and the next two in seen time
        self._doubt_since_s: float | None = None  # since when the gaze has been on the other side
        self._back_s: float | None = None  # since when the gaze of this glance may be back on the road
        self._held = Gaze.UNKNOWN
        self._known_s = -math.inf  # media time when the gaze was last known
        self._known_away_s = 0.0  # and ``away_s`` then,
        self._known_low = False  # and whether the head was low
        self._road_s = 0.0  # on the road in one piece
        self._task_s = self._other_s = 0.0  # of this glance, on what belongs to driving and on what does not
        self._pending: list[tuple[float, float]] = []  # away, but not yet for long enough to be a glance
        self._vats: deque[tuple[float, float]] = deque()
        self._vats_s = 0.0

    def update(
        self, t_s: float, gaze: Gaze, *, closed: bool = False, since_s: float = 0.0, low: bool = False
    ) -> None:  # fmt: skip
        """``closed`` eyes look nowhere (UNKNOWN), and are seen not to look at the road: a glance under way goes on.
        ``since_s`` says for how long the gaze has turned out to be there already. A head that is ``low``, where nothing
        of driving is, before and after a hole of up to RESUME_S was so in it; after a longer one its glance goes on."""
        known = gaze is not Gaze.UNKNOWN
        hole_s = self._seen.unseen_s(t_s) or 0.0
        self._add(t_s, self._seen.update(t_s, seen=known or closed))
        while self._vats and t_s - self._vats[0][0] > WINDOW_S:
            self._vats_s -= self._vats.popleft()[1]
            if not self._vats:
                self._vats_s = 0.0  # rounding does not add up over a drive
        if t_s - self._known_s > FLICKER_S:
            self._unknown(hole_s)
        if not known:
            return
        gap_s = t_s - self._known_s
        if low and self._known_low and gap_s <= RESUME_S and self._away_since_s is not None:
            self._seen.count_in(gap_s)
        self._held, self._known_s, self._known_low = gaze, t_s, low
        self._turn(gaze is Gaze.ROAD, since_s)
        self._known_away_s = self.away_s

    def _turn(self, on_road: bool, since_s: float) -> None:
        now_s = self._seen.now_s
        if on_road == (self._away_since_s is None):
            self._stay(on_road)
            return
        there_s = now_s - since_s
        self._doubt_since_s = there_s if self._doubt_since_s is None else min(there_s, self._doubt_since_s)
        if on_road and self._back_s is None:
            self._back_s = now_s
        if now_s - self._doubt_since_s >= self._flicker_s - _EPSILON_S:
            self._change(on_road, self._doubt_since_s)

    def _add(self, t_s: float, step_s: float) -> None:
        match self._held:
            case Gaze.ROAD:
                self._road_s += step_s
                if self._road_s >= RESET_S - _EPSILON_S:
                    self._vats.clear()
                    self._vats_s = 0.0
            case Gaze.DRIVING_TASK:
                self._task_s += step_s
            case Gaze.AWAY:
                self._other_s += step_s
                if self._away_since_s is None:
                    self._pending.append((t_s, step_s))
                else:
                    self._count(t_s, step_s)

    def _count(self, t_s: float, away_s: float) -> None:
        self._vats.append((t_s, away_s))
        self._vats_s += away_s

    def _stay(self, on_road: bool) -> None:
        """What was on the other side was a flicker."""
        self._doubt_since_s = self._back_s = None
        if on_road:
            self._task_s = self._other_s = 0.0
            self._pending.clear()
        else:
            self._road_s = 0.0

    def _change(self, on_road: bool, since_s: float) -> None:
        self._doubt_since_s = self._back_s = None
        if on_road:
            self._away_since_s = None
            self._task_s = self._other_s = 0.0
        else:
            self._away_since_s = since_s
            self._road_s = 0.0
            for at_s, away_s in self._pending:
                self._count(at_s, away_s)
        self._pending.clear()

    def _unknown(self, hole_s: float) -> None:
        """Where the driver looks has not been known for longer than a flicker; unseen for ``hole_s``."""
        self._held = Gaze.UNKNOWN
        if hole_s <= RESUME_S or (self._known_low and hole_s <= CANNOT_SEE_S):
            return
        self._doubt_since_s = None
        self._pending.clear()
        if hole_s > CANNOT_SEE_S or self._known_away_s < LAPSE_S - _EPSILON_S:
            self._away_since_s = self._back_s = None
            self._task_s = self._other_s = 0.0

    @property
    def _at_task_alone(self) -> bool:
        return self._task_s > 0 and self._other_s <= TRANSIT_S

    @property
    def length_s(self) -> float:
        """How long the glance under way has lasted, 0 where there is none; it stands still while nothing is known, and
        while the gaze may have come back, so its last value is its length."""
        if self._away_since_s is None:
            return 0.0
        return (self._seen.now_s if self._back_s is None else self._back_s) - self._away_since_s

    def off_road_s(self, t_s: float) -> float | None:
        """The same; None while nothing has been known for longer than a flicker."""
        known_s = t_s - self._known_s if self._away_since_s is None else self._seen.unseen_s(t_s)
        return None if known_s is None or known_s > FLICKER_S else self.length_s

    def driving_task_s(self, t_s: float) -> float | None:
        """The same of a glance at nothing but mirrors and the cluster; 0 in any other, so that no mixture of the two
        stays unseen by both."""
        off_road_s = self.off_road_s(t_s)
        return off_road_s if not off_road_s or self._at_task_alone else 0.0

    @property
    def away_s(self) -> float:
        """How long the glance under way has been at anything but mirrors and the cluster."""
        return 0.0 if self._away_since_s is None else self._other_s

    @property
    def away_30s(self) -> float:
        return max(0.0, self._vats_s)
