"""From the config to the heart sensor."""

import logging
from collections.abc import Callable

from driver_monitor.channels.pulse.bluetooth import BluetoothHeart
from driver_monitor.channels.pulse.sensor import HeartSensor
from driver_monitor.channels.pulse.serial_heart import SerialHeart
from driver_monitor.config.pulse import PulseConfig

logger = logging.getLogger(__name__)


def open_heart(config: PulseConfig, report: Callable[[str], None] = logger.warning) -> HeartSensor | None:
    """The sensor that ``config`` asks for, None where it asks for none or the channel is off.

    ``report`` is called from the reader's thread with one sentence for each change for the worse or the better.
    Raises UsageError where the sensor needs an extra that is not installed.
    """
    if not config.enabled:
        return None
    match config.sensor:
        case "none":
            return None
        case "bluetooth":
            return BluetoothHeart(config, report)
        case "serial":
            return SerialHeart(config, report)
