"""The heart rate from the colour of the skin, or why it cannot be had."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from driver_monitor.channels.pulse import trace
from driver_monitor.channels.pulse.heart_rate import BPM, Rate, RateFollower, spectrum
from driver_monitor.channels.pulse.skin_pulse import chrom, pos
from driver_monitor.channels.pulse.trace import Trace
from driver_monitor.channels.pulse.waves import RATE_HZ, TINY, Wave, band, even, unbroken
from driver_monitor.parameter import judged

_LEAST_S: Final = judged(10.0, "shorter windows hold too few beats")
_SEEN: Final = judged(0.9, "share of the frames in which a region has to be seen", unit="0..1")
_LEAST_RATE_HZ: Final = judged(12.0, "frames a second below which a fast heart looks like a slow one", unit="Hz")
_DARK: Final = judged(25.0, "of the skin's green: below it a pulse is less than the sensor's noise", unit="0..255")
_GREY: Final = judged(0.04, "colours of skin differ by more than this share of their mean, in infrared they do not",
                      unit="ratio")  # fmt: skip
_CLIPPED: Final = judged(0.3, "with this share of the skin at the sensor's end the pulse is cut off", unit="0..1")
_HUNTING: Final = judged(0.2, "the skin's brightness varies by this share of itself: exposure or light", unit="ratio")
_RUSHING: Final = judged(0.25, "the face goes this far, in eye distances, standard deviation over a second",
                         unit="ratio")  # fmt: skip
_TURNING_DEG: Final = judged(6.0, "or turns this far")
_TALKING: Final = judged(0.05, "the mouth's opening varies by this while the driver talks", unit="ratio")
_APART_BPM: Final = judged(12.0, "around the heart rate, forehead and cheeks are compared", unit="1/min")
_ALIKE: Final = judged(0.4, "correlation of the pulse of forehead and cheeks below which it is noise", unit="ratio")
# Motions that the landmarks' own noise does not make: across and down (face widths), angles (deg), mouth.
_MOTION_NOISE: Final = judged(
    (0.012, 0.012, 0.6, 0.6, 0.4, 0.02),
    "a motion that recurs is taken for one from this standard deviation on: across and down in eye distances, yaw, "
    "pitch and roll in degrees, the mouth's opening",
    unit="ratio",
)
_LUMA_NOISE: Final = judged(0.01, "and light that flickers from this share on", unit="ratio")
_SURE_OF_DOUBT: Final = judged(3.0, "at this many times that it is wholly in doubt", unit="ratio")


@dataclass(frozen=True, slots=True)
class SkinRate:
    """``missing`` says why ``rate`` is not to be used, or is not there; empty when it is."""

    missing: str
    rate: Rate | None = None


class SkinRateFollower:
    """To be asked about once a second."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._follower = RateFollower()
        self._asked_s = -np.inf

    def update(self, seen: Trace, t_s: float) -> SkinRate:
        rows = seen.last(self._window_s, t_s)
        if missing := _untimely(rows, t_s) or _unlit(rows):
            return SkinRate(missing)
        even_rows = _drawn(rows)
        if even_rows is None:
            return SkinRate("settling")
        drawn, regions = even_rows
        if not regions:
            return SkinRate("no_skin")
        whole = _whole(regions)
        waves = [pos(whole), chrom(whole)]
        step_s = float(np.clip(t_s - self._asked_s, 0.0, self._window_s))
        self._asked_s = t_s
        rate = self._follower.update(waves, step_s, _doubt(drawn))
        missing = "" if rate.sure and _alike(regions, rate) else _why_not(drawn)
        return SkinRate(missing, rate)


def pulse_wave(rows: Wave) -> tuple[Wave, Wave] | None:
    """Times and pulse [n] of all the rows that follow each other without a gap, None where they are too few."""
    even_rows = _drawn(rows)
    if even_rows is None or not even_rows[1]:
        return None
    drawn, regions = even_rows
    return drawn[:, trace.TIME], pos(_whole(regions))


def _drawn(rows: Wave) -> tuple[Wave, list[Wave]] | None:
    """The rows since the last gap, evenly timed, and the colours [n, 3] of the regions that were seen almost always."""
    if len(rows) < 2:
        return None
    rows = rows[unbroken(rows[:, trace.TIME]) :]
    if rows[-1, trace.TIME] - rows[0, trace.TIME] < _LEAST_S:
        return None
    _, drawn = even(rows[:, trace.TIME], rows)
    regions = []
    for part in (trace.FOREHEAD, trace.CHEEKS):
        seen = np.isfinite(rows[:, part]).all(axis=1)
        if seen.mean() >= _SEEN:
            regions.append(np.stack([
                np.interp(drawn[:, trace.TIME], rows[seen, trace.TIME], column) for column in rows[seen, part].T
            ], axis=1))  # fmt: skip
    return drawn, regions


def _whole(regions: list[Wave]) -> Wave:
    """Their mean, each over its own mean colour."""
    return np.asarray(np.mean([region / region.mean(axis=0) for region in regions], axis=0))


def _untimely(rows: Wave, t_s: float) -> str:
    """Why nothing can be measured in frames that come as these do."""
    if len(rows) < 2 or t_s - rows[-1, trace.TIME] > 1.0:
        return "no_face"
    span_s = rows[-1, trace.TIME] - rows[0, trace.TIME]
    if span_s < 1.0:
        return "settling"
    step_s = float(np.median(np.diff(rows[:, trace.TIME])))
    if 1 / step_s < _LEAST_RATE_HZ:
        return "low_frame_rate"
    return ""


def _unlit(rows: Wave) -> str:
    """Why nothing can be measured in light as this."""
    colours = np.nanmean(rows[:, trace.CHEEKS], axis=0)
    if not np.isfinite(colours).all():
        colours = np.nanmean(rows[:, trace.FOREHEAD], axis=0)
    if colours[1] < _DARK:
        return "dark"
    if np.ptp(colours) < _GREY * colours.mean():
        return "infrared"
    if np.median(rows[:, trace.CLIPPED]) > _CLIPPED:
        return "exposure"
    return ""


def _doubt(drawn: Wave) -> Wave:
    """0..1 for each of BPM: where the head, the mouth or the light goes to and fro."""
    doubt = np.zeros(len(BPM))
    luma = drawn[:, trace.LUMA]
    courses = [*drawn[:, trace.MOTION].T, luma / max(TINY, float(luma.mean()))]
    for course, noise in zip(courses, (*_MOTION_NOISE, _LUMA_NOISE), strict=True):
        wave = band(course, BPM[0] / 60, BPM[-1] / 60)
        strength = float(np.clip((wave.std() / noise - 1) / (_SURE_OF_DOUBT - 1), 0, 1))
        if strength > 0:
            power, _ = spectrum(wave)
            doubt = np.maximum(doubt, strength * power / power.max())
    return doubt


def _alike(regions: list[Wave], rate: Rate) -> bool:
    """Whether forehead and cheeks beat together; true of one alone."""
    if len(regions) < 2:
        return True
    around = (rate.bpm - _APART_BPM) / 60, (rate.bpm + _APART_BPM) / 60
    one, other = (band(pos(region), *around) for region in regions)
    return float(one @ other) >= _ALIKE * float(np.linalg.norm(one) * np.linalg.norm(other))


def _why_not(drawn: Wave) -> str:
    """The likeliest cause of a pulse that is not found."""
    motion = drawn[:, trace.MOTION]
    second = int(RATE_HZ)
    pieces = motion[: len(motion) // second * second].reshape(-1, second, motion.shape[1]).std(axis=1).mean(axis=0)
    green = drawn[:, trace.CHEEKS][:, 1]
    if motion[:, -1].std() > _TALKING:
        return "talking"
    if pieces[:2].max() > _RUSHING or pieces[2:5].max() > _TURNING_DEG:
        return "moving"
    if np.nanstd(green) > _HUNTING * np.nanmean(green):
        return "exposure"
    return "weak"
