"""The driver's state: signals plus what the classifiers make of them."""

from dataclasses import dataclass, field
from typing import Final

from driver_monitor.state.channels import ChannelSignals
from driver_monitor.state.signal import signal, told
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed
from driver_monitor.state.vehicle import VehicleInputs


@dataclass(frozen=True, slots=True)
class Fatigue:
    """Of the last 30 blinks; how ``level`` sums them up is told in :mod:`driver_monitor.classifiers.fatigue_level`."""

    alert: float = field(metadata=told("0..1", "probability that the last blinks are an alert driver's"))
    low_vigilance: float = field(metadata=told("0..1", "probability of low vigilance"))
    drowsy: float = field(metadata=told("0..1", "probability of drowsiness"))
    level: float = field(
        metadata=told(
            "0..1",
            "the probabilities in one number, smoothed: 0 alert, 1 drowsy; 0.4 to 0.5 while blinks are as at first",
        )
    )
    kss: float | None = signal("1..9", "the same on the Karolinska sleepiness scale: an estimate, not a rating")
    kss_sd: float | None = signal("1..9", "its standard deviation; about 3 means that the model does not know")


@dataclass(frozen=True, slots=True)
class Stress:
    """Over the last half minute of facial behaviour, and minutes of other channels where there are any.

    ``confidence`` is how often the likeliest of the three was right, wherever the net was tried with the same channels
    known (models/stress.md); it falls with every channel that is missing. Drives recorded before there was one lack it.
    """

    calm: float = field(
        metadata=told(
            "0..1", "probability of calm over the last half minute, by face, and by pulse and voice where measured"
        )
    )
    stressed: float = field(metadata=told("0..1", "probability of stress, likewise"))
    angry: float = field(metadata=told("0..1", "probability of anger, likewise"))
    confidence: float | None = signal(
        "0..1", "how often such an answer was right with as many channels known; less with fewer"
    )


@dataclass(frozen=True, slots=True)
class Distraction:
    """Gaze-zone probabilities summed up. ``zone`` is uncertain where none reaches the confidence on the model's card;
    ``cognitive`` is None until the driver's habit is known."""

    zone: str = field(metadata=told("", "the likeliest gaze zone, or uncertain"))
    confidence: float = field(metadata=told("0..1", "how likely that zone is"))
    on_road: float = field(metadata=told("0..1", "probability that the gaze is on the road ahead"))
    visual: float | None = signal(
        "0..1", "probability that the gaze is on nothing that belongs to driving, over about a second"
    )
    cognitive: float | None = signal(
        "0..1", "experimental: the signal daydream under another name; no model was trained for it"
    )


# The estimates that are made of fields, under their names in the driver's state.
ESTIMATE_KINDS: Final[dict[str, type]] = {"fatigue": Fatigue, "stress": Stress, "distraction": Distraction}


@dataclass(frozen=True, slots=True)
class DriverState:
    """Everything known about the driver at ``t_s``. A classifier that has nothing to say yet is None; ``channels`` is
    None where all of them are off, ``vehicle`` where nothing of the car is connected but its speed."""

    t_s: float
    signals: Signals
    speed: Speed
    fatigue: Fatigue | None = None
    stress: Stress | None = None
    distraction: Distraction | None = None
    expression: dict[str, float] | None = field(default=None)
    channels: ChannelSignals | None = None
    vehicle: VehicleInputs | None = None
