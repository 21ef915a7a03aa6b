"""Erase recorded drives, with their labels. What is erased cannot be brought back.

Only what was recorded, its labels and what was derived from them: other files, folders and links stay, and are named.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from driver_monitor.errors import DriverMonitorError, UsageError

if TYPE_CHECKING:
    from driver_monitor.cli.main import Subparsers

_EPILOG = """\
examples:
  driver-monitor erase drives/2026-11-27T10-43-52Z-00001-a3f9   one drive
  driver-monitor erase drives/ --all                            every drive in the folder
  driver-monitor erase drives/ --all --yes                      without being asked
"""
_FEW = 5


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
    from driver_monitor.recording.erasing import bytes_of, erase  # noqa: PLC0415
    from driver_monitor.recording.retention import FIRST_SEEN  # noqa: PLC0415

    doomed = list(dict.fromkeys(drive for path in args.drive for drive in _named(path, everything=args.all)))
    if not doomed:
        raise UsageError(f"there is no recorded drive to erase in {', '.join(map(str, args.drive))}")
    size = sum(bytes_of(drive) for drive in doomed)
    what = f"{len(doomed)} recorded drive{'s' if len(doomed) > 1 else ''} ({size / 1e6:.1f} MB)"
    if not args.yes and not _agreed(f"Erase {what}?"):
        print("nothing was erased")
        return 1
    code, left = 0, list[Path]()
    for drive in doomed:
        try:
            left += erase(drive)
        except DriverMonitorError as error:
            sys.stderr.write(f"driver-monitor: {error}\n")
            code = 1
    if code == 0:
        for path in args.drive if args.all else ():
            (path / FIRST_SEEN).unlink(missing_ok=True)
        print(f"erased {what}")
    if left:
        more = f" and {len(left) - _FEW} more" if len(left) > _FEW else ""
        sys.stderr.write(
            f"driver-monitor: left, as not recorded by driver-monitor: {', '.join(map(str, left[:_FEW]))}{more}\n"
        )
    return code


def _named(path: Path, *, everything: bool) -> list[Path]:
    """The drive itself, or the drives in a folder of them. Raises UsageError for anything else."""
    from driver_monitor.recording.erasing import is_erasable  # noqa: PLC0415
    from driver_monitor.recording.folder import drives, segments  # noqa: PLC0415

    if not path.is_dir():
        raise UsageError(f"{path} is no folder of a recorded drive")
    if is_erasable(path):
        return [path]
    if everything:
        return [drive for drive in drives(path) if is_erasable(drive)]
    if path.is_symlink() and is_erasable(path.resolve()):
        raise UsageError(f"{path} is a link; name the drive itself: {path.resolve()}")
    if segments(path):
        raise UsageError(f"{path} is no recorded drive: its files were not recorded by driver-monitor")
    raise UsageError(f"{path} is no recorded drive; to erase every drive in a folder add --all")


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here; add --yes to erase without being asked")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
