"""How the driver sits, against how this driver sat upright at first."""

import math
import statistics
from collections import deque
from dataclasses import dataclass
from typing import Final

from driver_monitor.channels.body.figure import Figure
from driver_monitor.parameter import judged

LEARN_S: Final = judged(120.0, "of watching the road: the driver's own upright is the median of them")
KNOWN_S: Final = judged(20.0, "of them, from which on slump and lean are told")
LOOKS: Final = judged(5, "whose median is told: one wrong pose changes nothing", unit="looks")


@dataclass(frozen=True, slots=True)
class _Place:
    """Heights in px of the frame, down; ``span`` between the shoulders in px."""

    ears: float
    shoulders: float
    span: float
    tilt_deg: float

    @classmethod
    def of(cls, figure: Figure) -> "_Place":
        return cls(float(figure.ears[1]), float(figure.middle[1]), figure.span, figure.tilt_deg)

    @classmethod
    def median(cls, places: "list[_Place]") -> "_Place":
        return cls(*(statistics.median(column) for column in zip(*(
            (place.ears, place.shoulders, place.span, place.tilt_deg) for place in places
        ), strict=True)))  # fmt: skip


class Posture:
    """Told of every look at the body; keeps no frame, only places of the first minutes."""

    def __init__(self) -> None:
        self._learned: list[_Place] = []
        self._recent: deque[_Place] = deque(maxlen=LOOKS)
        self._own: _Place | None = None
        self._watched_s = 0.0

    @property
    def known(self) -> bool:
        return self._own is not None

    def forget(self) -> None:
        """Another driver, or another place of the camera."""
        self.__init__()  # type: ignore[misc]

    def update(self, figure: Figure, step_s: float, *, upright: bool) -> None:
        """``step_s`` since the last look; ``upright`` while the driver is awake and watches the road."""
        place = _Place.of(figure)
        self._recent.append(place)
        if upright and self._watched_s < LEARN_S:
            self._watched_s += step_s
            self._learned.append(place)
            if self._watched_s >= KNOWN_S:
                self._own = _Place.median(self._learned)

    def unseen(self) -> None:
        """A look without head and shoulders."""
        self._recent.clear()

    @property
    def slump(self) -> float | None:
        """In shoulder widths, 0 and more; None while unknown."""
        now = self._now
        if now is None or self._own is None:
            return None
        sunk = min(now.ears - self._own.ears, now.shoulders - self._own.shoulders) / self._own.span
        return max(0.0, sunk)

    @property
    def lean_deg(self) -> float | None:
        now = self._now
        return now.tilt_deg - self._own.tilt_deg if now is not None and self._own is not None else None

    @property
    def _now(self) -> _Place | None:
        return _Place.median(list(self._recent)) if len(self._recent) >= math.ceil(LOOKS / 2) else None
