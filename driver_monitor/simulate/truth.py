"""What is true of a scripted drive, frame by frame and event by event."""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from driver_monitor.errors import DriverMonitorError
from driver_monitor.output import write_whole


@dataclass(frozen=True, slots=True)
class Truth:
    """One frame. Angles in degrees as FaceLandmarker's matrix reports them (yaw + to the driver's left, pitch + up,
    roll + to the left shoulder), gaze against the head. Left and right are the driver's own.

    ``closure_*`` 0..1 is what the driver does with the lids; ``lid_*`` also has the lowering that follows a look down.
    ``mouth`` 0..1 is the jaw. ``covered``: the lens; ``hidden``: "", "eyes", "mouth" or "dark_glasses".
    ``heart_bpm`` is NaN where no pulse is drawn, ``kss`` where no sleepiness is scripted. ``doing`` names the actions
    under way, joined by "+".
    """

    t_s: float
    present: bool
    portrait: str
    closure_left: float
    closure_right: float
    lid_left: float
    lid_right: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    gaze_yaw_deg: float
    gaze_pitch_deg: float
    mouth: float
    smile: float
    frown: float
    covered: bool
    hidden: str
    brightness: float
    passenger: float
    heart_bpm: float
    kss: float
    doing: str


@dataclass(frozen=True, slots=True)
class Event:
    """One action: it begins at ``start_s``, is complete at ``full_s``, starts back at ``release_s``, over at ``end_s``.

    ``half_s`` is how long it is more than half there: what a blink's or a closure's duration means. ``natural`` marks
    the blinks nobody scripted.
    """

    name: str
    start_s: float
    full_s: float
    release_s: float
    end_s: float
    note: str = ""
    natural: bool = False

    @property
    def half_s(self) -> float:
        return (self.release_s + self.end_s - self.start_s - self.full_s) / 2


def write_csv(path: Path, truths: Iterable[Truth]) -> None:
    """One line a frame, a column a field; raises DriverMonitorError when the file cannot be written."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([field.name for field in fields(Truth)])
    for truth in truths:
        writer.writerow([round(v, 4) if isinstance(v, float) else v for v in astuple(truth)])
    try:
        write_whole(path, text.getvalue())
    except OSError as error:
        raise DriverMonitorError(
            f"cannot write {path}: {error.strerror or error}. Free some space or choose another --out folder."
        ) from error
