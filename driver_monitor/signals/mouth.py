"""The mouth: how far it is open, and yawns."""

from typing import Final

from driver_monitor.config.signals import YawnConfig
from driver_monitor.frozen import maker
from driver_monitor.signals.context import FrameContext
from driver_monitor.signals.openness import pose_corrected
from driver_monitor.signals.yawn import YawnDetector
from driver_monitor.state.signals import MouthSignals

_MAKE: Final = maker(MouthSignals)


class Mouth:
    """Feed it every frame, with a face or without."""

    def __init__(self, config: YawnConfig) -> None:
        self._yawn = YawnDetector(config)

    def update(self, frame: FrameContext) -> MouthSignals:
        """What the landmarks draw where something is before the mouth is no mouth."""
        face, opening, face_on, smile = frame.face, None, None, 0.0
        if face is not None and not frame.covered:
            opening = face.ratios.mouth_opening
            face_on = pose_corrected(opening, face.pose)
            smile = face.expression.smile - frame.normal.face.smile
        return _MAKE(
            mouth_opening=opening,
            yawn=self._yawn.update(frame.t_s, frame.step_s, face_on, smile=smile, covered=frame.covered),
            yawns_600s=self._yawn.count(frame.t_s),
        )
