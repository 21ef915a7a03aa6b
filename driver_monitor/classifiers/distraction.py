"""Where the driver looks, from the last second of head and eye angles and how far each can be trusted."""

import math
from collections import deque
from typing import Final

import numpy as np

from driver_monitor.classifiers.gaze_grid import shares
from driver_monitor.classifiers.model import OnnxModel
from driver_monitor.config.config import Config
from driver_monitor.face.observation import Tracking
from driver_monitor.parameter import defined, judged
from driver_monitor.signals.filters import FirstOrder
from driver_monitor.signals.zones import mirrored
from driver_monitor.state.driver_state import Distraction
from driver_monitor.state.signals import Signals
from driver_monitor.state.terms import LONG_BLINK_S
from driver_monitor.state.zone import ELSEWHERE, ROAD

STEPS: Final = defined(10, "samples that the net looks at", "models/distraction.onnx", unit="count")
STEP_S: Final = defined(0.1, "between two of them", "models/distraction.onnx")
FEATURES: Final = ("head_yaw", "head_pitch", "head_roll", "eye_yaw", "eye_pitch", "quality", "quality_gaze")
UNCERTAIN: Final = "uncertain"
VISUAL_TAU_S: Final = judged(1.0, "what the gaze crosses on its way is no distraction")

_Sample = tuple[float, ...]  # one value for each of FEATURES
_NO_FRAME: Final[_Sample] = defined((0.0,) * len(FEATURES), "where there is no frame", "zeros", unit="signals")


class DistractionClassifier:
    """Feed it every frame's signals; the net runs at ``distraction_hz`` at most and its answer is held between.

    The net's input is the last second on a grid of 0.1 s, oldest first: head angles in degrees from the driver's road
    centre (yaw to the driver's left, pitch up, roll to the left shoulder), what the eyes add to them, then how far the
    picture and the whole gaze can be trusted: the latter tells eyes that look ahead from eyes that had no say. A grid
    place with no frame is all zeros, quality 0. What comes out is a probability for every direction of a grid, summed
    up here over the zones of the config. The net knows left-hand-drive cars; for the other seat the angles are mirrored
    on the way in and the names of the sides on the way out.
    """

    def __init__(self, model: OnnxModel, config: Config, *, min_confidence: float | None = None) -> None:
        """``min_confidence`` stands in for the card's: 0 always names the likeliest zone."""
        self._model = model
        self._mirrored = config.face.seat == "right"
        zones = config.signals.gaze.zones
        names = (ROAD, *zones, ELSEWHERE)
        self._shares = shares(config.signals.gaze, names)
        self._away = np.array([name != ROAD and not (name in zones and zones[name].driving_task) for name in names])
        self._zones = tuple(mirrored(name) for name in names) if self._mirrored else names
        of_card = model.card.thresholds["min_confidence"]
        self._min_confidence = of_card if min_confidence is None else min_confidence
        self._interval_s = 1.0 / config.classifiers.distraction_hz
        self._history: deque[tuple[int, _Sample]] = deque(maxlen=STEPS)
        self._visual = FirstOrder(VISUAL_TAU_S)
        self._ran_s = -math.inf
        self._answer: Distraction | None = None

    def reset(self) -> None:
        """Another driver: what was seen of the last one is void."""
        self._history.clear()
        self._visual.reset()
        self._ran_s, self._answer = -math.inf, None

    def update(self, signals: Signals) -> Distraction | None:
        """None while no face of the driver is tracked or the eyes are shut; the past second is kept meanwhile."""
        sample = self._sample(signals)
        if sample is None or (signals.eyes_closed_s or 0.0) >= LONG_BLINK_S:
            self._answer, self._ran_s = None, -math.inf
            self._visual.reset()
            return None
        place = math.floor(signals.t_s / STEP_S + 1e-6)
        if self._history and self._history[-1][0] == place:
            self._history.pop()  # the newest frame of a grid place speaks for it
        self._history.append((place, sample))
        if self._answer is None or signals.t_s - self._ran_s >= self._interval_s - 1e-6:
            step_s = 0.0 if self._answer is None else signals.t_s - self._ran_s
            self._ran_s = signals.t_s
            self._answer = self._judge(place, step_s, signals.daydream)
        return self._answer

    def _judge(self, place: int, step_s: float, daydream: float | None) -> Distraction:
        rows = [_NO_FRAME] * STEPS
        for seen, sample in self._history:
            if 0 <= place - seen < STEPS:
                rows[STEPS - 1 - (place - seen)] = sample
        zones = self._model.run(gaze=np.array([rows], dtype=np.float32))["directions"][0] @ self._shares
        best = int(zones.argmax())
        confidence = float(zones[best])
        return Distraction(
            zone=self._zones[best] if confidence >= self._min_confidence else UNCERTAIN,
            confidence=confidence,
            on_road=float(zones[0]),
            visual=self._visual.update(float(zones[self._away].sum()), step_s),
            cognitive=daydream,
        )

    def _sample(self, signals: Signals) -> _Sample | None:
        yaw, pitch, roll = signals.yaw_deg, signals.pitch_deg, signals.roll_deg
        if signals.tracking != Tracking.TRACKED or yaw is None or pitch is None or roll is None:
            return None
        gaze_yaw, gaze_pitch = signals.gaze_yaw_deg, signals.gaze_pitch_deg
        if gaze_yaw is None or gaze_pitch is None:
            gaze_yaw, gaze_pitch = yaw, pitch
        side = -1.0 if self._mirrored else 1.0
        sample = (
            side * (yaw - signals.road_yaw_deg), pitch - signals.road_pitch_deg, side * roll,
            side * (gaze_yaw - yaw), gaze_pitch - pitch, signals.quality, signals.quality_gaze,
        )  # fmt: skip
        return sample if all(map(math.isfinite, sample)) else None
