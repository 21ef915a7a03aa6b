"""The work of ``driver-monitor doctor``."""

import argparse
import json
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Final

from driver_monitor.config.loader import load
from driver_monitor.doctor.check import Check, Subject, Verdict
from driver_monitor.doctor.examination import examine
from driver_monitor.doctor.outputs import ALERTS

_MARKS: Final = {Verdict.OK: "ok", Verdict.WARN: "warning", Verdict.FAIL: "FAILED"}
_INDENT: Final = 23  # of what was found


def run(args: argparse.Namespace) -> int:
    subject = Subject(load(args.config).config, args.config)
    if args.json:
        checks = list(examine(subject))
        print(json.dumps({"ok": _fit(checks), "checks": [check.to_json() for check in checks]}, indent=2))
    else:
        checks = _lines(subject)
    return 0 if _fit(checks) else 1


def _fit(checks: Sequence[Check]) -> bool:
    return all(check.verdict is not Verdict.FAIL for check in checks)


def _lines(subject: Subject) -> list[Check]:
    """One after the other, each as soon as it is known. Imports no package of others: one may be what is missing."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    checks = []
    for check in examine(subject):
        checks.append(check)
        found = check.finding.splitlines() + ([f"-> {check.remedy}"] if check.remedy else [])
        lines = [line for text in found for line in textwrap.wrap(text, max(40, width - _INDENT)) or [""]]
        print(f"{_MARKS[check.verdict]:<8} {check.name:<13} {lines[0]}", flush=True)
        for line in lines[1:]:
            print(f"{'':<{_INDENT}}{line}")
    unheard = [f"{check.finding}. " for check in checks if check.name == ALERTS and check.verdict is not Verdict.OK]
    print("".join([*unheard, _verdict(checks)]))
    return checks


def _verdict(checks: Sequence[Check]) -> str:
    failed = [check.name for check in checks if check.verdict is Verdict.FAIL]
    warned = [check.name for check in checks if check.verdict is Verdict.WARN]
    if failed:
        # A camera or a port that is not there is waited for: the program runs, and watches nobody.
        return f"It cannot do its work yet: see {', '.join(failed)}."
    return f"It can run; worth a look: {', '.join(warned)}." if warned else "It can run."
