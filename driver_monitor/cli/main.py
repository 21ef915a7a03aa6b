"""The ``driver-monitor`` command."""

import argparse
import errno
import importlib
import logging
import os
import select
import sys
import threading
from collections.abc import Sequence
from typing import Final, NoReturn, Protocol, cast

import driver_monitor
from driver_monitor.ending import INTERRUPTED, TERMINATED, RaisedSignal, Terminated
from driver_monitor.errors import DriverMonitorError
from driver_monitor.printable import make_output_printable

COMMANDS: Final = (
    "demo",
    "run",
    "replay",
    "label",
    "score",
    "tune",
    "report",
    "record-info",
    "erase",
    "bench",
    "doctor",
    "config",
    "help",
)
_VERBOSE: Final = "say more; twice: every detail; three times: what libraries say of themselves, too"
PIPE_CLOSED: Final = 141  # 128 + SIGPIPE
_EPILOG: Final = """\
examples:
  driver-monitor demo                        a scripted two-minute drive, no camera needed
  driver-monitor doctor                      what is missing on this machine, and what to do about it
  driver-monitor run --config my.yaml        monitor the driver
  driver-monitor replay drive.mp4            the same for a recorded video
  driver-monitor label DRIVE                 say what really happened in a recorded drive
  driver-monitor score drives/               alerts against what was labelled
  driver-monitor report drives/              one page about recorded drives
  driver-monitor config check my.yaml        every mistake in a config file at once
  driver-monitor help troubleshooting        what to do when something does not work

exit codes: 0 fine, 1 something failed, 2 wrong usage or config, 130 interrupted, 143 ended by SIGTERM
"""

Subparsers = argparse._SubParsersAction  # what add_subparsers() returns; argparse has no public name for it


class Command(Protocol):
    """A module of this folder."""

    def add_parser(self, subparsers: "Subparsers[argparse.ArgumentParser]") -> object:
        """Add the command's own parser, under the module's name."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it and return the exit code."""


def command(name: str) -> Command:
    """The module of a command. Importing it costs what the command costs, so only the one wanted is."""
    return cast(Command, importlib.import_module(f"driver_monitor.cli.{name.replace('-', '_')}"))


def build_parser(commands: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The parser with these commands' modules imported; the others are not known to it."""
    parser = argparse.ArgumentParser(
        prog="driver-monitor",
        description=driver_monitor.__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {driver_monitor.__version__}")
    parser.add_argument(
        "-v",
        "--verbose",
        action="count",
        default=0,
        help=_VERBOSE,
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name in commands:
        command(name).add_parser(subparsers)
        subparsers.choices[name].add_argument(
            "-v",
            "--verbose",
            action="count",
            default=argparse.SUPPRESS,
            help=_VERBOSE,
        )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    make_output_printable()
    try:
        code = _answered(list(sys.argv[1:] if argv is None else argv))
    except BaseException:
        if _camera_is_blocked():
            sys.excepthook(*sys.exc_info())
            _leave(1)
        raise
    if _camera_is_blocked():
        _leave(code)
    return code


def _answered(arguments: list[str]) -> int:
    ended = RaisedSignal()
    try:
        with ended.raising():
            code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Terminated:
        return TERMINATED
    except Exception as error:
        if ended.code is not None:  # what came of the signal: a library's own error in its place, a worker that died
            return ended.code
        failed = _failed(error)
        if failed is None:
            raise
        return failed
    return code


def _failed(error: Exception) -> int | None:
    """Tell a user what went wrong; returns the exit code, None for a defect of ours."""
    if isinstance(error, DriverMonitorError):
        sys.stderr.write(f"driver-monitor: {error}\n")
        return error.exit_code
    if isinstance(error, ImportError) and (error.name or "").partition(".")[0] != "driver_monitor":
        sys.stderr.write(
            f"driver-monitor: a package or a library of this machine is missing ({error}); 'driver-monitor doctor' "
            "says what to do\n"
        )
        return 1
    if isinstance(error, OSError):
        return _stdout_failed(error)
    return None


def _run(arguments: list[str]) -> int:
    named = next((word for word in arguments if not word.startswith("-")), None)
    parser = build_parser((named,) if named in COMMANDS else COMMANDS)
    try:
        args = parser.parse_args(arguments)
    except SystemExit as end:  # --help, --version and wrong usage have been answered
        return end.code if isinstance(end.code, int) else 2
    if args.command is None:
        parser.print_help(sys.stderr)
        return 2
    levels = (logging.WARNING, logging.INFO, logging.DEBUG)
    logging.basicConfig(
        level=levels[min(args.verbose, 2)], format="driver-monitor: %(levelname)s: %(message)s", force=True
    )
    if args.verbose < 3:
        logging.getLogger("driver_monitor.libraries").setLevel(logging.WARNING)
    return command(args.command).run(args)


def _camera_is_blocked() -> bool:
    """Whether a camera's read never came back: at the interpreter's end it would abort inside OpenCV."""
    return any(thread.name.startswith("camera ") for thread in threading.enumerate())


def _leave(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _stdout_failed(error: OSError) -> int:
    """A reader that went away (``| head``) or a full disk behind ``>``; any other OSError is a defect of ours."""
    if isinstance(error, BrokenPipeError) and _reader_gone():
        # What is still buffered must not fail once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    if error.errno == errno.ENOSPC:
        sys.stderr.write("driver-monitor: the output could not be written in full: the disk is full; free some room\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    raise error


def _reader_gone() -> bool:
    """Whether it is stdout's pipe that broke, and not another one of the program's."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), select.POLLOUT)
    return any(event & select.POLLERR for _, event in poll.poll(0))
