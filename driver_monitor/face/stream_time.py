"""The times of one stream's frames, as filters and MediaPipe want them."""

import math


def next_ms(last_ms: int, t_s: float) -> int:
    """``t_s`` in whole milliseconds, but after ``last_ms``: times strictly increase, whatever a camera's clock does."""
    return max(last_ms + 1, round(t_s * 1000.0)) if math.isfinite(t_s) else last_ms + 1
