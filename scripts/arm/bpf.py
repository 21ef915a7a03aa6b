"""What a seccomp filter answers, worked out from its program without any kernel.

Classic BPF as in linux/bpf_common.h and linux/filter.h: the instructions that seccomp takes and libseccomp makes.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_INSTRUCTION: Final = struct.Struct("=HBBI")  # struct sock_filter: code, jt, jf, k
_CALL: Final = struct.Struct("=iIQ6Q")  # struct seccomp_data: nr, arch, instruction_pointer, args

_LOAD_WORD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_AND: Final = 0x54  # BPF_ALU | BPF_AND | BPF_K
_RETURN: Final = 0x06  # BPF_RET | BPF_K
_JUMP: Final = 0x05  # BPF_JMP | BPF_JA
_JUMPS: Final[dict[int, Callable[[int, int], bool]]] = {
    0x15: lambda accumulator, k: accumulator == k,  # BPF_JMP | BPF_JEQ | BPF_K
    0x25: lambda accumulator, k: accumulator > k,  # BPF_JGT
    0x35: lambda accumulator, k: accumulator >= k,  # BPF_JGE
    0x45: lambda accumulator, k: bool(accumulator & k),  # BPF_JSET
}

# linux/seccomp.h
ALLOWED: Final = 0x7FFF0000
_REFUSED: Final = 0x00050000


def refused_with(error: int) -> int:
    """The answer that makes a system call fail with this errno."""
    return _REFUSED | error


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as libseccomp exports it."""

    program: bytes

    def answer(self, architecture: int, number: int, *arguments: int) -> int:
        """The action for a system call: :data:`ALLOWED` or :func:`refused_with` some errno.

        Raises ValueError for an instruction that libseccomp does not make.
        """
        call = _CALL.pack(number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
        instructions = list(_INSTRUCTION.iter_unpack(self.program))
        accumulator, at = 0, 0
        while True:
            code, if_true, if_false, k = instructions[at]
            at += 1
            if code == _LOAD_WORD:
                (accumulator,) = struct.unpack_from("=I", call, k)
            elif code == _AND:
                accumulator &= k
            elif code == _JUMP:
                at += k
            elif code in _JUMPS:
                at += if_true if _JUMPS[code](accumulator, k) else if_false
            elif code == _RETURN:
                return int(k)
            else:
                raise ValueError(f"instruction {at - 1} of the filter has the code {code:#x}, which is not known")
