"""Calm, stressed or angry, from half a minute of the driver's face and what else of the driver is measured."""

from collections import deque
from typing import Final

import numpy as np

from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.classifiers.stress_inputs import StressInputs
from driver_monitor.classifiers.stress_window import EVIDENCE, Channels, sample, summarise
from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.parameter import judged
from driver_monitor.state.channels import ChannelSignals
from driver_monitor.state.driver_state import Stress
from driver_monitor.state.signals import Signals
from driver_monitor.state.terms import GAP_S, ROUNDING_S, SAMPLE_S

JUDGE_S: Final = judged(1.0, "between two judgements: half a minute changes slowly")
FIRST_SHARE: Final = judged(1 / 3, "of the window, before which nothing is said")


class StressClassifier:
    """Feed it every frame's signals and the expression, None where unknown. All timing is media time.

    It answers None in the first third of ``stress_window_s`` and whenever neither face nor heart nor voice can be
    judged: a face that was unknown for most of the window, the others while the driver's own rest has not been seen.
    """

    def __init__(self, model: OnnxModel, config: ClassifiersConfig) -> None:
        self._model = model
        self._window_s: Final = config.stress_window_s
        self.reset()

    def reset(self) -> None:
        """Another stream or another driver."""
        self._samples: deque[tuple[float, list[float]]] = deque()
        self._channels = Channels()
        self._began_s: float | None = None
        self._judged_s: float | None = None
        self._answer: Stress | None = None

    def update(
        self, signals: Signals, expression: dict[str, float] | None, channels: ChannelSignals | None = None
    ) -> Stress | None:
        t_s = signals.t_s
        if self._samples and t_s < self._samples[-1][0]:
            self.reset()
        if self._began_s is None:
            self._began_s = t_s
        if not self._samples or t_s - self._samples[-1][0] >= SAMPLE_S - ROUNDING_S:
            inputs = StressInputs.of(signals, expression, channels)
            self._samples.append((t_s, sample(inputs)))
            self._channels.add(t_s, inputs)
        while t_s - self._samples[0][0] > self._window_s:
            self._samples.popleft()
        if self._judged_s is None or t_s - self._judged_s >= JUDGE_S - ROUNDING_S:
            self._judged_s = t_s
            self._answer = self._judge(min(t_s - self._began_s, self._window_s))
        return self._answer

    def _judge(self, span_s: float) -> Stress | None:
        if span_s < FIRST_SHARE * self._window_s:
            return None
        samples = np.array([values for _, values in self._samples])
        apart_s = np.median(np.diff([t_s for t_s, _ in self._samples])) if len(samples) > 1 else GAP_S
        window, mask = summarise(samples, span_s / min(float(apart_s), GAP_S))
        self._channels.fill(window, mask)
        if not mask[EVIDENCE].any():
            return None
        said = self._model.run(window=window[np.newaxis], mask=mask[np.newaxis])
        calm, stressed, angry = said["probabilities"][0].tolist()
        return Stress(calm, stressed, angry, float(said["confidence"][0, 0]))
