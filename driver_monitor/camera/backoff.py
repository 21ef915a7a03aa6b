"""Waiting longer after every failure."""


class Backoff:
    """Waits that start at ``first_s`` and double up to ``longest_s`` (seconds)."""

    def __init__(self, first_s: float, longest_s: float) -> None:
        self._first_s = first_s
        self._longest_s = max(first_s, longest_s)
        self._next_s = first_s

    def next_s(self) -> float:
        wait_s = self._next_s
        self._next_s = min(self._longest_s, 2 * wait_s)
        return wait_s

    def reset(self) -> None:
        self._next_s = self._first_s
