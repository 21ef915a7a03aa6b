"""A mailbox with one place: the newest item wins, and what it displaced is counted."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Newest(Generic[T]):
    """Hands items from one producing thread to one consuming thread without ever making the producer wait."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._items: list[T] = []
        self._displaced = 0
        self._finished = False
        self._error: BaseException | None = None

    def put(self, item: T) -> None:
        with self._condition:
            if self._finished:
                return
            self._displaced += len(self._items)
            self._items = [item]
            self._condition.notify()

    def finish(self, error: BaseException | None = None) -> None:
        """No more items will come. An ``error`` is raised to the consumer once the last item is taken."""
        with self._condition:
            if self._finished:
                return
            self._finished, self._error = True, error
            self._condition.notify()

    def close(self) -> None:
        """End at once: what has not been taken is thrown away."""
        with self._condition:
            self._items, self._finished, self._error = [], True, None
            self._condition.notify()

    @property
    def ended(self) -> bool:
        """True when nothing is left to take and nothing more will come."""
        with self._condition:
            return self._finished and not self._items and self._error is None

    def take(self, timeout_s: float | None = None) -> tuple[T, int] | None:
        """Return the newest item and how many it displaced since the last one taken; None on a timeout or the end."""
        with self._condition:
            self._condition.wait_for(lambda: bool(self._items) or self._finished, timeout_s)
            if self._items:
                displaced, self._displaced = self._displaced, 0
                return self._items.pop(), displaced
            error, self._error = self._error, None
        if error is not None:
            raise error
        return None
