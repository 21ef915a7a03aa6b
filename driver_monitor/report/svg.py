"""The few pieces of SVG that charts are drawn with. Whatever a piece is given as words, it shows as words."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from driver_monitor.timecode import clock
from driver_monitor.timeline.timeline import Track

# A picture that stands by itself, in light and dark: two colours for data, the others for what is around it.
_STYLE: Final = Markup("""
svg { --page: #ffffff; --ink: #1c2126; --muted: #5b6570; --grid: #eceff2; --zero: #c9cfd5; }
svg { --c1: #0072b2; --c2: #c8550a; }
@media (prefers-color-scheme: dark) {
  svg { --page: #15181b; --ink: #e5e8eb; --muted: #9aa4ae; --grid: #23282c; --zero: #454c53; }
  svg { --c1: #5fb8ee; --c2: #f0a257; }
}
text { fill: var(--ink); font: 12px system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
.title { font-weight: 600; font-size: 15px; } .muted { fill: var(--muted); } .page { fill: var(--page); }
.grid { stroke: var(--grid); } .zero { stroke: var(--zero); }
.mark { stroke: var(--muted); stroke-dasharray: 4 3; }
""")
TIME_STEPS_S: Final = (
    0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400,
)  # fmt: skip


def number(value: float) -> str:
    """As short as 0.1 of a pixel allows."""
    return f"{value:.1f}".removesuffix(".0")


def element(tag: str, *inside: str, **attributes: str | float) -> Markup:
    """An element around ``inside``: Markup stands there as it is, any other string is escaped, as are all attributes.

    Attributes are named as in Python: ``cls`` for ``class``, ``text_anchor`` for ``text-anchor``. An empty one is left
    out. Tag and names are the caller's own words.
    """
    told = ""
    for name, value in attributes.items():
        if value != "":
            words = escape(str(value)) if isinstance(value, str) else number(value)
            told += f' {"class" if name == "cls" else name.replace("_", "-")}="{words}"'
    if not inside:
        return Markup(f"<{tag}{told}/>")  # noqa: S704  (all of it was escaped above)
    return Markup(f"<{tag}{told}>{''.join(map(escape, inside))}</{tag}>")  # noqa: S704


def joined(parts: Iterable[str]) -> Markup:
    """One after the other; what is no Markup is escaped."""
    return Markup("").join(parts)


def text(x: float, y: float, words: str, cls: str = "", *, anchor: str = "", title: str = "") -> Markup:
    return element("text", words, *_tip(title), x=x, y=y, cls=cls, text_anchor=anchor)


def rect(x: float, y: float, width: float, height: float, cls: str, *, title: str = "") -> Markup:
    return element("rect", *_tip(title), x=x, y=y, width=width, height=height, cls=cls)


def line(x1: float, y1: float, x2: float, y2: float, cls: str) -> Markup:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, cls=cls)


def boxes(spans: Iterable[tuple[float, float]], top: float, height: float, cls: str) -> Markup:
    """Boxes of one row and one class as a single path; ``spans``: left and right of each."""
    above, below = number(top), number(top + height)
    path = "".join(f"M{number(left)} {above}H{number(right)}V{below}H{number(left)}z" for left, right in spans)
    return element("path", d=path, cls=cls)


def _tip(title: str) -> tuple[Markup, ...]:
    return (element("title", title),) if title else ()


def picture(width: int, height: int, parts: Iterable[str], style: str = "") -> Markup:
    """An SVG file of its own; ``style`` is CSS for what the parts bring with them."""
    whole = element(
        "svg", element("style", _STYLE, style.lstrip()), rect(0, 0, width, height, "page"), *parts,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", width=width, height=height,
    )  # fmt: skip
    return whole + "\n"


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear map from ``low``..``high`` to pixels ``start``..``end``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low
        return self.start + (self.end - self.start) * ((value - self.low) / span if span else 0.0)


def time_ticks(low_s: float, high_s: float, most: int = 12) -> list[float]:
    """Round times within the span, at most ``most`` of them plus one."""
    step = next((step for step in TIME_STEPS_S if (high_s - low_s) / step <= most), 86400.0)
    step = max(step, math.ceil((high_s - low_s) / most / step) * step)
    first = math.ceil(low_s / step - 1e-9)
    return [k * step for k in range(first, math.floor(high_s / step + 1e-9) + 1)]


def time_axis(x: Scale, bottom: float, label_y: float) -> Iterator[Markup]:
    """Upright lines down to ``bottom`` at round times, and what time it is there."""
    for t_s in time_ticks(x.low, x.high):
        yield line(x(t_s), 0, x(t_s), bottom, "grid")
        yield text(x(t_s), label_y, clock(t_s, 0 if t_s == int(t_s) else 1), "tick", anchor="middle")


def value_ticks(low: float, high: float) -> list[float]:
    """Three to five round values within the span."""
    if not high > low:
        return [low]
    rough = (high - low) / 3
    power = 10.0 ** math.floor(math.log10(rough))
    step = max((m * power for m in (1, 2, 2.5, 5) if m * power <= rough * 1.01), default=power)
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 10) for k in range(first, math.floor(high / step + 1e-9) + 1)]


Keep = Literal["both", "low", "high", "median", "band"]


def envelope_path(track: Track, keep: Keep, x: Scale, y: Scale, gap_s: float) -> str:
    """A polyline through each pixel column's lowest and highest value, one of them, or its median; or, as ``band``, the
    area between the two.

    It breaks where nothing was known, and between buckets further apart than ``gap_s``.
    """
    known = np.isfinite(track.high)
    if not known.any():
        return ""
    columns = np.floor(x.start + (track.t_s - x.low) * (x.end - x.start) / max(x.high - x.low, 1e-9))
    breaks = np.diff(track.t_s, prepend=track.t_s[0]) > gap_s
    starts = np.flatnonzero((np.diff(columns, prepend=-1) != 0) | breaks)
    low = _pixels(np.fmin.reduceat(track.low, starts), y)
    high = _pixels(np.fmax.reduceat(track.high, starts), y)
    if keep == "band":
        return _area(columns[starts], low, high, breaks[starts])
    if keep == "median":
        low = high = _pixels(medians(track, starts), y)
    elif keep != "both":
        low = high = low if keep == "low" else high
    parts, pen_down, rising = [], False, True
    for column, bottom, top, cut in zip(columns[starts].tolist(), low, high, breaks[starts].tolist(), strict=True):
        if math.isnan(top):
            pen_down = False
            continue
        first, second = (bottom, top) if rising else (top, bottom)
        parts.append(f"{'L' if pen_down and not cut else 'M'}{column:.0f} {number(first)}")
        if abs(first - second) >= 0.3:
            parts.append(f"V{number(second)}")
            rising = not rising
        elif not pen_down or cut:
            parts.append("h.5")  # a lone value is a dot, not nothing
        pen_down = True
    return "".join(parts)


def medians(track: Track, starts: NDArray[np.intp]) -> NDArray[np.float32]:
    """The middle value of each run of buckets, float32 like the track's; NaN where none of it is known.

    A bucket that holds several frames counts with the middle of its range.
    """
    middles = (track.low + track.high) / 2
    found = np.full(len(starts), np.nan, np.float32)
    for place, run in enumerate(np.split(middles, starts[1:])):
        known = run[np.isfinite(run)]
        if len(known):
            found[place] = np.median(known)
    return found


def _area(columns: NDArray[np.float64], low: list[float], high: list[float], breaks: NDArray[np.bool_]) -> str:
    """Closed shapes, one for each stretch without a hole: along the upper edge and back along the lower."""
    parts: list[str] = []
    upper: list[str] = []
    lower: list[str] = []

    def close() -> None:
        if upper:
            parts.append(f"M{'L'.join(upper)}L{'L'.join(reversed(lower))}z")
        upper.clear()
        lower.clear()

    for column, bottom, top, cut in zip(columns.tolist(), low, high, breaks.tolist(), strict=True):
        if cut or math.isnan(top):
            close()
        if not math.isnan(top):
            upper.append(f"{column:.0f} {number(top)}")
            lower.append(f"{column:.0f} {number(bottom)}")
    close()
    return "".join(parts)


def _pixels(values: NDArray[np.float32], y: Scale) -> list[float]:
    clipped = np.clip(values, min(y.low, y.high), max(y.low, y.high))
    return [float(v) for v in y.start + (y.end - y.start) * (clipped - y.low) / (y.high - y.low)]
