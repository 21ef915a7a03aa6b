"""Cutting processes off from every network: the one that looks at faces, and the monitor itself.

MediaPipe sends usage data and has no switch for it (google-ai-edge/mediapipe issue 6291), and what other libraries do
is theirs to change with any release. So the kernel is asked to refuse: a seccomp filter, which no code in the process
can take off again, answers ``EACCES``.
"""

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from driver_monitor.errors import DriverMonitorError
from driver_monitor.pip import pip

if TYPE_CHECKING:
    import pyseccomp

# What must be refused, tried out after sealing. The filter itself refuses every family but AF_UNIX.
_PROBED_FAMILIES: Final = ("AF_INET", "AF_INET6", "AF_PACKET")
_PROBE_TIMEOUT_S: Final = 20.0


class SandboxError(DriverMonitorError):
    """The process could not be cut off from the network."""

    reason = "sandbox"


@dataclass(frozen=True, slots=True)
class SealReport:
    """What :func:`seal` achieved, as tried out afterwards in the sealed process itself.

    ``refused`` are the socket families that answered ``EACCES``; ``threads`` is how many threads the filter covers.
    """

    refused: tuple[str, ...]
    threads: int


def seal_monitor(*, required: bool, report: Callable[[str], None], families: Collection[int] = frozenset()) -> None:
    """Cut the monitor's own process off, once all that comes over a network (the face model) is there.

    It may go on talking to the sound server and other programs of this machine over Unix sockets, and over sockets of
    further ``families`` that are no network of computers (AF_CAN). Raises SandboxError where that fails and is
    ``required``; else says so through ``report``.
    """
    try:
        seal(local_programs=True, families=families)
    except SandboxError as error:
        if required:
            raise
        report(f"the monitor runs without network sandbox, as privacy.require_sandbox allows: {error}")


def seal(*, local_programs: bool = False, families: Collection[int] = frozenset()) -> SealReport:
    """Cut this process, all its threads and all its children off from every network, for good.

    From now on ``EACCES`` answers: ``socket()`` of any family but AF_UNIX and ``families`` (so AF_INET, AF_INET6 and
    AF_PACKET, but also AF_VSOCK, AF_SMC, ...); ``connect()`` of any kind, so that no other process (a name service, a
    proxy) can be asked to talk to the network instead, unless ``local_programs`` are to be reached;
    ``io_uring_setup()``, which could open sockets past the filter; and every system call through a foreign ABI (32-bit,
    x32). Sockets that are open already, socket pairs and pipes go on working.

    Raises :class:`SandboxError` when the filter cannot be loaded or does not hold.
    """
    try:
        import pyseccomp  # noqa: PLC0415  (loads libseccomp when imported, which may be missing)
    except (ImportError, RuntimeError, OSError) as error:
        raise SandboxError(
            f"the network sandbox needs the library libseccomp, which cannot be loaded ({error}): "
            f"run 'sudo apt install libseccomp2' and '{pip('install', 'pyseccomp')}'"
        ) from error
    try:
        rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        rules.set_attr(pyseccomp.Attr.CTL_NNP, 1)
        rules.set_attr(pyseccomp.Attr.CTL_TSYNC, 1)
        refuse_networks(rules, local_programs=local_programs, families=families)
        rules.load()
    except OSError as error:
        raise SandboxError(
            f"the kernel refuses the network sandbox (seccomp: {error.strerror or error}): use a kernel with "
            "CONFIG_SECCOMP_FILTER, in a container allow the seccomp system call, or set "
            "privacy.require_sandbox: false to run without"
        ) from error
    return _tried_out()


def refuse_networks(
    rules: "pyseccomp.SyscallFilter", *, local_programs: bool, families: Collection[int] = frozenset()
) -> None:
    """Give an empty filter that allows everything the rules of :func:`seal`, for the architectures it is for.

    Raises OSError where libseccomp does not take one.
    """
    import pyseccomp  # noqa: PLC0415  (as above)

    refuse = pyseccomp.ERRNO(errno.EACCES)
    rules.set_attr(pyseccomp.Attr.ACT_BADARCH, refuse)
    allowed = {int(socket.AF_UNIX), *families}
    for family in range(max(allowed)):
        if family not in allowed:
            rules.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.EQ, family))
    rules.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.GT, max(allowed)))
    if not local_programs:
        rules.add_rule(refuse, "connect")
    rules.add_rule(refuse, "io_uring_setup")


def sandbox_available() -> str | None:
    """Why this machine cannot seal a process, or None when it can: tried in a child that is thrown away."""
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-c", "from driver_monitor.privacy import _seal_and_tell; _seal_and_tell()"],
            env=os.environ | {"PYTHONPATH": python_path()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PROBE_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"the sandbox could not be tried out: {error}"
    if child.returncode == 0:
        return None
    return (
        child.stdout.strip()
        or f"the sandbox trial ended with exit code {child.returncode}: {child.stderr[-300:].strip()}"
    )


def python_path() -> str:
    """``PYTHONPATH`` with which a child started with ``-P`` finds this very package, installed or not."""
    here = str(Path(__file__).resolve().parents[1])
    inherited = os.environ.get("PYTHONPATH", "")
    return f"{here}{os.pathsep}{inherited}" if inherited else here


def _tried_out() -> SealReport:
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    if status.get("Seccomp", "").strip() != "2":
        raise SandboxError("the network sandbox was loaded but is not in force: run 'driver-monitor doctor'")
    for name in _PROBED_FAMILIES:
        answer = _answer_to_socket(getattr(socket, name))
        if answer != errno.EACCES:
            raise SandboxError(
                f"the network sandbox does not hold: socket({name}) answers '{os.strerror(answer)}' instead of "
                f"'{os.strerror(errno.EACCES)}': run 'driver-monitor doctor'"
            )
    return SealReport(_PROBED_FAMILIES, int(status["Threads"]))


def _answer_to_socket(family: int) -> int:
    try:
        socket.socket(family, socket.SOCK_DGRAM).close()
    except OSError as error:
        return error.errno or 0
    return 0


def _seal_and_tell() -> None:
    try:
        seal()
    except SandboxError as error:
        sys.stdout.write(str(error))
        sys.exit(1)
