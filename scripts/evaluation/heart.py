"""Heart rate and its variation, on pulse waves from faces (PURE) and from fingers (Welltory).

Every figure is of all the recordings in the folder; nothing of them was trained on. Some constants were chosen on those
that are named in the constants' sources.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.channels.pulse.beats import clearest_beats
from driver_monitor.channels.pulse.heart_rate import RateFollower
from driver_monitor.channels.pulse.waves import even
from driver_monitor.config.pulse import PulseConfig

FACES: Final = "rppg/*_pos_ppg.npz"
FINGERS: Final = "rppg/welltory_finger_ppg/data/*/"
STEP_S: Final = 1.0
FLAT_LEVELS: Final = 0.05  # a colour that varies by less than this shows no finger
WITHIN_BPM: Final = 0.5  # the interval is told in steps of this

Wave = NDArray[np.float64]


def run(data: Path) -> dict[str, object]:
    return {"trained_on": []} | faces(data) | fingers(data)


@dataclass(frozen=True, slots=True)
class Window:
    """One window's truth and what was told, None where nothing was."""

    truth_bpm: float
    bpm: float | None
    low_bpm: float = float("nan")
    high_bpm: float = float("nan")


def faces(data: Path) -> dict[str, object]:
    files = sorted(data.glob(FACES))
    windows = [window for file in files for window in _windows(file)]
    told = [window for window in windows if window.bpm is not None]
    if not told:
        return {"mae_bpm": None, "coverage": None, "reason": f"no {FACES} with a pulse in the data folder"}
    errors = np.array([abs(window.bpm - window.truth_bpm) for window in told if window.bpm is not None])
    inside = [w.low_bpm - WITHIN_BPM <= w.truth_bpm <= w.high_bpm + WITHIN_BPM for w in told]
    return {
        "mae_bpm": round(float(errors.mean()), 3),
        "median_error_bpm": round(float(np.median(errors)), 3),
        "p95_error_bpm": round(float(np.percentile(errors, 95)), 3),
        "coverage": round(len(told) / len(windows), 4),
        "interval_holds": round(float(np.mean(inside)), 4),
        "windows": len(windows),
        "files": [file.name for file in files],
    }


def _windows(file: Path) -> Iterator[Window]:
    """Every second of a file, with the window that the channel looks at by default."""
    with np.load(file, allow_pickle=False) as content:
        fps = float(content["fps"])
        pulse, contact = content["rppg"].astype(np.float64), content["ppg"].astype(np.float64)
    beats = contact_beats(contact, fps)
    times, drawn = even(np.arange(len(pulse)) / fps, pulse[:, None])
    window_s = PulseConfig().window_s
    follower = RateFollower()
    for end in np.arange(window_s, times[-1], STEP_S):
        inside = (times > end - window_s) & (times <= end)
        rate = follower.update([drawn[inside, 0]], STEP_S)
        truth = true_rate(beats[(beats > end - window_s) & (beats <= end)])
        if truth is not None:
            yield Window(truth, rate.bpm if rate.sure else None, rate.low_bpm, rate.high_bpm)


def contact_beats(wave: Wave, fps: float) -> Wave:
    """Times of the beats of a contact sensor: blocks in which a mean over a beat's peak is above one over the beat, as
    in Elgendi et al. 2013 ("Systolic peak detection in acceleration photoplethysmograms"). Shares nothing with the
    channel."""
    slow = _mean(wave, 1.5 * fps)
    rising = np.maximum(_mean(wave, 0.1 * fps) - slow, 0.0) ** 2
    peak, beat = _mean(rising, 0.12 * fps), _mean(rising, 0.67 * fps)
    blocks = peak > beat + 0.02 * _mean(rising, 10 * fps)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], blocks.astype(int), [0]))))
    tops = [
        begin + int(wave[begin:end].argmax())
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
        if end - begin >= 0.1 * fps
    ]
    found: list[int] = []
    for top in tops:
        if found and top - found[-1] < 0.3 * fps:
            found[-1] = top if wave[top] > wave[found[-1]] else found[-1]
        else:
            found.append(top)
    return np.array(found) / fps


def true_rate(beats_s: Wave) -> float | None:
    """Beats a minute from the times of the beats; None where more than three in ten intervals are not like the others,
    so that the contact sensor itself is not to be trusted."""
    if len(beats_s) < 5:
        return None
    intervals = np.diff(beats_s)
    middle = float(np.median(intervals))
    good = intervals[np.abs(intervals - middle) < 0.3 * middle]
    return 60 / float(good.mean()) if len(good) >= 0.7 * len(intervals) else None


def _mean(wave: Wave, width: float) -> Wave:
    kernel = np.ones(max(1, round(width)))
    return np.convolve(wave, kernel, "same") / np.convolve(np.ones(len(wave)), kernel, "same")


def fingers(data: Path) -> dict[str, object]:
    folders = sorted(folder for folder in data.glob(FINGERS) if (folder / "RR.txt").is_file())
    rates, rmssds, sdnns = [], [], []
    for folder in folders:
        times_s, colours = _trace(folder / "PPG.csv")
        intervals = np.array((folder / "RR.txt").read_text().split(), float)
        beats = clearest_beats(times_s, colours)
        rmssd, sdnn = beats.rmssd_ms(), beats.sdnn_ms()
        if rmssd is None or sdnn is None:
            continue
        rates.append(abs(60 / float(beats.interval_s[beats.sound].mean()) - 60_000 / float(intervals.mean())))
        rmssds.append(abs(rmssd - float(np.sqrt(np.mean(np.diff(intervals) ** 2)))))
        sdnns.append(abs(sdnn - float(intervals.std())))
    if not rmssds:
        return {"rmssd_error_ms": None, "rmssd_coverage": None, "rmssd_reason": f"no {FINGERS} in the data folder"}
    return {
        "rmssd_error_ms": round(float(np.mean(rmssds)), 2),
        "rmssd_median_error_ms": round(float(np.median(rmssds)), 2),
        "rmssd_worst_ms": round(float(np.max(rmssds)), 2),
        "sdnn_error_ms": round(float(np.mean(sdnns)), 2),
        "finger_mae_bpm": round(float(np.mean(rates)), 3),
        "rmssd_coverage": round(len(rmssds) / len(folders), 4),
        "finger_recordings": len(folders),
    }


def _trace(file: Path) -> tuple[Wave, Wave]:
    """Times (s) that advance, and the colours [n, k] that vary."""
    table = np.genfromtxt(file, delimiter=",", skip_header=1)
    table = table[np.concatenate(([True], np.diff(table[:, 0]) > 0))]
    colours = table[:, 1:]
    return table[:, 0] / 1000, colours[:, colours.std(axis=0) > FLAT_LEVELS]
