"""Small files that are written while the loop goes on."""

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Final

from driver_monitor.closing import Closing
from driver_monitor.errors import DriverMonitorError

logger = logging.getLogger(__name__)

CLOSE_S: Final = 2.0  # how long the end of a run waits for the disk


class Errands(Closing):
    """A thread that runs one after the other; one that fails with a sentence is told by it."""

    def __init__(self, report: Callable[[str], None] = logger.warning) -> None:
        self._report = report
        self._errands: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="errands", daemon=True)
        self._thread.start()

    def run(self, errand: Callable[[], None]) -> None:
        """Returns at once."""
        self._errands.put(errand)

    def close(self) -> None:
        self._errands.put(None)
        self._thread.join(CLOSE_S)

    def _run(self) -> None:
        while (errand := self._errands.get()) is not None:
            try:
                errand()
            except (DriverMonitorError, OSError) as error:
                self._report(str(error))
