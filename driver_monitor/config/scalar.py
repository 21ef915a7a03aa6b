"""One YAML value as people read it.

YAML 1.1 turns ``on`` into true, ``1:30`` into 90 and ``010`` into 8; YAML 1.2 does not. A plain word that the two
disagree about, or that surprises its writer, is refused with what to write instead.
"""

import math
import re
from typing import Final

Scalar = str | int | float | bool | None

_WORDS: Final[dict[str, bool | None]] = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)$")
_DECIMAL: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?$")
_TRAPS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (
        re.compile(r"(y|yes|on|true)$", re.I),
        "some YAML readers take it for true: write true, or '{0}' in quotes for the word",
    ),
    (
        re.compile(r"(n|no|off|false)$", re.I),
        "some YAML readers take it for false: write false, or '{0}' in quotes for the word",
    ),
    (re.compile(r"null$", re.I), "write null, or '{0}' in quotes for the word"),
    (
        re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$"),
        "YAML 1.1 reads it in base 60: write a plain number, or '{0}' in quotes for text",
    ),
    (
        re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt \t].*)?$"),
        "YAML reads it as a date: write '{0}' in quotes",
    ),
    (re.compile(r"[-+]?0[0-9_]+$"), "YAML 1.1 reads the leading zero as base 8: write it without the zero"),
    (re.compile(r"[-+]?0[xob][0-9a-fA-F_]+$"), "write a plain decimal number, or '{0}' in quotes for text"),
    (re.compile(r"[-+]?[0-9.]*[0-9]_[0-9_.]*$"), "write the number without underscores"),
    (re.compile(r"[-+]?\.(inf|nan)$", re.I), "a setting is a finite number"),
)


def read_scalar(text: str, *, plain: bool) -> tuple[Scalar, str]:
    """The value, and why it is refused (empty when it is not). ``plain`` means written without quotes.

    A plain scalar is null, true, false, a decimal number or text; a quoted one is text.
    """
    refusal = _refusal(text, plain=plain)
    if refusal or not plain:
        return text, refusal
    if text in _WORDS:
        return _WORDS[text], ""
    if _WHOLE.match(text):
        return int(text), ""
    return float(text) if _DECIMAL.match(text) else text, ""


def reads_as_text(word: str) -> bool:
    """Whether ``word`` written without quotes comes back as that text."""
    return read_scalar(word, plain=True) == (word, "")


def _refusal(text: str, *, plain: bool) -> str:
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return "got half a character (a lone surrogate); write the character itself"
    if not plain or text in _WORDS:
        return ""
    for pattern, advice in _TRAPS:
        if pattern.match(text):
            return f"got {text}; {advice.format(text)}"
    if (_WHOLE.match(text) or _DECIMAL.match(text)) and not math.isfinite(float(text)):
        return "got a number larger than any a computer keeps"
    return ""
