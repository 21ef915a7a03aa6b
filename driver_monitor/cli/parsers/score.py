"""Hold the alerts of recorded drives against what people saw in them."""

import argparse
from pathlib import Path

from driver_monitor.cli.parsers.engine import add_engine_options, refuse_engine
from driver_monitor.cli.parsers.parser import Subparsers

_EPILOG = """\
examples:
  driver-monitor score drives/                        every labelled drive, with the alerts that were given
  driver-monitor score drives/ --config quiet         with those that another config would have given
  driver-monitor score DRIVE --labels other.csv       one drive, with labels from elsewhere
  driver-monitor score drives/ --out out/             plus out/score.html and out/score.json

Sensitivity, false alerts an hour and latency, by level, by what was labelled and by rule. A drive counts as fully
labelled: where there is no label nothing happened, and an alert there is false. --labelled-only judges labelled
stretches only.
"""


def add_parser(subparsers: Subparsers) -> None:
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
    parser.add_argument("--labelled-only", action="store_true", help="judge labelled stretches only")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write score.html and score.json there")
    parser.add_argument("--jobs", type=int, metavar="N", help="drives at a time (default: one a core)")
    add_engine_options(parser)
    parser.add_argument("--json", action="store_true", help="print the score as JSON on stdout and nothing else")
    parser.set_defaults(refuse=refuse_engine)
