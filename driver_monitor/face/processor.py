"""What this machine's processor lacks."""

import platform
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")


def lacks_for_mediapipe(machine: str | None = None, cpuinfo: Path = _CPUINFO) -> str:
    """Why MediaPipe cannot run here, empty where it can.

    Its aarch64 library is compiled for ARMv8.1's atomic instructions (LSE, which Linux calls ``atomics``) and aborts
    the process where they are missing: on a Cortex-A72, the Raspberry Pi 4's core.
    """
    if (machine or platform.machine()) != "aarch64":
        return ""
    try:
        lines = cpuinfo.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return ""  # nothing is known against it
    features = [set(line.partition(":")[2].split()) for line in lines if line.startswith("Features")]
    if not features or all("atomics" in of_core for of_core in features):
        return ""
    return (
        "MediaPipe needs ARMv8.1's atomic instructions (LSE, 'atomics' in /proc/cpuinfo), and this processor, "
        "like the Cortex-A72 of a Raspberry Pi 4, has none"
    )
