"""The options of commands that work on many drives: here, or on other machines."""

import argparse


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
