"""Pictures of a recorded drive around its alerts, as one video beside the report's page."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from driver_monitor.camera.frame import Frame
from driver_monitor.face.observation import FaceObservation, Tracking
from driver_monitor.recording.drive import Drive
from driver_monitor.recording.event import Content
from driver_monitor.report.annotate import AnnotatedVideo
from driver_monitor.report.film import VideoCourse
from driver_monitor.state.alert import Alert, AlertState
from driver_monitor.timeline.episodes import Episode

BEFORE_S: Final = 5.0  # enough to see what led to an alert
AFTER_S: Final = 3.0
LONGEST_S: Final = 20.0  # of one alert: what goes on for longer looks the same
WHOLE_S: Final = 600.0  # of all of them; a page with more is not looked at
_FPS: Final = 15.0
_GAP_S: Final = 1.0  # between two excerpts the last picture stands for so long


def keeps_pictures(drive: Drive) -> bool:
    return drive.header.level == "video"


def excerpts(episodes: Sequence[Episode]) -> list[tuple[float, float]]:
    """From when to when (s) there is something to be seen; stretches that touch are one, and the last may be cut."""
    found: list[tuple[float, float]] = []
    left_s = WHOLE_S
    for episode in sorted(episodes, key=lambda each: each.start_s):
        lasts_s = LONGEST_S if episode.end_s is None else min(LONGEST_S, episode.end_s - episode.start_s)
        start_s, end_s = max(0.0, episode.start_s - BEFORE_S), episode.start_s + lasts_s + AFTER_S
        if found and start_s <= found[-1][1] + _GAP_S:
            start_s, before = found[-1][1], found.pop()
            end_s = max(end_s, before[1])
            found.append((before[0], min(end_s, start_s + left_s)))
        elif left_s > 0:
            found.append((start_s, min(end_s, start_s + left_s)))
        left_s -= end_s - start_s
        if left_s <= 0:
            break
    return found


def write_excerpts(
    drive: Drive, episodes: Sequence[Episode], path: Path, *, progress: Callable[[float], None]
) -> VideoCourse | None:
    """None where there is nothing to be seen. Raises ReportError where the video cannot be written."""
    wanted = excerpts(episodes)
    video: AnnotatedVideo | None = None
    with ExitStack() as stack:
        for frame in drive.frames(Content.LANDMARKS, Content.VIDEO) if wanted else ():
            t_s = frame.t_s
            progress(t_s)
            if t_s > wanted[-1][1]:
                break
            if not any(start_s <= t_s <= end_s for start_s, end_s in wanted):
                continue
            try:
                image = frame.image()
            except ValueError:
                continue
            if image is None:
                continue
            height, width = image.shape[:2]
            if video is None:
                video = stack.enter_context(AnnotatedVideo(path, width, height, _FPS, longest_gap_s=_GAP_S))
            seen = frame.observation or FaceObservation(t_s, Tracking.NO_FACE, width, height)
            video.add(Frame(t_s, image), seen, frame.state, _firing(episodes, t_s))
    return None if video is None else video.course._replace(excerpts=True)


def _firing(episodes: Sequence[Episode], t_s: float) -> list[Alert]:
    return [
        Alert(each.start_s, each.rule, each.level, AlertState.FIRING, each.message, (), {})
        for each in episodes
        if each.start_s <= t_s and (each.end_s is None or t_s < each.end_s)
    ]
