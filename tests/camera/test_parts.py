"""A multipart stream gives up its pictures wherever it is cut and whatever some parts are like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.camera.parts import MAX_PART_BYTES, Parts

from .network_camera import as_part

JPEGS = [b"\xff\xd8" + bytes([number]) * size + b"\xff\xd9" for number, size in enumerate((3, 400, 7000, 1, 90))]


def found(parts: Parts, data: bytes, steps: list[int]) -> list[bytes]:
    """What comes out when ``data`` goes in by these steps, over and over."""
    out, at, turn = list[bytes](), 0, 0
    while at < len(data):
        size = steps[turn % len(steps)]
        out += parts.feed(data[at : at + size])
        at, turn = at + size, turn + 1
    return out


@given(st.lists(st.integers(1, 9000), min_size=1, max_size=5))
def test_however_the_bytes_are_cut_the_parts_are_the_same(steps: list[int]) -> None:
    spoilt = [
        as_part(JPEGS[0]), as_part(b""), as_part(JPEGS[1][:100]), as_part(JPEGS[2]), as_part(JPEGS[1][:9], length=402),
        as_part(JPEGS[3], length=2), as_part(JPEGS[4]),
    ]  # fmt: skip
    expected = [JPEGS[0], b"", JPEGS[1][:100], JPEGS[2], JPEGS[1][:9], JPEGS[3], JPEGS[4]]
    assert found(Parts("frame"), b"".join(spoilt), steps) == expected


@pytest.mark.parametrize("named", ["frame", "--frame", '"frame"', ""])
@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_a_boundary_is_understood_however_cameras_write_it(named: str, line_end: bytes) -> None:
    data = b"".join(as_part(jpeg) for jpeg in JPEGS[:1] + JPEGS[3:]).replace(b"\r\n", line_end)
    assert found(Parts(named), data, [1000]) == [JPEGS[0], *JPEGS[3:]]


def test_a_picture_is_handed_out_with_its_last_byte_not_with_the_next_one_s_first() -> None:
    whole = as_part(JPEGS[1])
    parts = Parts("frame")
    assert list(parts.feed(whole[:-3])) == []
    assert list(parts.feed(whole[-3:])) == [JPEGS[1]]
    without_length = whole.replace(b"Content-Length: 404\r\n", b"")
    assert list(parts.feed(without_length)) == [JPEGS[1]]


def test_a_stream_that_never_comes_to_an_end_does_not_fill_the_memory() -> None:
    parts = Parts("frame")
    list(parts.feed(as_part(b"\xff\xd8" + bytes(100), length=10**9)))
    for _ in range(40):
        list(parts.feed(bytes(1024 * 1024)))
        assert len(parts._buffer) <= MAX_PART_BYTES + 1024 * 1024
    assert list(parts.feed(as_part(JPEGS[1]))) == [JPEGS[1]]
