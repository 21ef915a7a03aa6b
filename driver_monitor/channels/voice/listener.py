"""From sound to readings: the same for a microphone and for a file."""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.channels.voice.activity import CHUNK, VoiceActivity
from driver_monitor.channels.voice.mel import RATE_HZ, SILENCE_POWER
from driver_monitor.channels.voice.net import VoiceNet
from driver_monitor.channels.voice.pitch import pitch_of
from driver_monitor.parameter import defined, judged, paper
from driver_monitor.state.voice import VoiceReading

RING_CHUNKS: Final = judged(94, "chunks of 32 ms that are remembered: 3 s, a short sentence", unit="count")
STEP_CHUNKS: Final = judged(32, "chunks from one reading to the next: a second", unit="count")
STEP: Final = defined(STEP_CHUNKS * CHUNK, "samples from one reading to the next", "STEP_CHUNKS", unit="count")
SPEECH: Final = paper(0.5, "probability from which somebody speaks", "silero-vad's default threshold", unit="share")
FULL_SCALE: Final = judged(0.99, "samples from here on are at the end of the scale", unit="share")
CLIPPED_SHARE: Final = judged(0.002, "of the samples at the end of the scale: the sound is cut off there")
MUTED_DBFS: Final = judged(-85.0, "no open microphone is as quiet as this", unit="dBFS")
MIN_SNR_DB: Final = judged(
    2.0, "speech that stands less above the car is not judged: road noise 5 dB louder than it", unit="dB"
)
QUIET_PERCENT: Final = judged(10.0, "of the quietest chunks are taken for what is heard between words", unit="percent")


class Listener:
    """Hears one stream, remembers 3 s of it and answers with a reading for every second."""

    def __init__(self, activity: VoiceActivity, net: VoiceNet, min_speech_s: float) -> None:
        self._activity, self._net = activity, net
        self._min_chunks = round(min_speech_s * RATE_HZ / CHUNK)
        self._ring = np.zeros(RING_CHUNKS * CHUNK, np.float32)
        self._speech = np.zeros(RING_CHUNKS, np.float32)
        self._heard = 0  # chunks so far, up to RING_CHUNKS
        self._ended = 0  # samples so far

    def hear(self, samples: NDArray[np.float32]) -> VoiceReading:
        """The reading at the end of the next ``samples`` [STEP] (16 kHz, full scale 1); its time is the stream's."""
        self._ended += len(samples)
        speech = self._activity.hear(samples)
        self._ring = np.concatenate([self._ring[len(samples) :], samples])
        self._speech = np.concatenate([self._speech[len(speech) :], speech])
        self._heard = min(self._heard + len(speech), RING_CHUNKS)
        return self._reading(self._ended / RATE_HZ)

    def _reading(self, t_s: float) -> VoiceReading:
        sound = self._ring[-self._heard * CHUNK :]
        speaks = self._speech[-self._heard :] >= SPEECH
        share = float(speaks.mean())
        level_dbfs = _level_dbfs(sound)
        clipped = float(np.mean(np.abs(sound) >= FULL_SCALE))

        def unheard(missing: str, snr_db: float | None = None) -> VoiceReading:
            return VoiceReading(t_s, share, level_dbfs, snr_db, clipped, missing=missing)

        if level_dbfs is None or level_dbfs < MUTED_DBFS:
            return unheard("muted")
        if clipped > CLIPPED_SHARE:
            return unheard("clipping")
        if speaks.sum() < self._min_chunks:
            return unheard("silence" if self._heard == RING_CHUNKS else "settling")
        first, last = np.flatnonzero(speaks)[[0, -1]]
        spoken = sound[first * CHUNK : (last + 1) * CHUNK]
        snr_db = _snr_db(sound, speaks)
        if snr_db < MIN_SNR_DB:
            return unheard("noise", snr_db)
        pitch = pitch_of(spoken)
        arousal, anger = self._net.judge(spoken, pitch)
        return VoiceReading(t_s, share, level_dbfs, snr_db, clipped, arousal, anger, pitch.spread_st)


def steps(pieces: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """The sound in ``pieces`` as [STEP] each; what is left over at the end is dropped."""
    waiting = np.zeros(0, np.float32)
    for piece in pieces:
        waiting = np.concatenate([waiting, piece])
        while len(waiting) >= STEP:
            yield waiting[:STEP]
            waiting = waiting[STEP:]


def _level_dbfs(sound: NDArray[np.float32]) -> float | None:
    """A sine at full scale is at -3 dB; None for digital silence."""
    power = float(np.mean(np.square(sound, dtype=np.float64)))
    return float(10.0 * np.log10(power)) if power > 0 else None


def _snr_db(sound: NDArray[np.float32], speaks: NDArray[np.bool_]) -> float:
    """How far the median chunk of speech stands above the quietest ones, of the differences from sample to sample.

    These rise by 6 dB an octave, as the road falls: what is left of it is what hides a voice.
    """
    power = np.square(np.diff(sound, prepend=sound[:1])).reshape(-1, CHUNK).mean(axis=1)
    loudness_db = 10.0 * np.log10(power + SILENCE_POWER)
    return float(np.median(loudness_db[speaks]) - np.percentile(loudness_db, QUIET_PERCENT))
