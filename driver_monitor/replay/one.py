"""One drive through the pipeline, as fast as it goes, with the outcome written where it is wanted."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import driver_monitor
from driver_monitor.channel_tally import ChannelTally
from driver_monitor.config.config import Config
from driver_monitor.config.loader import Loaded, default_config, load
from driver_monitor.config.show import effective_yaml
from driver_monitor.errors import UsageError
from driver_monitor.latency import Latency
from driver_monitor.monitor import Moment
from driver_monitor.recording.open import is_drive, open_drive
from driver_monitor.replay.folder import DriveFolder
from driver_monitor.replay.passage import Passage
from driver_monitor.replay.pictures import pictures_of
from driver_monitor.replay.recorded import Arrow, open_passage
from driver_monitor.rules.explain import Explanation
from driver_monitor.state.alert import Alert, AlertState
from driver_monitor.tally import Tally
from driver_monitor.timeline.spans import ScriptedSpan
from driver_monitor.timeline.timeline import Timeline

GEOMETRY: Final = "geometry:"


@dataclass(slots=True)
class Replay:
    """What a replay found.

    ``problems`` holds a sentence for everything that went wrong on the way, ``notes`` what else one should know;
    ``damaged`` says that the source lacked something, which it has told by itself.
    """

    frames: int = 0
    duration_s: float = 0.0
    alerts: list[Alert] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    channels: ChannelTally = field(default_factory=ChannelTally)
    report: Path | None = None
    timeline: Timeline | None = None
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    damaged: bool = False
    latency: Latency = field(default_factory=Latency)

    @property
    def blinks(self) -> int:
        return len(self.tally.blinks)

    @property
    def firings(self) -> int:
        return sum(alert.state is AlertState.FIRING for alert in self.alerts)

    @property
    def complete(self) -> bool:
        return not (self.problems or self.damaged)


def replay(
    source_name: str,
    loaded: Loaded | None,
    *,
    arrow: Arrow | None = None,
    speed_kmh: float | None = None,
    out: Path | None = None,
    annotate: bool = False,
    annotate_fps: float | None = None,
    scripted: Sequence[ScriptedSpan] = (),
    moment_seen: Callable[[Moment], None],
    progress: Callable[[float, float | None], None],
    explanation: Explanation | None = None,
    sealed: bool = False,
) -> Replay:
    """Replay a video file, a scripted drive or a recorded one, the latter with its own config where ``loaded`` is None.

    ``moment_seen`` is called for every frame, ``progress`` with media time and total duration (None if the file does
    not tell). ``annotate_fps``: pictures a second in the annotated video, the source's where None. An ``explanation``
    looks at its rule, and what comes after that is not replayed.
    ``sealed`` cuts the whole process off from every network, for good, where pictures are looked at. Raises a
    DriverMonitorError where nothing can be replayed; trouble with an output is kept in ``problems`` and the replay
    goes on.
    """
    drive = Replay()
    with ExitStack() as stack:
        passage = stack.enter_context(open_source(source_name, loaded, arrow=arrow, speed_kmh=speed_kmh, sealed=sealed))
        fps = min(120.0, max(1.0, annotate_fps or passage.fps or 30.0)) if annotate else None
        folder: DriveFolder | None = None
        if out is not None:
            told = header(passage.name, passage.config, loaded, recorded=is_drive(Path(source_name)))
            config = passage.config
            folder = stack.enter_context(
                DriveFolder(
                    out,
                    told,
                    config.signals,
                    classifiers=config.classifiers,
                    reasons=config.reasons,
                    annotate_fps=fps,
                    source=Path(source_name),
                )
            )
            drive.timeline = folder.timeline
        for moment in passage:
            t_s = moment.state.t_s
            if explanation is not None:
                if explanation.over(t_s):
                    explanation.cut_short = True
                    break
                explanation.see(passage.monitor.rules, moment.state, moment.alerts)
            drive.frames += 1
            drive.duration_s = t_s
            drive.alerts += moment.alerts
            drive.tally.add(moment.state.signals, t_s)
            drive.channels.add(moment.state.channels)
            moment_seen(moment)
            if folder is not None:
                folder.add(moment)
            progress(t_s, passage.duration_s)
        if folder is not None:
            drive.report = folder.finish(scripted=scripted)
            drive.problems += folder.problems
            drive.notes += folder.notes
        drive.latency = passage.monitor.latency
        drive.problems += passage.problems
        drive.notes += passage.notes
        drive.damaged = passage.damaged
    return drive


def open_source(
    source: str,
    loaded: Loaded | None,
    *,
    arrow: Arrow | None = None,
    speed_kmh: float | None = None,
    sealed: bool = False,
) -> Passage:
    """What ``source`` names: a recorded drive by its path, else a video file or a scripted drive.

    ``geometry:NAME_OR_FILE`` is a scripted drive without pictures.
    """
    path = Path(source)
    if is_drive(path):
        return open_passage(
            open_drive(path), loaded.config if loaded else None, arrow=arrow, speed_kmh=speed_kmh, sealed=sealed
        )
    if arrow not in (None, Arrow.VIDEO):
        raise UsageError(f"--from {arrow} is for recorded drives; {source} is a video")
    if source.startswith(GEOMETRY):
        # The scripted driver is for desks; a car does without.
        from driver_monitor.replay.geometry import Geometry  # noqa: PLC0415

        config = loaded.config if loaded else default_config()
        return Geometry(source.removeprefix(GEOMETRY), config, speed_kmh=speed_kmh)
    return pictures_of(source, loaded.config if loaded else default_config(), speed_kmh=speed_kmh, sealed=sealed)


def header(source_name: str, config: Config, loaded: Loaded | None, *, recorded: bool) -> dict[str, str]:
    """What a report says about where it comes from; ``recorded`` drives bring a config of their own."""
    if loaded is None and not recorded:
        loaded = load(None)
    if loaded is None:
        text = effective_yaml(config)
        name, sha256 = "the one it was recorded with", hashlib.sha256(text.encode()).hexdigest()
    else:
        name, sha256 = str(loaded.path or "built-in defaults"), loaded.sha256
    return {
        "Source": source_name,
        "Software": f"driver-monitor {driver_monitor.__version__}",
        "Config": f"{name} (sha256 {sha256[:12]})",
    }
