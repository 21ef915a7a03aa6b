"""The options of commands that work on many drives: here, or on other machines."""

import argparse

from driver_monitor.errors import UsageError
from driver_monitor.jobs.choice import check_choice


def refuse_engine(args: argparse.Namespace) -> None:
    """Raises UsageError for what does not fit together, whatever the number of drives."""
    if args.jobs is not None and args.jobs < 1:
        raise UsageError(f"--jobs takes 1 or more, got {args.jobs}")
    check_choice(args.engine, args.scheduler)


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """``--engine`` and ``--scheduler``; ``--jobs`` is the command's own."""
    parser.add_argument(
        "--engine",
        choices=("processes", "dask"),
        default="processes",
        help="where drives are processed: in processes of this machine, or by the workers of a dask scheduler",
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="with --engine dask: the scheduler's address, as in tcp://10.0.0.5:8786"
    )
