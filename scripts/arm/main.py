"""The command line of ``scripts/test_arm``."""

import argparse
import fcntl
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from driver_monitor.counted import counted
from driver_monitor.errors import DriverMonitorError
from scripts.arm.machine import Ended, Machine, MachineError, prepare, try_out
from scripts.arm.steps import Step, lay_out, steps

CPUS: Final = {"cortex-a72": "a Raspberry Pi 4's core", "cortex-a76": "a Raspberry Pi 5's core"}
_EPILOG: Final = """\
Emulated by QEMU's user mode, never a board: results count, times do not (plain Python takes some 7 times as long, the
face nets 300 times). Nothing is installed on this machine; what is fetched (1.6 GB) is kept in $DRIVER_MONITOR_ARM,
by default ~/.cache/driver-monitor-arm. Needs a Debian on x86-64, Linux 6.7 or newer and user namespaces, but not root.
"""
# onnxruntime finds no file of /sys there that names the processor
_NOISE: Final = re.compile(r"^(Error in cpuinfo|onnxruntime )")
_SHOWN_LINES: Final = 20
_RESULT_LENGTH: Final = 100
_PASSED: Final = re.compile(r"^(\d+) passed.*", re.MULTILINE)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/test_arm",
        description="Run the program and its tests on an emulated 64-bit ARM board.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    cores = ", ".join(f"{name} ({core})" for name, core in CPUS.items())
    parser.add_argument("cpus", nargs="*", metavar="CPU", help=f"what to emulate, by default all: {cores}")
    options = parser.parse_args(arguments)
    if unknown := [cpu for cpu in options.cpus if cpu not in CPUS]:
        parser.error(f"no such CPU: {', '.join(unknown)}; there are: {', '.join(CPUS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # and take what is emulated along
    try:
        with _alone(_cache()) as cache:
            machine = prepare(cache, _say)
            lay_out(machine)
            cpus = options.cpus or list(CPUS)
            try_out(machine, cpus[0])
            held = [_run(machine, cpu) for cpu in cpus]
    except DriverMonitorError as error:
        print(f"scripts/test_arm: {error}", file=sys.stderr)
        return error.exit_code
    return int(not all(held))


def _run(machine: Machine, cpu: str) -> bool:
    """Whether every step holds on this processor."""
    began_s, held, tests = time.monotonic(), 0, 0
    wanted = steps(cpu)
    for step in wanted:
        step_s = time.monotonic()
        ended = machine.python(cpu, list(step.arguments), step.limit_s, cut_off=step.cut_off)
        fault = _fault(step, ended)
        said = [line for line in ended.said.strip().splitlines() if not _NOISE.search(line)]
        passed = _PASSED.findall(ended.said)
        held, tests = held + (not fault), tests + sum(map(int, passed))
        result = fault or next((line for line in reversed(said) if step.says in line), "")[:_RESULT_LENGTH]
        _say(f"{cpu}  {'FAILED' if fault else 'ok':6}  {step.name}: {result} [{time.monotonic() - step_s:.0f} s]")
        if fault:
            _say("\n".join(f"    {line}" for line in said[-_SHOWN_LINES:]))
    lasted_min = (time.monotonic() - began_s) / 60
    _say(f"{cpu}: {held} of {counted(len(wanted), 'step')} hold, {counted(tests, 'test')} passed, {lasted_min:.0f} min")
    return held == len(wanted)


def _fault(step: Step, ended: Ended) -> str:
    if ended.exit_code != step.exit_code:
        return f"exit code {ended.exit_code} instead of {step.exit_code}"
    return "" if step.says in ended.said else f"did not say '{step.says}'"


@contextmanager
def _alone(cache: Path) -> Iterator[Path]:
    """The folder, while nobody else works in it; made where it is not there. Raises :class:`MachineError`."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        lock = (cache / "lock").open("w")
    except OSError as error:
        raise MachineError(
            f"{cache} cannot be written to ({error.strerror}): set DRIVER_MONITOR_ARM to a folder with 2 GB of room"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise MachineError(f"another scripts/test_arm is at work in {cache}: wait for it to end") from error
        yield cache


def _cache() -> Path:
    caches = os.environ.get("XDG_CACHE_HOME", "") or "~/.cache"
    return Path(os.environ.get("DRIVER_MONITOR_ARM", "") or f"{caches}/driver-monitor-arm").expanduser().absolute()


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
