"""Reads the driver's baseline when a run starts and writes it as the run learns, away from the loop."""

import logging
import math
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from driver_monitor.baseline.baseline import DriverBaseline, baseline_of
from driver_monitor.baseline.store import BaselineError, open_store
from driver_monitor.config.config import Config
from driver_monitor.signals.extractor import prior_pose
from driver_monitor.signals.normal import Normal

logger = logging.getLogger(__name__)


class BaselineKeeper:
    """Does nothing at all unless the config names a baseline. A baseline that cannot be used is told of once and the
    population's priors stand in; one that cannot be written is told of once and the run goes on.

    Raises UsageError for a name that no file can have.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._store = open_store(config.driver)
        self._writer = ThreadPoolExecutor(1, "driver baseline") if self._store else None
        self._writing: Future[None] | None = None
        self._before: DriverBaseline | None = None
        self._learned: Normal | None = None
        self._saved_s = -math.inf
        self._failed = False

    def load(self) -> Normal | None:
        """What was normal for the driver last time, None when that is not known."""
        if self._store is None:
            return None
        try:
            self._before = self._store.load()
        except BaselineError as error:
            logger.warning("%s; the population prior is used instead", error)
        if self._before is None:
            return None
        return self._before.normal(self._config.signals.camera_place, prior_pose(self._config.signals))

    def tend(self, t_s: float, learned: Normal | None) -> None:
        """Call it with every frame: ``learned`` is None while nothing is that may be kept."""
        if self._store is None or learned is None:
            return
        first = self._learned is None
        self._learned = learned
        if first:
            self._saved_s = t_s
        elif t_s - self._saved_s >= self._config.driver.save_every_s:
            self._saved_s = t_s
            self._save(learned)

    def _save(self, learned: Normal) -> None:
        assert self._store is not None
        assert self._writer is not None
        if self._writing is not None and not self._writing.done():
            return  # a disk this slow gets the next one
        today = datetime.now(UTC).date().isoformat()
        if self._before is not None:  # a clock that has not been set is no reason to be younger
            today = max(today, self._before.saved)
        baseline = baseline_of(learned, self._config.signals.camera_place, saved=today, before=self._before)
        self._writing = self._writer.submit(self._write, baseline)

    def _write(self, baseline: DriverBaseline) -> None:
        assert self._store is not None
        try:
            self._store.save(baseline)
        except BaselineError as error:
            if not self._failed:
                logger.warning("%s; unless that changes, what this drive learns is lost", error)
            self._failed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is None:
            return
        if self._writing is not None:
            self._writing.result()
        if self._learned is not None:
            self._save(self._learned)
        self._writer.shutdown()
