"""The mouth: how far it is open, and yawns."""

from typing import TypedDict

from driver_monitor.config.signals import YawnConfig
from driver_monitor.signals.measures import FaceMeasures
from driver_monitor.signals.openness import pose_corrected
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

    def update(
        self, t_s: float, step_s: float, face: FaceMeasures | None, *, smile_at_rest: float = 0.0, covered: bool = False
    ) -> MouthSignals:
        """``covered``: something is before the mouth, and what the landmarks draw there is none."""
        opening = face_on = jaw_open = None
        smile = 0.0
        if face is not None and not covered:
            opening, jaw_open = face.ratios.mouth_opening, face.expression.jaw_open
            face_on = pose_corrected(opening, face.pose)
            smile = face.expression.smile - smile_at_rest
        return MouthSignals(
            mouth_opening=opening,
            jaw_open=jaw_open,
            yawn=self._yawn.update(t_s, step_s, face_on, smile=smile, covered=covered),
            yawns_600s=self._yawn.count(t_s),
        )
