"""Scripted drives whose skin has a colour, through signals and channel."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from driver_monitor.channels.pulse.channel import PulseChannel
from driver_monitor.config.config import Config
from driver_monitor.config.pulse import PulseConfig
from driver_monitor.face.observation import FaceObservation
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.simulate.geometric import GeometricDrive
from driver_monitor.simulate.script import Script
from driver_monitor.simulate.skin_colour import Skin
from driver_monitor.state.heart import HeartReading
from driver_monitor.state.pulse import PulseSignals

LENGTH_S = 30.0


def drive(
    *actions: dict[str, Any], bpm: float = 72.0, share: float = 0.005, skin: Skin | None = None, **head: Any
) -> Iterable[FaceObservation]:
    pulse = {"t": 0, "do": "pulse", "bpm": bpm, "amplitude": share * 125, "for": 1000}
    settings = {"duration_s": LENGTH_S, "fps": 30.0} | head
    return GeometricDrive(
        Script.model_validate({"drive": settings, "actions": [pulse, *actions]}), skin=skin or Skin()
    ).observations()


def played(
    observations: Iterable[FaceObservation], heart: HeartReading | None = None, **config: Any
) -> list[tuple[float, PulseSignals]]:
    """What the channel says, each time that it says something new."""
    extractor, channel = SignalExtractor(Config()), PulseChannel(PulseConfig(**({"enabled": True} | config)))
    said: list[tuple[float, PulseSignals]] = []
    for observation in observations:
        now = channel.update(observation, extractor.update(observation), heart)
        if not said or now is not said[-1][1]:
            said.append((observation.t_s, now))
    return said


def last(observations: Iterable[FaceObservation], heart: HeartReading | None = None, **config: Any) -> PulseSignals:
    return played(observations, heart, **config)[-1][1]


def without_skin(observations: Iterable[FaceObservation]) -> Iterable[FaceObservation]:
    return (replace(observation, skin=None) for observation in observations)
