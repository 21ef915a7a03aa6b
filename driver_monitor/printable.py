"""Text that every terminal, pipe and file can take, whatever the locale and whatever a file is called.

Linux names are bytes. Those that are no text in the locale's encoding reach Python as lone surrogates, which no
encoding can write; and a C or Latin-1 locale cannot write an ellipsis or a name with an umlaut. Both are escaped here,
as the bytes that they are in a name: those of UTF-8.
"""

import codecs
import io
import os
import sys
from typing import Final

ESCAPED: Final = "driver_monitor.escaped"  # the ``errors=`` of open() and encode() that never fails
_PLAIN: Final = {"\u2013": "-", "\u2022": "-", "\u2014": "-", "\u2026": "...", "\u00b7": "-", "\u2192": "->"}


def printable(text: str) -> str:
    """``text`` as UTF-8 can hold it: names that are UTF-8 read as such, bytes that are no text as ``\\xff``."""
    try:
        return os.fsencode(text).decode("utf-8")
    except UnicodeError:
        pass
    return text.encode("utf-8", ESCAPED).decode("utf-8")


def make_output_printable() -> None:
    """From now on what stdout or stderr cannot encode is escaped, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ESCAPED)


def _escaped(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_escape, error.object[error.start : error.end])), error.end


def _escape(letter: str) -> str:
    code = ord(letter)
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps a byte that is no text
        return f"\\x{code - 0xDC00:02x}"
    if 0xD800 <= code <= 0xDFFF:  # half a pair, of which nobody knows bytes
        return f"\\u{code:04x}"
    return _PLAIN.get(letter) or "".join(f"\\x{byte:02x}" for byte in letter.encode())


codecs.register_error(ESCAPED, _escaped)
