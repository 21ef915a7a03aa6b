"""One alert, two alerts."""

import pytest

from driver_monitor.counted import counted


@pytest.mark.parametrize(("count", "shown"), [(0, "0 alerts"), (1, "1 alert"), (2, "2 alerts"), (1032, "1,032 alerts")])
def test_a_noun_goes_with_its_number(count: int, shown: str) -> None:
    assert counted(count, "alert") == shown


def test_a_plural_of_its_own() -> None:
    assert (counted(1, "look", "looks"), counted(2, "person", "people")) == ("1 look", "2 people")
