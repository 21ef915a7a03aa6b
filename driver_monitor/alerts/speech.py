"""Spoken messages: each rendered once by espeak-ng, kept in the user's cache, and at hand when an alert needs it.

Nothing here ever makes an alert wait. A text that is not ready when its tone has ended is not spoken, and is the next
time. Rendering runs in a thread of its own, one text after another.
"""

import hashlib
import logging
import queue
import subprocess
import threading
import wave
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.alerts.sink import SinkError
from driver_monitor.alerts.tones import SAMPLE_RATE_HZ, wav_bytes
from driver_monitor.assets import cache_folder
from driver_monitor.config.alerts import AudioConfig
from driver_monitor.config.messages import MessagesConfig, language_texts
from driver_monitor.parameter import judged

PROGRAM: Final = "espeak-ng"
WORDS_A_MINUTE: Final = judged(160, "a little slower than espeak-ng's 175: it is heard over a road", unit="1/min")
MOST_S: Final = judged(6.0, "a longer message is cut: while it is spoken the alarm waits")
_PATIENCE_S: Final = 10.0  # a text takes some 50 ms


class Speech:
    """What is spoken in one voice. ``report`` hears, once, why nothing can be rendered."""

    def __init__(self, voice: str, report: Callable[[str], None], folder: Path | None = None) -> None:
        self._voice = voice
        self._report = report
        self._folder = folder or cache_folder() / "speech"
        self._known: dict[str, NDArray[np.int16] | None] = {}  # None: asked for
        self._wanted: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="speech", daemon=True)
        self._thread.start()

    @classmethod
    def of(cls, config: AudioConfig, messages: MessagesConfig, report: Callable[[str], None]) -> "Speech":
        """With all messages of the driver's language asked for, in its voice unless the config names another."""
        speech = cls(config.voice or messages.language, report)
        keys = {*language_texts("en"), *language_texts(messages.language), *messages.texts}
        speech.prepare(text for key in sorted(keys) if "{" not in (text := messages.text(key)))
        return speech

    def prepare(self, texts: Iterable[str]) -> None:
        """Have them rendered, or read from the cache. Returns at once."""
        for text in texts:
            if text.strip() and text not in self._known:
                self._known[text] = None
                self._wanted.put(text)

    def samples(self, text: str) -> NDArray[np.int16] | None:
        """The message, mono at SAMPLE_RATE_HZ with a peak at full scale; None while it is not ready."""
        return self._known.get(text)

    def close(self) -> None:
        """Take no further text; does not wait."""
        self._wanted.put(None)

    def finish(self) -> None:
        """Take no further text, and wait until all are in the cache."""
        self.close()
        self._thread.join()

    def _work(self) -> None:
        reported = False
        while (text := self._wanted.get()) is not None:
            try:
                self._known[text] = self._read_or_render(text)
            except SinkError as error:
                if not reported:
                    reported = True
                    self._report(f"sound: {error}; until then there are tones only")

    def _read_or_render(self, text: str) -> NDArray[np.int16]:
        file = self._folder / f"{self._key(text)}.wav"
        try:
            return _samples(file)
        except (OSError, EOFError, wave.Error):
            samples = self._render(text)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(".part")
            part.write_bytes(wav_bytes(samples))
            part.replace(file)
        except OSError as error:
            logging.getLogger(__name__).debug("not kept: %s", error)
        return samples

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self._voice}\0{WORDS_A_MINUTE}\0{text}".encode()).hexdigest()

    def _render(self, text: str) -> NDArray[np.int16]:
        with TemporaryDirectory(prefix="driver-monitor-") as folder:
            file = Path(folder) / "speech.wav"
            command = [PROGRAM, "-v", self._voice, "-s", str(WORDS_A_MINUTE), "-b", "1", "--stdin", "-w", str(file)]
            try:
                done = subprocess.run(
                    command, input=text.encode(), capture_output=True, timeout=_PATIENCE_S, check=False
                )
                if done.returncode == 0:
                    return _made_ready(file)
                why = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            except FileNotFoundError as error:
                raise SinkError(
                    f"messages cannot be spoken: {PROGRAM} is not installed; run 'sudo apt install {PROGRAM}' or set "
                    "alerts.audio.speech: false"
                ) from error
            except (OSError, EOFError, wave.Error, subprocess.TimeoutExpired) as error:
                why = str(error)
        raise SinkError(
            f"messages cannot be spoken in the voice '{self._voice}' ({why}); set alerts.audio.voice to one that "
            f"'{PROGRAM} --voices' lists"
        )


def _samples(file: Path) -> NDArray[np.int16]:
    with wave.open(str(file), "rb") as sound:
        samples: NDArray[np.int16] = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
    return samples


def _made_ready(file: Path) -> NDArray[np.int16]:
    """What espeak-ng wrote, at SAMPLE_RATE_HZ, since a bare sound card takes no other, and as loud as can be."""
    with wave.open(str(file), "rb") as sound:
        rate_hz = sound.getframerate()
    given = _samples(file)[: round(MOST_S * rate_hz)].astype(np.float64)
    if not given.any():
        raise EOFError("it says nothing")
    wanted = round(len(given) * SAMPLE_RATE_HZ / rate_hz)
    resampled = np.fft.irfft(np.fft.rfft(given), wanted)  # no frequency is added
    made: NDArray[np.int16] = np.round(resampled / np.abs(resampled).max() * np.iinfo(np.int16).max).astype(np.int16)
    return made
