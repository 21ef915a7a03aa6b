"""The body channel: from looks at the body, and what the face tells beside them, to signals."""

import math
from typing import Final

from driver_monitor.channels.body.figure import SEEN, Figure
from driver_monitor.channels.body.hands import Hands
from driver_monitor.channels.body.phone import PhoneSuspicion
from driver_monitor.channels.body.posture import Posture
from driver_monitor.config.body import BodyConfig
from driver_monitor.face.body.observation import BodyObservation
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.parameter import judged
from driver_monitor.state.body import BodySignals
from driver_monitor.state.signals import BLIND, Signals

STALE_S: Final = judged(2.0, "without a look at the body nothing is known of it: four looks are missing")
EMPTY_LOOKS: Final = judged(2, "without body and face before the driver is absent: one may fail", unit="looks")
STEP_S: Final = judged(1.0, "a longer time between two looks is a hole, and counts as this much of watching")


class BodyChannel:
    """One drive's memory of hands and posture. Time comes from the observations alone.

    The face needs not be seen: the body is followed by itself. What was learned of the driver's posture is forgotten
    for a new driver, and where the camera was moved. A photograph's face is nobody's.
    """

    def __init__(self, config: BodyConfig) -> None:
        self._detects = bool(config.phone_detector)
        self._posture = Posture()
        self._hands = Hands()
        self._phone = PhoneSuspicion()
        self._last = BodySignals()
        self._last_s = self._looked_s = -math.inf
        self._empty = 0  # looks without a body in a row
        self._figure: Figure | None = None
        self._missing = "not_looked_at"

    def new_driver(self) -> None:
        """Somebody else may be sitting there: it is another posture, and they are another's hands."""
        self._posture.forget()
        self._hands.forget()

    def update(self, observation: FaceObservation, signals: Signals) -> BodySignals:
        """The signals of a frame; one whose time does not advance has the last one's."""
        t_s = observation.t_s
        if not t_s > self._last_s:
            return self._last
        self._last_s = t_s
        if signals.degraded == "camera_moved":
            self.new_driver()
        if observation.body is not None:
            self._look(observation.body, observation, signals)
        self._phone.look(t_s, signals.zone)
        self._last = self._signals(t_s, signals)
        return self._last

    def _look(self, body: BodyObservation, observation: FaceObservation, signals: Signals) -> None:
        step_s = min(STEP_S, max(0.0, body.t_s - self._looked_s))
        self._looked_s = body.t_s
        self._phone.detected(body.phone if self._detects and math.isfinite(body.phone) else None)
        figure = Figure.of(body, (observation.width_px, observation.height_px))
        self._empty = self._empty + 1 if figure is None and not body.hands else 0
        self._figure = figure
        self._missing = _missing(figure)
        if figure is None or figure.quality < SEEN:
            self._posture.unseen()
            self._hands.unseen()
            return
        self._hands.update(body.t_s, figure, mouth_hidden=signals.degraded == "hand_on_face")
        if figure.sideways or figure.quality_shoulders < SEEN:
            self._posture.unseen()
        else:
            self._posture.update(figure, step_s, upright=signals.on_road is True and signals.eyes == "open")

    def _signals(self, t_s: float, signals: Signals) -> BodySignals:
        stale = not t_s - self._looked_s <= STALE_S
        tracked = signals.tracking == Tracking.TRACKED
        blind = signals.degraded in BLIND and not tracked
        there = self._figure is not None or self._empty == 0
        if tracked or (there and not stale):
            body = "present"
        elif stale or blind or self._empty < EMPTY_LOOKS:
            body = "unknown"
        else:
            body = "absent"
        if stale:
            self._hands.unseen()
            self._posture.unseen()
            self._phone.detected(None)
            missing = "blind" if blind else "not_looked_at"
        else:
            missing = "blind" if blind and self._figure is None else self._missing
        at_head, over_mouth = self._hands.at_head, self._hands.over_mouth
        hand_at_head_s = at_head.lasted_s(t_s) if at_head.known else None
        low_s = self._hands.low_s(t_s)
        evidence = self._phone.evidence(hand_at_head_s, low_s, mouth=bool(over_mouth))
        looked_for = at_head.known or self._phone.score is not None
        return BodySignals(
            body=body,
            body_missing=missing or ("" if self._posture.known else "learning"),
            quality_body=self._figure.quality if self._figure is not None and not stale else 0.0,
            hand_at_head=bool(at_head) if at_head.known else None,
            hand_at_head_s=hand_at_head_s,
            hand_over_mouth=bool(over_mouth) if over_mouth.known else None,
            slump=self._posture.slump,
            lean_deg=self._posture.lean_deg,
            hands_low_s=low_s,
            phone_detector=self._phone.score,
            phone_suspected=bool(evidence) if evidence or looked_for else None,
            phone_evidence=evidence,
        )


def _missing(figure: Figure | None) -> str:
    """Why a look does not tell posture or hands; empty where it does."""
    if figure is None or figure.quality < SEEN:
        return "no_body"
    if figure.quality_shoulders < SEEN:
        return "shoulders_hidden"
    return "turned" if figure.sideways else ""
