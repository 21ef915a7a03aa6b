"""The parser of the whole command line."""

import argparse
from typing import Final

import driver_monitor
from driver_monitor.cli.parsers import (
    bench,
    config,
    demo,
    doctor,
    erase,
    help,
    label,
    place,
    record_info,
    replay,
    report,
    run,
    score,
    try_,
    tune,
)
from driver_monitor.cli.parsers.parser import CommandParser

# In the order of the help.
COMMANDS: Final[dict[str, CommandParser]] = {
    "demo": demo,
    "run": run,
    "replay": replay,
    "label": label,
    "score": score,
    "tune": tune,
    "report": report,
    "record-info": record_info,
    "erase": erase,
    "bench": bench,
    "doctor": doctor,
    "place": place,
    "try": try_,
    "config": config,
    "help": help,
}
_VERBOSE: Final = "say more; twice: every detail; three times: messages of libraries as well"
_EPILOG: Final = """\
examples:
  driver-monitor demo                        a scripted two-minute drive, no camera needed
  driver-monitor doctor                      what is missing on this machine, and what to do about it
  driver-monitor place --config my.yaml      measure where the camera is
  driver-monitor run --config my.yaml        monitor the driver
  driver-monitor replay drive.mp4            the same for a recorded video
  driver-monitor label DRIVE                 say what really happened in a recorded drive
  driver-monitor score drives/               alerts against what was labelled
  driver-monitor report drives/              one page about recorded drives
  driver-monitor config check my.yaml        every mistake in a config file at once
  driver-monitor help troubleshooting        what to do when something does not work

exit codes: 0 fine, 1 something failed, 2 wrong usage or config, 130 interrupted, 143 ended by SIGTERM
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; it knows every command and loads none."""
    parser = argparse.ArgumentParser(
        prog="driver-monitor",
        description=driver_monitor.__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {driver_monitor.__version__}")
    parser.add_argument("-v", "--verbose", action="count", default=0, help=_VERBOSE)
    parser.set_defaults(refuse=None)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, module in COMMANDS.items():
        module.add_parser(subparsers)
        subparsers.choices[name].add_argument(
            "-v", "--verbose", action="count", default=argparse.SUPPRESS, help=_VERBOSE
        )
    return parser
