"""Where a command works on many drives: how many at a time, here or on other machines."""

import argparse
import os
from collections.abc import Iterable
from pathlib import Path

from driver_monitor.jobs.engine import Engine, open_engine
from driver_monitor.recording.parquet.folder import SUFFIX
from driver_monitor.recording.parquet.tables import arrow


def engine_of(args: argparse.Namespace, count: int) -> Engine:
    """The engine that ``args`` name for ``count`` drives, to be closed by the caller.

    Raises DriverMonitorError where a scheduler cannot be used.
    """
    return open_engine(args.engine, args.scheduler, min(args.jobs or os.cpu_count() or 1, count))


def known_there(path: Path, args: argparse.Namespace) -> Path:
    """The path as the engine's workers know it: those of dask have another working directory."""
    return path.resolve() if args.engine == "dask" else path


def check_parquet(args: argparse.Namespace, paths: Iterable[Path], *, writes: bool = False) -> None:
    """Raises UsageError, once and before any work, where Parquet is to be read or written and pyarrow is missing here;
    the workers of dask have packages of their own."""
    if args.engine == "processes" and (writes or any(path.suffix == SUFFIX for path in paths)):
        arrow()
