import pytest

from driver_monitor.times import seconds


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("83.5", 83.5),
        ("1:23.5", 83.5),
        ("0:08", 8.0),
        ("0:8", 8.0),
        (" 1:00:00 ", 3600.0),
        ("90:00", 5400.0),
        ("8.", 8.0),
    ],
)
def test_times_as_people_write_them(words: str, found: float) -> None:
    assert seconds(words) == found


@pytest.mark.parametrize("words", ["", "0:60", "1:60:00", "1:2:3:4", "0:08s", "-0:08", "eight", ":08"])
def test_what_is_no_time_is_one_sentence(words: str) -> None:
    with pytest.raises(ValueError, match=r"is no time; write seconds \(83\.5\) or m:ss\.s \(1:23\.5\)"):
        seconds(words)
