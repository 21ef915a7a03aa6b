"""Times as people read them, and as they type them in again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.timecode import clock, length, seconds


@pytest.mark.parametrize(
    ("t_s", "digits", "shown"),
    [(8, 0, "0:08"), (83.46, 1, "1:23.5"), (3661.2, 1, "1:01:01.2"), (59.96, 1, "1:00.0"), (-0.5, 1, "-0:00.5")],
)
def test_a_moment_is_a_clock(t_s: float, digits: int, shown: str) -> None:
    assert clock(t_s, digits) == shown


@pytest.mark.parametrize(
    ("took_s", "shown"), [(0.0, "0.0 s"), (3.04, "3.0 s"), (59.94, "59.9 s"), (59.96, "1:00.0"), (83.5, "1:23.5")]
)
def test_a_length_names_its_unit(took_s: float, shown: str) -> None:
    assert length(took_s) == shown


@pytest.mark.parametrize(
    ("typed", "t_s"),
    [("8", 8.0), ("0:08", 8.0), (" 1:23.5 ", 83.5), ("0:01:23.5", 83.5), ("83.5 s", 83.5), ("90:00", 5400.0),
     ("-1", -1.0), (".5", 0.5)],
)  # fmt: skip
def test_a_time_is_read_in_every_form_it_is_shown_in(typed: str, t_s: float) -> None:
    assert seconds(typed) == pytest.approx(t_s)


@pytest.mark.parametrize("typed", ["", "soon", "1:75", "1:61:00", "nan", "inf", "1e999", "1:2:3:4", "8 min"])
def test_what_is_no_time_says_how_to_write_one(typed: str) -> None:
    with pytest.raises(ValueError, match=r"is not a time; write seconds \(83.5\) or m:ss.s \(1:23.5\)"):
        seconds(typed)


@given(st.integers(0, 10**8))
def test_what_is_shown_can_be_typed_in_again(hundredths: int) -> None:
    assert seconds(clock(hundredths / 100, 2)) == pytest.approx(hundredths / 100)
