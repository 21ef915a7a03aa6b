"""The sounds: one a level, made from a few partials, the same to the bit every time.

What makes a sound an alarm was measured by NHTSA with drivers (Singer, Lerner, Baldwin, Traube, "Auditory alerts in
vehicles", ESV 2015, 15-0455): over 90 % call it an urgent warning when its base frequency is >= 1000 Hz, it has >= 3
harmonics, the gap between bursts is <= 125 ms and >= 70 % of each burst is at full loudness. The critical tones meet
all four. Info and warning tones stay outside on purpose, so that a chime is never taken for an alarm; the tone of a
fault falls, where a warning rises and an alarm alternates. Energy lies within 500-5000 Hz: the ear is keen there and
cabin noise, which is low, masks little. For crash warnings UMTRI and
NHTSA (IVBSS, DOT HS 810 905) ask for 1-5 kHz and at least 80 dB(A): set the amplifier so that a critical tone reaches
that at the driver's ear.
"""

import io
import wave
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 48_000  # what every ALSA card and USB speaker takes without resampling


class Tone(IntEnum):
    """A sound, ordered by urgency. CHECK is a short silence that finds out whether there is a sound card at all.

    SPEECH is no tone but the message after one, which every tone cuts off.
    """

    CHECK = 0
    SPEECH = 1
    INFO = 2
    WARNING = 3
    CRITICAL = 4
    URGENT = 5  # a critical alert that was sounded before and still fires
    FAULT = 6  # the monitor has stopped: the last that is heard of it


@dataclass(frozen=True, slots=True)
class Burst:
    """One stretch of sound: a base frequency, the strength of its harmonics (1st, 2nd, ...), and its shape.

    It swells for ``rise_s``, stays, and dies away over the last ``fall_s``, both along half a cosine, so that it
    neither begins nor ends with a click. With ``decay_s`` it rings out like a bell, falling to 1/e in that time.
    """

    hz: float
    length_s: float
    harmonics: tuple[float, ...]
    rise_s: float
    fall_s: float
    decay_s: float = float("inf")
    gap_s: float = 0.0  # silence after it

    def samples(self) -> NDArray[np.float64]:
        """The sound and its gap, -1..1, at SAMPLE_RATE_HZ."""
        t_s = np.arange(round(self.length_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
        wave_form = np.zeros_like(t_s)
        for number, strength in enumerate(self.harmonics, start=1):
            wave_form += strength * np.sin(2 * np.pi * self.hz * number * t_s)
        rise = np.clip(t_s / self.rise_s, 0, 1)
        fall = np.clip((self.length_s - t_s) / self.fall_s, 0, 1)
        envelope = (0.5 - 0.5 * np.cos(np.pi * rise)) * (0.5 - 0.5 * np.cos(np.pi * fall)) * np.exp(-t_s / self.decay_s)
        sound = wave_form * envelope
        gap = np.zeros(round(self.gap_s * SAMPLE_RATE_HZ))
        return np.concatenate([sound / np.abs(sound).max(), gap])


_BELL = (1.0, 0.25)
_CLEAR = (1.0, 0.35)
_SHARP = (1.0, 0.5, 0.33)  # three harmonics make an alarm


def _alternating(low_hz: float, high_hz: float, count: int, length_s: float, gap_s: float) -> tuple[Burst, ...]:
    ramp_s = length_s / 10  # 80 % of the burst at full loudness
    return tuple(
        Burst(low_hz if number % 2 == 0 else high_hz, length_s, _SHARP, ramp_s, ramp_s, gap_s=gap_s)
        for number in range(count)
    )


def _falling(gap_s: float) -> tuple[Burst, ...]:
    """Down by two fourths, to the ear something that runs down; ``gap_s`` is the silence after it."""
    return (
        Burst(1396.9, 0.16, _SHARP, rise_s=0.015, fall_s=0.05, gap_s=0.03),
        Burst(1046.5, 0.16, _SHARP, rise_s=0.015, fall_s=0.05, gap_s=0.03),
        Burst(784.0, 0.36, _SHARP, rise_s=0.015, fall_s=0.2, gap_s=gap_s),
    )


PATTERNS: dict[Tone, tuple[Burst, ...]] = {
    Tone.INFO: (Burst(659.3, 0.6, _BELL, rise_s=0.012, fall_s=0.2, decay_s=0.16),),
    Tone.WARNING: (
        Burst(784.0, 0.18, _CLEAR, rise_s=0.015, fall_s=0.08, gap_s=0.04),
        Burst(987.8, 0.34, _CLEAR, rise_s=0.015, fall_s=0.2),
    ),
    Tone.CRITICAL: _alternating(1174.7, 1568.0, count=8, length_s=0.11, gap_s=0.04),
    Tone.URGENT: _alternating(1244.5, 1661.2, count=12, length_s=0.08, gap_s=0.02),
    Tone.FAULT: (*_falling(gap_s=0.12), *_falling(gap_s=0.0)),
}


def render(tone: Tone, volume: float) -> NDArray[np.int16]:
    """The whole tone, mono, at SAMPLE_RATE_HZ; its highest peak is ``volume`` (0..1) of full scale."""
    if tone is Tone.CHECK:
        return np.zeros(SAMPLE_RATE_HZ // 20, dtype=np.int16)
    sound = np.concatenate([burst.samples() for burst in PATTERNS[tone]])
    return np.round(sound * volume * np.iinfo(np.int16).max).astype(np.int16)


def wav_bytes(samples: NDArray[np.int16]) -> bytes:
    """``samples`` as a mono 16-bit WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(samples.astype("<i2").tobytes())
    return buffer.getvalue()
