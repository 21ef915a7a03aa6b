"""From the mean colour of skin to the pulse in it."""

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from driver_monitor.channels.pulse.waves import RATE_HZ, TINY, Wave, band
from driver_monitor.parameter import paper

_WINDOW_S: Final = paper(1.6, "colours are normalised by their mean over this long", "Wang et al. 2017, table I")
_SLOWEST_HZ: Final = paper(0.7, "slower than any pulse", "de Haan & Jeanne 2013: 40 to 240 beats a minute")
_FASTEST_HZ: Final = paper(4.0, "faster than any pulse", "de Haan & Jeanne 2013: 40 to 240 beats a minute")
_POS: Final = np.array(((0.0, 1.0, -1.0), (-2.0, 1.0, 1.0)))
_CHROM: Final = np.array(((3.0, -2.0, 0.0), (1.5, 1.0, -1.5)))


def pos(rgb: Wave, rate_hz: float = RATE_HZ) -> Wave:
    """The plane orthogonal to the skin's tone (Wang et al. 2017, "Algorithmic principles of remote PPG").

    ``rgb`` [n, 3] at ``rate_hz``, n at least a window of 1.6 s; gives a wave [n] without a unit.
    """
    length = _length(len(rgb), rate_hz)
    pieces = sliding_window_view(rgb, length, axis=0)  # [windows, 3, length]
    one, two = _projected(pieces, _POS)
    wave = one + two * (_spread(one) / _spread(two))
    wave -= wave.mean(axis=1, keepdims=True)
    total = np.zeros(len(rgb))
    for offset in range(length):
        total[offset : offset + len(wave)] += wave[:, offset]
    return total


def chrom(rgb: Wave, rate_hz: float = RATE_HZ) -> Wave:
    """The chrominance method (de Haan & Jeanne 2013, "Robust pulse rate from chrominance-based rPPG").

    The same in and out as :func:`pos`.
    """
    length = _length(len(rgb), rate_hz)
    pieces = sliding_window_view(rgb, length, axis=0)[:: max(1, length // 2)]
    one, two = (band(part.ravel(), _SLOWEST_HZ, _FASTEST_HZ, rate_hz) for part in _whole(rgb, rate_hz))
    total = np.zeros(len(rgb))
    hann = np.hanning(length)
    for place in range(len(pieces)):
        part = slice(place * (length // 2), place * (length // 2) + length)
        x, y = one[part], two[part]
        wave = x - y * (x.std() / max(TINY, float(y.std())))
        total[part] += (wave - wave.mean()) * hann
    return total


def _whole(rgb: Wave, rate_hz: float) -> Wave:
    """The two chrominances over a running mean of the colours, [2, n]."""
    length = _length(len(rgb), rate_hz)
    kernel = np.ones(length)
    count = np.convolve(np.ones(len(rgb)), kernel, "same")
    mean = np.stack([np.convolve(column, kernel, "same") / count for column in rgb.T], axis=1)
    return np.asarray(_CHROM @ (rgb / np.maximum(mean, TINY) - 1.0).T)


def _length(count: int, rate_hz: float) -> int:
    return min(count, max(2, int(_WINDOW_S * rate_hz)))


def _projected(pieces: Wave, plane: Wave) -> Wave:
    """[2, windows, length] from colours [windows, 3, length] over their own means."""
    normal = pieces / np.maximum(pieces.mean(axis=2, keepdims=True), TINY)
    return np.asarray(np.einsum("pc,wcl->pwl", plane, normal))


def _spread(wave: Wave) -> Wave:
    return np.asarray(np.maximum(wave.std(axis=1, keepdims=True), TINY))
