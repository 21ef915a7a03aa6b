"""ASAM OpenLABEL and its forerunner VCD: JSON with actions and events in intervals of frames."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeGuard

from driver_monitor.labels.entries import Entries, decoded
from driver_monitor.labels.errors import LabelError, problem
from driver_monitor.labels.imports.words import free_kind, kind_of
from driver_monitor.labels.label import MAX_NOTE

ROOTS: Final = ("openlabel", "vcd")
_GROUPS: Final = ("actions", "events")
_RATES: Final = ("fps", "frame_rate", "framerate")
MAX_FPS: Final = 1000.0
_MAX_FRAME: Final = 1e12


def read_openlabel(path: Path, raw: bytes, fps: float | None) -> Entries:
    """Every interval of every action and event as a label; both of an interval's frames belong to it.

    Its kind is the last part of its type (``driver_actions/phonecall_left`` is ``phone``). ``fps`` is the rate of the
    frames that are counted; what the file says of itself is taken where it is None. JSON has no lines worth naming, so
    mistakes name the element. Raises :class:`LabelError`.
    """
    root = _root(path, raw)
    rate = fps or _rate(path, root)
    if rate is None:
        raise LabelError(
            [problem(path, 0, "it counts frames and does not say how many there are a second; add --fps N")]
        )
    entries = Entries(path)
    for group in _GROUPS:
        for name, element in _elements(root.get(group)):
            _add(f"{group}.{name}", element, rate, entries)
    return entries


def _root(path: Path, raw: bytes) -> dict[str, Any]:
    try:
        data = json.loads(decoded(path, raw))
    except json.JSONDecodeError as error:
        raise LabelError([problem(path, error.lineno, f"this is not JSON: {error.msg}")]) from None
    except (RecursionError, ValueError):  # or a number of thousands of digits
        raise LabelError([problem(path, 0, "values are nested too deep or too long for a file of labels")]) from None
    for name in ROOTS:
        if isinstance(data, dict) and isinstance(data.get(name), dict):
            found: dict[str, Any] = data[name]
            return found
    raise LabelError([problem(path, 1, "it is neither OpenLABEL nor VCD: there is no 'openlabel' or 'vcd' at its top")])


def _elements(group: Any) -> Iterator[tuple[str, Any]]:
    """A mapping by id, or VCD's list."""
    if isinstance(group, dict):
        yield from ((str(key), value) for key, value in group.items())
    elif isinstance(group, list):
        yield from ((str(index), value) for index, value in enumerate(group))


def _rate(path: Path, root: dict[str, Any]) -> float | None:
    """The frame rate as far as all streams of the file agree on it."""
    places = [root, root.get("metadata")]
    streams = root.get("streams") or (root.get("metadata") or {}).get("streams")
    for _, stream in _elements(streams):
        properties = stream.get("stream_properties") if isinstance(stream, dict) else None
        places += [stream, properties, properties.get("sync") if isinstance(properties, dict) else None]
    found = {
        float(place[name])
        for place in places
        if isinstance(place, dict)
        for name in _RATES
        if _is_number(place.get(name)) and 0 < place[name] <= MAX_FPS
    }
    if len(found) > 1:
        rates = ", ".join(f"{rate:g}" for rate in sorted(found))
        raise LabelError(
            [problem(path, 0, f"its streams have different frame rates ({rates}); say which with --fps N")]
        )
    return found.pop() if found else None


def _add(name: str, element: Any, fps: float, entries: Entries) -> None:
    if not isinstance(element, dict) or not (element.get("type") or element.get("name")):
        entries.wrong(0, f"{name} has no type")
        return
    words = str(element.get("type") or element["name"])
    last = words.rstrip("/").rpartition("/")[2]
    kind = kind_of(last) or kind_of(words.replace("/", "_")) or free_kind(last)
    note = " ".join(words.split())[:MAX_NOTE] if kind != words else ""
    intervals = element.get("frame_intervals")
    if not isinstance(intervals, list) or not intervals:
        entries.wrong(0, f"{name} ({words}) has no frame_intervals")
        return
    for interval in intervals:
        frames = [interval.get(key) if isinstance(interval, dict) else None for key in ("frame_start", "frame_end")]
        first, last_frame = frames
        if not (_is_number(first) and _is_number(last_frame)):
            entries.wrong(0, f"{name} ({words}) has an interval without frame_start and frame_end")
            continue
        entries.add(0, kind, first / fps, (last_frame + 1) / fps, note=note)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MAX_FRAME
