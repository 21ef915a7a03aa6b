"""A sound file in place of the microphone: for measuring, and for drives whose sound the user keeps himself."""

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from driver_monitor.channels.voice.listener import STEP, Listener, steps
from driver_monitor.channels.voice.mel import RATE_HZ
from driver_monitor.channels.voice.source import VoiceSource
from driver_monitor.errors import UsageError
from driver_monitor.state.voice import VoiceReading


class FileVoice(VoiceSource):
    """``path`` is whatever ffmpeg decodes (WAV, FLAC, a film's sound); its start is media time 0.

    Raises :class:`UsageError` for a file that has no sound in it.
    """

    def __init__(self, path: Path, listener: Listener) -> None:
        self._listener = listener
        pieces = decoded(path)
        self._steps = steps(chain(list(islice(pieces, 1)), pieces))  # the first at once: a bad file is told here
        self._ended_s = 0.0

    def reading(self, t_s: float) -> VoiceReading | None:
        """The newest whole second up to ``t_s``; those in between are heard, but not told."""
        newest = None
        while self._ended_s + STEP / RATE_HZ <= t_s and (step := next(self._steps, None)) is not None:
            newest = self._listener.hear(step)
            self._ended_s = newest.t_s
        return newest


def decoded(path: Path) -> Iterator[NDArray[np.float32]]:
    """A file's sound in pieces: 16 kHz, one channel, full scale 1. Raises :class:`UsageError`."""
    try:
        with av.open(path) as container:
            if not container.streams.audio:
                raise UsageError(f"{path} has no sound in it; give a file that has")
            resampler = av.AudioResampler("flt", "mono", RATE_HZ)
            for frame in container.decode(audio=0):
                yield from (piece.to_ndarray()[0] for piece in resampler.resample(frame))
            yield from (piece.to_ndarray()[0] for piece in resampler.resample(None))
    except (av.FFmpegError, OSError) as error:
        raise UsageError(f"{path} cannot be heard ({error.strerror}); give a sound file, as WAV or FLAC") from error
