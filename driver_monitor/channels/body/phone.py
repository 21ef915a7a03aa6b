"""When a phone is suspected. Nothing here sees one: it is what people with a phone do, done for long or again."""

import statistics
from collections import deque
from typing import Final

from driver_monitor.parameter import judged

CALL_S: Final = judged(8.0, "of a hand at the head without a break: scratching and smoothing hair are shorter")
LAP: Final = "lap"
LAP_LOOKS: Final = judged(3, "at the lap within the window: whatever lies there is looked at again", unit="count")
LAP_LOOK_S: Final = judged(0.5, "shorter ones are on the way to somewhere else")
LAP_WINDOW_S: Final = judged(30.0, "in which looks at the lap are counted")
LOW_S: Final = judged(2.0, "without a hand in sight, where the camera shows hands at all")
DETECTOR_SURE: Final = judged(0.5, "of the user's own detector, by the slot's definition", unit="0..1")
DETECTOR_LOOKS: Final = judged(5, "whose middle is told", unit="looks")


class PhoneSuspicion:
    def __init__(self) -> None:
        self._scores: deque[float] = deque(maxlen=DETECTOR_LOOKS)
        self._looks_s: deque[float] = deque()  # when looks at the lap became long enough
        self._in_lap_since_s: float | None = None
        self._counted = False

    @property
    def score(self) -> float | None:
        """The middle of the detector's last answers."""
        return statistics.median(self._scores) if len(self._scores) * 2 > DETECTOR_LOOKS else None

    def detected(self, score: float | None) -> None:
        """What the user's detector said of a look; None where it could not."""
        if score is None:
            self._scores.clear()
        else:
            self._scores.append(score)

    def look(self, t_s: float, zone: str) -> None:
        """The zone of every frame; one without a known zone ends no look."""
        if zone == LAP:
            if self._in_lap_since_s is None:
                self._in_lap_since_s, self._counted = t_s, False
            if not self._counted and t_s - self._in_lap_since_s >= LAP_LOOK_S:
                self._looks_s.append(t_s)
                self._counted = True
        elif zone != "unknown":
            self._in_lap_since_s = None
        while self._looks_s and t_s - self._looks_s[0] > LAP_WINDOW_S:
            self._looks_s.popleft()

    def evidence(self, hand_at_head_s: float | None, hands_low_s: float | None, *, mouth: bool) -> str:
        """What speaks for a phone now. A hand over the ``mouth`` holds none at the ear."""
        found = []
        if hand_at_head_s is not None and hand_at_head_s >= CALL_S and not mouth:
            found.append("hand_at_head")
        if len(self._looks_s) >= LAP_LOOKS and (hands_low_s is None or hands_low_s >= LOW_S):
            found.append("lap_looks")
        if self.score is not None and self.score >= DETECTOR_SURE:
            found.append("detector")
        return "+".join(found)
