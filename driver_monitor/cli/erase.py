"""The work of ``driver-monitor erase``."""

import argparse
import sys
from pathlib import Path

from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.recording.erasing import bytes_of, erase, is_erasable
from driver_monitor.recording.folder import drives, segments
from driver_monitor.recording.retention import FIRST_SEEN

_FEW = 5


def run(args: argparse.Namespace) -> int:
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
            "driver-monitor: left alone, because driver-monitor did not record it: "
            f"{', '.join(map(str, left[:_FEW]))}{more}\n"
        )
    return code


def _named(path: Path, *, everything: bool) -> list[Path]:
    """The drive itself, or the drives in a folder of them. Raises UsageError for anything else."""
    if not path.is_dir():
        raise UsageError(f"{path} is not the folder of a recorded drive")
    if is_erasable(path):
        return [path]
    if everything:
        return [drive for drive in drives(path) if is_erasable(drive)]
    if path.is_symlink() and is_erasable(path.resolve()):
        raise UsageError(f"{path} is a link; name the drive itself: {path.resolve()}")
    if segments(path):
        raise UsageError(f"{path} is not a recorded drive: its files were not recorded by driver-monitor")
    raise UsageError(f"{path} is not a recorded drive; to erase every drive in a folder add --all")


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask on; add --yes to erase without asking")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
