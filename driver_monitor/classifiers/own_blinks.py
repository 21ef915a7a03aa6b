"""How far the driver's own blinks have been gathered, told from the signals alone: why fatigue is not known yet.

The fatigue classifier counts the same way; a report of a recorded drive has no classifier to ask.
"""

import math
from typing import Final

from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.parameter import defined
from driver_monitor.state.blink import Blink
from driver_monitor.state.signals import Signals

WINDOW_BLINKS: Final = defined(30, "judged at a time", "models/fatigue.onnx", unit="count")


def usable(blink: Blink) -> bool:
    """Whether the blink was measured at all: finite, and with a size, a duration and a reopening."""
    return all(math.isfinite(value) and value > 0 for value in measured(blink))


def measured(blink: Blink) -> tuple[float, float, float]:
    """Amplitude, duration and opening velocity."""
    return blink.amplitude, blink.duration_s, blink.opening_velocity


class OwnBlinks:
    """Feed it every frame's signals in order of time.

    ``count`` is how many blinks have been measured against the baseline in force, ``most`` the most there were with any
    of the drive's. A new baseline starts anew: amplitude and velocity are shares of the driver's open eye.
    """

    def __init__(self) -> None:
        self.count = self.most = 0
        self._driver_epoch = 0
        self._baseline = self._most_of = ""
        self._suppressed = ""
        self._last_s = -math.inf
        self._blinked_s = -math.inf

    def update(self, signals: Signals) -> None:
        if (signals.driver_epoch, signals.baseline) != (self._driver_epoch, self._baseline):
            self._driver_epoch, self._baseline, self.count = signals.driver_epoch, signals.baseline, 0
        if signals.blinks_suppressed:
            self._suppressed = signals.blinks_suppressed
        blink = signals.completed_blink
        if blink is not None and signals.t_s > self._last_s and usable(blink):
            self.count += 1
            if self.count > self.most:
                self.most, self._most_of = self.count, self._baseline
            self._blinked_s = blink.end_s
        self._last_s = signals.t_s

    def lacking(self, config: ClassifiersConfig) -> str:
        """Why fatigue is not known now, in a few words; empty where enough blinks are there."""
        needed = needed_blinks(config)
        if not config.fatigue:
            return "switched off"
        if self.count < needed:
            return f"{self.count} of {needed} blinks"
        return "no blink of late" if self._last_s - self._blinked_s > config.fatigue_stale_s else ""

    def why_never(self, config: ClassifiersConfig) -> str:
        """Why fatigue was not known in the whole drive, as a clause without its subject."""
        if not config.fatigue:
            return "its classifier is switched off (classifiers.fatigue)"
        if self.most == 0 and self._suppressed:
            return f"no blinks could be counted ({self._suppressed.replace('_', ' ')})"
        reference = config.fatigue_baseline_blinks
        since = " since the driver's baseline was learned" if self._most_of == "driver" else ""
        return (
            f"needs {reference} blinks of the driver's own to compare with, then {WINDOW_BLINKS} to judge; "
            f"this drive is too short: it has {self.most}{since}"
        )

    def why_never_briefly(self, config: ClassifiersConfig) -> str:
        """The same in the few words that a chart has room for."""
        if not config.fatigue:
            return "switched off"
        return "no blinks could be counted" if self.most == 0 and self._suppressed else "drive too short"


def needed_blinks(config: ClassifiersConfig) -> int:
    """From the driver's baseline to the first judgement."""
    return config.fatigue_baseline_blinks + WINDOW_BLINKS
