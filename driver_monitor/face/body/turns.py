"""Looking at the body beside the face: twice a second, on a thread of its own, a frame behind."""

import math
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.face.body.nets import BodyNets
from driver_monitor.face.body.observation import BodyObservation
from driver_monitor.face.driver_choice import FaceBox

PERIOD_S: Final = 0.5
_NICE: Final = 5  # more than the face's thread: where cores are few, the face comes first


class BodyTurns:
    """Takes a frame every ``PERIOD_S`` of media time, and hands over what it showed when the next one is taken.

    So the face of a frame never waits for a body: LiteRT runs outside Python's lock. Which frames are looked at, and
    with which frame a result goes, depends on the frames' times alone; only where the result is not there in time, a
    live run goes on without it and takes it when it comes. With ``patient`` it waits: a recorded drive is seen in the
    same way on every machine.
    """

    def __init__(self, nets: BodyNets, *, patient: bool) -> None:
        self._nets = nets
        self._patient = patient
        self._pool = ThreadPoolExecutor(1, "body", _give_way)
        self._pending: Future[BodyObservation] | None = None
        self._begun_s = -math.inf

    def reset(self) -> None:
        """A new stream begins; what is still being looked at belongs to the old one."""
        if self._pending is not None:
            self._pending.result()
        self._pending, self._begun_s = None, -math.inf
        self._nets.reset()

    def turn(self, image: NDArray[np.uint8], t_s: float, face: FaceBox | None) -> BodyObservation | None:
        """What an earlier frame showed, if it is time for it. ``image`` is copied where it is the next to be looked at;
        ``face`` is the driver's in it. Raises what the look at a body raised."""
        if self._begun_s <= t_s < self._begun_s + PERIOD_S:
            return None
        seen = None
        if self._pending is not None:
            if not (self._patient or self._pending.done()):
                return None
            seen = self._pending.result()
        self._begun_s = t_s
        self._pending = self._pool.submit(self._nets.look, image.copy(), t_s, face)
        return seen


def _give_way() -> None:
    """Linux gives each thread a priority of its own."""
    own = threading.get_native_id()
    os.setpriority(os.PRIO_PROCESS, own, os.getpriority(os.PRIO_PROCESS, own) + _NICE)
