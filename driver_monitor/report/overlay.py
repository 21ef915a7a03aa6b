"""What is drawn onto a frame so that a person sees what the monitor saw."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from driver_monitor.cause import cause_words
from driver_monitor.face.observation import FaceObservation
from driver_monitor.report.fatigue import kss_words
from driver_monitor.state.alert import Alert, Level
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.signals import Signals
from driver_monitor.timecode import clock
from driver_monitor.timeline.judged import fine_percent

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]  # blue, green, red: OpenCV's order
Box = tuple[int, int, int, int]  # left, top, width, height (px)

# Outlines as MediaPipe's FaceLandmarksConnections has them (FACE_LANDMARKS_LEFT_EYE and so on), in drawing order.
_LEFT_EYE: Final = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
_RIGHT_EYE: Final = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
_OUTER_LIPS: Final = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
_INNER_LIPS: Final = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
_IRISES: Final = ((468, 469, 470, 471, 472), (473, 474, 475, 476, 477))  # centre first
_NOSE_TIP, _RIGHT_CORNER, _LEFT_CORNER = 1, 33, 263

_INK: Final[Colour] = (240, 240, 240)
_MUTED: Final[Colour] = (178, 172, 165)
_PANEL: Final[Colour] = (27, 24, 21)
_GOOD: Final[Colour] = (200, 200, 90)
_BAD: Final[Colour] = (60, 140, 255)
_LIPS: Final[Colour] = (190, 170, 230)
_AXES: Final[tuple[Colour, ...]] = ((235, 160, 90), (140, 210, 120), (0, 190, 255))  # driver's left, up, outwards
_LEVELS: Final[dict[Level, tuple[Colour, Colour]]] = {
    Level.INFO: ((213, 155, 91), (30, 20, 10)),
    Level.WARNING: ((0, 159, 230), (0, 20, 30)),
    Level.CRITICAL: ((36, 21, 176), (255, 255, 255)),
    Level.UNRESPONSIVE: ((86, 10, 96), (255, 255, 255)),
}
_UNKNOWN: Final = "\u2013"
_BANNERS: Final = 3


class Overlay:
    """Draws at one picture size; letters grow with the picture, from 9 px at 320x240."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self.width_px, self.height_px = width_px, height_px
        self._unit = min(max(min(height_px / 30, width_px / 40), 10.0), 40.0)
        self._columns = 8 if width_px >= 50 * self._unit else 4 if width_px >= 28 * self._unit else 2
        self._font = cv2.FontFace("sans")

    def slate(self, headline: str, detail: str) -> Image:
        """What is shown while there is no picture."""
        image: Image = np.full((self.height_px, self.width_px, 3), 38, np.uint8)
        cv2.rectangle(image, (0, 0), (self.width_px - 1, self.height_px - 1), (70, 64, 58), 2)
        size, middle = round(self._unit * 1.8), self.height_px // 2
        for words, y, px, weight in ((headline, middle, size, 700), (detail, middle + size, round(size * 0.6), 400)):
            shown = self._fit(words, px, weight, self.width_px - 8)
            x = (self.width_px - self._width(shown, px, weight)) // 2
            self._text(image, shown, (x, y), px, _INK if weight == 700 else _MUTED, weight=weight)
        return image

    def face(self, image: Image, observation: FaceObservation, signals: Signals, box: Box) -> None:
        """Eye and mouth outlines and the head's axes; ``box`` is where in ``image`` the camera's picture lies."""
        if observation.landmarks is None:
            return
        left, top, width, height = box
        size, corner = np.array([width, height], np.float32), np.array([left, top], np.float32)
        points = observation.landmarks[:, :2] * size + corner
        thick = max(1, round(self._unit / 14))
        eyes = _BAD if signals.eyes == "closed" else _GOOD if signals.eyes == "open" else _MUTED
        for outline, colour in ((_LEFT_EYE, eyes), (_RIGHT_EYE, eyes), (_OUTER_LIPS, _LIPS), (_INNER_LIPS, _LIPS)):
            _polyline(image, points[list(outline)], colour, thick)
        if signals.eyes == "open" and len(points) > _IRISES[1][-1]:
            for centre, *rim in _IRISES:
                radius = float(np.linalg.norm(points[rim] - points[centre], axis=1).mean())
                cv2.circle(image, _pixel(points[centre]), max(1, round(radius)), eyes, 1, cv2.LINE_AA)
        if observation.matrix is not None:
            self._axes(image, points, observation.matrix, thick + 1)

    def _axes(self, image: Image, points: NDArray[np.float32], matrix: NDArray[np.float32], thick: int) -> None:
        """The face's own axes from the tip of the nose; the camera's y points up, the picture's down."""
        origin = points[_NOSE_TIP]
        length = 0.6 * float(np.linalg.norm(points[_LEFT_CORNER] - points[_RIGHT_CORNER]))
        rotation = matrix[:3, :3] / np.maximum(np.linalg.norm(matrix[:3, :3], axis=0), 1e-6)
        for axis in sorted(range(3), key=lambda k: rotation[2, k]):  # the one that points at the camera comes last
            end = origin + length * np.array([rotation[0, axis], -rotation[1, axis]], np.float32)
            cv2.line(image, _pixel(origin), _pixel(end), _AXES[axis], thick, cv2.LINE_AA)

    def panel(self, image: Image, state: DriverState, *, no_fatigue: str = "", agreeing: str = "") -> None:
        """The state in words and numbers along the lower edge.

        ``no_fatigue`` is why fatigue is not known, ``agreeing`` the second channels behind what fires.
        """
        shown = cells(state, no_fatigue, agreeing)
        unit = self._unit
        rows = -(-len(shown) // self._columns)
        row_px, pad = round(unit * 2.1), round(unit * 0.35)
        top = self.height_px - rows * row_px - pad
        _tint(image[max(top, 0) :], _PANEL, 0.8)
        cell_px = self.width_px // self._columns
        label_px, value_px = max(8, round(unit * 0.62)), max(9, round(unit * 0.82))
        for index, (label, value, colour) in enumerate(shown):
            x = index % self._columns * cell_px + pad
            y = top + index // self._columns * row_px + pad
            room = cell_px - pad - 2
            self._text(image, self._fit(label, label_px, 400, room), (x, y + label_px), label_px, _MUTED, weight=400)
            base = y + label_px + value_px + 1
            self._text(image, self._fit(value, value_px, 600, room), (x, base), value_px, colour, weight=600)
            if label == "eyes":
                bar = (x, base + round(unit * 0.22), room - pad, max(2, round(unit / 6)))
                self._bar(image, state.signals.openness, bar)

    @staticmethod
    def _bar(image: Image, openness: float | None, box: Box) -> None:
        """Lid opening from 0 to the driver's own open eye."""
        x, y, width, height = box
        cv2.rectangle(image, (x, y), (x + width, y + height), (84, 78, 72), -1)
        if openness is not None and openness == openness:  # noqa: PLR0124  (not NaN)
            shown = min(max(openness, 0.0), 1.0)
            colour = _GOOD if openness >= 0.5 else _BAD
            cv2.rectangle(image, (x, y), (x + round(width * shown), y + height), colour, -1)

    def banners(self, image: Image, firing: Sequence[Alert]) -> None:
        """One strip an alert along the upper edge, the gravest first."""
        ranked = sorted(firing, key=lambda alert: (-alert.level, alert.t_s))
        height, size = round(self._unit * 1.7), round(self._unit)
        for index, alert in enumerate(ranked[:_BANNERS]):
            back, ink = _LEVELS[alert.level]
            top = index * height
            cv2.rectangle(image, (0, top), (self.width_px, top + height - 2), back, -1)
            words = f"{alert.level.name}: {alert.message}"
            rest = len(ranked) - _BANNERS
            if rest > 0 and index == _BANNERS - 1:
                words = f"+{rest} more, {words}"
            pad = round(self._unit * 0.5)
            words = self._fit(words, size, 700, self.width_px - 2 * pad)
            self._text(image, words, (pad, top + round(height * 0.68)), size, ink, weight=700)

    def _text(self, image: Image, words: str, at: tuple[int, int], px: int, colour: Colour, *, weight: int) -> None:
        cv2.putText(image, words, at, colour, self._font, px, weight)

    def _width(self, words: str, px: int, weight: int) -> int:
        x, _, width, _ = cv2.getTextSize((self.width_px, self.height_px), words, (0, 0), self._font, px, weight)
        return int(x + width)

    def _fit(self, words: str, px: int, weight: int, room_px: int) -> str:
        """Cut to the room there is, with dots."""
        words = " ".join(words.split())
        if self._width(words, px, weight) <= room_px:
            return words
        low, high = 0, len(words)
        while low < high:
            middle = (low + high + 1) // 2
            if self._width(words[:middle].rstrip() + "…", px, weight) <= room_px:
                low = middle
            else:
                high = middle - 1
        return words[:low].rstrip() + "…"


def cells(state: DriverState, no_fatigue: str = "", agreeing: str = "") -> list[tuple[str, str, Colour]]:
    """(label, value, colour) of the panel's cells; see :meth:`Overlay.panel`."""
    s = state.signals
    driver = cause_words(s.degraded or s.tracking) + (_lasting(s.degraded_cause_s, 0) if s.degraded else "")
    closed = s.eyes == "closed"
    eyes = s.eyes.replace("_", " ")
    if closed:
        eyes += _lasting(s.eyes_closed_s, 1)
    elif s.openness is not None:
        eyes += f" {_number(s.openness, 2)}"
    away = s.on_road is False
    gaze = f"gaze off road{_lasting(s.off_road_s, 1)}" if away else "gaze"
    fatigue = state.fatigue
    tired = (_number(fatigue.level, 2), f"KSS {kss_words(fatigue)}") if fatigue else (no_fatigue or _UNKNOWN, _UNKNOWN)
    stress = _number(state.stress.stressed if state.stress else None, 2)
    return [
        ("time", clock(state.t_s, 1), _INK),
        ("driver", driver, _BAD if s.degraded or s.tracking != "tracked" else _INK),
        ("eyes", eyes, _BAD if closed else _INK),
        ("PERCLOS 60, 180 s", f"{fine_percent(s.perclos_60s)}, {fine_percent(s.perclos_180s)}", _INK),
        (gaze, s.zone.replace("_", " "), _BAD if away else _INK),
        ("yaw, pitch", f"{_number(s.yaw_deg, 0)}, {_number(s.pitch_deg, 0)} deg", _INK),
        (f"speed, {state.speed.knowledge.value}", _kmh(state.speed.kmh), _INK),
        ("stress", stress, _INK),
        ("fatigue" if fatigue else "fatigue not known", tired[0], _BAD if fatigue and fatigue.level >= 0.6 else _INK),
        ("sleepiness", tired[1], _INK),
        ("yawns, nods in 10 min", f"{s.yawns_600s}, {s.nods_600s}", _INK),
        ("second channels", agreeing or _UNKNOWN, _INK),
    ]


def _lasting(seconds: float | None, digits: int) -> str:
    """``" 1.2 s"``; empty for what has only just begun."""
    shown = f"{seconds or 0:.{digits}f}"
    return f" {shown} s" if float(shown) else ""


def _kmh(kmh: float | None) -> str:
    return _UNKNOWN if kmh is None else f"{kmh:.0f} km/h"


def _number(value: float | None, digits: int) -> str:
    return _UNKNOWN if value is None or value != value else f"{value:z.{digits}f}"  # noqa: PLR0124  (NaN)


def _tint(area: Image, colour: Colour, share: float) -> None:
    """Mix a colour into part of a picture, in place."""
    cv2.addWeighted(area, 1 - share, np.full_like(area, colour), share, 0, dst=area)


def _polyline(image: Image, points: NDArray[np.float32], colour: Colour, thick: int) -> None:
    cv2.polylines(image, [np.round(points * 8).astype(np.int32)], True, colour, thick, cv2.LINE_AA, 3)


def _pixel(point: NDArray[np.float32]) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))
