"""From the config to the speed source."""

import logging
import math
from collections.abc import Callable

from driver_monitor.config.vehicle import SpeedConfig
from driver_monitor.errors import UsageError
from driver_monitor.state.speed import SpeedKnowledge
from driver_monitor.vehicle.constant import ConstantSpeed
from driver_monitor.vehicle.nmea import NmeaSpeed
from driver_monitor.vehicle.source import SpeedSource

logger = logging.getLogger(__name__)

MAX_KMH = 250.0  # the bound of every speed in the config


def open_speed(
    config: SpeedConfig, *, override_kmh: float | None = None, report: Callable[[str], None] = logger.warning
) -> SpeedSource:
    """The source that ``config`` asks for. ``override_kmh`` (a command-line choice) wins.

    ``report`` is called from the reader's thread with one sentence for each change for the worse or the better.
    """
    if override_kmh is not None:
        if not (math.isfinite(override_kmh) and 0 <= override_kmh <= MAX_KMH):
            raise UsageError(f"the speed {override_kmh:g} km/h is out of range: give 0 to {MAX_KMH:g}")
        return ConstantSpeed(override_kmh, SpeedKnowledge.GIVEN)
    match config.source:
        case "none":
            return ConstantSpeed(config.assumed_kmh, SpeedKnowledge.ASSUMED)
        case "fixed":
            return ConstantSpeed(config.fixed_kmh, SpeedKnowledge.GIVEN)
        case "nmea":
            return NmeaSpeed(config, report)
