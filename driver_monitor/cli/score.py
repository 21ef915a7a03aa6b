"""Hold the alerts of recorded drives against what people saw in them."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from driver_monitor.cli.engine import add_engine_options, check_parquet, engine_of, known_there
from driver_monitor.counted import counted
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.output import OutputFolder, write_whole

if TYPE_CHECKING:
    from driver_monitor.cli.main import Subparsers
    from driver_monitor.config.loader import Loaded
    from driver_monitor.score.reading import Read
    from driver_monitor.score.score import Score

_EPILOG = """\
examples:
  driver-monitor score drives/                        every labelled drive, with the alerts that were given
  driver-monitor score drives/ --config quiet         with those that another config would have given
  driver-monitor score DRIVE --labels other.csv       one drive, with labels from elsewhere
  driver-monitor score drives/ --out out/             plus out/score.html and out/score.json

Sensitivity, false alerts an hour and latency, by level, by what was labelled and by rule. A drive counts as watched
whole: where nothing is labelled, nothing happened, and an alert there is false. --labelled-only judges labelled
stretches alone.
"""


def add_parser(subparsers: "Subparsers[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "score",
        help="alerts against what was labelled: sensitivity, false alerts, latency",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", nargs="+", type=Path, metavar="SOURCE", help="a recorded drive, or a folder of them")
    parser.add_argument(
        "--labels", type=Path, metavar="FILE", help="labels of a single drive, instead of those beside it"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="score what this config would have said")
    parser.add_argument("--labelled-only", action="store_true", help="judge labelled stretches alone")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write score.html and score.json there")
    parser.add_argument("--jobs", type=int, metavar="N", help="drives at a time (default: one a core)")
    add_engine_options(parser)
    parser.add_argument("--json", action="store_true", help="print the score as JSON on stdout and nothing else")


def run(args: argparse.Namespace) -> int:
    from driver_monitor.cli.bar import Bar  # noqa: PLC0415  (a wrong option is refused without loading this)
    from driver_monitor.config.loader import load  # noqa: PLC0415
    from driver_monitor.score.many import all_drives, read_drives  # noqa: PLC0415
    from driver_monitor.score.score import score  # noqa: PLC0415

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


def _told(args: argparse.Namespace, scored: "Score", loaded: "Loaded | None") -> None:
    from driver_monitor.score.page import write_page  # noqa: PLC0415
    from driver_monitor.score.record import score_record  # noqa: PLC0415
    from driver_monitor.score.text import score_text  # noqa: PLC0415

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
