"""A microphone made of ALSA's own file plugin: real PortAudio, real ALSA, and a pipe in place of the air."""

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import Final

from driver_monitor.channels.voice.mel import RATE_HZ
from tests.channels.voice.sounds import Sound

DEVICE: Final = "pipe_microphone"
# Samples; as many as PortAudio asks for, since ALSA fills up a shorter piece with old sound. The pipe gives the time:
# the null device under it has none.
_PIECE: Final = 512


class PluggedMicrophone:
    """Point ALSA_CONFIG_PATH at ``config_path``; the device 'pipe_microphone' exists from :meth:`plug_in` on."""

    def __init__(self, folder: Path) -> None:
        self.config_path = folder / "asound.conf"
        self._pipe = folder / "air"
        os.mkfifo(self._pipe)
        # Open at both ends all the time, so that neither side ever waits for the other to open it.
        self._end = os.open(self._pipe, os.O_RDWR | os.O_NONBLOCK)
        self._speaking: threading.Thread | None = None
        self._quiet = threading.Event()
        self.plug_out()

    def plug_in(self) -> None:
        self.config_path.write_text(
            "</usr/share/alsa/alsa.conf>\n"
            f"pcm.{DEVICE} {{ type file; slave.pcm null; file /dev/null; infile {self._pipe}; format raw }}\n"
        )

    def plug_out(self) -> None:
        self.config_path.write_text("</usr/share/alsa/alsa.conf>\n")

    def say(self, sound: Sound) -> None:
        """Over and over, as fast as sound is, until :meth:`hush`."""
        self.hush()
        self._quiet.clear()
        self._speaking = threading.Thread(target=self._speak, args=(sound,), daemon=True)
        self._speaking.start()

    def hush(self) -> None:
        """Not a sample comes any more, as from a microphone whose plug was pulled."""
        self._quiet.set()
        if self._speaking is not None:
            self._speaking.join()

    def close(self) -> None:
        self.hush()
        os.close(self._end)

    def _speak(self, sound: Sound) -> None:
        place, due_s = 0, time.monotonic()
        while not self._quiet.wait(max(0.0, due_s - time.monotonic())):
            piece = sound[place : place + _PIECE]
            with contextlib.suppress(BlockingIOError):  # nobody listens
                os.write(self._end, piece.astype("<f4").tobytes())
            place = (place + _PIECE) % (len(sound) - len(sound) % _PIECE)
            due_s += len(piece) / RATE_HZ
