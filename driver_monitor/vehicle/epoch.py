"""What a GPS receiver says of one instant: the sentences of one epoch, taken together."""

from typing import Final

from driver_monitor.vehicle.sentence import Sentence

# Receivers speak once a second or more often. Whatever order their sentences come in, those of one epoch, and what two
# receivers on one line say of it, are no further apart.
EPOCH_S: Final = 0.9


class Epoch:
    """Sentences that belong together. Its speed counts only when it is over: a veto may be its last sentence.

    ``heard_s`` is when the first of it came, ``measured_s`` when what it says was new: a receiver that states the same
    time again and again repeats an old measurement. Both on the reader's clock.
    """

    def __init__(self, heard_s: float) -> None:
        self.heard_s: Final = heard_s
        self.measured_s = heard_s
        self._kinds: set[str] = set()
        self._utc: float | None = None
        self._fix = False
        self._partly: bool | None = None  # whether any satellite system has a fix, None where none was told of
        self._kmh: list[float] = []

    def takes(self, sentence: Sentence) -> bool:
        """Whether the sentence can belong to this epoch: no other time, and no kind that was there already."""
        other_time = None not in (self._utc, sentence.utc) and self._utc != sentence.utc
        return not other_time and (sentence.partial or sentence.kind not in self._kinds)

    def add(self, sentence: Sentence, measured_s: float) -> None:
        self._kinds.add(sentence.kind)
        self.measured_s = min(self.measured_s, measured_s)
        if self._utc is None:
            self._utc = sentence.utc
        if sentence.partial:
            self._partly = bool(self._partly or sentence.fix)
        elif sentence.fix:
            self._fix = True
        if sentence.kmh is not None:
            self._kmh.append(sentence.kmh)

    @property
    def void(self) -> bool | None:
        """Every satellite system it tells of has no fix; None where it tells of none."""
        return None if self._partly is None else not self._partly

    @property
    def unvouched(self) -> bool:
        """A speed was stated, but nothing said that there is a fix."""
        return bool(self._kmh) and not self._fix and self._partly is None

    @property
    def kmh(self) -> float | None:
        """The speed that is vouched for by a fix. Where two differ, the higher one: nobody is to be silenced by a 0."""
        return max(self._kmh, default=None) if (self._fix or self._partly) and not self.void else None
