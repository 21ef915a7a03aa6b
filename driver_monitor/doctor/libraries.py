"""System libraries and programs."""

import ctypes
import shutil
from typing import Final

from driver_monitor.doctor.check import Check, Subject, fail, ok, warn
from driver_monitor.face.backend_choice import choose_backend

# Library, Debian package, who needs it.
_NEEDED: Final = (
    ("libGL.so.1", "libgl1", "OpenCV's windows"),
    ("libEGL.so.1", "libegl1", "MediaPipe"),
    ("libGLESv2.so.2", "libgles2", "MediaPipe"),
)


def graphics(subject: Subject) -> Check:
    """Without these cv2 or MediaPipe cannot even be imported, though nothing is drawn by them."""
    unused = "MediaPipe" if choose_backend(subject.config.face.backend).name != "mediapipe" else ""
    needed = [entry for entry in _NEEDED if entry[2] != unused]
    missing = [(library, package, user) for library, package, user in needed if not _loads(library)]
    if missing:
        named = ", ".join(f"{library} (for {user})" for library, _, user in missing)
        return fail(
            "graphics", f"missing: {named}", f"sudo apt install {' '.join(package for _, package, _ in missing)}"
        )
    return ok("graphics", ", ".join(library for library, _, _ in needed))


def sound_output(subject: Subject) -> Check:
    """aplay, or PortAudio through sounddevice: one of them is enough."""
    audio = subject.config.alerts.audio
    aplay, portaudio = shutil.which("aplay"), _loads("libportaudio.so.2")
    found = " and ".join(name for name, there in (("aplay", aplay), ("PortAudio", portaudio)) if there)
    lacking = {
        "auto": not found,
        "aplay": not aplay,
        "sounddevice": not portaudio,
    }[audio.backend]
    if audio.enabled and lacking:
        remedy = "sudo apt install libportaudio2" if audio.backend == "sounddevice" else "sudo apt install alsa-utils"
        return warn("sound output", f"alerts will be silent: {found or 'neither aplay nor PortAudio'} found", remedy)
    return ok("sound output", f"{found} found" if found else "not found, and switched off in the config")


def sandbox(subject: Subject) -> Check:
    """Whether the vision process can be cut off from the network."""
    from driver_monitor.privacy import sandbox_available  # noqa: PLC0415  (starts a process; nothing else needs it)

    reason = sandbox_available()
    if reason is None:
        return ok("sandbox", "the vision process can be cut off from the network")
    required = subject.config.privacy.require_sandbox
    remedy = "sudo apt install libseccomp2; in a container allow the seccomp system call"
    return (fail if required else warn)("sandbox", reason, remedy)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
