"""What the car tells beside its speed: readers put it on a board, the loop reads it off."""

import math
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Final

from driver_monitor.closing import Closing
from driver_monitor.parameter import judged, norm
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.vehicle import NO_INPUTS, VehicleInputs

BELIEVED_KMH: Final = judged(30.0, "no car reverses, or rolls with its ignition off, faster than this")
FLASH_S: Final = norm(1.0, "a lamp that lit within this time is flashing", "UN R48: 60 flashes a minute at least")
ANGLE_STEP_DEG: Final = judged(0.1, "the steering angle is told in such steps")

Value = bool | float
_FLASHING: Final = ("indicator_left", "indicator_right")


class InputSource(Closing):
    """Asked once a frame; never blocks. By itself it tells nothing."""

    def read(self, t_s: float) -> VehicleInputs | None:
        """What is known at media time ``t_s``; None where nothing is connected."""
        return None

    def close(self) -> None:
        """Nothing is held."""


class InputBoard(InputSource):
    """The newest value of each input, and when it was heard. Readers :meth:`tell` it from threads of their own.

    As with a GPS receiver, staleness is judged by the board's own clock, live, at the moment of asking.
    """

    def __init__(
        self,
        stale_s: float,
        acknowledged: Callable[[], None] = lambda: None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``acknowledged`` is called each time the button is pressed, from the reader's thread."""
        self._stale_s = stale_s
        self._acknowledged = acknowledged
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Value]] = {}
        self._lit_s: dict[str, float] = {}
        self._last = NO_INPUTS
        self._open = ExitStack()

    def owns(self, reader: Closing) -> None:
        """``reader`` is closed with the board."""
        self._open.enter_context(reader)

    def tell(self, name: str, value: Value | None) -> None:
        """``name`` is an input as in ``vehicle.inputs``; a ``value`` of None takes back what was told of it."""
        now_s = self._clock()
        with self._lock:
            before = self._fresh(name, now_s)
            if value is None:
                self._known.pop(name, None)
                self._lit_s.pop(name, None)
            else:
                self._known[name] = (now_s, value)
                if name in _FLASHING and value:
                    self._lit_s[name] = now_s
        if name == "acknowledge" and value and before is False:
            self._acknowledged()

    def read(self, t_s: float) -> VehicleInputs:
        """The same object for as long as nothing changes: who reads it looks anew only at what has changed."""
        now_s = self._clock()
        with self._lock:
            angle_deg = self._fresh("steering_angle", now_s)
            found = VehicleInputs(
                ignition=self._switch("ignition", now_s),
                reverse=self._switch("reverse", now_s),
                indicator=_indicator(self._lamp("indicator_left", now_s), self._lamp("indicator_right", now_s)),
                steering_angle_deg=None if angle_deg is None else _stepped(angle_deg),
                wipers=self._switch("wipers", now_s),
                hands_on=self._switch("hands_on", now_s),
            )
        if found != self._last:
            self._last = found
        return self._last

    def close(self) -> None:
        self._open.close()

    def _fresh(self, name: str, now_s: float) -> Value | None:
        at_s, value = self._known.get(name, (-math.inf, None))
        return value if now_s - at_s <= self._stale_s else None

    def _switch(self, name: str, now_s: float) -> bool | None:
        value = self._fresh(name, now_s)
        return None if value is None else bool(value)

    def _lamp(self, name: str, now_s: float) -> bool | None:
        lit = self._switch(name, now_s)
        return lit if lit is None else now_s - self._lit_s.get(name, -math.inf) <= FLASH_S


def _indicator(left: bool | None, right: bool | None) -> str | None:
    """One that is lit says enough; dark is only known of both."""
    if left or right:
        return "both" if left and right else "left" if left else "right"
    return None if left is None or right is None else "off"


def _stepped(angle_deg: float) -> float:
    return round(round(angle_deg / ANGLE_STEP_DEG) * ANGLE_STEP_DEG, 6)


def plausible(inputs: VehicleInputs | None, speed: Speed) -> VehicleInputs | None:
    """Without what a measured speed contradicts: a wrong wire must neither end a drive nor silence it on a motorway."""
    if inputs is None or speed.knowledge is not SpeedKnowledge.MEASURED or (speed.kmh or 0.0) <= BELIEVED_KMH:
        return inputs
    if inputs.reverse or inputs.ignition is False:
        return replace(inputs, reverse=None if inputs.reverse else inputs.reverse, ignition=inputs.ignition or None)
    return inputs
