"""The list of slow modules names modules that are there."""

from pathlib import Path

from tests.slow import SLOW


def test_every_slow_module_is_there() -> None:
    assert [name for name in SLOW if not (Path(__file__).parent / name).is_file()] == []
