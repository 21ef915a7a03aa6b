"""Drives to tune on and drives to hold out, never one driver on both sides."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from driver_monitor.tune.drives import LabelledDrive


@dataclass(frozen=True, slots=True)
class Split:
    """``remarks`` are sentences on how far the split can be trusted. ``held_out`` is empty where there can be none."""

    tuned: tuple[LabelledDrive, ...]
    held_out: tuple[LabelledDrive, ...]
    remarks: tuple[str, ...]


def split(drives: Sequence[LabelledDrive], hours: Mapping[LabelledDrive, float], share: float, seed: int) -> Split:
    """Hold out whole drivers, drawn by ``seed``, until about ``share`` of the hours are; at least one driver if any.

    A driver is drawn into the hold-out as long as that brings it closer to the share.
    """
    remarks = []
    nobody = [drive for drive in drives if not drive.driver]
    if nobody:
        remarks.append(
            f"{len(nobody)} of {len(drives)} drives name no driver (driver.baseline), so each counts as one "
            "driver: if one person drove several of them, the hold-out figures are too good"
        )
    groups: dict[str, list[LabelledDrive]] = {}
    for drive in sorted(drives, key=lambda drive: (drive.group, drive.drive_id)):
        groups.setdefault(drive.group, []).append(drive)
    if share <= 0:
        remarks.append("nothing is held out (--hold-out 0): the figures say how well the values fit these drives")
        return Split(tuple(drives), (), tuple(remarks))
    if len(groups) < 2:
        remarks.append(
            "all drives are of one driver, so none can be held out: the figures say how well the values fit these "
            "drives, not how they do with anybody else"
        )
        return Split(tuple(drives), (), tuple(remarks))
    names = list(groups)
    random.Random(seed).shuffle(names)  # noqa: S311
    wanted_h = share * sum(hours[drive] for drive in drives)
    chosen: set[str] = set()
    held_h = 0.0
    for name in names[:-1]:  # one stays to be tuned on
        own_h = sum(hours[drive] for drive in groups[name])
        if not chosen or abs(held_h + own_h - wanted_h) < abs(held_h - wanted_h):
            chosen.add(name)
            held_h += own_h
    held = tuple(drive for drive in drives if drive.group in chosen)
    return Split(tuple(drive for drive in drives if drive.group not in chosen), held, tuple(remarks))
