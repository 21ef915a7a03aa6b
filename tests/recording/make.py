"""Recorded drives without pictures: geometric observations through the real monitor into the real recorder."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from driver_monitor.camera.frame import Frame
from driver_monitor.config.config import Config
from driver_monitor.config.loader import load_text
from driver_monitor.face.observation import FaceObservation
from driver_monitor.face.packing import pack, unpack
from driver_monitor.lines import Lines
from driver_monitor.monitor import Moment, Monitor
from driver_monitor.recording.recorder import Recorder
from driver_monitor.simulate.geometric import GeometricDrive
from driver_monitor.simulate.script import Script
from driver_monitor.state.alert import json_line
from driver_monitor.state.speed import Speed, SpeedKnowledge

Control = Callable[[Monitor, Recorder, float], None]
START = datetime(2026, 11, 27, 10, 43, 52, tzinfo=UTC)
UNEVEN = {"fps": 25.0, "jitter_s": 0.015, "drop_share": 0.1, "seed": 7}
# An attentive start, a long sleep, a hidden lens, a long look aside.
EVENTFUL = (
    {"do": "close_eyes", "t": 14.0, "for": 4.5},
    {"do": "occlude", "t": 22.0, "for": 3.0, "what": "camera"},
    {"do": "look", "t": 29.0, "for": 5.0, "yaw": -40, "pitch": 0},
)


def config_for(folder: Path, text: str = "", **recording: Any) -> Config:
    config = load_text(text or "{}", "test").config
    return config.model_copy(
        update={"recording": config.recording.model_copy(update={"dir": str(folder), **recording})}
    )


def script(actions: tuple[Mapping[str, Any], ...] = EVENTFUL, **drive: Any) -> Script:
    return Script.model_validate({"drive": {"duration_s": 36.0, **UNEVEN, **drive}, "actions": list(actions)})


def observations(played: Script) -> Iterator[FaceObservation]:
    """As the vision worker would have sent them."""
    for seen in GeometricDrive(played).observations():
        yield seen if seen.landmarks is None else replace(seen, landmarks=unpack(pack(seen.landmarks)))


def record(
    folder: Path,
    config: Config | None = None,
    played: Script | None = None,
    *,
    controls: Mapping[float, Control] | None = None,
    now: datetime = START,
    report: Callable[[str], None] | None = None,
    seen: Callable[[Moment], None] = lambda moment: None,
) -> tuple[Path, list[str]]:
    """Record a drive and return its folder and the lines that 'run --json' would have printed."""
    config = config or config_for(folder)
    played = played or script()
    monitor, lines, printed = Monitor(config), Lines(), []
    pending = dict(controls or {})
    told = report or _no_trouble
    media = [0.0]
    clock = lambda: now + timedelta(seconds=media[0])  # noqa: E731
    with Recorder(config, clock=clock, live=False, report=told) as recorder:
        for index, observation in enumerate(observations(played)):
            t_s = media[0] = observation.t_s
            for at_s in [at_s for at_s in pending if at_s <= t_s]:
                pending.pop(at_s)(monitor, recorder, t_s)
            speed = Speed(50.0 + 30.0 * (t_s > 10), SpeedKnowledge.MEASURED)
            moment = monitor.observe(observation, Frame(t_s, None, index), speed)
            recorder.add(moment)
            seen(moment)
            printed += [json_line(record) for record in lines.of(moment)]
    return recorder.drive, printed


def _no_trouble(sentence: str) -> None:
    raise AssertionError(sentence)
