"""Yawns: the mouth wide open for seconds, unlike the quick openings of speech."""

from collections import deque
from typing import Final

from driver_monitor.config.signals import YawnConfig

GAP_S: Final = 0.25  # a shorter dip below the threshold does not end a yawn
COUNT_WINDOW_S: Final = 600.0


class YawnDetector:
    """A mouth that stays beyond the threshold for ``min_s`` is a yawn until it closes, at most ``max_s`` long."""

    def __init__(self, config: YawnConfig) -> None:
        self._config = config
        self._open_since_s: float | None = None
        self._last_open_s = 0.0
        self._counted = False
        self._yawns_s: deque[float] = deque()

    def update(self, t_s: float, mouth_opening: float | None) -> bool:
        """True while a yawn is recognised; an unknown mouth ends nothing by itself."""
        if mouth_opening is not None and mouth_opening >= self._config.open_ratio:
            if self._open_since_s is None:
                self._open_since_s = t_s
            self._last_open_s = t_s
        elif self._open_since_s is not None and t_s - self._last_open_s > GAP_S:
            self._open_since_s, self._counted = None, False
        if self._open_since_s is None:
            return False
        open_s = self._last_open_s - self._open_since_s
        yawning = self._config.min_s <= open_s <= self._config.max_s
        if yawning and not self._counted:
            self._counted = True
            self._yawns_s.append(t_s)
        return yawning

    def count(self, t_s: float) -> int:
        """Yawns in the last ten minutes."""
        while self._yawns_s and t_s - self._yawns_s[0] > COUNT_WINDOW_S:
            self._yawns_s.popleft()
        return len(self._yawns_s)
