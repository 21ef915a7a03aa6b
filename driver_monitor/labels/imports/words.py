"""Other programs' words for what a driver does."""

import re
from typing import Final

from driver_monitor.labels.label import KINDS, KSS, MAX_KIND

# Those of the Driver Monitoring Dataset (Ortega et al. 2020), and common spellings.
_MEANT: Final = {
    "phonecall_left": "phone", "phonecall_right": "phone", "texting_left": "phone", "texting_right": "phone",
    "phone_call": "phone", "phonecall": "phone", "texting": "phone", "cellphone": "phone", "mobile_phone": "phone",
    "talking_to_passenger": "talking",
    "safe_drive": "attentive", "alert": "attentive",
    "not_looking_road": "distracted", "distraction": "distracted", "inattentive": "distracted",
    "yawning": "yawn", "yawning_with_hand": "yawn", "yawning_without_hand": "yawn",
    "micro_sleep": "microsleep", "sleeping": "sleep", "asleep": "sleep",
    "drowsiness": "drowsy", "sleepy": "drowsy", "sleepiness": "drowsy",
    "mirror_check": "mirror", "mirrors": "mirror",
}  # fmt: skip


def kind_of(words: str) -> str | None:
    """One of the kinds that mean something to the score, None for any other word."""
    word = re.sub(r"[\s-]+", "_", words.strip().lower())
    if word in KINDS and word != KSS:
        return word
    return _MEANT.get(word)


def free_kind(words: str) -> str:
    """The words as a kind of their own: what a kind cannot hold becomes ``_``."""
    return re.sub(r"[^\w.-]+", "_", words.strip()).strip("_")[:MAX_KIND].rstrip("_")


def rating(words: str) -> float | None:
    """``7``, ``KSS 7`` or ``kss=7`` as a number."""
    found = re.fullmatch(r"(?i)\s*(?:kss\s*[=:]?\s*)?(\d+(?:\.\d+)?)\s*", words)
    return float(found[1]) if found else None
