"""Evenly timed, detrended and band-limited waves out of what a camera or a sensor delivers."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.parameter import defined, judged, measured

Wave = NDArray[np.float64]

TINY: Final = defined(1e-12, "keeps a quotient from being one by nothing", "no decision", unit="ratio")

RATE_HZ: Final = judged(30.0, "waves are worked on at this rate: five times the third harmonic of 120 beats a minute")
LEVEL_S: Final = measured(
    1.0,
    "a wave's strength is levelled over this long, so that one jolt does not fill a spectrum",
    "scripts/evaluate heart on PURE's pulse waves: 2 s give an error of 1.6 instead of 1.2 beats a minute",
)
_ORDER: Final = judged(4, "of the filters that limit a band, as Butterworth's", unit="count")
_LONGEST_GAP_S: Final = judged(
    1.0, "a wave is drawn on over a gap up to this long: a look aside, a face lost for a moment"
)


def unbroken(t_s: Wave, longest_gap_s: float = _LONGEST_GAP_S) -> int:
    """The index from which on ``t_s`` [n] has no gap longer than that."""
    gaps = np.flatnonzero(~(np.diff(t_s) <= longest_gap_s))
    return int(gaps[-1]) + 1 if gaps.size else 0


def even(t_s: Wave, values: Wave, rate_hz: float = RATE_HZ) -> tuple[Wave, Wave]:
    """Times [m] at ``rate_hz`` that end with ``t_s`` [n], and ``values`` [n, k] drawn on straight lines between its
    uneven times."""
    count = int((t_s[-1] - t_s[0]) * rate_hz) + 1
    times = t_s[-1] - np.arange(count - 1, -1, -1) / rate_hz
    columns = [np.interp(times, t_s, column) for column in values.T]
    return times, np.stack(columns, axis=1)


def band(wave: Wave, low_hz: float, high_hz: float, rate_hz: float = RATE_HZ) -> Wave:
    """``wave`` [n] without its straight line and, softly (4th order Butterworth gains, no delay), without what is
    slower or faster. Its ends are continued by their mirror image."""
    count = len(wave)
    line = np.linspace(-1.0, 1.0, count)
    flat = wave - wave.mean()
    flat = flat - line * (line @ flat) / max(TINY, float(line @ line))
    reach = min(count - 1, int(2 * rate_hz))
    mirrored = np.concatenate((2 * flat[0] - flat[reach:0:-1], flat, 2 * flat[-1] - flat[-2 : -reach - 2 : -1]))
    f_hz = np.maximum(np.fft.rfftfreq(len(mirrored), 1 / rate_hz), TINY)
    gain = 1 / (1 + (low_hz / f_hz) ** (2 * _ORDER)) / (1 + (f_hz / high_hz) ** (2 * _ORDER))
    return np.fft.irfft(np.fft.rfft(mirrored) * gain, len(mirrored))[reach : reach + count]


def levelled(wave: Wave, over_s: float = LEVEL_S, rate_hz: float = RATE_HZ) -> Wave:
    """``wave`` [n] over its own strength around each moment; nothing where it is flat."""
    width = min(len(wave), max(1, int(over_s * rate_hz)))
    power = np.convolve(wave**2, np.ones(width), "same") / np.convolve(np.ones(len(wave)), np.ones(width), "same")
    least = power.max(initial=0.0) * 1e-6
    return wave / np.sqrt(np.maximum(power, max(least, TINY)))
