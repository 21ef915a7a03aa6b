"""Whether it is night by the clock, where the clock can be trusted."""

import ctypes
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from driver_monitor.parameter import defined, judged

NOT_BEFORE_S: Final = judged(datetime(2026, 1, 1, tzinfo=UTC).timestamp(), "a clock that is earlier was never set")
AGREEMENT_S: Final = judged(120.0, "by how much the computer's clock and the one with the battery may differ")
_UNSYNCHRONISED: Final = defined(5, "adjtimex() answers this (TIME_ERROR) while nobody keeps the clock", "adjtimex(2)")
_CLOCKS: Final = Path("/sys/class/rtc")
_TIMEX_BYTES: Final = 512  # more than struct timex has on any machine


def is_night(from_h: int, to_h: int, now_s: float | None = None) -> bool:
    """Whether the local hour lies between them, over midnight if need be. False where the clock may be wrong: then
    alerts are as loud as by day. ``now_s`` is for tests: seconds since 1970, trusted.
    """
    if now_s is None:
        now_s = time.time()
        if not clock_trusted(now_s):
            return False
    hour = time.localtime(now_s).tm_hour
    return from_h <= hour < to_h if from_h <= to_h else hour >= from_h or hour < to_h


def clock_trusted(now_s: float, clocks: Path = _CLOCKS) -> bool:
    """Whether the network keeps the clock, or a clock with a battery set it. A board with neither goes on from where
    it was switched off.
    """
    return now_s >= NOT_BEFORE_S and (_synchronised() or any(_agrees(clock, now_s) for clock in clocks.glob("rtc*")))


def _synchronised() -> bool:
    answer: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return 0 <= answer < _UNSYNCHRONISED


def _agrees(clock: Path, now_s: float) -> bool:
    """Whether the kernel set its time by this one, and nothing has corrected it since."""
    try:
        set_by_it = (clock / "hctosys").read_text().strip() == "1"
        return set_by_it and abs(float((clock / "since_epoch").read_text()) - now_s) < AGREEMENT_S
    except (OSError, ValueError):
        return False
