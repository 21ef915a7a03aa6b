"""The sandbox, tried out in children: this process must not seal itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from driver_monitor.privacy import python_path, sandbox_available

SEALED = "from driver_monitor.privacy import seal; report = seal()\n"


def child(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": python_path()} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def answer(script: str) -> str:
    """What a child prints after it has sealed itself."""
    ended = child(SEALED + script)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


TRY_SOCKET = """
import errno, socket
def attempt(family, kind):
    try:
        socket.socket(getattr(socket, family), getattr(socket, kind)).close()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "open"
"""


@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW"])
@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_PACKET", "AF_NETLINK", "AF_VSOCK"])
def test_no_network_socket_of_any_kind_can_be_had(family: str, kind: str) -> None:
    assert answer(f"{TRY_SOCKET}print(attempt({family!r}, {kind!r}))") == "EACCES"


def test_unix_sockets_and_pairs_go_on_but_reach_nobody_new(tmp_path: Path) -> None:
    script = f"""
import socket
one, other = socket.socketpair()
one.send(b"still here")
print(other.recv(100).decode())
server = socket.socket(socket.AF_UNIX)
server.bind({str(tmp_path / "server")!r})
server.listen()
try:
    socket.socket(socket.AF_UNIX).connect({str(tmp_path / "server")!r})
except PermissionError:
    print("refused")
"""
    assert answer(script).splitlines() == ["still here", "refused"]


def test_a_thread_that_was_running_before_is_sealed_too() -> None:
    script = f"""
import threading
{TRY_SOCKET}
sealed, answers = threading.Event(), []
def run():
    sealed.wait()
    answers.append(attempt("AF_INET", "SOCK_STREAM"))
thread = threading.Thread(target=run)
thread.start()
from driver_monitor.privacy import seal
print(seal().threads)
sealed.set()
thread.join()
print(answers[0])
"""
    ended = child(script)
    assert ended.stdout.split() == ["2", "EACCES"]


def test_a_program_started_later_is_sealed_too() -> None:
    script = """
import subprocess, sys
tries = "import socket\\ntry: socket.socket()\\nexcept PermissionError: print('refused')"
print(subprocess.run([sys.executable, "-c", tries], capture_output=True, text=True).stdout)
"""
    assert answer(script) == "refused"


LOOPHOLES = {"io_uring_setup": "425, 8, 0"}  # the same number on every architecture
if os.uname().machine == "x86_64":
    LOOPHOLES["socket through the x32 ABI"] = "0x40000000 + 41, 2, 1, 0"


@pytest.mark.parametrize("loophole", LOOPHOLES)
def test_there_is_no_way_around(loophole: str) -> None:
    script = f"""
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall({LOOPHOLES[loophole]})
print(errno.errorcode[ctypes.get_errno()])
"""
    assert answer(script) == "EACCES"


def test_the_report_tells_what_was_tried() -> None:
    assert answer("print(report.refused, report.threads)") == "('AF_INET', 'AF_INET6', 'AF_PACKET') 1"


def test_this_machine_can_seal_and_the_question_seals_nobody_else() -> None:
    assert sandbox_available() is None
    assert (
        "Seccomp:\t0" in Path("/proc/self/status").read_text()
        or "Seccomp_filters:\t1" in Path("/proc/self/status").read_text()
    )


UNSEALABLE = """
import errno, pyseccomp
refusing = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
refusing.add_rule(pyseccomp.ERRNO(errno.EPERM), "seccomp")
refusing.add_rule(pyseccomp.ERRNO(errno.EPERM), "prctl", pyseccomp.Arg(0, pyseccomp.EQ, 22))  # PR_SET_SECCOMP
refusing.load()
from driver_monitor.privacy import sandbox_available
print(sandbox_available())
"""


def test_a_machine_that_cannot_seal_says_why_and_what_to_do() -> None:
    told = child(UNSEALABLE).stdout
    assert told.startswith("the kernel refuses the network sandbox (seccomp:")
    assert "privacy.require_sandbox: false" in told


def test_a_missing_libseccomp_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "pyseccomp.py").write_text("raise RuntimeError('Unable to find libseccomp')")
    script = """
from driver_monitor.privacy import SandboxError, seal
try:
    seal()
except SandboxError as error:
    print(error)
"""
    told = child(script, PYTHONPATH=f"{tmp_path}{os.pathsep}{python_path()}").stdout
    assert "Unable to find libseccomp" in told
    assert "sudo apt install libseccomp2" in told
