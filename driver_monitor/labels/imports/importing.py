"""Other people's labels into a drive's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from driver_monitor.errors import UsageError
from driver_monitor.labels.entries import Entries, read_bytes
from driver_monitor.labels.errors import LabelError, problem
from driver_monitor.labels.imports.elan import read_elan
from driver_monitor.labels.imports.openlabel import read_openlabel
from driver_monitor.labels.label import Label, sort_key
from driver_monitor.labels.table import YAML_SUFFIXES, read_csv, read_yaml
from driver_monitor.timecode import clock

_TABLE: Final = ".csv"
_ELAN: Final = (".eaf", ".xml")
_FRAMES: Final = (".json", ".vcd", ".openlabel")
ACCEPTED: Final = "CSV and YAML of our own, ELAN (.eaf), OpenLABEL and VCD (.json)"


@dataclass(frozen=True, slots=True)
class Import:
    """``labels`` lie within the drive; ``said`` tells what was cut to it and what was left out."""

    labels: tuple[Label, ...]
    said: tuple[str, ...]


def read_import(path: Path, fps: float | None = None) -> Entries:
    """A file by its ending; its mistakes are kept in ``problems``.

    Raises :class:`LabelError` for what is no such file at all, and UsageError where an ending or ``fps`` does not fit.
    """
    ending = path.suffix.lower()
    if fps is not None and ending not in _FRAMES:
        raise UsageError(f"--fps is for files that count frames (OpenLABEL, VCD); {path} has times of its own")
    if ending == _TABLE:
        return read_csv(path, read_bytes(path))
    if ending in YAML_SUFFIXES:
        return read_yaml(path, read_bytes(path))
    if ending in _ELAN:
        return read_elan(path, read_bytes(path))
    if ending in _FRAMES:
        return read_openlabel(path, read_bytes(path), fps)
    raise UsageError(f"{path} cannot be imported: by its ending it is none of {ACCEPTED}")


def import_labels(entries: Entries, first_s: float, last_s: float) -> Import:
    """What was read from a file, for a drive from ``first_s`` to ``last_s``.

    What reaches beyond the drive is cut to it. What lies outside speaks of another drive, or of another rate of frames:
    then nothing is imported. Raises :class:`LabelError`.
    """
    path = entries.path
    found, said, outside = [], list(entries.left_out), []
    for line, label in entries.checked():
        inside = label.within(first_s, last_s)
        what = f"{label.kind} from {clock(label.start_s, 1)} to {clock(label.end_s, 1)}"
        if inside is None:
            drive = f"the drive, which goes from {clock(first_s, 1)} to {clock(last_s, 1)}"
            outside.append(problem(path, line, f"{what} lies outside {drive}"))
            continue
        if inside != label:
            said.append(
                problem(
                    path, line, f"{what} was cut to the drive, {clock(inside.start_s, 1)} to {clock(inside.end_s, 1)}"
                )
            )
        found.append(inside)
    if outside:
        raise LabelError(outside)
    return Import(tuple(found), tuple(said))


def merged(kept: Sequence[Label], new: Iterable[Label]) -> list[Label]:
    """Both, sorted; what is there already comes in once."""
    return sorted({rounded(label) for label in (*kept, *new)}, key=sort_key)


def rounded(label: Label) -> Label:
    """As a file keeps it: times to the millisecond."""
    return Label(label.kind, round(label.start_s, 3), round(label.end_s, 3), label.value, label.note)
