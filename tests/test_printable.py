import io
import sys

import pytest

from driver_monitor.printable import ESCAPED, make_output_printable, printable


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("drive.mp4", "drive.mp4"),
        ("für.mp4", "für.mp4"),
        ("bad\udcff.mp4", "bad\\xff.mp4"),
        ("f\udcc3\udcbcr.mp4", "für.mp4"),  # UTF-8 that a C locale took for bytes
        ("f\udcc3\udcbcr\udcff", "f\\xc3\\xbcr\\xff"),
        ("half a pair \ud83d", "half a pair \\ud83d"),
    ],
)
def test_a_name_is_shown_as_utf8_can_hold_it(name: str, shown: str) -> None:
    assert printable(name) == shown
    assert printable(name).encode("utf-8")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_whatever_stdout_can_encode_nothing_is_an_error(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding=encoding) as stream, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", stream)
        make_output_printable()
        stream.write("bad\udcff ü \u6f22 0\u20131 \u2026 \u2192")
        stream.flush()
        written = raw.getvalue().decode(encoding)
    assert (
        written
        == {
            "ascii": "bad\\xff \\xc3\\xbc \\xe6\\xbc\\xa2 0-1 ... ->",
            "latin-1": "bad\\xff ü \\xe6\\xbc\\xa2 0-1 ... ->",
            "utf-8": "bad\\xff ü \u6f22 0\u20131 \u2026 \u2192",
        }[encoding]
    )


def test_a_name_is_escaped_the_same_way_however_it_was_read() -> None:
    assert "fäß".encode("ascii", ESCAPED) == b"f\\xc3\\xa4\\xc3\\x9f"
    assert "f\udcc3\udca4\udcc3\udc9f".encode("ascii", ESCAPED) == b"f\\xc3\\xa4\\xc3\\x9f"


def test_bytes_that_cannot_be_decoded_stay_an_error() -> None:
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("utf-8", ESCAPED)
