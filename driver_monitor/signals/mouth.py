"""The mouth: how far it is open, and yawns."""

from typing import TypedDict

from driver_monitor.config.signals import YawnConfig
from driver_monitor.signals.measures import FaceMeasures
from driver_monitor.signals.yawn import YawnDetector


class MouthSignals(TypedDict):
    mouth_opening: float | None
    jaw_open: float | None
    yawn: bool
    yawns_600s: int


class Mouth:
    """Feed it every frame's measures, None without a face."""

    def __init__(self, config: YawnConfig) -> None:
        self._yawn = YawnDetector(config)

    def update(self, t_s: float, face: FaceMeasures | None) -> MouthSignals:
        opening = face.ratios.mouth_opening if face else None
        return MouthSignals(
            mouth_opening=opening,
            jaw_open=face.expression.jaw_open if face else None,
            yawn=self._yawn.update(t_s, opening),
            yawns_600s=self._yawn.count(t_s),
        )
