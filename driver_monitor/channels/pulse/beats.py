"""Single beats of a pulse wave, the intervals between them, and how these vary."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from driver_monitor.channels.pulse.heart_rate import BPM, spectrum
from driver_monitor.channels.pulse.waves import RATE_HZ, TINY, Wave, band, even
from driver_monitor.parameter import judged, measured

_FINE_HZ: Final = judged(120.0, "beats are looked for in a wave drawn this finely", unit="Hz")
_SHAPE_HZ: Final = judged((0.5, 5.0), "what makes the shape of a beat", unit="Hz")
_STEEP: Final = judged(0.5, "a beat rises at least this share as steeply as the steepest near it", unit="ratio")
_STEEPEST: Final = judged(1.0, "percent of the slopes tell whether a beat goes up or down", unit="%")
_NEAR_BEATS: Final = judged(1.5, "near: this many beats to either side", unit="beats")
_APART_BEATS: Final = judged(0.5, "of two rises closer than this the steeper one is the beat", unit="beats")
_NEIGHBOURS: Final = judged(4, "an interval is judged by this many to either side", unit="count")
_SOUND: Final = judged(0.25, "and further from their median than this it is none between beats", unit="ratio")
_CLEAN: Final = measured(
    0.88,
    "share of sound intervals below which nothing is said of how they vary",
    "scripts/evaluate heart on Welltory, 2026-11-30",
    unit="0..1",
)
_LEAST: Final = judged(25, "intervals, about 20 to 30 s; fewer say nothing of how they vary", unit="count")
_BREATHS_HZ: Final = judged((0.1, 0.5), "6 to 30 breaths a minute", unit="Hz")
_BREATH_RATE_HZ: Final = judged(4.0, "intervals are drawn this finely to look for breaths in them", unit="Hz")
_BREATH_SHARE: Final = judged(0.5, "of their variation is in one peak where breathing is what varies them", unit="0..1")
_BREATH_PEAK_HZ: Final = judged(0.04, "half the width of that peak", unit="Hz")
_BREATH_FFT: Final = judged(2048, "points: 0.12 breaths a minute at 4 Hz", unit="count")


@dataclass(frozen=True, slots=True)
class Beats:
    """``interval_s`` [n] ends at ``end_s`` [n]; ``sound`` [n] says which lie between beats that follow each
    other."""

    end_s: Wave
    interval_s: Wave
    sound: "np.typing.NDArray[np.bool_]"

    @classmethod
    def at(cls, times_s: Wave) -> Self:
        """From the times of the beats [n + 1]."""
        return cls.of(times_s[1:], np.diff(times_s))

    @classmethod
    def of(cls, end_s: Wave, interval_s: Wave) -> Self:
        """From intervals, as a sensor tells them."""
        sound = np.ones(len(interval_s), bool)
        for place, interval in enumerate(interval_s):
            around = np.concatenate(
                (interval_s[max(0, place - _NEIGHBOURS) : place], interval_s[place + 1 : place + 1 + _NEIGHBOURS])
            )
            if around.size:
                middle = float(np.median(around))
                sound[place] = abs(float(interval) - middle) < _SOUND * middle
        return cls(end_s, interval_s, sound)

    @property
    def clean(self) -> float:
        """Share of sound intervals, 0..1."""
        return float(self.sound.mean()) if self.sound.size else 0.0

    @property
    def carries_variation(self) -> bool:
        return self.clean >= _CLEAN and int(self.sound.sum()) >= _LEAST

    def rmssd_ms(self) -> float | None:
        """Root mean square of the differences between intervals that follow each other; None where they do not carry
        it."""
        pairs = self.sound[1:] & self.sound[:-1]
        if not self.carries_variation or not pairs.any():
            return None
        return 1000 * float(np.sqrt(np.mean(np.diff(self.interval_s)[pairs] ** 2)))

    def sdnn_ms(self) -> float | None:
        """Standard deviation of the intervals; None where they do not carry it."""
        return 1000 * float(self.interval_s[self.sound].std()) if self.carries_variation else None

    def breaths_per_min(self) -> float | None:
        """Breaths a minute by which the intervals get longer and shorter (respiratory sinus arrhythmia); None where
        they do not."""
        if not self.carries_variation:
            return None
        sound = self.sound
        _, drawn = even(self.end_s[sound], self.interval_s[sound, None], _BREATH_RATE_HZ)
        wave = band(drawn[:, 0], *_BREATHS_HZ, _BREATH_RATE_HZ)
        f_hz = np.fft.rfftfreq(_BREATH_FFT, 1 / _BREATH_RATE_HZ)
        inside = (f_hz >= _BREATHS_HZ[0]) & (f_hz <= _BREATHS_HZ[1])
        power = np.where(inside, np.abs(np.fft.rfft(wave * np.hanning(len(wave)), _BREATH_FFT)) ** 2, 0.0)
        top = float(f_hz[power.argmax()])
        share = float(power[np.abs(f_hz - top) <= _BREATH_PEAK_HZ].sum()) / max(TINY, float(power.sum()))
        return 60 * top if share >= _BREATH_SHARE else None


def find_beats(t_s: Wave, wave: Wave) -> Beats:
    """The beats of ``wave`` [n] at the times ``t_s`` [n], which may be uneven: where each rises (or, for light through
    a finger, falls) the steepest."""
    times, drawn = even(t_s, wave[:, None], _FINE_HZ)
    beat_s = _beat_s(t_s, wave)
    slope = np.gradient(band(drawn[:, 0], *_SHAPE_HZ, _FINE_HZ))
    if abs(np.percentile(slope, _STEEPEST)) > abs(np.percentile(slope, 100 - _STEEPEST)):
        slope = -slope
    at = np.flatnonzero((slope[1:-1] > slope[:-2]) & (slope[1:-1] >= slope[2:])) + 1
    reach = int(_NEAR_BEATS * beat_s * _FINE_HZ)
    steep = [int(k) for k in at if slope[k] > _STEEP * slope[max(0, k - reach) : k + reach].max()]
    beats: list[int] = []
    for k in steep:
        if beats and k - beats[-1] < _APART_BEATS * beat_s * _FINE_HZ:
            beats[-1] = k if slope[k] > slope[beats[-1]] else beats[-1]
        else:
            beats.append(k)
    places = np.array(beats, int)
    before, there, after = slope[places - 1], slope[places], slope[places + 1]
    curve = before - 2 * there + after
    between = np.where(np.abs(curve) > TINY, 0.5 * (before - after) / np.where(curve == 0, 1.0, curve), 0.0)
    return Beats.at(times[0] + (places + between) / _FINE_HZ)


def clearest_beats(t_s: Wave, waves: Wave) -> Beats:
    """Of several waves [n, k] of the same heart, the beats of the one with the most sound intervals."""
    return max((find_beats(t_s, wave) for wave in waves.T), key=lambda beats: (beats.clean, len(beats.interval_s)))


def _beat_s(t_s: Wave, wave: Wave) -> float:
    _, drawn = even(t_s, wave[:, None])
    once, twice = spectrum(band(drawn[:, 0], BPM[0] / 60, BPM[-1] / 60, RATE_HZ))
    return float(60 / BPM[(once + 0.5 * twice).argmax()])
