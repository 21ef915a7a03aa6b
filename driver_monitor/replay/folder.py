"""What a replay leaves behind: signals.csv, report.html and, if asked for, an annotated video."""

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.config.signals import SignalsConfig
from driver_monitor.errors import DriverMonitorError
from driver_monitor.monitor import Moment
from driver_monitor.output import OutputFolder
from driver_monitor.report.annotate import AnnotatedVideo
from driver_monitor.report.encoder import MP4, WEBM, best_suffix, without_vp9
from driver_monitor.report.html import write_report
from driver_monitor.report.signals_csv import SignalsCsv
from driver_monitor.timeline.spans import ScriptedSpan
from driver_monitor.timeline.timeline import Timeline

SIGNALS = "signals.csv"
REPORT = "report.html"
VIDEO = "annotated"
_VIDEOS: Final = tuple(f"{VIDEO}{stage}{suffix}" for stage in ("", ".part") for suffix in (WEBM, MP4))


class DriveFolder:
    """A context manager over a folder that is made if need be.

    An output that cannot be written ends, and ``problems`` says what and where; the others go on. What has been written
    of it stays under its ``.part`` name, as where the drive did not come to its end. A run that is interrupted leaves
    nothing behind. Of an earlier run's videos in the folder none outlives the new report: it may show somebody else.
    ``source`` is the drive's own file, which stays whatever its name. Raises a DriverMonitorError where nothing at all
    can be written into the folder.
    """

    def __init__(
        self,
        folder: Path,
        header: Mapping[str, str],
        signals: SignalsConfig,
        *,
        classifiers: ClassifiersConfig | None = None,
        reasons: Mapping[str, str] | None = None,
        annotate_fps: float | None = None,
        source: Path | None = None,
    ) -> None:
        self.folder = folder
        self.problems: list[str] = []
        self._header = dict(header)
        self._signals = signals
        self._classifiers = classifiers or ClassifiersConfig()
        self._reasons = reasons
        self._annotate_fps = annotate_fps
        self._source = source
        self._written: AnnotatedVideo | None = None
        self._made = OutputFolder(folder)
        self._video: AnnotatedVideo | None = None
        self.timeline = Timeline()
        self.notes: list[str] = []
        try:
            self._csv: SignalsCsv | None = SignalsCsv(folder / SIGNALS)
        except BaseException:
            self._made.close()
            raise

    def add(self, moment: Moment) -> None:
        self.timeline.add(moment.state)
        for alert in moment.alerts:
            self.timeline.add_alert(alert)
        try:
            if self._csv is not None:
                self._csv.add(moment.state)
        except DriverMonitorError as error:
            self.problems.append(str(error))
            self._csv = None
        try:
            if self._annotate_fps is not None:
                self._annotate(moment, self._annotate_fps)
        except DriverMonitorError as error:
            self.problems.append(str(error))
            self._video = self._annotate_fps = None

    def _annotate(self, moment: Moment, fps: float) -> None:
        frame, observation = moment.frame, moment.observation
        if frame is None or observation is None:
            return
        if self._video is None:
            if frame.image is None:
                return
            height, width = frame.image.shape[:2]
            path = self.folder / f"{VIDEO}{best_suffix()}"
            self._video = self._written = AnnotatedVideo(path, width, height, fps, classifiers=self._classifiers)
        self._video.add(frame, observation, moment.state, moment.firing)

    def finish(self, *, scripted: Sequence[ScriptedSpan] = ()) -> Path | None:
        """Give everything its name, and write the report of what was added; called once, at the end. Returns the
        report, None where it could not be written."""
        course = None
        try:
            if self._csv is not None:
                self._csv.close()
        except DriverMonitorError as error:
            self.problems.append(str(error))
        if self._video is not None:
            try:
                self._video.close()
                course = self._video.course if self._video.path.is_file() else None
            except DriverMonitorError as error:
                self.problems.append(str(error))
            if lacking := without_vp9():
                self.notes.append(f"{self._video.path.name} does not play in browsers: {lacking}")
        self._csv = self._video = None
        self._remove_earlier_videos(whole=course is not None)
        path = self.folder / REPORT
        try:
            write_report(
                path,
                self.timeline,
                self._header,
                scripted=scripted,
                signals=self._signals,
                classifiers=self._classifiers,
                reasons=self._reasons,
                video=course,
                source=self._source,
            )
        except DriverMonitorError as error:
            self.problems.append(str(error))
            return None
        return path

    def _remove_earlier_videos(self, *, whole: bool) -> None:
        """Whatever bears our names and is not this run's: its video, or where that is not ``whole`` what there is."""
        made = self._written
        own = None if made is None else made.path if whole else made.part
        for path in (self.folder / name for name in _VIDEOS):
            try:
                if path == own or not path.is_file() or (self._source and _same(path, self._source)):
                    continue
                path.unlink()
            except OSError as error:
                reason = error.strerror or str(error)
                self.problems.append(f"cannot remove {path}, which is an earlier run's and may show another: {reason}")
            else:
                self.notes.append(f"{path} has been removed: it was an earlier run's, not of this report")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        interrupted = kind is not None and not issubclass(kind, Exception)
        for output in (self._csv, self._video):
            if output is not None:
                with contextlib.suppress(DriverMonitorError):  # what ended the drive is told, not what came of it
                    output.__exit__(kind or DriverMonitorError, error, trace)
                if interrupted or not self.timeline.tally.frames:
                    output.part.unlink(missing_ok=True)
        self._csv = self._video = None
        self._made.close()


def _same(path: Path, source: Path) -> bool:
    return source.exists() and path.samefile(source)
