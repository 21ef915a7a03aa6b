"""The microphone, by PortAudio over ALSA or the machine's sound server."""

import os
import queue
from collections.abc import Iterator
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

from driver_monitor.channels.voice.activity import CHUNK
from driver_monitor.channels.voice.errors import MicrophoneError
from driver_monitor.channels.voice.mel import RATE_HZ
from driver_monitor.parameter import judged

DEFAULT: Final = "default"
QUIET_S: Final = judged(2.0, "without a sample: the microphone has gone, whatever its driver says")
WAITING: Final = judged(128, "blocks of 32 ms kept for a worker that is late; older ones are dropped", unit="count")


class Microphone:
    """Listens from its construction on. ``device``: see ``channels.voice.device``. Raises :class:`MicrophoneError`."""

    def __init__(self, device: str) -> None:
        try:
            import sounddevice  # noqa: PLC0415  (its absence is an answer)
        except (ImportError, OSError) as error:
            raise MicrophoneError(
                "no_microphone", "the PortAudio library is missing: run 'sudo apt install libportaudio2'"
            ) from error
        self._blocks: queue.Queue[NDArray[np.float32]] = queue.Queue(WAITING)
        chosen = None if device == DEFAULT else os.fsencode(device).decode("utf-8", "replace")
        try:
            self._stream, self._resampler = self._opened(sounddevice, chosen)
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise MicrophoneError(
                "no_microphone",
                f"there is no microphone '{device}' ({error}): plug one in, or name one of those that "
                "'python -m sounddevice' lists as channels.voice.device",
            ) from error

    def pieces(self) -> Iterator[NDArray[np.float32]]:
        """What is heard, at 16 kHz and full scale 1, without end. Raises :class:`MicrophoneError` once it is gone."""
        while True:
            try:
                block = self._blocks.get(timeout=QUIET_S)
            except queue.Empty:
                raise MicrophoneError("unplugged", f"the microphone has sent nothing for {QUIET_S:g} s") from None
            if self._resampler is None:
                yield block
                continue
            frame = av.AudioFrame.from_ndarray(block[None], "flt", "mono")
            frame.sample_rate = int(self._stream.samplerate)
            yield from (piece.to_ndarray()[0] for piece in self._resampler.resample(frame))

    def close(self) -> None:
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)

    def _opened(self, sounddevice: Any, device: str | None) -> tuple[Any, av.AudioResampler | None]:
        """At 16 kHz, or at the device's own rate and brought to 16 kHz here."""

        def stream(rate_hz: float) -> Any:
            return sounddevice.InputStream(
                samplerate=rate_hz, blocksize=CHUNK, device=device, channels=1, dtype="float32", callback=self._take
            )

        try:
            return stream(RATE_HZ), None
        except sounddevice.PortAudioError:
            own_hz = sounddevice.query_devices(device, "input")["default_samplerate"]
            return stream(own_hz), av.AudioResampler("flt", "mono", RATE_HZ)

    def _take(self, block: NDArray[np.float32], frames: int, time: Any, status: Any) -> None:
        while True:
            try:
                self._blocks.put_nowait(block[:, 0].copy())
            except queue.Full:
                self._blocks.get_nowait()
            else:
                return
