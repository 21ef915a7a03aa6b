"""Nods of a drowsy head: it sinks slowly, then jerks up."""

from collections import deque
from itertools import pairwise
from typing import Final

from driver_monitor.parameter import judged
from driver_monitor.signals.filters import MAX_STEP_S
from driver_monitor.state.terms import COUNT_WINDOW_S

DEPTH_DEG: Final = judged((11.0, 35.0), "a drowsy nod is 12-20 deg deep, and smoothing takes a little off")
PITCH_STEP_S: Final = judged(1 / 31, "pitches closer together than this are not kept")
EARLY: Final = judged(0.9, "to PITCH_STEP_S, from which on a pitch is kept: frame times jitter", unit="ratio")
SINK_WITHIN_S: Final = judged(6.0, "from the top of a nod to the jerk that ends it")
JERK_WITHIN_S: Final = judged(0.7, "from the bottom of a nod to where the head is up again")
MIDDLE: Final = judged(
    (0.8, 0.2), "of the depth above the bottom, between which the way down and up is timed", unit="share"
)
SINK_S: Final = judged(
    0.35, "at least, for the middle three fifths of the way down; a look at the lap takes 0.2-0.3 s for all"
)
JERK_S: Final = judged(0.4, "at most, for the middle three fifths of the way up")
FASTER: Final = judged(
    1.8, "to how it rose: a nod sinks this much more slowly; who looks down, or says yes, does not", unit="ratio"
)
BACK: Final = judged(0.75, "of the depth: the head is up again", unit="share")
TOP_DEG: Final = judged(12.0, "a nod begins with the head near its neutral pose")
TURN_DEG: Final = judged(12.0, "a nod goes straight down: what turns aside is a look at something")

_Sample = tuple[float, float, float]  # time, pitch, yaw


class NodDetector:
    """Feed it the head's pitch and yaw from neutral, degrees, every frame; it looks at the last six seconds."""

    def __init__(self) -> None:
        self._path: deque[_Sample] = deque()
        self._nods_s: deque[float] = deque()

    def update(self, t_s: float, pitch_deg: float | None, yaw_deg: float | None) -> bool:
        """True on the frame in which the head is up again after a nod. A face lost for a moment breaks off none."""
        if pitch_deg is None or yaw_deg is None:
            return False
        if self._path and not 0 <= t_s - self._path[-1][0] <= MAX_STEP_S:
            self._path.clear()
        if self._path and t_s - self._path[-1][0] < PITCH_STEP_S * EARLY:
            return False
        self._path.append((t_s, pitch_deg, yaw_deg))
        while t_s - self._path[0][0] > SINK_WITHIN_S:
            self._path.popleft()
        if not self._came_up(t_s, pitch_deg):
            return False
        self._path.clear()  # one jerk ends one nod
        self._path.append((t_s, pitch_deg, yaw_deg))
        self._nods_s.append(t_s)
        return True

    def count(self, t_s: float) -> int:
        """Nods in the last ten minutes."""
        while self._nods_s and t_s - self._nods_s[0] > COUNT_WINDOW_S:
            self._nods_s.popleft()
        return len(self._nods_s)

    def _came_up(self, t_s: float, pitch_deg: float) -> bool:
        bottom_deg, since = pitch_deg, 0  # how many samples ago
        for ago, (at_s, pitch, _) in enumerate(reversed(self._path)):
            if t_s - at_s > JERK_WITHIN_S:
                break
            if pitch < bottom_deg:
                bottom_deg, since = pitch, ago
        if pitch_deg - bottom_deg < BACK * DEPTH_DEG[0]:
            return False
        path = list(self._path)
        lowest = len(path) - 1 - since
        if lowest and path[lowest - 1][1] < bottom_deg:
            return False  # it has been lower before: the head is long on its way up from there
        down, up = path[: lowest + 1], path[lowest:]
        top = max(range(len(down)), key=lambda at: (down[at][1], at))
        top_deg = down[top][1]
        depth = top_deg - bottom_deg
        if not DEPTH_DEG[0] <= depth <= DEPTH_DEG[1] or pitch_deg < bottom_deg + BACK * depth:
            return False
        yaws = [yaw for _, _, yaw in path[top:]]
        if abs(top_deg) > TOP_DEG or max(yaws) - min(yaws) > TURN_DEG:
            return False
        upper, lower, back = (bottom_deg + share * depth for share in (*MIDDLE, BACK))
        sank_s = _passed_s(down[top:], lower, first=True) - _passed_s(down[top:], upper)
        rose_s = _passed_s(up, back, first=True) - _passed_s(up, lower)
        return sank_s >= SINK_S and rose_s <= JERK_S and sank_s >= FASTER * rose_s


def _passed_s(path: list[_Sample], level_deg: float, *, first: bool = False) -> float:
    """When the pitch last, or ``first``, passed the level, between two samples."""
    steps = list(pairwise(path)) if first else list(pairwise(path))[::-1]
    for (from_s, before, _), (to_s, after, _) in steps:
        if min(before, after) <= level_deg <= max(before, after) and before != after:
            return from_s + (level_deg - before) / (after - before) * (to_s - from_s)
    return path[-1][0]
