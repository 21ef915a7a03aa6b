"""The last minute of what the camera tells about the pulse, one row a frame."""

import math
from typing import Final

import numpy as np

from driver_monitor.channels.pulse.waves import Wave
from driver_monitor.face.observation import FaceObservation
from driver_monitor.face.skin_sample import SkinSample
from driver_monitor.parameter import defined, judged
from driver_monitor.state.signals import Signals

KEPT_S: Final = judged(60.0, "this much is kept: enough for how beats vary")
_ROWS: Final = judged(8192, "rows in memory: 60 s at 120 frames a second fit", unit="count")
_LEAST_USED: Final = judged(0.15, "share of the pixels below which a frame's skin is not looked at", unit="0..1")
_EYES: Final = defined((33, 263), "outer corners of the eyes", "MediaPipe face mesh", unit="index")

# Columns of a row: place across and down are in eye distances, yaw, pitch and roll in degrees.
_NAMES: Final = (
    "time", "forehead red", "forehead green", "forehead blue", "cheeks red", "cheeks green", "cheeks blue", "used",
    "clipped", "across", "down", "yaw", "pitch", "roll", "mouth", "luma",
)  # fmt: skip
TIME: Final = _NAMES.index("time")
FOREHEAD: Final = slice(_NAMES.index("forehead red"), _NAMES.index("cheeks red"))
CHEEKS: Final = slice(_NAMES.index("cheeks red"), _NAMES.index("used"))
CLIPPED: Final = _NAMES.index("clipped")
MOTION: Final = slice(_NAMES.index("across"), _NAMES.index("luma"))
LUMA: Final = _NAMES.index("luma")


class Trace:
    """Rows in the order of time; a time that does not advance adds none, one that goes back starts anew."""

    def __init__(self) -> None:
        self._rows = np.zeros((_ROWS, len(_NAMES)))
        self._begin = self._end = 0

    def clear(self) -> None:
        self._begin = self._end = 0

    def add(self, seen: FaceObservation, skin: SkinSample, signals: Signals) -> None:
        """Frames with hardly any skin in them are left out."""
        if not skin.used >= _LEAST_USED:
            return
        if self._end > self._begin and seen.t_s <= self._rows[self._end - 1, TIME]:
            if seen.t_s < self._rows[self._end - 1, TIME]:
                self.clear()
            return
        if self._end == _ROWS:
            kept = self._rows[self._begin : self._end].copy()
            self._begin, self._end = 0, len(kept)
            self._rows[: len(kept)] = kept
        self._rows[self._end] = (
            seen.t_s, *skin, *_place(seen), signals.yaw_deg or 0.0, signals.pitch_deg or 0.0, signals.roll_deg or 0.0,
            signals.mouth_opening or 0.0, seen.luma_mean,
        )  # fmt: skip
        self._end += 1
        oldest_s = seen.t_s - KEPT_S
        while self._rows[self._begin, TIME] < oldest_s or self._end - self._begin == _ROWS:
            self._begin += 1

    def last(self, window_s: float, until_s: float) -> Wave:
        """The rows [n, columns] of the last ``window_s`` before ``until_s``; not to be written to."""
        rows = self._rows[self._begin : self._end]
        return rows[np.searchsorted(rows[:, TIME], until_s - window_s) :]


def _place(seen: FaceObservation) -> tuple[float, float]:
    """Where the face is, in its own widths."""
    if seen.landmarks is None:
        return 0.0, 0.0
    (ax, ay, _), (bx, by, _) = seen.landmarks[_EYES, :].tolist()
    tall = seen.height_px / max(1, seen.width_px)
    apart = max(1e-6, math.hypot(bx - ax, (by - ay) * tall))
    return (ax + bx) / 2 / apart, (ay + by) / 2 * tall / apart
