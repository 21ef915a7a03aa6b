"""The seal on aarch64, as far as it can be had without a kernel for it.

QEMU's user mode hands no seccomp filter to any kernel. What libseccomp makes for aarch64 of the seal's own rules is
therefore worked out on paper (:mod:`scripts.arm.bpf`), for every system call and for foreign ABIs. On an aarch64
machine, ``python -m scripts.arm.seal`` does so with that machine's libseccomp, and tries out first whether its kernel
(or QEMU) knows the calls by the numbers that are refused.
"""

import ctypes
import errno
import os
import socket
import tempfile
from typing import Final

import pyseccomp

from driver_monitor.privacy import refuse_networks
from scripts.arm.bpf import ALLOWED, Filter, refused_with

# linux/audit.h
AARCH64: Final = 0xC00000B7
# 32-bit ARM, big-endian ARM64, i386, x86-64
FOREIGN: Final = (0x40000028, 0x800000B7, 0x40000003, 0xC000003E)
# asm-generic/unistd.h, which is aarch64's
SOCKET: Final = 198
CONNECT: Final = 203
IO_URING_SETUP: Final = 425
CALLS: Final = range(1024)  # about twice as many as there are
FAMILIES: Final = range(64)  # linux/socket.h has 46

_ANSWERS: Final = {ALLOWED: "allowed", refused_with(errno.EACCES): "refused with EACCES"}


def filter_for(rules: pyseccomp.SyscallFilter, *, local_programs: bool) -> Filter:
    """What the kernel would be given if a process with these (empty) rules sealed itself."""
    refuse_networks(rules, local_programs=local_programs)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return Filter(file.read())


def faults(seal: Filter, *, local_programs: bool) -> list[str]:
    """What an aarch64 process could do behind the seal and must not, or cannot do and must."""
    refused = {IO_URING_SETUP} if local_programs else {IO_URING_SETUP, CONNECT}
    wanted = [
        *((AARCH64, number, int(socket.AF_INET), number not in refused) for number in CALLS if number != SOCKET),
        *((AARCH64, SOCKET, family, family == socket.AF_UNIX) for family in FAMILIES),
        *((foreign, number, int(socket.AF_UNIX), False) for foreign in FOREIGN for number in CALLS),
    ]
    found = []
    for architecture, number, argument, allowed in wanted:
        answer = seal.answer(architecture, number, argument)
        if answer != (ALLOWED if allowed else refused_with(errno.EACCES)):
            told = _ANSWERS.get(answer, hex(answer))
            found.append(f"call {number} of ABI {architecture:#x} with {argument} is {told}")
    return found


def misnumbered() -> list[str]:
    """Which of the refused calls this machine knows by another number; io_uring's has one on all architectures."""
    system = ctypes.CDLL(None, use_errno=True).syscall
    descriptor = system(SOCKET, socket.AF_INET, socket.SOCK_DGRAM, 0)
    if descriptor < 0:
        return [f"socket() ({os.strerror(ctypes.get_errno())})"]
    with socket.socket(fileno=descriptor) as opened:
        address = (
            socket.AF_INET.to_bytes(2, "little") + (9).to_bytes(2, "big") + socket.inet_aton("127.0.0.1") + bytes(8)
        )
        if system(CONNECT, descriptor, address, len(address)) or opened.getpeername() != ("127.0.0.1", 9):
            return [f"connect() ({os.strerror(ctypes.get_errno())})"]
    return []


def main() -> int:
    if os.uname().machine != "aarch64":
        print("this is for aarch64 alone")
        return 2
    found = [f"{call} has another number here" for call in misnumbered()]
    for local_programs in (False, True):
        seal = filter_for(pyseccomp.SyscallFilter(pyseccomp.ALLOW), local_programs=local_programs)
        found += faults(seal, local_programs=local_programs)
    print("\n".join(found) or f"{2 * (len(CALLS) * (1 + len(FOREIGN)) + len(FAMILIES) - 1)} answers as they must be")
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main())
