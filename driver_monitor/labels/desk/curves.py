"""What the page plots, for any stretch of the drive, as fine as the stretch is short."""

import base64
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.config.signals import SignalsConfig
from driver_monitor.report.plots import coarser
from driver_monitor.timeline.timeline import Timeline, Track

MOST: Final = 3000  # buckets in one answer: more than a screen has pixels


@dataclass(frozen=True, slots=True)
class Curve:
    """``mark`` is a dashed line, ``band`` a shaded span; ``keep`` which end of a bucket is drawn boldly."""

    series: str
    keep: str = "high"


@dataclass(frozen=True, slots=True)
class Plot:
    title: str
    unit: str
    curves: tuple[Curve, ...]
    low: float
    high: float
    mark: float | None = None
    band: tuple[float, float] | None = None
    shown: int = 1  # what a value is multiplied with for people to read

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.title, "unit": self.unit, "low": self.low, "high": self.high, "mark": self.mark,
            "band": self.band, "shown": self.shown,
            "curves": [{"series": c.series, "keep": c.keep} for c in self.curves],
        }  # fmt: skip


def plots(signals: SignalsConfig) -> tuple[Plot, ...]:
    """``signals``: the settings the drive was recorded with, for the lines and bands to read it against."""
    gaze = signals.gaze
    yaw, pitch = gaze.road_half_width_deg, gaze.road_half_height_deg
    return (
        Plot("Lid opening", "1 = open", (Curve("openness"),), 0, 1.3, signals.closure.p80_openness),
        Plot("PERCLOS", "%, 60 s", (Curve("perclos_60s"),), 0, 0.4, 0.15, shown=100),
        Plot("Gaze yaw", "deg, + left", (Curve("gaze_yaw_deg", "both"),), -60, 60, None, (-yaw, yaw)),
        Plot("Gaze pitch", "deg, + up", (Curve("gaze_pitch_deg", "both"),), -45, 25, None, (-pitch, pitch)),
        Plot("Mouth opening", "ratio", (Curve("mouth_opening", "both"),), 0, 0.8, signals.yawn.open_ratio),
    )


def stretch(timeline: Timeline, series: list[str], first_s: float, last_s: float) -> dict[str, Any]:
    """The curves from ``first_s`` to ``last_s`` and one bucket beyond either, as base64 of little-endian numbers.

    ``times`` are float64 seconds, ``values`` float32, lowest and highest by series; NaN is "not known".
    """
    times: NDArray[np.float64] = np.empty(0)
    values = {}
    for name in series:
        track = coarser(_between(timeline.track(name), first_s, last_s), MOST)
        times = track.t_s
        values[name] = [_packed(track.low, "<f4"), _packed(track.high, "<f4")]
    return {"first": first_s, "last": last_s, "times": _packed(times, "<f8"), "values": values}


def _between(track: Track, first_s: float, last_s: float) -> Track:
    first = max(int(np.searchsorted(track.t_s, first_s)) - 1, 0)
    last = int(np.searchsorted(track.t_s, last_s, "right")) + 1
    return Track(track.t_s[first:last], track.low[first:last], track.high[first:last])


def _packed(values: NDArray[np.floating[Any]], kind: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, kind).tobytes()).decode()
