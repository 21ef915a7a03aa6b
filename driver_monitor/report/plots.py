"""The plots under the lanes: one row a quantity, all on the same time axis."""

import base64
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from markupsafe import Markup

from driver_monitor.channel_tally import BODY, HEART, VOICE, ChannelTally
from driver_monitor.config.signals import SignalsConfig
from driver_monitor.report.svg import (
    Keep,
    Scale,
    element,
    envelope_path,
    joined,
    line,
    medians,
    rect,
    text,
    value_ticks,
)
from driver_monitor.timeline.timeline import Timeline, Track

PLOT_PX: Final = 66
_PITCH_PX: Final = 82
NOT_KNOWN: Final = "not known in this drive"
_MAX_BUCKETS: Final = 9000  # in the page: every bucket of a 5-minute drive, 0.4 s of an hour


@dataclass(frozen=True, slots=True)
class Curve:
    """One series; ``keep`` says what of a bucket tells the story when there is room for one value only.

    In an hour's plot each pixel holds a blink: the median opening in it still tells open eyes from shut ones, and the
    band behind it shows that there were blinks. ``upper``: a second series, the upper edge of a band whose lower
    edge is the first.
    """

    series: str
    label: str
    keep: Keep = "high"
    upper: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """``floor``..``ceiling`` is always shown and grows with the data; ``band`` is shaded, ``marks`` are dashed.

    ``shown`` is what a value is multiplied with for people to read: 100 for a share in percent.
    """

    title: str
    unit: str
    curves: tuple[Curve, ...]
    floor: float
    ceiling: float
    band: tuple[float, float, str] | None = None
    marks: tuple[tuple[float, str], ...] = ()
    limit: tuple[float, float] = (-1e6, 1e6)
    unknown: str = NOT_KNOWN
    shown: int = 1


def plots(
    signals: SignalsConfig, *, speed: str, no_fatigue: str = "", channels: ChannelTally | None = None
) -> list[Plot]:
    """``signals``: the settings in force, for the road band and the reference lines. ``speed``: how it was known, empty
    where it is not worth a plot. ``no_fatigue``: why fatigue was never known, if it was not. ``channels``: those that
    were on, which have a plot each, whether they measured anything or not."""
    road_yaw, road_pitch = signals.gaze.road_half_width_deg, signals.gaze.road_half_height_deg
    lids = (Curve("openness", "median", "median"), Curve("openness", "lowest to highest", "band"))
    found = [
        Plot("Lid opening", "1 = open", lids, 0, 1.2,
             marks=((signals.closure.p80_openness, "80 % closed"),), limit=(0, 1.6)),
        Plot("Eyes closed", "s", (Curve("eyes_closed_s", "without a break"),), 0, 2),
        Plot("PERCLOS", "%", (Curve("perclos_60s", "60 s"), Curve("perclos_180s", "180 s")), 0, 0.2,
             marks=((0.15, "drowsy, 60 s"),), limit=(0, 1), shown=100),
        Plot("Blink rate", "1/min", (Curve("blink_rate_per_min", "over 60 s"),), 0, 30),
        Plot("Blink duration", "s", (Curve("blink_duration_s", "mean, 60 s"),), 0, 0.4, limit=(0, 2)),
        Plot("Yaw", "deg, + left", (Curve("yaw_deg", "head", "both"), Curve("gaze_yaw_deg", "gaze", "both")), -40, 40,
             band=(-road_yaw, road_yaw, "road"), limit=(-100, 100)),
        Plot("Pitch", "deg, + up", (Curve("pitch_deg", "head", "both"), Curve("gaze_pitch_deg", "gaze", "both")),
             -40, 20, band=(-road_pitch, road_pitch, "road"), limit=(-70, 70)),
        Plot("Off the road", "s", (Curve("off_road_s", "this glance"), Curve("away_30s", "in 30 s")), 0, 4),
        Plot("Mouth opening", "ratio", (Curve("mouth_opening", "mouth", "both"),), 0, 0.8,
             marks=((signals.yawn.open_ratio, "yawn"),), limit=(0, 2)),
        Plot("Quality", "0..1", (Curve("quality", "face", "low"), Curve("quality_eyes", "eyes", "low")), 0, 1),
        Plot("Eyes judged", "%", (Curve("perclos_coverage", "of the last 60 s", "low"),), 0, 1, shown=100),
        Plot("Fatigue", "0 alert, 1 drowsy", (Curve("fatigue_level", "level"),), 0, 1,
             marks=() if no_fatigue else ((0.6, "longer blinks"),), unknown=no_fatigue or NOT_KNOWN),
        Plot("Stress", "probability", (Curve("stress_stressed", "stressed"), Curve("stress_angry", "angry")), 0, 1),
    ]  # fmt: skip
    found += _of_channels(channels or ChannelTally())
    if speed:
        found.append(Plot("Speed", "km/h", (Curve("speed_kmh", speed),), 0, 60))
    return found


def _of_channels(channels: ChannelTally) -> list[Plot]:
    found = {
        HEART: Plot("Heart rate", "1/min",
                    (Curve("heart_rate_bpm", "rate"),
                     Curve("heart_rate_low_bpm", "9 times in 10", "band", "heart_rate_high_bpm")), 50, 100),
        VOICE: Plot("Voice", "0..1", (Curve("voice_arousal", "excited"), Curve("voice_flatness", "flat")), 0, 1),
        BODY: Plot("Slump", "shoulder widths", (Curve("slump", "sunk by", "both"),), 0, 0.6,
                   marks=((0.5, "slumped"),), limit=(-1, 2)),
    }  # fmt: skip
    return [
        replace(plot, unknown=f"{NOT_KNOWN}: {why}" if (why := channels.why_not(sense)) else NOT_KNOWN)
        for sense, plot in found.items()
        if channels.on(sense)
    ]


def _track(timeline: Timeline, curve: Curve) -> Track:
    track = timeline.track(curve.series)
    return track._replace(high=timeline.track(curve.upper).high) if curve.upper else track


def draw(
    timeline: Timeline, chosen: list[Plot], x: Scale, top: float, *, clip: str
) -> tuple[Markup, list[dict[str, object]], float]:
    """The SVG of the plots, what the page's script needs to draw and read them, and the y below the last one.

    ``clip``: what keeps curves within the chart, as :func:`~driver_monitor.report.chart.clip` names it.
    """
    parts: list[Markup] = []
    data: list[dict[str, object]] = []
    y_px = top
    for plot in chosen:
        tracks = [_track(timeline, curve) for curve in plot.curves]
        low, high = _range(plot, tracks)
        y = Scale(low, high, y_px + PLOT_PX, y_px)
        parts.append(_frame(plot, x, y))
        paths = []
        for index, (curve, track) in enumerate(zip(plot.curves, tracks, strict=True)):
            label_y = y_px + 31 + 15 * index
            band = curve.keep == "band"
            cls = "area c1" if band else f"curve c{index + 1}"
            parts += (
                rect(0, label_y - 8, 14, 8, cls) if band else line(0, label_y - 4, 14, label_y - 4, cls),
                text(20, label_y, curve.label, "label"),
                text(x.start - 48, label_y, "", "value", anchor="end"),
            )
            path = envelope_path(track, curve.keep, x, y, gap_s(track))
            paths.append(element("path", cls=cls, clip_path=clip, data_curve=len(data), d=path))
            data.append(
                {"low": low, "high": high, "top": y_px, "height": PLOT_PX, "shown": plot.shown, **_packed(curve, track)}
            )
        parts += reversed(paths)  # the first curve is the one that matters: on top
        if not any(np.isfinite(track.high).any() for track in tracks):
            middle = (x.start + x.end) / 2
            parts.append(text(middle, y_px + PLOT_PX / 2 + 4, plot.unknown, "muted", anchor="middle"))
        y_px += _PITCH_PX
    return joined(parts), data, y_px - (_PITCH_PX - PLOT_PX)


def _range(plot: Plot, tracks: list[Track]) -> tuple[float, float]:
    low, high = plot.floor, plot.ceiling
    for track in tracks:
        if np.isfinite(track.high).any():
            low = min(low, float(np.nanmin(track.low)))
            high = max(high, float(np.nanmax(track.high)) * 1.02)
    return max(low, plot.limit[0]), min(high, plot.limit[1])


def _frame(plot: Plot, x: Scale, y: Scale) -> Markup:
    unit = element("tspan", plot.unit, cls="unit", dx=6)
    parts = [element("text", plot.title, unit, x=0, y=y.end + 11, cls="title")]
    if plot.band:
        low, high, name = plot.band
        low, high = max(low, y.low), min(high, y.high)
        parts.append(rect(x.start, y(high), x.end - x.start, y(low) - y(high), "band"))
        parts.append(text(x.end + 5, (y(high) + y(low)) / 2 + 3.5, name, "mark-label"))
    for value in value_ticks(y.low, y.high):
        parts.append(line(x.start, y(value), x.end, y(value), "zero" if value == 0 else "grid"))
        parts.append(
            text(x.start - 7, y(value) + 3.5, f"{value * plot.shown:g}".replace("-", "\u2212"), "tick", anchor="end")
        )
    for value, name in plot.marks:
        if y.low < value < y.high:
            parts.append(line(x.start, y(value), x.end, y(value), "mark"))
            parts.append(text(x.end + 5, y(value) + 3.5, name, "mark-label"))
    return joined(parts)


def gap_s(track: Track) -> float:
    """Buckets further apart than this are not joined by a line."""
    return max(1.0, 3 * float(np.median(np.diff(track.t_s)))) if len(track.t_s) > 1 else 1.0


def coarser(track: Track, most: int = _MAX_BUCKETS, *, median: bool = False) -> Track:
    """The same track in at most about ``most`` equal time steps; with ``median``, of its middle values only."""
    if len(track.t_s) <= most:
        return track
    step_s = (track.t_s[-1] - track.t_s[0]) / most
    starts = np.flatnonzero(np.diff(np.floor(track.t_s / step_s), prepend=-np.inf))
    if median:
        middle = medians(track, starts)
        return Track(track.t_s[starts], middle, middle)
    return Track(track.t_s[starts], np.fmin.reduceat(track.low, starts), np.fmax.reduceat(track.high, starts))


def _packed(curve: Curve, track: Track) -> dict[str, object]:
    """16-bit values between the curve's own extremes, base64; -32768 is "not known"."""
    small = coarser(track, median=curve.keep == "median")
    if not np.isfinite(small.high).any():
        return {"keep": curve.keep, "offset": 0, "scale": 1, "low_values": "", "high_values": ""}
    offset, top = float(np.nanmin(small.low)), float(np.nanmax(small.high))
    scale = max(top - offset, 1e-6) / 65000

    def pack(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> str:
        steps = np.where(np.isfinite(values), (values.astype(np.float64) - offset) / scale - 32500, -32768)
        return base64.b64encode(np.round(steps).astype("<i2").tobytes()).decode()

    return {
        "keep": curve.keep, "offset": round(offset + 32500 * scale, 7), "scale": scale,
        "low_values": "" if curve.keep in ("high", "median") else pack(small.low),
        "high_values": "" if curve.keep == "low" else pack(small.high),
    }  # fmt: skip


def packed_times(track: Track) -> str:
    """Bucket starts in milliseconds after the first, 32 bits each, base64."""
    small = coarser(track)
    if not len(small.t_s):
        return ""
    return base64.b64encode(np.round((small.t_s - small.t_s[0]) * 1000).astype("<u4").tobytes()).decode()
