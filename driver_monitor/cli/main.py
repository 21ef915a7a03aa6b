"""The ``driver-monitor`` command."""

import argparse
import errno
import importlib
import keyword
import logging
import os
import select
import sys
import threading
from collections.abc import Sequence
from typing import Final, NoReturn, Protocol, cast

from driver_monitor.cli.parsers.command_line import build_parser
from driver_monitor.ending import INTERRUPTED, TERMINATED, RaisedSignal, Terminated
from driver_monitor.errors import DriverMonitorError
from driver_monitor.printable import make_output_printable

PIPE_CLOSED: Final = 141  # 128 + SIGPIPE


class Handler(Protocol):
    """A module of this folder that does a command's work."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it and return the exit code."""


def handler(command: str) -> Handler:
    """The module that does a command's work; importing it costs what the command costs, so only the one wanted is."""
    name = command.replace("-", "_")
    return cast(Handler, importlib.import_module(f"driver_monitor.cli.{name}{'_' * keyword.iskeyword(name)}"))


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
    parser = build_parser()
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
    if args.refuse is not None:
        args.refuse(args)
    return handler(args.command).run(args)


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
