"""A look over the shoulder: a head that turns until there is no face to be seen any more."""

from collections import deque
from typing import Final

TURN_S: Final = 0.3  # the turn is measured over so long at most, and taken to go on for as long
FROM_MIRROR_S: Final = 0.1  # and over so long at least: it may have begun at the mirror just now
TURNING_DEG_S: Final = 60.0  # looks over the shoulder take the head round at 100-200 deg/s
LEFT_DEG: Final = 30.0  # a face lost nearer to straight ahead was not lost by turning
SHOULDER_DEG: Final = 110.0  # where such a turn is taken to end
SEEN_S: Final = 0.2  # the last frame with a face must be as recent when it is lost
HOLD_S: Final = 2.0  # a blind-spot check takes about a second; after two nobody knows


class OverShoulder:
    """Feed it the head's yaw from neutral while there is a face; ask it when there is none."""

    def __init__(self) -> None:
        self._yaws: deque[tuple[float, float]] = deque()
        self._lost_s: float | None = None
        self._side: float | None = None

    def update(self, t_s: float, yaw_deg: float) -> None:
        self._lost_s = self._side = None
        self._yaws.append((t_s, yaw_deg))
        while t_s - self._yaws[0][0] > TURN_S:
            self._yaws.popleft()

    def unseen_deg(self, t_s: float) -> float | None:
        """The yaw from neutral that the head is taken to have; None where the face was not lost in a turn."""
        if self._lost_s is None:
            self._lost_s, self._side = t_s, self._turning(t_s)
            self._yaws.clear()
        return self._side if t_s - self._lost_s <= HOLD_S else None

    def _turning(self, t_s: float) -> float | None:
        if not self._yaws or t_s - self._yaws[-1][0] > SEEN_S:
            return None
        last_s, last = self._yaws[-1]
        side = 1.0 if last > 0 else -1.0
        speed_deg_s = max(
            (side * (last - yaw) / (last_s - at_s) for at_s, yaw in self._yaws if last_s - at_s >= FROM_MIRROR_S),
            default=0.0,
        )
        if side * last < LEFT_DEG or speed_deg_s < TURNING_DEG_S:
            return None
        return side * SHOULDER_DEG if side * last + speed_deg_s * TURN_S >= LEFT_DEG * 2 else None
