"""``driver-monitor config``: check, show, explain and compare config files."""

import argparse
from pathlib import Path

from driver_monitor.cli.parsers.parser import Subparsers

_EPILOG = """\
examples:
  driver-monitor config check my.yaml                 every mistake at once, as FILE:LINE: KEY: ...
  driver-monitor config show --config my.yaml         the config in force, defaults included
  driver-monitor config show --defaults --commented   every key with meaning, unit, range and source
  driver-monitor config show --signals                the signals that a rule's condition may use
  driver-monitor config show --parameters             the numbers that are not settings: meaning, unit, source
  driver-monitor config schema > driver-monitor.schema.json
  driver-monitor config diff quiet.yaml strict.yaml
"""


def add_parser(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "config",
        help="check, show and compare config files",
        description="Check, show and compare config files.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    check = actions.add_parser("check", help="report every mistake in config files, and what disarms the monitor")
    check.add_argument("files", nargs="*", type=Path, metavar="FILE", help="config files; none: the defaults")

    show = actions.add_parser("show", help="print the config in force as YAML")
    source = show.add_mutually_exclusive_group()
    source.add_argument("--config", type=Path, metavar="FILE", help="the file to show; none: the defaults")
    source.add_argument("--defaults", action="store_true", help="show the built-in defaults")
    source.add_argument("--signals", action="store_true", help="list the signals that rules may use instead")
    source.add_argument(
        "--parameters",
        action="store_true",
        help="list the numbers that no config changes instead: thresholds, times, with unit, meaning and source",
    )
    show.add_argument(
        "--dbc", action="store_true", help="the DBC file of what the config sends over CAN, with its ids and rules"
    )
    show.add_argument("--json", action="store_true", help="with --parameters: a JSON array")
    show.add_argument("--commented", action="store_true", help="with meaning, unit, range and source of every key")

    actions.add_parser("schema", help="print the JSON Schema of a config file, for editors")

    diff = actions.add_parser("diff", help="print the keys in which two configs differ")
    diff.add_argument("first", type=Path, metavar="A", help="a config file, or 'default'")
    diff.add_argument("second", type=Path, metavar="B", help="another one")
