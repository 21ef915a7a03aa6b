"""``driver-monitor doctor``: what is missing on this machine, and what to do about it."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from driver_monitor.config.loader import load
from driver_monitor.doctor.check import Check, Subject, Verdict
from driver_monitor.doctor.examination import CHECKS, examine

_EPILOG = """\
examples:
  driver-monitor doctor                     can the program run here at all?
  driver-monitor doctor --config my.yaml    are the camera, ports and models of this config there?
  driver-monitor doctor --json              the same for scripts

exit codes: 0 it can run (there may be warnings), 1 something needed is missing, 2 the config is wrong
"""
_MARKS = {Verdict.OK: ("ok", "green"), Verdict.WARN: ("warning", "yellow"), Verdict.FAIL: ("FAILED", "bold red")}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "doctor",
        help="find out what is missing on this machine",
        description="Find out what is missing on this machine and what to do about it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="examine what this config asks for")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    subject = Subject(load(args.config).config, args.config)
    if args.json:
        checks = list(examine(subject))
        print(json.dumps({"ok": _fit(checks), "checks": [check.to_json() for check in checks]}, indent=2))
    elif sys.stdout.isatty():
        checks = _table(subject)
    else:
        checks = _lines(subject)
    return 0 if _fit(checks) else 1


def _fit(checks: Sequence[Check]) -> bool:
    return all(check.verdict is not Verdict.FAIL for check in checks)


def _lines(subject: Subject) -> list[Check]:
    checks = []
    for check in examine(subject):
        checks.append(check)
        first, *more = check.finding.splitlines()
        print(f"{_MARKS[check.verdict][0]:<8} {check.name:<13} {first}")
        for line in more:
            print(f"{'':<8} {'':<13} {line}")
        if check.remedy:
            print(f"{'':<8} {'':<13} -> {check.remedy}")
    print(_verdict(checks))
    return checks


def _table(subject: Subject) -> list[Check]:
    from rich.console import Console  # noqa: PLC0415  (0.1 s that --json and pipes need not pay)
    from rich.markup import escape  # noqa: PLC0415
    from rich.progress import track  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    console = Console()
    looked_at = track(examine(subject), "examining", total=len(CHECKS), console=console, transient=True)
    checks = list(looked_at)
    table = Table(title="driver-monitor doctor", title_justify="left", show_lines=False)
    for column in ("", "what", "found", "what to do"):
        table.add_column(column, overflow="fold", no_wrap=column == "what")
    for check in checks:
        word, colour = _MARKS[check.verdict]
        table.add_row(f"[{colour}]{word}[/]", check.name, escape(check.finding), escape(check.remedy))
    console.print(table)
    console.print(_verdict(checks))
    return checks


def _verdict(checks: Sequence[Check]) -> str:
    failed = [check.name for check in checks if check.verdict is Verdict.FAIL]
    warned = [check.name for check in checks if check.verdict is Verdict.WARN]
    if failed:
        # A camera or a port that is not there is waited for: the program runs, and watches nobody.
        return f"It cannot do its work yet: see {', '.join(failed)}."
    return f"It can run; worth a look: {', '.join(warned)}." if warned else "It can run."
