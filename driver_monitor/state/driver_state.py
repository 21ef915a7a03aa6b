"""The driver's state: signals plus what the classifiers make of them."""

from dataclasses import dataclass, field

from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed


@dataclass(frozen=True, slots=True)
class Fatigue:
    """Probabilities of the last 30 blinks, and their smoothed sum-up.

    ``level`` is 0 (alert) .. 1 (drowsy); ``kss`` the same on the Karolinska sleepiness scale (1..9) with the SD that
    the probabilities leave it (:mod:`driver_monitor.classifiers.fatigue_level`).
    """

    alert: float
    low_vigilance: float
    drowsy: float
    level: float
    kss: float | None = None
    kss_sd: float | None = None


@dataclass(frozen=True, slots=True)
class Stress:
    """Probabilities over the last half minute of facial behaviour, and minutes of other channels where there are any.

    ``confidence`` is how often the likeliest of the three was right, wherever the net was tried with the same channels
    known (models/stress.md); it falls with every channel that is missing. Drives recorded before there was one lack it.
    """

    calm: float
    stressed: float
    angry: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Distraction:
    """Gaze-zone probabilities summed up: ``on_road`` is the probability that the gaze is on the road ahead, ``visual``
    that it is at nothing that belongs to driving, over about a second.

    ``zone`` is the likeliest zone, or ``uncertain`` when none reaches the card's confidence. ``cognitive`` is the
    signals' ``daydream``, None until the driver's habit is known: a rule of thumb, which no model has learned.
    """

    zone: str
    confidence: float
    on_road: float
    visual: float | None = None
    cognitive: float | None = None


@dataclass(frozen=True, slots=True)
class DriverState:
    """Everything known about the driver at ``t_s``. A classifier that has nothing to say yet is None."""

    t_s: float
    signals: Signals
    speed: Speed
    fatigue: Fatigue | None = None
    stress: Stress | None = None
    distraction: Distraction | None = None
    expression: dict[str, float] | None = field(default=None)
