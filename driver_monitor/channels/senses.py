"""The sensors beside the camera that the config asks for."""

import logging
from collections.abc import Callable
from contextlib import ExitStack

from driver_monitor.closing import Closing
from driver_monitor.config.channels import ChannelsConfig
from driver_monitor.state.senses import NO_SENSES, Senses

logger = logging.getLogger(__name__)


class SenseSource(Closing):
    """Asked once a frame; never blocks. By itself it senses nothing."""

    def read(self, t_s: float) -> Senses:
        """What has been sent up to media time ``t_s``."""
        return NO_SENSES


def open_senses(config: ChannelsConfig, report: Callable[[str], None] = logger.warning) -> SenseSource:
    """``report`` is called from the readers' threads with one sentence for each change for the worse or the better.

    Raises UsageError where a sensor needs an extra that is not installed.
    """
    if not config.pulse.enabled or config.pulse.sensor == "none":
        return SenseSource()
    return Sensors(config, report)


def wants_skin(config: ChannelsConfig) -> bool:
    """Whether the vision worker is to measure the colour of the skin."""
    return config.pulse.enabled and config.pulse.camera


class Sensors(SenseSource):
    """The heart sensor."""

    def __init__(self, config: ChannelsConfig, report: Callable[[str], None]) -> None:
        from driver_monitor.channels.pulse.open import open_heart  # noqa: PLC0415  (a run without it needs no library)

        with ExitStack() as stack:
            heart = open_heart(config.pulse, report)
            self._heart = None if heart is None else stack.enter_context(heart)
            self._open = stack.pop_all()

    def read(self, t_s: float) -> Senses:
        return Senses(None if self._heart is None else self._heart.reading(t_s))

    def close(self) -> None:
        self._open.close()
