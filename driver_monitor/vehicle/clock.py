"""The time of day in a receiver's sentences: whether it goes on, which is what tells a fresh speed from an old one."""

import math
from typing import Final

DAY_S: Final = 86400.0
STEADY_S: Final = 30.0  # how long a clock that was set back has to go on before it is believed again
_SLACK_S: Final = 60.0  # over midnight: how much further than the time that has passed


class Clock:
    """``ticked_s`` is when it last went on, on the reader's clock.

    One that goes back, other than over midnight, is a recording that is repeated or two clocks in one, and stands
    still to us until it has gone on for STEADY_S.
    """

    def __init__(self, utc: float, now_s: float) -> None:
        self.ticked_s = now_s
        self._day_s = _day_s(utc)
        self._shown_s = now_s
        self._back_s = -math.inf

    def show(self, utc: float, now_s: float) -> None:
        """``utc`` is the time of day in hhmmss."""
        day_s = _day_s(utc)
        ahead_s = day_s - self._day_s
        if not ahead_s:
            return
        over_midnight = ahead_s < 0 and ahead_s + DAY_S <= now_s - self._shown_s + _SLACK_S
        self._day_s, self._shown_s = day_s, now_s
        if ahead_s < 0 and not over_midnight:
            self._back_s = now_s
        elif now_s - self._back_s >= STEADY_S:
            self.ticked_s = now_s


def _day_s(utc: float) -> float:
    hours, rest = divmod(utc, 10000)
    minutes, seconds = divmod(rest, 100)
    return hours * 3600 + minutes * 60 + seconds
