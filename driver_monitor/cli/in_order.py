"""What many drives print, in the order of their sources whatever order they end in."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class InOrder(Generic[T]):
    """Give it what each item came to, as it comes; ``say`` hears of an item once those before it have been told."""

    def __init__(self, items: Iterable[object], say: Callable[[T], None]) -> None:
        self._ahead = list(dict.fromkeys(items))
        self._waiting: dict[object, T] = {}
        self._say = say

    def add(self, item: object, outcome: T) -> None:
        self._waiting[item] = outcome
        while self._ahead and self._ahead[0] in self._waiting:
            self._say(self._waiting.pop(self._ahead.pop(0)))
