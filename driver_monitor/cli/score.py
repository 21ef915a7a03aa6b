"""The work of ``driver-monitor score``."""

import argparse
import json
import sys
from typing import Any

from driver_monitor.cli.bar import Bar
from driver_monitor.cli.engine import check_parquet, engine_of, known_there
from driver_monitor.config.loader import Loaded, load
from driver_monitor.counted import counted
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.output import OutputFolder, write_whole
from driver_monitor.score.many import all_drives, read_drives
from driver_monitor.score.page import write_page
from driver_monitor.score.reading import Read
from driver_monitor.score.record import score_record
from driver_monitor.score.score import Score, score
from driver_monitor.score.text import score_text


def run(args: argparse.Namespace) -> int:
    loaded = load(args.config) if args.config else None
    drives = all_drives(args.source)
    if not drives:
        raise UsageError(f"there is no recorded drive in {', '.join(map(str, args.source))}")
    if args.labels is not None and len(drives) > 1:
        raise UsageError(f"--labels is for a single drive; here are {len(drives)}, each with its own beside it")
    check_parquet(args, drives)
    with Bar() as bar, engine_of(args, len(drives)) as engine:
        found = read_drives(
            [known_there(drive, args) for drive in drives],
            engine,
            labels=None if args.labels is None else known_there(args.labels, args),
            config=loaded.config if loaded else None,
            done=lambda count: bar.at("drives", count, len(drives)),
        )
    for said in (said for read in found for said in (*read.notes, *read.problems)):
        sys.stderr.write(f"driver-monitor: {said}\n")
    outcomes = [read.outcome for read in found if read.outcome is not None]
    if not outcomes:
        raise DriverMonitorError(_nothing(found))
    scored = score(outcomes, labelled_only=args.labelled_only)
    _told(args, scored, loaded)
    broken = sum(bool(read.problems) for read in found)
    if broken:
        which = "the drive" if len(found) == 1 else f"{broken} of {counted(len(found), 'drive')}"
        which += " is" if broken == 1 else " are"
        sys.stderr.write(f"driver-monitor: {which} incomplete or could not be read\n")
    return 1 if broken else 0


def _nothing(found: "list[Read]") -> str:
    if any(read.problems for read in found):
        return "nothing is left to score"
    return "nothing to score: no drive here has labels"


def _told(args: argparse.Namespace, scored: Score, loaded: Loaded | None) -> None:
    alerts = "as they were given" if loaded is None else f"of {loaded.path or 'the built-in defaults'}"
    record = {"alerts": alerts} | score_record(scored)
    text = json.dumps(record, allow_nan=False, ensure_ascii=False)
    sys.stdout.write(text + "\n" if args.json else score_text(scored))
    if args.out is None:
        return
    header: dict[str, Any] = {"Drives": ", ".join(map(str, args.source)), "Alerts": alerts}
    with OutputFolder(args.out):
        try:
            write_whole(args.out / "score.json", text + "\n")
        except OSError as error:
            raise DriverMonitorError(
                f"cannot write into {args.out}: {error.strerror or error}; choose another --out"
            ) from None
        write_page(args.out / "score.html", scored, header)
    if not args.json:
        print(f"\npage: {args.out / 'score.html'}")
