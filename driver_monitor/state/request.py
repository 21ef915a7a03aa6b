"""What may be asked of a running monitor: by the driver's buttons, by signals, by programs on the local socket."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Ask(StrEnum):
    ACKNOWLEDGE = "acknowledge"  # "I am awake"
    MARK = "mark"  # this moment is worth a label
    WRONG = "wrong"  # the last alert was
    QUIET = "quiet"  # no sound in this drive but for what matters most
    RELOAD = "reload"  # the config's rules, from their files


ON: Final = "on"  # what a recorded quiet says
OFF: Final = "off"


def _unheard(error: str) -> None:
    """Nobody waits for an answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """``text`` is a person's word on it, ``on`` is for quiet (None: the other way round), ``who`` asked.

    ``answered`` hears once it has been done, with what was wrong or an empty string; from the loop, so that it must
    return at once.
    """

    ask: Ask
    who: str = ""
    text: str = ""
    on: bool | None = None
    answered: Callable[[str], None] = _unheard
