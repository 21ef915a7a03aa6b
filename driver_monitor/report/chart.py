"""A chart of a drive's page: rows on the shared time axis, and what the page's script moves about in them."""

from collections.abc import Sequence
from typing import Any, Final

from markupsafe import Markup

from driver_monitor.report.svg import Scale, element, rect, time_axis

WIDTH_PX: Final = 1120
X0_PX, X1_PX = 196, 1048  # between the gutters: names and scale on the left, names of reference lines on the right
_AXIS_PX: Final = 22


def clip(name: str) -> str:
    """What keeps curves and bars within the chart of that name, zoomed in or not."""
    return f"url(#clip-{name})"


def chart(name: str, content: Markup, x: Scale, bottom: float, shades: Sequence[Sequence[Any]] = ()) -> Markup:
    """``content``: the rows, down to ``bottom`` (px). ``shades``: from, to (s) and class of what lies behind them."""
    inside = element("rect", x=X0_PX, y=0, width=X1_PX - X0_PX, height=bottom)
    behind = [rect(x(a), 0, max(x(b) - x(a), 1), bottom, cls) for a, b, cls, _ in shades]
    return element(
        "svg",
        element("defs", element("clipPath", inside, id=f"clip-{name}")),
        element("g", *time_axis(x, bottom, bottom + 14), cls="axis"),
        element("g", *behind, cls="shade", clip_path=clip(name)) if behind else "",
        content,
        rect(0, 0, 0, bottom, "drag"),
        element("line", cls="cursor", x1=0, x2=0, y1=0, y2=bottom, visibility="hidden"),
        cls="chart", id=name, viewBox=f"0 0 {WIDTH_PX} {bottom + _AXIS_PX:g}", role="img", aria_label=name,
        data_top=0, data_bottom=bottom,
    )  # fmt: skip
