"""The work of ``driver-monitor report``."""

import argparse
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import driver_monitor
from driver_monitor.cli.bar import Bar
from driver_monitor.cli.engine import check_parquet, engine_of, known_there
from driver_monitor.cli.in_order import InOrder
from driver_monitor.cli.parsers.report import PAGE
from driver_monitor.config.loader import Loaded, load
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.jobs.engine import Outcome
from driver_monitor.output import MadeFolder, OutputFolder
from driver_monitor.recording.open import find_drives, is_drive, open_drive
from driver_monitor.replay.export import export
from driver_monitor.replay.reading import changes_between, facts, name_of, read
from driver_monitor.replay.summary import summary_of
from driver_monitor.report.drives_page import write_drives
from driver_monitor.report.encoder import WEBM, without_vp9
from driver_monitor.report.errors import ReportError
from driver_monitor.report.excerpts import keeps_pictures, write_excerpts
from driver_monitor.report.html import write_report
from driver_monitor.state.alert import json_line
from driver_monitor.timecode import clock
from driver_monitor.timeline.drive_summary import DriveSummary
from driver_monitor.timeline.judged import not_seen_of, percent
from driver_monitor.timeline.what_if import WhatIf


@dataclass(frozen=True, slots=True)
class Task:
    """What is done with every drive; travels to other processes."""

    config: Loaded | None
    other: Loaded | None
    parquet: Path | None
    page: bool

    def __call__(self, path: Path) -> DriveSummary:
        drive = open_drive(path)
        if self.parquet is not None:
            exported = export(drive, self.parquet)
            if not self.page:
                return exported
        found = read(drive, self.config, self.other)
        return summary_of(drive.header, found)


def run(args: argparse.Namespace) -> int:
    if not args.source.exists():
        raise UsageError(f"there is no {args.source}; name a recorded drive or a folder of them")
    if not is_drive(args.source):
        raise UsageError(
            f"{args.source} is not a recorded drive and holds none; for a video use 'driver-monitor replay "
            f"{args.source} --out DIR'"
        )
    page = args.parquet is None or args.out is not None
    if not page and (args.config or args.compare):
        raise UsageError("--parquet writes drives as they were recorded: --config and --compare need --out as well")
    configs = [load(file) if file else None for file in (args.config, args.compare)]
    task = Task(configs[0], configs[1], args.parquet, page)
    paths = find_drives(args.source)
    check_parquet(args, paths, writes=args.parquet is not None)
    out = _page(args.out) if page else None
    with ExitStack() as stack:
        if out is not None:
            stack.enter_context(OutputFolder(out.parent))
        if args.parquet is not None:
            with suppress(OSError):  # told of by what is to be written there
                stack.enter_context(MadeFolder(args.parquet))
        return _one(args, task, paths[0], out) if paths == [args.source] else _many(args, task, paths, out)


def _page(out: Path | None) -> Path:
    """The page's file."""
    return Path(PAGE) if out is None else out / PAGE if out.is_dir() or out.suffix != ".html" else out


def _one(args: argparse.Namespace, task: Task, path: Path, out: Path | None) -> int:
    drive = open_drive(path)
    video = None
    with Bar() as bar:

        def progress(t_s: float) -> None:
            bar.at(drive.header.drive_id, t_s, drive.duration_s)

        if task.parquet is not None:
            found = export(drive, task.parquet, progress=progress)
        if out is not None:
            reading = read(drive, task.config, task.other, progress=progress)
            if not args.no_video and keeps_pictures(drive) and not without_vp9():
                episodes = reading.timeline.episodes.kept
                try:
                    video = write_excerpts(drive, episodes, out.with_suffix(WEBM), progress=progress)
                except ReportError as error:
                    reading.problems.append(str(error))
            found = summary_of(drive.header, reading)
            write_report(
                out,
                reading.timeline,
                facts(drive, task.config),
                signals=reading.signals,
                problems=[*reading.problems, *reading.notes],
                what_if=reading.what_if,
                classifiers=reading.classifiers,
                reasons=reading.reasons,
                video=video,
            )
    _tell(args, found)
    _where(args, out)
    if out is not None and video is not None and not args.json:
        print(f"video: {out.with_name(video.name)} (the driver's face around each alert)")
    return 1 if found.problems else 0


def _many(args: argparse.Namespace, task: Task, paths: list[Path], out: Path | None) -> int:
    done = 0
    items = [known_there(path, args) for path in paths]
    with Bar() as bar, engine_of(args, len(paths)) as engine:

        def say(outcome: Outcome[Path, DriveSummary]) -> None:
            if outcome.value is not None and not args.json:
                bar.print(_line(outcome.value))

        told = InOrder(items, say)

        def heard(outcome: Outcome[Path, DriveSummary]) -> None:
            nonlocal done
            done += 1
            bar.at(str(args.source), done, len(paths), f"{done} of {len(paths)}")
            told.add(outcome.item, outcome)

        parquet = None if task.parquet is None else known_there(task.parquet, args)
        outcomes = engine.map(replace(task, parquet=parquet), items, heard)
    found = [outcome.value for outcome in outcomes if outcome.value is not None]
    broken = {str(outcome.item): outcome.error for outcome in outcomes if outcome.value is None}
    for summary in found:
        _tell(args, summary, line=False)
    for name, error in broken.items():
        sys.stderr.write(f"driver-monitor: {name}: {error}\n")
    if not found:
        raise DriverMonitorError(f"no drive could be reported of the {len(paths)} in {args.source}")
    if out is not None:
        _write_many(args, task, found, broken, out)
    _where(args, out)
    return 1 if broken or any(summary.problems for summary in found) else 0


def _write_many(
    args: argparse.Namespace, task: Task, found: "list[DriveSummary]", broken: dict[str, str], out: Path
) -> None:
    what_if = None
    if task.other is not None:
        changes = None if task.config is None else changes_between(task.config.config, task.other.config)
        what_if = WhatIf(name_of(task.config), name_of(task.other), (), changes)
    header = {
        "Source": str(args.source),
        "Alerts": name_of(task.config),
        "Software": f"driver-monitor {driver_monitor.__version__}",
    }
    write_drives(out, found, header, broken=broken, what_if=what_if)


def _tell(args: argparse.Namespace, summary: DriveSummary, *, line: bool = True) -> None:
    """On stdout what was found, on stderr what one should know about it."""
    if args.json:
        print(json_line(summary.to_json()))
    elif line:
        print(_line(summary))
    for said in (*summary.notes, *summary.problems):
        sys.stderr.write(f"driver-monitor: {summary.drive_id}: {said}\n")


def _line(summary: DriveSummary) -> str:
    unseen = ""
    if summary.seen_share < 0.5:  # else "judged" tells it
        unseen = not_seen_of(summary.seen_share, summary.duration_s, summary.frames or 0)
    levels = ", ".join(f"{count} {level}" for level, count in summary.levels.items()) or "no alerts"
    found = (
        unseen,
        clock(summary.duration_s),
        f"driver {summary.driver}",
        levels,
        f"{percent(summary.coverage)} judged",
    )
    return f"{summary.drive_id}: {', '.join(filter(None, found))}"


def _where(args: argparse.Namespace, out: Path | None) -> None:
    if args.json:
        return
    if out is not None:
        print(f"report: {out}")
    if args.parquet is not None:
        print(f"parquet: {args.parquet}")
