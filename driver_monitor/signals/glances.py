"""How long the gaze has been away: one glance, and many short ones added up."""

from collections import deque
from typing import Final

WINDOW_S: Final = 30.0  # VATS: 10 s away within 30 s, cleared by 2 s on the road (Euro NCAP 2026)
RESET_S: Final = 2.0
HOLD_UNKNOWN_S: Final = 10.0  # hiding the face does not end a glance at once; then nothing is known
MAX_STEP_S: Final = 0.5


class GlanceTimer:
    """A glance away starts with the first frame off the road and ends once the road was looked at for ``flicker_s``."""

    def __init__(self, flicker_s: float) -> None:
        self._flicker_s = flicker_s
        self._away_since_s: float | None = None
        self._task_since_s: float | None = None
        self._road_since_s: float | None = None
        self._known_s: float | None = None
        self._last_s: float | None = None
        self._vats: deque[tuple[float, float]] = deque()
        self._vats_s = 0.0

    def update(self, t_s: float, on_road: bool | None, driving_task: bool) -> None:
        """``driving_task`` says that the gaze is on a mirror or the cluster; it is then off the road all the same."""
        step_s = 0.0 if self._last_s is None else min(max(t_s - self._last_s, 0.0), MAX_STEP_S)
        self._last_s = t_s
        if on_road is None:
            if self._known_s is None or t_s - self._known_s > HOLD_UNKNOWN_S:
                self._away_since_s = self._task_since_s = self._road_since_s = None
                self._known_s = None
        else:
            self._known_s = t_s
            if on_road:
                self._on_road(t_s)
            else:
                self._away(t_s, step_s, driving_task)
        while self._vats and t_s - self._vats[0][0] > WINDOW_S:
            self._vats_s -= self._vats.popleft()[1]

    def _on_road(self, t_s: float) -> None:
        if self._road_since_s is None:
            self._road_since_s = t_s
        if t_s - self._road_since_s >= self._flicker_s - 1e-9:
            self._away_since_s = self._task_since_s = None
        if t_s - self._road_since_s >= RESET_S - 1e-9:
            self._vats.clear()
            self._vats_s = 0.0

    def _away(self, t_s: float, step_s: float, driving_task: bool) -> None:
        self._road_since_s = None
        if self._away_since_s is None:
            self._away_since_s = t_s
        if driving_task:
            self._task_since_s = t_s if self._task_since_s is None else self._task_since_s
        else:
            self._task_since_s = None
            self._vats.append((t_s, step_s))
            self._vats_s += step_s

    def off_road_s(self, t_s: float) -> float | None:
        """None before anything was known, and again after a long time without knowing."""
        if self._known_s is None:
            return None
        return 0.0 if self._away_since_s is None else t_s - self._away_since_s

    def driving_task_s(self, t_s: float) -> float | None:
        if self._known_s is None:
            return None
        return 0.0 if self._task_since_s is None else t_s - self._task_since_s

    @property
    def away_30s(self) -> float:
        return max(0.0, self._vats_s)
