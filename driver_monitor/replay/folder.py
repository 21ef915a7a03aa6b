"""What a replay leaves behind: signals.csv, report.html and, if asked for, an annotated video."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from driver_monitor.config.signals import SignalsConfig
from driver_monitor.errors import DriverMonitorError
from driver_monitor.monitor import Moment
from driver_monitor.report.annotate import AnnotatedVideo
from driver_monitor.report.encoder import best_suffix, without_vp9
from driver_monitor.report.html import write_report
from driver_monitor.report.signals_csv import SignalsCsv
from driver_monitor.report.spans import ScriptedSpan
from driver_monitor.report.timeline import Timeline

SIGNALS = "signals.csv"
REPORT = "report.html"
VIDEO = "annotated"


class DriveFolder:
    """A context manager over a folder that is made if need be.

    Anything that cannot be written raises a DriverMonitorError that says what and where; what has been written stays,
    under its ``.part`` name where the drive did not come to its end.
    """

    def __init__(
        self, folder: Path, header: Mapping[str, str], signals: SignalsConfig, *, annotate_fps: float | None = None
    ) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DriverMonitorError(f"cannot make the folder {folder}: {os.strerror(error.errno or 0)}") from None
        self.folder = folder
        self._header = dict(header)
        self._signals = signals
        self._annotate_fps = annotate_fps
        self._files = ExitStack()
        self._csv = self._files.enter_context(SignalsCsv(folder / SIGNALS))
        self._video: AnnotatedVideo | None = None
        self.timeline = Timeline()
        self.problems: list[str] = []
        self.notes: list[str] = []

    def add(self, moment: Moment) -> None:
        self._csv.add(moment.state)
        self.timeline.add(moment.state)
        for alert in moment.alerts:
            self.timeline.add_alert(alert)
        if self._annotate_fps is not None:
            self._annotate(moment, self._annotate_fps)

    def _annotate(self, moment: Moment, fps: float) -> None:
        frame, observation = moment.frame, moment.observation
        if frame is None or observation is None:
            return
        if self._video is None:
            if frame.image is None:
                return
            height, width = frame.image.shape[:2]
            self._video = self._files.enter_context(
                AnnotatedVideo(self.folder / f"{VIDEO}{best_suffix()}", width, height, fps)
            )
        self._video.add(frame, observation, moment.state, moment.firing)

    def report(self, *, scripted: Sequence[ScriptedSpan] = ()) -> Path:
        """Write the report of what was added; called once, at the end. A video that failed is told in ``problems``."""
        path, course = self.folder / REPORT, None
        if self._video is not None:
            try:
                self._video.close()
                course = self._video.course if self._video.path.is_file() else None
            except DriverMonitorError as error:
                self.problems.append(str(error))
            if lacking := without_vp9():
                self.notes.append(f"{self._video.path.name} does not play in browsers: {lacking}")
        write_report(path, self.timeline, self._header, scripted=scripted, signals=self._signals, video=course)
        return path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.__exit__(kind, error, trace)
