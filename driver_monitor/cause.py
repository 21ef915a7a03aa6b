"""Why a driver cannot be judged, in words that fit the status line."""

from typing import Final

_WORDS: Final = {"photograph": "photo held up"}


def cause_words(cause: str) -> str:
    """A cause of ``degraded`` as people say it; where its name says it already, that."""
    return _WORDS.get(cause, cause.replace("_", " "))
