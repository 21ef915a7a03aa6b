"""From the config to the speed source."""

import logging
import math
from collections.abc import Callable
from contextlib import ExitStack

from driver_monitor.config.vehicle import Measuring, SpeedConfig
from driver_monitor.errors import UsageError
from driver_monitor.state.speed import SpeedKnowledge
from driver_monitor.vehicle.can import CanSpeed
from driver_monitor.vehicle.constant import ConstantSpeed
from driver_monitor.vehicle.fused import FusedSpeed
from driver_monitor.vehicle.nmea import NmeaSpeed
from driver_monitor.vehicle.obd import ObdSpeed
from driver_monitor.vehicle.remote import RemoteSpeed
from driver_monitor.vehicle.source import MeasuringSource, SpeedSource

logger = logging.getLogger(__name__)

MAX_KMH = 250.0  # the bound of every speed in the config


def open_speed(
    config: SpeedConfig, *, override_kmh: float | None = None, report: Callable[[str], None] = logger.warning
) -> SpeedSource:
    """The source that ``config`` asks for. ``override_kmh`` (a command-line choice) wins.

    ``report`` is called from the reader's thread with one sentence for each change for the worse or the better. To be
    called before the process is sealed: what speaks over an internet socket does so in a process of its own.

    Raises UsageError for a speed out of range, or a DBC file or a signal that cannot be had.
    """
    if override_kmh is not None:
        if not (math.isfinite(override_kmh) and 0 <= override_kmh <= MAX_KMH):
            raise UsageError(f"the speed {override_kmh:g} km/h is out of range: give 0 to {MAX_KMH:g}")
        return ConstantSpeed(override_kmh, SpeedKnowledge.GIVEN)
    if config.source == "none":
        return ConstantSpeed(config.assumed_kmh, SpeedKnowledge.ASSUMED)
    if config.source == "fixed":
        return ConstantSpeed(config.fixed_kmh, SpeedKnowledge.GIVEN)
    if not config.fallback:
        return open_measuring(config.source, config, report)
    with ExitStack() as opened:
        sources = [opened.enter_context(open_measuring(name, config, report)) for name in config.measuring]
        opened.pop_all()
    return FusedSpeed(sources, report)


def open_measuring(name: Measuring, config: SpeedConfig, report: Callable[[str], None]) -> MeasuringSource:
    """One source of ``config.measuring``."""
    if config.networked(name):
        return RemoteSpeed(name, config, report)
    match name:
        case "obd":
            return ObdSpeed(config, report)
        case "can":
            return CanSpeed(config, report)
        case _:
            return NmeaSpeed(config, report)
