"""Pulse waves with a known heart."""

import numpy as np

from driver_monitor.channels.pulse.waves import Wave


def heart(intervals_s: Wave, times_s: Wave) -> Wave:
    """A wave with a steep rise at the end of each interval, at any times."""
    beats = np.concatenate(([0.0], np.cumsum(intervals_s)))
    place = np.clip(np.searchsorted(beats, times_s, side="right") - 1, 0, len(intervals_s) - 1)
    phase = (times_s - beats[place]) / intervals_s[place]
    rise, notch = np.exp(-0.5 * ((phase - 0.2) / 0.08) ** 2), 0.3 * np.exp(-0.5 * ((phase - 0.55) / 0.1) ** 2)
    return np.asarray(rise + notch)


def skin(bpm: float, times_s: Wave, share: float = 0.005, light: Wave | None = None, noise: float = 0.001) -> Wave:
    """Colours [n, 3] of skin with a pulse of that share of green, under ``light`` (1 is steady)."""
    random = np.random.default_rng(3)
    beat = np.sin(2 * np.pi * bpm / 60 * times_s)[:, None] * np.array((0.35, 1.0, 0.55)) * share * 125
    shade = np.ones(len(times_s)) if light is None else light
    colours = (np.array((180.0, 125.0, 105.0)) + beat) * shade[:, None]
    return np.asarray(colours * (1 + random.normal(0, noise, colours.shape)))
