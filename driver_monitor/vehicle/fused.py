"""One speed out of several sources, by trust and freshness."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Final

from driver_monitor.parameter import judged
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.vehicle.source import UNKNOWN, MeasuringSource, Reading, SpeedSource

FRESH_S: Final = judged(1.5, "a source that spoke within this time is trusted before the ones after it")
APART_KMH: Final = judged(25.0, "two readings further apart do not come from hard braking and a late GPS")
_SAID_AGAIN_S: Final = judged(600.0, "sources that contradict each other are told of this often")


class FusedSpeed(SpeedSource):
    """Of the readings that are not stale: the first in the order of trust that is younger than FRESH_S, else the
    freshest. Where another one is higher by more than APART_KMH that one counts: nobody is to be silenced by a 0.
    """

    def __init__(
        self,
        sources: Sequence[MeasuringSource],
        report: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes over ``sources``, the most trusted one first."""
        self._sources = tuple(sources)
        self._report = report
        self._clock = clock
        self._said_s = -_SAID_AGAIN_S
        self._closing = ExitStack()
        for source in self._sources:
            self._closing.enter_context(source)
        self.socket_families = frozenset().union(*(source.socket_families for source in self._sources))

    def speed(self, t_s: float) -> Speed:
        readings = {source.name: reading for source in self._sources if (reading := source.fresh()) is not None}
        if not readings:
            return UNKNOWN
        name = self._trusted(readings)
        highest = max(readings, key=lambda each: readings[each].kmh)
        if readings[highest].kmh - readings[name].kmh > APART_KMH:
            self._contradict(name, highest, readings)
            name = highest
        return Speed(readings[name].kmh, SpeedKnowledge.MEASURED, name)

    def close(self) -> None:
        self._closing.close()

    def _trusted(self, readings: dict[str, Reading]) -> str:
        now_s = self._clock()
        for name, reading in readings.items():
            if now_s - reading.at_s <= FRESH_S:
                return name
        return max(readings, key=lambda name: readings[name].at_s)

    def _contradict(self, name: str, highest: str, readings: dict[str, Reading]) -> None:
        now_s = self._clock()
        if now_s - self._said_s >= _SAID_AGAIN_S:
            self._said_s = now_s
            told, other = readings[name].kmh, readings[highest].kmh
            self._report(f"speed: {name} says {told:.0f} km/h, {highest} {other:.0f} km/h; the higher one counts")
