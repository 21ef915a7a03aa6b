"""What the hands do: at the head, over the mouth, or out of sight."""

from collections import deque
from typing import Final

from driver_monitor.channels.body.figure import Figure
from driver_monitor.parameter import judged

SURE_LOOKS: Final = judged(3, "most must agree before a hand is somewhere, and all before it is gone", unit="looks")
HABIT_LOOKS: Final = judged(240, "two minutes: whether this camera shows the driver's hands at all", unit="looks")
HABIT_SHARE: Final = judged(0.2, "of them that must have shown a hand, or a hand out of sight says nothing")


class Lasting:
    """Something that most of the last looks showed, and since when; it ends when none shows it any more."""

    def __init__(self) -> None:
        self._said: deque[tuple[float, bool]] = deque(maxlen=SURE_LOOKS)
        self._since_s: float | None = None

    def add(self, t_s: float, said: bool) -> None:
        self._said.append((t_s, said))
        agreed = sum(each for _, each in self._said)
        if agreed == 0:
            self._since_s = None
        elif self._since_s is None and agreed * 2 > SURE_LOOKS:
            self._since_s = next(at_s for at_s, each in self._said if each)

    def forget(self) -> None:
        self._said.clear()
        self._since_s = None

    @property
    def known(self) -> bool:
        return len(self._said) * 2 > SURE_LOOKS

    def lasted_s(self, t_s: float) -> float:
        """0 where it is not."""
        return t_s - self._since_s if self._since_s is not None else 0.0

    def __bool__(self) -> bool:
        return self._since_s is not None


class Hands:
    """Told of every look at the body."""

    def __init__(self) -> None:
        self.at_head = Lasting()
        self.over_mouth = Lasting()
        self._habit: deque[bool] = deque(maxlen=HABIT_LOOKS)
        self._last_in_sight_s: float | None = None

    def forget(self) -> None:
        """Another driver, or another place of the camera."""
        self.__init__()  # type: ignore[misc]

    def update(self, t_s: float, figure: Figure, *, mouth_hidden: bool) -> None:
        """``mouth_hidden`` is what the face shows: something is over the mouth."""
        at_head = figure.hand_at_head(mouth_hidden=mouth_hidden)
        self.at_head.add(t_s, at_head)
        self.over_mouth.add(t_s, figure.hand_over_mouth or (at_head and mouth_hidden))
        in_sight = figure.hand_in_sight or at_head
        self._habit.append(in_sight)
        if in_sight or self._last_in_sight_s is None:
            self._last_in_sight_s = t_s

    def unseen(self) -> None:
        """A look without a head: nothing is known of the hands."""
        self.at_head.forget()
        self.over_mouth.forget()
        self._last_in_sight_s = None

    def low_s(self, t_s: float) -> float | None:
        """How long no hand has been in sight; None where the camera rarely shows one."""
        if self._last_in_sight_s is None or sum(self._habit) < HABIT_SHARE * len(self._habit):
            return None
        return t_s - self._last_in_sight_s
