"""How often something may be restarted before it is given up."""

from collections import deque


class RestartBudget:
    """At most ``restarts`` within any ``window_s`` seconds; the caller brings the clock."""

    def __init__(self, restarts: int, window_s: float) -> None:
        self._restarts = restarts
        self._window_s = window_s
        self._spent_at: deque[float] = deque()

    def spend(self, now_s: float) -> bool:
        """Take one restart out of the budget; False when none is left at ``now_s``."""
        while self._spent_at and now_s - self._spent_at[0] >= self._window_s:
            self._spent_at.popleft()
        if len(self._spent_at) >= self._restarts:
            return False
        self._spent_at.append(now_s)
        return True
