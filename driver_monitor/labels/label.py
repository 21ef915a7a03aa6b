"""One thing that a person saw in a drive, from when to when."""

import math
from dataclasses import dataclass, replace
from typing import Final

from driver_monitor.timecode import clock

KSS: Final = "kss"
KINDS: Final = (
    "drowsy", "microsleep", "sleep", "phone", "distracted", "mirror", "talking", "attentive", "yawn", KSS,
)  # fmt: skip
FALSE_ALERT: Final = "false_alert"  # the driver's own word on an alert, as it was given
MARK: Final = "mark"  # the driver's: look here
KSS_RANGE: Final = (1, 9)  # Karolinska sleepiness scale
MAX_KIND: Final = 40
MAX_NOTE: Final = 500


@dataclass(frozen=True, slots=True)
class Label:
    """A stretch of a drive, in its media time. ``kind`` is one of :data:`KINDS` or a word of the annotator's own.

    ``value`` is the rating of a ``kss`` label, which says how sleepy somebody was at ``start_s``. Raises ValueError,
    with one sentence, on what cannot be a label.
    """

    kind: str
    start_s: float
    end_s: float
    value: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not _is_word(self.kind):
            raise ValueError(
                f"kind {self.kind[: MAX_KIND + 1]!r} is not a word of letters, digits, '_', '-', '.' and inner spaces, "
                f"at most {MAX_KIND} long"
            )
        if not (math.isfinite(self.start_s) and math.isfinite(self.end_s)):
            raise ValueError(f"start {self.start_s:g} and end {self.end_s:g} must be seconds in the drive")
        if self.end_s < self.start_s:
            raise ValueError(f"it ends at {clock(self.end_s, 1)}, before it starts at {clock(self.start_s, 1)}")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"value {self.value:g} is not a number")
        low, high = KSS_RANGE
        if self.kind == KSS and (self.value is None or not low <= self.value <= high):
            got = "none" if self.value is None else f"{self.value:g}"
            raise ValueError(f"a kss label needs a value from {low} to {high}, got {got}")
        if len(self.note) > MAX_NOTE or not self.note.replace("\t", " ").isprintable():
            raise ValueError(f"the note must be one line of at most {MAX_NOTE} characters")

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s

    def within(self, first_s: float, last_s: float) -> "Label | None":
        """The part of it in that span of time, None where they do not meet."""
        if self.end_s < first_s or self.start_s > last_s:
            return None
        return replace(self, start_s=max(self.start_s, first_s), end_s=min(self.end_s, last_s))


def sort_key(label: Label) -> tuple[float, float, str, float, str]:
    """The one order in which labels are kept."""
    return label.start_s, label.end_s, label.kind, label.value or 0.0, label.note


def _is_word(kind: str) -> bool:
    plain = kind.replace("_", "a").replace("-", "a").replace(".", "a").replace(" ", "a")
    return 0 < len(kind) <= MAX_KIND and kind == kind.strip() and plain.isalnum()
