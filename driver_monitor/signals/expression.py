"""What the face shows over the driver's resting face."""

from typing import Final

from driver_monitor.frozen import maker
from driver_monitor.signals.context import FrameContext
from driver_monitor.state.signals import ExpressionSignals

_MAKE: Final = maker(ExpressionSignals)


def over_rest(frame: FrameContext) -> ExpressionSignals:
    """Blendshapes 0..1 above those at rest, the jaw's as it is; None of the mouth where a hand covers it."""
    if frame.face is None:
        return _MAKE()
    shown, rest, mouth_seen = frame.face.expression, frame.normal.face, not frame.covered
    return _MAKE(
        brow_down=max(0.0, shown.brow_down - rest.brow_down),
        brow_inner_up=max(0.0, shown.brow_inner_up - rest.brow_inner_up),
        mouth_frown=max(0.0, shown.mouth_frown - rest.mouth_frown) if mouth_seen else None,
        mouth_press=max(0.0, shown.mouth_press - rest.mouth_press) if mouth_seen else None,
        smile=max(0.0, shown.smile - rest.smile) if mouth_seen else None,
        jaw_open=shown.jaw_open if mouth_seen else None,
    )
