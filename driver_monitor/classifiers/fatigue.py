"""Fatigue from the last 30 blinks, measured against the driver's own alert blinks.

The four features follow Ghoddoosian et al. 2019 (arXiv:1904.07312) and its published feature files, in this order:

0. *blink frequency*. In the files: blinks counted so far over frames seen so far in a ten-minute recording, times 100.
   It depends on where the recording began and settles to a constant: a z-score of it has no meaning in a drive of any
   length, and of another rate (blinks a minute, say) it would be a number the model was never taught. So the live
   classifier gives "unknown" (NaN), and the model then judges by the longest blinks alone; the card says why.
1. *amplitude*: mean of the fall from the onset and the rise to the end. Files: eye-aspect-ratio units; here shares of
   the driver's open eye.
2. *duration*: onset to end. Files: frames (30 Hz); here seconds.
3. *eye-opening velocity*: mean speed of the reopening. Files: eye-aspect-ratio units a frame; here open eyes a second.

Each is turned into a z-score with mean and SD of the driver's own alert blinks, so units drop out. The files take the
last third of the subject's alert video for that; here it is the first blinks of the drive.
"""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from driver_monitor.classifiers.fatigue_level import FatigueLevel
from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.classifiers.own_blinks import WINDOW_BLINKS, measured, usable
from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.parameter import judged
from driver_monitor.state.blink import Blink
from driver_monitor.state.driver_state import Fatigue
from driver_monitor.state.signals import Signals

FEATURES: Final = ("frequency", "amplitude", "duration", "opening_velocity")
MIN_RELATIVE_SD: Final = judged(
    0.05, "a baseline steadier than this is an accident of few blinks, not a very even driver", unit="ratio"
)
UNKNOWN: Final = float("nan")


class BlinkBaseline:
    """Mean and SD of amplitude, duration and opening velocity of the driver's own alert blinks."""

    def __init__(self, blinks: list[Blink]) -> None:
        values = np.array([measured(blink) for blink in blinks], dtype=np.float64)
        self._mean = values.mean(axis=0)
        self._sd = np.maximum(values.std(axis=0), MIN_RELATIVE_SD * self._mean)

    def z_scores(self, blinks: list[Blink]) -> NDArray[np.float32]:
        """float32 [len(blinks), 4] in the order of FEATURES; the frequency is NaN, unknown."""
        scores = np.full((len(blinks), len(FEATURES)), UNKNOWN, dtype=np.float32)
        scores[:, 1:] = (np.array([measured(blink) for blink in blinks]) - self._mean) / self._sd
        return scores


class FatigueClassifier:
    """Feed it every frame's signals; it answers from the 30 blinks after the driver's own baseline on.

    The judged blinks never include those of the baseline: against themselves they would be alert by definition. While
    the last blink is older than ``fatigue_stale_s`` the answer is None: what was true then need not be true now.
    """

    def __init__(self, model: OnnxModel, config: ClassifiersConfig) -> None:
        self._model = model
        self._config = config
        self._level = FatigueLevel(config.fatigue_smoothing_s)
        self.reset()

    def reset(self) -> None:
        """Another driver, or a new baseline of the signals: everything learned is void."""
        self._gathered: list[Blink] = []
        self._baseline: BlinkBaseline | None = None
        self._recent: deque[Blink] = deque(maxlen=WINDOW_BLINKS)
        self._probabilities: tuple[float, float, float] | None = None
        self._signals_baseline = ""
        self._level.reset()
        self._last_t_s: float | None = None

    def update(self, signals: Signals) -> Fatigue | None:
        if signals.baseline != self._signals_baseline:
            # The unit of amplitude and velocity, the driver's open eye, has just been learned anew.
            self.reset()
            self._signals_baseline = signals.baseline
        advanced = self._last_t_s is None or signals.t_s > self._last_t_s
        step_s = signals.t_s - self._last_t_s if self._last_t_s is not None and advanced else 0.0
        self._last_t_s = signals.t_s
        blink = signals.completed_blink
        if blink is not None and advanced and usable(blink):  # signals that come twice bring the same blink
            self._take(blink)
        if self._probabilities is None:
            return None
        if signals.t_s - self._recent[-1].end_s > self._config.fatigue_stale_s:
            return None
        self._level.update(self._probabilities, step_s)
        return Fatigue(*self._probabilities, self._level.level, self._level.kss, self._level.kss_sd)

    def _take(self, blink: Blink) -> None:
        if self._baseline is None:
            self._gathered.append(blink)
            if len(self._gathered) >= self._config.fatigue_baseline_blinks:
                self._baseline = BlinkBaseline(self._gathered)
            return
        self._recent.append(blink)
        if len(self._recent) == WINDOW_BLINKS:
            window = self._baseline.z_scores(list(self._recent))[None]
            alert, low_vigilance, drowsy = self._model.run(blinks=window)["probabilities"][0].tolist()
            self._probabilities = (alert, low_vigilance, drowsy)
