"""The picture of a gaze map: as the driver sees it, his left on the left."""

from typing import Final

import numpy as np
from markupsafe import Markup

from driver_monitor.config.signals import GazeConfig
from driver_monitor.report.svg import Scale, element, line, number, rect, text
from driver_monitor.timeline.gaze_map import CELL_DEG, PITCH_DEG, YAW_DEG, GazeMap

_SHADES: Final = 5  # each stands for four times the time of the one below
_PX_PER_DEG: Final = 3.4
_LEFT_PX, _TOP_PX = 40.0, 8.0


def draw(looks: GazeMap, gaze: GazeConfig) -> Markup:
    """The darker a cell, the longer the gaze was there; the ellipse is the road ahead."""
    x = Scale(YAW_DEG[1], YAW_DEG[0], _LEFT_PX, _LEFT_PX + (YAW_DEG[1] - YAW_DEG[0]) * _PX_PER_DEG)
    y = Scale(PITCH_DEG[0], PITCH_DEG[1], _TOP_PX + (PITCH_DEG[1] - PITCH_DEG[0]) * _PX_PER_DEG, _TOP_PX)
    parts = []
    for value in range(-60, 61, 20):
        parts.append(line(x(value), y.end, x(value), y.start, "zero" if value == 0 else "grid"))
        parts.append(text(x(value), y.start + 14, _degrees(value), "tick", anchor="middle"))
    for value in range(-40, 21, 20):
        parts.append(line(x.start, y(value), x.end, y(value), "zero" if value == 0 else "grid"))
        parts.append(text(x.start - 7, y(value) + 3.5, _degrees(value), "tick", anchor="end"))
    most, size = int(looks.counts.max()), CELL_DEG * _PX_PER_DEG
    for row, column in np.argwhere(looks.counts).tolist():
        fainter = int(np.floor(np.log(most / looks.counts[row, column]) / np.log(4) + 1e-9))
        left, top = x(YAW_DEG[0] + (column + 1) * CELL_DEG), y(PITCH_DEG[0] + (row + 1) * CELL_DEG)
        parts.append(rect(left, top, size, size, f"heat{max(_SHADES - fainter, 1)}"))
    half_width, half_height = gaze.road_half_width_deg * _PX_PER_DEG, gaze.road_half_height_deg * _PX_PER_DEG
    parts.append(element("ellipse", cx=x(0), cy=y(0), rx=half_width, ry=half_height, cls="road"))
    parts.append(text(x(0) + half_width + 4, y(0) - 4, "road", "mark-label"))
    if not most:
        parts.append(text(x(0), y(PITCH_DEG[0]) - 8, "not known in this drive", "muted", anchor="middle"))
    box = f"0 0 {number(x.end + 6)} {number(y.start + 20)}"
    return element("svg", *parts, cls="map", viewBox=box, role="img", aria_label="gaze")


def _degrees(value: int) -> str:
    return f"{value}\u00b0".replace("-", "\u2212")
