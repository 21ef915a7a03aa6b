"""How long the gaze has been away: one glance, and many short ones added up."""

from collections import deque
from typing import Final

from driver_monitor.signals.filters import MAX_STEP_S
from driver_monitor.signals.zones import TRANSIT_S, Gaze

WINDOW_S: Final = 30.0  # VATS: 10 s away within 30 s, cleared by 2 s on the road (Euro NCAP 2026)
RESET_S: Final = 2.0
BLINK_S: Final = 0.5  # not knowing for so long changes nothing: the gaze was where it had been
HOLD_UNKNOWN_S: Final = 10.0  # hiding the face does not end a glance at once; then nothing is known
_EPSILON_S: Final = 1e-9


class GlanceTimer:
    """A glance is a gaze off the road for ``flicker_s`` at least; it ends when the road is looked at for as long.

    Shorter changes, both ways, are part of what they interrupt. A glance counts from its first frame on. Time between
    two frames belongs to what was seen at the first, so that sums do not depend on the frame rate.
    """

    def __init__(self, flicker_s: float) -> None:
        self._flicker_s = flicker_s
        self._away_since_s: float | None = None  # of the glance under way
        self._doubt_since_s: float | None = None  # since when the gaze has been on the other side
        self._back_s: float | None = None  # since when the gaze of this glance may be back on the road
        self._held = Gaze.UNKNOWN
        self._last_s: float | None = None
        self._known_s: float | None = None
        self._road_s = 0.0  # on the road in one piece
        self._task_s = self._other_s = 0.0  # of this glance, on what belongs to driving and on what does not
        self._pending: list[tuple[float, float]] = []  # away, but not yet for long enough to be a glance
        self._vats: deque[tuple[float, float]] = deque()
        self._vats_s = 0.0

    def update(self, t_s: float, gaze: Gaze) -> None:
        step_s = 0.0 if self._last_s is None else min(max(t_s - self._last_s, 0.0), MAX_STEP_S)
        self._last_s = t_s
        self._add(t_s, step_s)
        while self._vats and t_s - self._vats[0][0] > WINDOW_S:
            self._vats_s -= self._vats.popleft()[1]
            if not self._vats:
                self._vats_s = 0.0  # rounding does not add up over a drive
        if gaze is Gaze.UNKNOWN:
            self._unknown(t_s)
            return
        self._known_s, self._held = t_s, gaze
        on_road = gaze is Gaze.ROAD
        if on_road == (self._away_since_s is None):
            self._stay(on_road)
            return
        self._doubt_since_s = t_s if self._doubt_since_s is None else self._doubt_since_s
        if on_road and self._back_s is None:
            self._back_s = t_s
        if t_s - self._doubt_since_s >= self._flicker_s - _EPSILON_S:
            self._change(on_road, self._doubt_since_s)

    def stand_still(self, t_s: float) -> None:
        """The monitor itself was blind up to ``t_s``: whatever was under way is as long as it was before."""
        if self._last_s is None:
            return
        blind_s = t_s - self._last_s
        self._last_s = t_s
        for clock in ("_away_since_s", "_doubt_since_s", "_back_s", "_known_s"):
            since_s = getattr(self, clock)
            if since_s is not None:
                setattr(self, clock, since_s + blind_s)

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

    def _unknown(self, t_s: float) -> None:
        if self._known_s is None or t_s - self._known_s <= BLINK_S:
            return
        self._held, self._doubt_since_s, self._road_s = Gaze.UNKNOWN, None, 0.0
        self._pending.clear()
        if t_s - self._known_s > HOLD_UNKNOWN_S:
            self._away_since_s = self._back_s = self._known_s = None
            self._task_s = self._other_s = 0.0

    def off_road_s(self, t_s: float) -> float | None:
        """How long this glance has lasted, through any time without knowing; 0 on the road. It stands still while the
        gaze may have come back, also where it was lost on the road, so its last value is its length. None while nothing
        is known and no glance was under way."""
        if self._away_since_s is not None:
            return (t_s if self._back_s is None else self._back_s) - self._away_since_s
        return 0.0 if self._known_s is not None and t_s - self._known_s <= BLINK_S else None

    def driving_task_s(self, t_s: float) -> float | None:
        """The same of a glance at nothing but mirrors and the cluster; 0 in any other, so that no mixture of the two
        stays unseen by both."""
        off_road_s = self.off_road_s(t_s)
        return off_road_s if not off_road_s or (self._task_s > 0 and self._other_s <= TRANSIT_S) else 0.0

    @property
    def away_30s(self) -> float:
        return max(0.0, self._vats_s)
