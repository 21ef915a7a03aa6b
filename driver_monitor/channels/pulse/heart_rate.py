"""The heart rate in a wave: what its spectrum and its peaks say, followed over time."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from driver_monitor.channels.pulse.waves import RATE_HZ, TINY, Wave, band, levelled
from driver_monitor.parameter import defined, judged, measured

SLOWEST_BPM: Final = judged(40.0, "slower than any driver's heart; a trained one sleeps at 40", unit="1/min")
FASTEST_BPM: Final = judged(200.0, "faster than any driver's heart", unit="1/min")
STEP_BPM: Final = judged(0.5, "heart rates are told apart this finely", unit="1/min")
BPM: Final = np.arange(SLOWEST_BPM, FASTEST_BPM + STEP_BPM / 2, STEP_BPM)

_FFT: Final = defined(8192, "points: 0.2 beats a minute at 30 Hz", "finer than a step of the heart rate", unit="count")
_OVERTONE: Final = measured(
    0.4,
    "a rate is the likelier for this share of the power at its double",
    "scripts/evaluate heart on PURE, 2026-11-30",
    unit="ratio",
)
_PEAKS: Final = measured(
    0.25,
    "what the spacing of the peaks weighs beside the spectrum",
    "scripts/evaluate heart on PURE, 2026-11-30",
    unit="ratio",
)
_PEAKS_BPM: Final = judged(4.0, "how far the peaks' rate may be out, standard deviation", unit="1/min")
_LEAST_PEAKS: Final = judged(5, "fewer intervals say nothing", unit="count")
_EVEN: Final = judged(0.25, "an interval further than this from the median is none between beats", unit="ratio")
_FLOOR: Final = judged(0.02, "no rate is less likely than this beside the likeliest: noise has peaks too", unit="ratio")
_EVIDENCE_PER_S: Final = measured(
    0.5,
    "what a second adds to what is known: windows overlap, so that much in them is old",
    "scripts/evaluate heart on PURE, 2026-11-30",
    unit="ratio",
)
_DRIFT_BPM: Final = judged(1.2, "how far a heart rate goes in a second, standard deviation", unit="1/min")
_FURTHEST_BPM: Final = judged(30.0, "and at most")
_LEAP_PER_S: Final = judged(0.02, "chance that all that is known has become wrong: another driver, a long gap",
                            unit="0..1")  # fmt: skip
_NEAR_BPM: Final = judged(5.0, "rates up to this far apart are one peak", unit="1/min")
_PEAK_BPM: Final = judged(6.0, "half the width of a peak of a 20 s window (Hann)", unit="1/min")
_ODDS_DB: Final = judged(4.0, "what ten times better odds weigh beside the signal-to-noise ratio", unit="dB")
_SURE_DB: Final = measured(
    -2.0,
    "signal-to-noise ratio from which on a rate is told, at even odds",
    "scripts/evaluate heart on PURE, 2026-11-30",
)
_INTERVAL: Final = judged((0.05, 0.95), "the ends of the interval that is told", unit="0..1")


@dataclass(frozen=True, slots=True)
class Rate:
    """``confidence`` (0..1) is the share of all that is known that speaks for a rate within 5 of ``bpm``; ``snr_db``
    the power there over that in the rest of the band."""

    bpm: float
    low_bpm: float
    high_bpm: float
    confidence: float
    snr_db: float

    @property
    def sure(self) -> bool:
        """Whether it is to be told."""
        share = min(self.confidence, 1 - TINY)
        return self.snr_db + _ODDS_DB * float(np.log10(share / (1 - share))) >= _SURE_DB


def spectrum(wave: Wave, rate_hz: float = RATE_HZ) -> tuple[Wave, Wave]:
    """Power of ``wave`` [n] at the rates of :data:`BPM` and at their doubles.

    Weighted with the frequency: what is not a pulse, motion and light, gets weaker with it, and a pulse stands out.
    """
    windowed = (wave - wave.mean()) * np.hanning(len(wave))
    f_bpm = np.fft.rfftfreq(_FFT, 1 / rate_hz) * 60
    power = np.abs(np.fft.rfft(windowed, _FFT)) ** 2 * np.maximum(f_bpm, SLOWEST_BPM / 2)
    return np.interp(BPM, f_bpm, power), np.interp(2 * BPM, f_bpm, power)


def peak_rate(wave: Wave, rate_hz: float = RATE_HZ) -> tuple[float, float]:
    """Beats a minute by the spacing of the peaks, and how even they are (0..1); NaN and 0 where there are too few."""
    y = band(wave, SLOWEST_BPM / 60, FASTEST_BPM / 60, rate_hz)
    at = np.flatnonzero((y[1:-1] > y[:-2]) & (y[1:-1] >= y[2:]) & (y[1:-1] > 0)) + 1
    apart = np.diff(at) / rate_hz
    apart = apart[(apart > 60 / FASTEST_BPM) & (apart < 60 / SLOWEST_BPM)]
    if len(apart) < _LEAST_PEAKS:
        return float("nan"), 0.0
    middle = float(np.median(apart))
    good = apart[np.abs(apart - middle) < _EVEN * middle]
    return 60 / float(good.mean()), len(good) / len(apart)


class RateFollower:
    """How likely each heart rate is, second by second (a Bayes filter over :data:`BPM`)."""

    def __init__(self) -> None:
        self._known = np.full(len(BPM), 1 / len(BPM))

    def update(self, waves: list[Wave], step_s: float, doubt: Wave | None = None, rate_hz: float = RATE_HZ) -> Rate:
        """The rate now, from ``waves`` [n] that show the same heart.

        ``step_s`` is the time since the last update. ``doubt`` (0..1 for each of :data:`BPM`) says where something else
        than the heart beats: what is found there is no evidence.
        """
        likely, power = np.zeros(len(BPM)), np.zeros(len(BPM))
        for wave in waves:
            once, twice = spectrum(levelled(wave, rate_hz=rate_hz), rate_hz)
            total = max(TINY, float(once.sum()))
            bpm, even = peak_rate(wave, rate_hz)
            found = once + _OVERTONE * twice
            found = found / max(TINY, float(found.max()))
            if even:
                found = found + _PEAKS * even**2 * np.exp(-0.5 * ((BPM - bpm) / _PEAKS_BPM) ** 2)
            likely += found
            power += once / total
        if doubt is not None:
            likely = likely * (1 - doubt)
        likely /= max(TINY, float(likely.max()))
        self._move(step_s)
        self._known *= (likely + _FLOOR) ** (_EVIDENCE_PER_S * step_s)
        self._known /= self._known.sum()
        return self._rate(power)

    def _move(self, step_s: float) -> None:
        steps = int(_FURTHEST_BPM / STEP_BPM)
        reach = np.arange(-steps, steps + 1) * STEP_BPM
        kernel = np.exp(-0.5 * (reach / (_DRIFT_BPM * np.sqrt(step_s))) ** 2)
        leap = 1 - (1 - _LEAP_PER_S) ** step_s
        moved = np.convolve(self._known, kernel / kernel.sum(), "same")
        self._known = (1 - leap) * moved / moved.sum() + leap / len(BPM)

    def _rate(self, power: Wave) -> Rate:
        known = self._known
        near = np.abs(BPM - BPM[known.argmax()]) <= _NEAR_BPM
        share = float(known[near].sum())
        bpm = float((known * BPM)[near].sum() / share)
        below = np.cumsum(known)
        low, high = (float(BPM[min(len(BPM) - 1, int(np.searchsorted(below, end)))]) for end in _INTERVAL)
        signal = float(power[np.abs(BPM - bpm) <= _PEAK_BPM].sum())
        snr_db = 10 * np.log10(max(TINY, signal) / max(TINY, float(power.sum()) - signal))
        return Rate(bpm, min(low, bpm), max(high, bpm), share, float(snr_db))
