"""What a machine can vouch for of its wall clock, which may begin in 1970 and be stepped at any moment."""

import ctypes
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import driver_monitor

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_TIMEX_BYTES: Final = 512  # struct timex has 208; all zero, it asks and sets nothing
_UNSYNCHRONISED: Final = 5  # TIME_ERROR of adjtimex(2): STA_UNSYNC is set
STEP_S: Final = 2.0  # how far the wall clock may drift from media time within a second before it has been set
RELEASED_S: Final = datetime.fromisoformat(driver_monitor.__released__).replace(tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment: ``wall_s`` since 1970 as the clock had it, ``boot_s`` since the boot ``boot_id``, sleep included.

    ``vouched``: the kernel called the clock synchronised, and it was past the day this software was released.
    ``boot_id`` is empty where the machine does not tell.
    """

    wall_s: float
    boot_s: float
    boot_id: str
    vouched: bool

    def to_metadata(self) -> dict[str, str]:
        return {
            "wall": datetime.fromtimestamp(self.wall_s, UTC).isoformat(timespec="milliseconds"),
            "boot_s": f"{self.boot_s:.3f}",
            "boot_id": self.boot_id,
            "clock": "synchronised" if self.vouched else "set" if is_set(self.wall_s) else "not set",
        }

    @classmethod
    def from_metadata(cls, data: Mapping[str, str]) -> "Stamp | None":
        """None for a recording of an earlier version, or where it is damaged."""
        try:
            wall_s = datetime.fromisoformat(data["wall"]).timestamp()
            return cls(wall_s, float(data["boot_s"]), data["boot_id"], data["clock"] == "synchronised")
        except (KeyError, ValueError, OverflowError):
            return None

    def age_s(self, now: "Stamp") -> float | None:
        """Time from this moment to ``now``; None where nobody can vouch for it."""
        if self.boot_id and self.boot_id == now.boot_id:
            return now.boot_s - self.boot_s
        if self.vouched and now.vouched and self.wall_s <= now.wall_s:
            return now.wall_s - self.wall_s
        return None


def is_set(wall_s: float) -> bool:
    """Whether a clock that says so can be right: nothing was recorded before the software was there."""
    return wall_s >= RELEASED_S


def stamp(wall: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Stamp:
    """Now."""
    wall_s = wall().timestamp()
    return Stamp(wall_s, time.clock_gettime(time.CLOCK_BOOTTIME), boot_id(), is_set(wall_s) and synchronised())


@cache
def boot_id() -> str:
    """Of the boot that this process belongs to."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def synchronised() -> bool:
    """Whether the kernel holds the clock to be synchronised (NTP, or GPS by way of chrony or ntpd)."""
    answer: int = _libc().adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return 0 <= answer < _UNSYNCHRONISED


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)
