"""What the face shows over the driver's resting face."""

from typing import TypedDict

from driver_monitor.signals.measures import Expression
from driver_monitor.signals.normal import RestingFace


class ExpressionSignals(TypedDict):
    brow_down: float
    brow_inner_up: float
    mouth_frown: float | None
    mouth_press: float | None
    smile: float | None


def over_rest(shown: Expression, rest: RestingFace, *, mouth_seen: bool) -> ExpressionSignals:
    """Blendshapes 0..1 above those at rest; None of the mouth where a hand covers it."""
    return ExpressionSignals(
        brow_down=max(0.0, shown.brow_down - rest.brow_down),
        brow_inner_up=max(0.0, shown.brow_inner_up - rest.brow_inner_up),
        mouth_frown=max(0.0, shown.mouth_frown - rest.mouth_frown) if mouth_seen else None,
        mouth_press=max(0.0, shown.mouth_press - rest.mouth_press) if mouth_seen else None,
        smile=max(0.0, shown.smile - rest.smile) if mouth_seen else None,
    )
