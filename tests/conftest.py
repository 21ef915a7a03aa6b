"""What all tests share: a browser for those that open pages, and no clock for those that try out examples.

Hypothesis keeps no time here: how long an example takes says more about the machine than about the code.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from tests.slow import SLOW

TESTS: Final = Path(__file__).parent

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """What a command sets up for a process of its own is gone with the test that ran it."""
    root, libraries = logging.getLogger(), logging.getLogger("driver_monitor.libraries")
    handlers, levels = list(root.handlers), (root.level, libraries.level)
    yield
    for handler in [each for each in root.handlers if each not in handlers]:
        root.removeHandler(handler)
    root.setLevel(levels[0])
    libraries.setLevel(levels[1])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium; a machine without it fails."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield found
        found.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of slow modules."""
    for item in items:
        if str(item.path.relative_to(TESTS)) in SLOW:
            item.add_marker(pytest.mark.slow)
