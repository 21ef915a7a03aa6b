"""Erase recorded drives, with their labels. What is erased cannot be brought back."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from driver_monitor.errors import DriverMonitorError, UsageError

if TYPE_CHECKING:
    from driver_monitor.cli.main import Subparsers

_EPILOG = """\
examples:
  driver-monitor erase drives/2026-11-27T10-43-52Z-a3f9   one drive
  driver-monitor erase drives/ --all                      every drive in the folder
  driver-monitor erase drives/ --all --yes                without being asked
"""


def add_parser(subparsers: "Subparsers[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "erase",
        help="erase recorded drives",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("drive", nargs="+", type=Path, metavar="DRIVE", help="a recorded drive, or with --all a folder")
    parser.add_argument("--all", action="store_true", help="every drive in the folder")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(args: argparse.Namespace) -> int:
    from driver_monitor.recording.folder import drives, erase, segments  # noqa: PLC0415

    doomed: list[Path] = []
    for path in args.drive:
        if not path.is_dir():
            raise UsageError(f"{path} is no folder of a recorded drive")
        if segments(path) or (path / ".recording").exists():
            doomed.append(path)
        elif args.all:
            doomed += drives(path)
        else:
            raise UsageError(f"{path} is no recorded drive; to erase every drive in a folder add --all")
    if not doomed:
        print("there is no recorded drive to erase")
        return 0
    size = sum(file.stat().st_size for drive in doomed for file in drive.rglob("*") if file.is_file())
    if not args.yes and not _agreed(f"Erase {len(doomed)} recorded drives ({size / 1e6:.1f} MB)?"):
        print("nothing was erased")
        return 1
    code = 0
    for drive in doomed:
        try:
            erase(drive)
        except DriverMonitorError as error:
            sys.stderr.write(f"driver-monitor: {error}\n")
            code = 1
    if code == 0:
        print(f"erased {len(doomed)} recorded drives ({size / 1e6:.1f} MB)")
    return code


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here; add --yes to erase without being asked")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
