"""What makes a tone heard: a small program for each tone, so that no sound system can hold up or crash the monitor.

That is not caution for its own sake: PortAudio, loaded into the monitor, ends it by a failed assertion when ALSA's
configuration displeases it (seen with 19.6), and a Bluetooth speaker out of reach can block a write for minutes.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from driver_monitor.alerts.sink import SinkError
from driver_monitor.native_path import system_name

_ORIGIN = re.compile(r"^aplay: (\w+:\d+: )?")  # "aplay: main:831: " names a line of its source
_COMPLAINTS_BYTES = 65536
_TERM_S = 0.05  # aplay stops within a period (about 20 ms) when it is healthy


@dataclass(frozen=True, slots=True)
class Program:
    """A program that plays the WAV file given as its last argument and exits with 0 when it was heard."""

    name: str
    command: tuple[str, ...]
    lists_devices: str


def choose_program(backend: Literal["auto", "aplay", "sounddevice"], device: str) -> Program:
    """``auto`` takes aplay (ALSA, starts in 10 ms) where it is installed, else PortAudio."""
    if backend == "aplay" or (backend == "auto" and shutil.which("aplay")):
        return Program("aplay", ("aplay", "-q", "-D", system_name(device)), "aplay -L")
    script = Path(__file__).with_name("portaudio_play.py")
    return Program("PortAudio", (sys.executable, "-P", str(script), system_name(device)), "python -m sounddevice")


class Player:
    """Plays one sound at a time and never waits for its end.

    Sounds lie as WAV files in memory without a name (``memfd``): nothing is left behind however the monitor ends.
    """

    def __init__(self, program: Program, device: str) -> None:
        self._program = program
        self._device = device
        self._process: subprocess.Popen[bytes] | None = None
        self._sounds: dict[str, int] = {}  # their descriptors
        self._complaints = _memory("complaints", b"")

    def start(self, name: str, wav_bytes: Callable[[], bytes]) -> None:
        """Cut off what plays and begin. ``wav_bytes`` is asked for the sound of that ``name`` the first time.

        Raises SinkError when nothing can be heard.
        """
        self.stop()
        if name not in self._sounds:
            self._sounds[name] = _memory(name, wav_bytes())
        wav = self._sounds[name]
        os.ftruncate(self._complaints, 0)
        os.lseek(self._complaints, 0, os.SEEK_SET)
        try:
            self._process = subprocess.Popen(
                [*self._program.command, f"/proc/self/fd/{wav}"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
                pass_fds=(wav,),
                start_new_session=True,  # its plugins' processes can be ended with it; Ctrl-C does not reach it
            )
        except FileNotFoundError as error:
            raise SinkError(f"{self._program.name} is not installed; install the package alsa-utils") from error
        except OSError as error:
            raise SinkError(f"cannot start {self._program.name}: {error}; free some memory and disk space") from error

    def busy(self) -> bool:
        """Whether the sound still plays. Raises SinkError, once, when it could not be played."""
        if self._process is None:
            return False
        code = self._process.poll()
        if code is None:
            return True
        self._process = None
        if code != 0:
            raise SinkError(
                f"{self._program.name} cannot play on device '{self._device}' "
                f"({self._complaint() or f'exit code {code}'}); plug in a sound card or set alerts.audio.device to one "
                f"that '{self._program.lists_devices}' lists"
            )
        return False

    def stop(self) -> None:
        """Cut off what plays."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, sign)
                process.wait(_TERM_S)
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue
            return

    def close(self) -> None:
        """Stop and release everything; safe to call twice."""
        self.stop()
        for fd in self._sounds.values():
            os.close(fd)
        self._sounds.clear()
        if self._complaints >= 0:
            os.close(self._complaints)
            self._complaints = -1

    def _complaint(self) -> str:
        """The program's own last word, without ALSA's trace above it."""
        said = os.pread(self._complaints, _COMPLAINTS_BYTES, 0)
        lines = said.decode(errors="replace").strip().splitlines()
        return _ORIGIN.sub("", lines[-1]) if lines else ""


def _memory(name: str, content: bytes) -> int:
    """The descriptor of a new file in memory that holds ``content``."""
    try:
        fd = os.memfd_create(f"driver-monitor-{name}", os.MFD_CLOEXEC)
        with os.fdopen(fd, "wb", closefd=False) as file:
            file.write(content)
    except OSError as error:
        raise SinkError(f"there is no memory for the tones: {error}; free some") from error
    return fd
