"""Recorded drives of made-up drivers, two minutes each: eyes that shut now and then, with labels of the lapses."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from driver_monitor.config.config import Config
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import write_labels
from driver_monitor.recording.header import new_header
from driver_monitor.recording.mcap import topics
from driver_monitor.recording.mcap.codec import estimates_bytes, signals_bytes, to_json, vehicle_bytes
from driver_monitor.recording.mcap.segment import Segment
from driver_monitor.state.driver_state import DriverState
from tests.rules.states import state

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
FPS = 10
Closure = tuple[float, float, bool]  # when, how long, whether it was a lapse


def states(closures: Iterable[Closure], *, until_s: float = 120.0) -> list[DriverState]:
    found = []
    for frame in range(round(until_s * FPS)):
        t_s = frame / FPS
        shut_s = next((t_s - begin_s for begin_s, for_s, _ in closures if begin_s <= t_s < begin_s + for_s), None)
        looking: dict[str, Any] = {"eyes": "open", "eyes_closed_s": 0.0, "on_road": True, "grimace": 0.0}
        if shut_s is not None:
            looking = {"eyes": "closed", "eyes_closed_s": shut_s, "on_road": None, "grimace": 0.0}
        found.append(state(t_s, off_road_s=0.0, driving_task_s=0.0, quality_eyes=1.0, **looking))
    return found


def record(
    folder: Path, number: int, driver: str, closures: Sequence[Closure], *, presses_s: Sequence[float] = (),
    labelled: bool = True, config: dict[str, Any] | None = None,
) -> Path:  # fmt: skip
    """A drive with its labels; its driver is in the config, as when it was recorded."""
    settings = Config.model_validate({"driver": {"baseline": driver}, **(config or {})})
    begin = BEGIN + timedelta(days=number)
    drive = folder / f"{begin:%Y-%m-%dT%H-%M-%SZ}-{number:04x}"
    drive.mkdir(parents=True)
    header = replace(new_header(settings, camera="0", now=begin, normal=None), drive_id=drive.name)
    segment = Segment(drive / "000.mcap", header, 0)
    waiting = list(presses_s)
    for each in states(closures):
        while waiting and waiting[0] <= each.t_s:
            segment.add(topics.CONTROL, each.t_s, to_json({"t_s": waiting.pop(0), "control": "acknowledge"}))
        segment.add_change(topics.VEHICLE, each.t_s, vehicle_bytes(each.speed))
        segment.add_change(topics.ESTIMATES, each.t_s, estimates_bytes(each))
        segment.add(topics.SIGNALS, each.t_s, signals_bytes(each.signals))
    segment.close()
    if labelled:
        lapses = [Label("microsleep", at_s, at_s + for_s) for at_s, for_s, lapse in closures if lapse]
        write_labels(drive / "labels.csv", lapses)
    return drive


# Lapses of 1 to 2.5 s, and of 0.8 s what is none: the default 1.5 s misses the short ones.
LAPSES: tuple[Closure, ...] = ((10, 1.2, True), (30, 2.5, True), (50, 0.8, False), (70, 1.4, True), (90, 2.0, True))


def four_drives(folder: Path) -> Path:
    """Two drives of anna, one of ben, one of carla."""
    for number, driver in enumerate(("anna", "anna", "ben", "carla")):
        shifted = [(begin_s + number, for_s, lapse) for begin_s, for_s, lapse in LAPSES]
        record(folder, number, driver, shifted)
    return folder
