"""When the frames of a scripted drive arrive: even or uneven times, some lost on the way."""

import numpy as np
from numpy.typing import NDArray

from driver_monitor.simulate.script import DriveHead


def arrivals(head: DriveHead) -> tuple[NDArray[np.int_], NDArray[np.float64]]:
    """Numbers (int [n], gaps are lost frames) and times (float64 [n], s, from 0) of the frames that arrive."""
    rng = np.random.default_rng((head.seed, 0))
    count = max(1, round(head.duration_s * head.fps))
    arrived = rng.random(count) >= head.drop_share
    arrived[0] = True
    times = np.arange(count) / head.fps + rng.uniform(-head.jitter_s, head.jitter_s, count)
    return np.flatnonzero(arrived), (times - times[0])[arrived]
