"""The signals against the truth of scripted drives, one factor at a time: a test instrument, not evidence about people.

Every cell plays one short drive through the real tracker and the real signal layer. Truth comes from the script: eyes
are shut from where the drawn lids pass the openness that makes eyes "closed" (``closure.enter_openness``) to where
they pass the one that opens them again, and P80 counts lids drawn at least 80 % shut. The drawing is calibrated against
the tracker's face, so angles and openness are asked for as the tracker reports them. The baseline is seeded within
12 s here, to keep the drives short.
"""

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from driver_monitor.assets import face_model
from driver_monitor.config.config import Config
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.jobs.engine import open_engine
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.signals.head_pose import HeadPose, from_neutral, towards_camera
from driver_monitor.simulate.drive import ScriptedDrive
from driver_monitor.simulate.script import Script
from driver_monitor.state.signals import Signals
from scripts.evaluation.blinks import Score
from scripts.evaluation.looks import SHOWN_PITCH_DEG, aims, seen_by, turn

PORTRAITS: Final = ("astronaut", "grace_hopper")
SEED_S: Final = 12.0
# Start and length, s; the starts fall anywhere between two frames.
CLOSURES: Final = ((16.013, 0.7), (19.527, 1.2), (23.041, 2.0), (27.555, 0.9), (31.069, 3.0))
BEFORE_LOOKS_S: Final = 36.0
# Start, zone, yaw and pitch.
LOOKS: Final = (
    (36.0, "inner_mirror", -34.0, 10.0),
    (38.2, "left_mirror", 42.0, -10.0),
    (40.4, "cluster", 0.0, -19.0),
    (42.6, "console", -30.0, -25.0),
    (44.8, "lap", 0.0, -36.0),
    (47.0, "road", 8.0, 3.0),
)
LOOK_S: Final = 1.6
# Directions of the camera from the driver's eyes, degrees: left A-pillar, steering column, inner mirror. Before these
# the looks are drawn by lot inside the zones that the camera sees, 3 deg clear of every rim.
PLACES: Final = {"left pillar": (24.0, -6.0), "column": (0.0, -18.0), "inner mirror": (-22.0, 10.0)}
AIMS_SEED: Final = 11
DOWN: Final = ((50.0, -17.0, 3.0), (55.0, -25.0, 4.0), (61.5, -38.0, 4.0))  # start, pitch, length; a blink in each
DURATION_S: Final = 67.0
SETTLED_S: Final = 0.35  # of a look: the head's way there and the smoothing
MATCH_S: Final = 0.25
FINE_S: Final = 0.001


@dataclass(frozen=True, slots=True)
class Cell:
    factor: str
    level: str
    portrait: str
    fps: float = 30.0
    size: tuple[int, int] = (640, 480)
    gain: float = 1.0
    grey: bool = False
    noise: float = 2.0
    yaw_deg: float = 0.0
    camera_deg: tuple[float, float] = (0.0, 0.0)  # yaw, pitch of the camera from the driver's eyes


@dataclass(frozen=True, slots=True)
class Result:
    """One cell. Errors are absolute; ``onset_frames`` and ``duration_over_s`` are the worst of the cell's closures,
    the latter beyond one frame."""

    factor: str
    level: str
    portrait: str
    closures_missed: int
    onset_frames: float
    duration_over_s: float
    perclos_points: float
    blink_f1: float
    yaw_error_deg: float
    pitch_error_deg: float
    zone_accuracy: float
    down_alarms: int


GOALS: Final[dict[str, tuple[str, float]]] = {
    "closures_missed": ("<=", 0),
    "onset_frames": ("<=", 2.0),
    "duration_over_s": ("<=", 0.030),
    "perclos_points": ("<=", 1.5),
    "blink_f1": (">=", 0.98),
    "zone_accuracy": (">=", 0.95),
    "down_alarms": ("<=", 0),
}


FACTORS: Final = ("base", "frame rate", "size", "brightness", "noise", "head yaw", "camera place")


def cells() -> Iterator[Cell]:
    for portrait in PORTRAITS:
        yield Cell("base", "30 fps 640x480", portrait)
        for fps in (15.0, 24.0, 60.0):
            yield Cell("frame rate", f"{fps:g} fps", portrait, fps=fps)
        for size in ((320, 240), (1280, 720)):
            yield Cell("size", f"{size[0]}x{size[1]}", portrait, size=size)
        for gain in (0.4, 1.5):
            yield Cell("brightness", f"x {gain:g}", portrait, gain=gain)
        yield Cell("brightness", "grey x 0.7", portrait, gain=0.7, grey=True)
        for noise in (6.0, 12.0):
            yield Cell("noise", f"SD {noise:g}", portrait, noise=noise)
        for yaw in (-30.0, -15.0, 15.0, 30.0):
            yield Cell("head yaw", f"{yaw:+g} deg", portrait, yaw_deg=yaw)
        for name, place in PLACES.items():
            yield Cell("camera place", name, portrait, camera_deg=place)


def looks(cell: Cell) -> tuple[tuple[float, str, float, float], ...]:
    """Start, zone, yaw and pitch of the cell's looks."""
    if cell.camera_deg == (0.0, 0.0):
        return LOOKS
    drawn = aims(HeadPose(*cell.camera_deg, 0.0), AIMS_SEED, count=len(LOOKS), start_s=BEFORE_LOOKS_S)
    return tuple((aim.start_s, aim.zone, aim.yaw_deg, aim.pitch_deg) for aim in drawn)


def script(cell: Cell) -> Script:
    actions: list[dict[str, Any]] = [
        {"t": start, "do": "close_eyes", "for": length, "rise": 0.1, "fall": 0.15} for start, length in CLOSURES
    ]
    camera = HeadPose(*cell.camera_deg, 0.0)
    if cell.camera_deg != (0.0, 0.0):
        actions.append(turn(0.0, towards_camera(camera), DURATION_S))
    if cell.yaw_deg:
        actions.append({"t": 14.0, "do": "look", "yaw": cell.yaw_deg, "for": BEFORE_LOOKS_S - 15.0, "transition": 0.4})
    for start, _, yaw, pitch in looks(cell):
        actions.append(turn(start, seen_by(camera, HeadPose(yaw, pitch, 0.0)), LOOK_S))
    for start, pitch, length in DOWN:
        down = max(pitch, SHOWN_PITCH_DEG[0] + camera.pitch_deg)  # from above, further down is no longer to be drawn
        actions.append(turn(start, seen_by(camera, HeadPose(0.0, down, 0.0)), length))
        actions.append({"t": start + length / 2, "do": "blink"})
    if cell.gain != 1 or cell.grey:
        actions.append({"t": 0.0, "do": "light", "for": DURATION_S, "rise": 0.01, "gain": cell.gain, "grey": cell.grey})
    head = {
        "portrait": cell.portrait, "duration_s": DURATION_S, "fps": cell.fps, "size": cell.size, "noise": cell.noise,
        "seed": 5,
    }  # fmt: skip
    return Script.model_validate({"drive": head, "actions": actions})


def play(cell: Cell) -> Result:
    config = Config()
    seeded = config.signals.baseline.model_copy(update={"seed_s": SEED_S})
    config = config.model_copy(update={"signals": config.signals.model_copy(update={"baseline": seeded})})
    drive, extractor = ScriptedDrive(script(cell)), SignalExtractor(config)
    with VisionWorker(
        config.face.unhurried(), config.privacy, face_model(config.face.model, progress=False)
    ) as tracker:
        found = [extractor.update(tracker.track(frame)) for frame, _ in drive.frames()]
    closure = config.signals.closure
    missed, onset_s, over_s = closure_errors(drive, found, closure.enter_openness, closure.exit_openness, cell.fps)
    yaw_error, pitch_error, accuracy = look_errors(cell, drive, found)
    return Result(
        cell.factor, cell.level, cell.portrait, missed, onset_s * cell.fps, over_s,
        perclos_error(drive, found, closure.p80_openness, closure.blink_max_s),
        blink_f1(drive, found), yaw_error, pitch_error, accuracy, down_alarms(found),
    )  # fmt: skip


def lids(drive: ScriptedDrive, begin_s: float, end_s: float) -> tuple[np.ndarray, np.ndarray]:
    times = np.arange(begin_s, end_s, FINE_S)
    drawn = [drive.truth(float(t_s)) for t_s in times]
    return times, np.array([(truth.lid_left + truth.lid_right) / 2 for truth in drawn])


def closure_errors(
    drive: ScriptedDrive, found: Sequence[Signals], enter: float, leave: float, fps: float
) -> tuple[int, float, float]:
    """Closures missed, worst start error (s), worst duration error beyond a frame (s)."""
    missed, starts, durations = 0, [0.0], [0.0]
    for start_s, length_s in CLOSURES:
        times, lid = lids(drive, start_s - 0.1, start_s + length_s + 0.4)
        shut_s = float(times[np.argmax(lid > 1 - enter)])
        middle = int((length_s / 2 + 0.1) / FINE_S)
        open_s = float(times[middle + int(np.argmax(lid[middle:] < 1 - leave))])
        seen = [
            (signals.t_s - signals.eyes_closed_s, signals.eyes_closed_s)
            for signals in found
            if signals.eyes_closed_s and start_s - 0.2 <= signals.t_s <= start_s + length_s + 0.5
        ]
        if not seen or max(length for _, length in seen) < length_s / 2:
            missed += 1
            continue
        starts.append(abs(seen[0][0] - shut_s))
        durations.append(abs(max(length for _, length in seen) - (open_s - shut_s)) - 1 / fps)
    return missed, max(starts), max(durations)


def perclos_error(drive: ScriptedDrive, found: Sequence[Signals], p80: float, blink_max_s: float) -> float:
    """Percentage points between perclos_60s and truth once all closures are over."""
    at = next(signals for signals in found if signals.t_s >= BEFORE_LOOKS_S - 1.0)
    _, lid = lids(drive, 0.0, at.t_s)
    shut = np.concatenate([[False], lid >= 1 - p80, [False]])
    edges = np.flatnonzero(shut[1:] != shut[:-1])
    runs_s = (edges[1::2] - edges[::2]) * FINE_S
    truth = float(runs_s[runs_s > blink_max_s].sum()) / at.t_s
    return 100.0 * abs((at.perclos_60s if at.perclos_60s is not None else 1.0) - truth)


def blink_f1(drive: ScriptedDrive, found: Sequence[Signals]) -> float:
    """Natural and scripted blinks outside the closures and looks against those reported."""
    quiet = [(1.0, 15.0), (34.5, BEFORE_LOOKS_S - 0.6)] + [(start + 0.6, start + length) for start, _, length in DOWN]
    quiet += [(a[0] + a[1] + 0.4, b[0] - 0.3) for a, b in pairwise(CLOSURES)]

    def counted(t_s: float) -> bool:
        return any(begin <= t_s <= end for begin, end in quiet)

    marked = [(e.full_s + e.release_s) / 2 for e in drive.events if e.name == "blink"]
    marked = [t_s for t_s in marked if counted(t_s)]
    blinks = [s.completed_blink for s in found if s.completed_blink is not None]
    seen = [t_s for t_s in ((blink.start_s + blink.end_s) / 2 for blink in blinks) if counted(t_s)]
    left, right = list(marked), 0
    for t_s in seen:
        near = min(left, key=lambda mark: abs(mark - t_s), default=None)
        if near is not None and abs(near - t_s) <= MATCH_S:
            left.remove(near)
            right += 1
    return Score(len(seen), len(marked), right).f1 if marked or seen else 1.0


def look_errors(cell: Cell, drive: ScriptedDrive, found: Sequence[Signals]) -> tuple[float, float, float]:
    """Median yaw and pitch error in degrees and the share of right zones while looks are held."""
    neutral = towards_camera(HeadPose(*cell.camera_deg, 0.0))
    yaws, pitches, right = [], [], []
    for start, zone, _, _ in looks(cell):
        for signals in found:
            if not start + 0.3 + SETTLED_S <= signals.t_s <= start + LOOK_S:
                continue
            drawn = drive.truth(signals.t_s)
            truth = from_neutral(HeadPose(drawn.yaw_deg, drawn.pitch_deg, drawn.roll_deg), neutral)
            right.append(signals.zone == zone)
            if signals.yaw_deg is not None and signals.pitch_deg is not None:
                yaws.append(abs(signals.yaw_deg - truth.yaw_deg))
                pitches.append(abs(signals.pitch_deg - truth.pitch_deg))
    nowhere = float("inf")
    return (
        float(np.median(yaws)) if yaws else nowhere,
        float(np.median(pitches)) if pitches else nowhere,
        float(np.mean(right)),
    )


def down_alarms(found: Sequence[Signals]) -> int:
    """Looks down during which the eyes were called shut for a second and more."""
    return sum(
        any((s.eyes_closed_s or 0.0) >= 1.0 for s in found if start <= s.t_s <= start + length + 1.0)
        for start, _, length in DOWN
    )


def holds(metric: str, value: float) -> bool:
    sign, goal = GOALS[metric]
    return value <= goal + 1e-9 if sign == "<=" else value >= goal - 1e-9


def failures(results: Sequence[Result]) -> list[str]:
    return [
        f"{result.portrait}, {result.factor} {result.level}: "
        f"{metric} {getattr(result, metric):.3g}, goal {sign} {goal:g}"
        for result in results
        for metric, (sign, goal) in GOALS.items()
        if not holds(metric, getattr(result, metric))
    ]


METRICS: Final = tuple(field.name for field in fields(Result))[3:]


def table(results: Sequence[Result]) -> Table:
    drawn = Table(title="Signals against scripted truth (a test instrument, not people); red misses its goal")
    for column in ("factor", "level", "portrait", *METRICS):
        drawn.add_column(column.replace("_", " "), justify="right" if column in METRICS else "left")
    for result in results:
        shown = []
        for metric in METRICS:
            value = getattr(result, metric)
            missed = metric in GOALS and not holds(metric, value)
            shown.append(f"[red]{value:.3g}[/red]" if missed else f"{value:.3g}")
        drawn.add_row(result.factor, result.level, result.portrait, *shown)
    return drawn


def plot(results: Sequence[Result], path: Path) -> None:
    """One panel a metric, one dot a cell, the goal as a line; SVG."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    names = list(dict.fromkeys(f"{result.factor}: {result.level}" for result in results))
    figure, panels = plt.subplots(len(METRICS), 1, sharex=True, figsize=(10, 1.7 * len(METRICS)), squeeze=False)
    for panel, metric in zip(panels[:, 0], METRICS, strict=True):
        for portrait, marker in zip(PORTRAITS, ("o", "x"), strict=True):
            own = [result for result in results if result.portrait == portrait]
            places = [names.index(f"{result.factor}: {result.level}") for result in own]
            panel.plot(places, [getattr(result, metric) for result in own], marker, label=portrait)
        if metric in GOALS:
            panel.axhline(GOALS[metric][1], color="tab:red", linewidth=1, linestyle="--")
        panel.set_ylabel(metric.replace("_", "\n"), fontsize=8)
    panels[0, 0].legend(fontsize=8)
    panels[-1, 0].set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=8)
    figure.suptitle("Scripted drives (a test instrument, not people); dashed: goal", fontsize=10)
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/grid", description="The signals against scripted drives' truth.")
    parser.add_argument("--factor", action="append", choices=FACTORS, help="this factor alone; may be repeated")
    parser.add_argument("--out", type=Path, help="folder for grid.csv and grid.svg")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="cells at a time (default: all cores)")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout instead of a table")
    options = parser.parse_args(arguments)
    try:
        if options.jobs < 1:
            raise UsageError(f"--jobs must be at least 1, not {options.jobs}.")
        return measure(options)
    except DriverMonitorError as error:
        print(error, file=sys.stderr)
        return error.exit_code


def measure(options: argparse.Namespace) -> int:
    wanted = [cell for cell in cells() if not options.factor or cell.factor in options.factor]
    face_model("", progress=True)
    with (
        Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar,
        open_engine("processes", None, options.jobs) as engine,
    ):
        task = bar.add_task("cells", total=len(wanted))
        results = [outcome.result() for outcome in engine.map(play, wanted, lambda cell: bar.advance(task))]
    missed = failures(results)
    if options.json:
        print(json.dumps({"cells": [asdict(result) for result in results], "missed": missed}))
    else:
        Console(width=200).print(table(results))
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        with (options.out / "grid.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, [field.name for field in fields(Result)])
            writer.writeheader()
            writer.writerows(asdict(result) for result in results)
        plot(results, options.out / "grid.svg")
    for sentence in missed:
        print(f"missed: {sentence}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
