"""The sensors beside the camera that the config asks for."""

import logging
from collections.abc import Callable
from contextlib import ExitStack

from driver_monitor.closing import Closing
from driver_monitor.config.channels import ChannelsConfig
from driver_monitor.config.config import Config
from driver_monitor.state.senses import NO_SENSES, Senses

logger = logging.getLogger(__name__)


class SenseSource(Closing):
    """Asked once a frame; never blocks. By itself it senses nothing."""

    def read(self, t_s: float) -> Senses:
        """What has been sent up to media time ``t_s``."""
        return NO_SENSES


class Sensors(SenseSource):
    """Heart sensor and microphone."""

    def __init__(self, config: Config, report: Callable[[str], None]) -> None:
        """See :func:`open_senses`."""
        # Imported here: a run without a sensor needs none of its libraries.
        from driver_monitor.channels.pulse.open import open_heart  # noqa: PLC0415
        from driver_monitor.channels.voice.open import open_voice  # noqa: PLC0415

        with ExitStack() as stack:
            heart, voice = open_heart(config.channels.pulse, report), open_voice(config)
            self._heart = None if heart is None else stack.enter_context(heart)
            self._voice = None if voice is None else stack.enter_context(voice)
            self._open = stack.pop_all()

    def read(self, t_s: float) -> Senses:
        return Senses(
            None if self._heart is None else self._heart.reading(t_s),
            None if self._voice is None else self._voice.reading(t_s),
        )

    def close(self) -> None:
        self._open.close()


def open_senses(config: Config, report: Callable[[str], None] = logger.warning) -> SenseSource:
    """``report`` is called from a reader's thread with one sentence for each change for the worse or the better.

    Raises UsageError where a sensor needs an extra that is not installed, AssetError or ModelError for a model that
    cannot be had.
    """
    channels = config.channels
    if channels.voice.enabled or (channels.pulse.enabled and channels.pulse.sensor != "none"):
        return Sensors(config, report)
    return SenseSource()


def wants_skin(config: ChannelsConfig) -> bool:
    """Whether the vision worker is to measure the colour of the skin."""
    return config.pulse.enabled and config.pulse.camera
