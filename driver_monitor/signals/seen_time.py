"""Seen time: media time without the stretches in which the driver was not seen.

Every clock that says how long the driver has done something runs on it. What is not seen is no evidence: through a
flicker the driver is taken to go on with what they did, beyond it every clock stands still, and after CANNOT_SEE_S what
was under way is forgotten.
"""

from typing import Final

from driver_monitor.parameter import judged

FLICKER_S: Final = judged(0.6, "so short a time unseen changes nothing: a blink or a jolt loses a face for less")
RESUME_S: Final = judged(1.5, "nobody looks up, drives on and comes back to the same thing in less")


class SeenTime:
    """``now_s`` counts up from 0 while the driver is seen, frame after frame, and through flickers.

    A step between two frames that is longer than a flicker is a stretch unseen, too.
    """

    def __init__(self) -> None:
        self.now_s = 0.0
        self._last_s: float | None = None
        self._seen_s: float | None = None

    def update(self, t_s: float, *, seen: bool) -> float:
        """Take the frame of ``t_s``; returns by how much seen time advanced, seconds."""
        step_s = 0.0
        if self._last_s is not None and self._seen_s is not None:
            until_s = self._seen_s + FLICKER_S
            step_s = max(0.0, min(t_s, until_s) - min(self._last_s, until_s))
        self._last_s = t_s
        if seen:
            self._seen_s = t_s
        self.now_s += step_s
        return step_s

    def count_in(self, hole_s: float) -> None:
        """A hole of ``hole_s`` was seen from both sides to be no hole: what is beyond a flicker counts as well."""
        self.now_s += max(0.0, hole_s - FLICKER_S)

    def unseen_s(self, t_s: float) -> float | None:
        """How long ago the driver was last seen; None if never."""
        return None if self._seen_s is None else t_s - self._seen_s
