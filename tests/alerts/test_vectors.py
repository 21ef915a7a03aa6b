"""The test vectors of the README, read by a decoder that knows the page's words and none of our code."""

import re
from pathlib import Path

from driver_monitor import alerts
from driver_monitor.alerts.protocol import decode, encode

PAGE = (Path(alerts.__file__).parent / "README.md").read_text(encoding="utf-8")


def vectors() -> list[tuple[str, str]]:
    """(line, what it says)."""
    block = PAGE.partition("### Test vectors")[2].split("```")[1].strip("\n").split("\n")
    return list(zip(block[::2], block[1::2], strict=True))


def crc_bit_by_bit(data: bytes) -> int:
    """CRC-16/CCITT-FALSE as catalogues define it: polynomial 0x1021, start 0xFFFF, nothing reflected."""
    register = 0xFFFF
    for byte in data:
        for bit in range(7, -1, -1):
            top = (register >> 15) ^ ((byte >> bit) & 1)
            register = ((register << 1) & 0xFFFF) ^ (0x1021 if top else 0)
    return register


def read(line: bytes) -> str:
    assert len(line) <= 128
    assert line.startswith(b"$")
    assert line.endswith(b"\r\n")
    inside, _, crc = line[1:-2].partition(b"*")
    assert crc.decode() == f"{crc_bit_by_bit(inside):04X}"
    name, *fields = inside.split(b",")
    assert name == b"DM"
    texts = [re.sub(rb"%([0-9A-F]{2})", lambda found: bytes([int(found[1], 16)]), field) for field in fields]
    return " | ".join(text.decode("utf-8") for text in texts)


def test_the_crc_is_the_catalogue_s() -> None:
    assert crc_bit_by_bit(b"123456789") == 0x29B1


def test_every_vector_says_what_stands_below_it() -> None:
    for line, meaning in vectors():
        assert read(f"{line}\r\n".encode("ascii")) == meaning


def test_every_type_of_line_has_a_vector() -> None:
    types = set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE.partition("## Serial lines")[2].partition("## CAN")[0], re.M))
    assert {meaning.split(" | ")[2] for _, meaning in vectors()} == {t for t in types if len(t) > 1}


def test_what_we_send_is_what_stands_there() -> None:
    for line, _ in vectors():
        assert encode(decode(f"{line}\r\n".encode("ascii"))).decode("ascii") == f"{line}\r\n"
