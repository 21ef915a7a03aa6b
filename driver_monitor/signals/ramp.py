"""The ramp by which evidence goes over from nothing to full."""


def ramp(value: float, low: float, high: float) -> float:
    """0 up to ``low`` and for NaN, 1 from ``high`` on, a straight line between; ``low`` is less than ``high``."""
    if not value > low:
        return 0.0
    return 1.0 if value >= high else (value - low) / (high - low)
