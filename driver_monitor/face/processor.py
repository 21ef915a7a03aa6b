"""What this machine's processor lacks."""

import ctypes
import platform
from pathlib import Path
from typing import Final

_CPUINFO: Final = Path("/proc/cpuinfo")
# Linux, include/uapi/linux/auxvec.h and arch/arm64/include/uapi/asm/hwcap.h
_AT_HWCAP: Final = 16
_HWCAP_ATOMICS: Final = 1 << 8


def lacks_for_mediapipe(machine: str | None = None, cpuinfo: Path = _CPUINFO, hwcap: int | None = None) -> str:
    """Why MediaPipe cannot run here, empty where it can.

    Its aarch64 library is compiled for ARMv8.1's atomic instructions (LSE, which Linux calls ``atomics``) and aborts
    the process where they are missing: on a Cortex-A72, the Raspberry Pi 4's core.
    """
    if (machine or platform.machine()) != "aarch64":
        return ""
    features = _features(cpuinfo)
    # Where cpuinfo does not tell (an emulator, a container), the kernel tells each process.
    atomics = all("atomics" in core for core in features) if features else bool(_capabilities(hwcap) & _HWCAP_ATOMICS)
    if atomics:
        return ""
    return (
        "MediaPipe needs ARMv8.1's atomic instructions (LSE, 'atomics' in /proc/cpuinfo), and this processor, "
        "like the Cortex-A72 of a Raspberry Pi 4, has none"
    )


def _features(cpuinfo: Path) -> list[set[str]]:
    """The features of each core, as far as they are told."""
    try:
        lines = cpuinfo.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []
    return [set(line.partition(":")[2].split()) for line in lines if line.startswith("Features")]


def _capabilities(given: int | None) -> int:
    if given is not None:
        return given
    getauxval = ctypes.CDLL(None).getauxval
    getauxval.restype, getauxval.argtypes = ctypes.c_ulong, (ctypes.c_ulong,)
    return int(getauxval(_AT_HWCAP))
