"""Recorded drives made by arithmetic, written by the real recorder and judged by the real rules."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from driver_monitor.config.config import Config
from driver_monitor.config.loader import default_config
from driver_monitor.monitor import Monitor
from driver_monitor.recording.recorder import Recorder
from driver_monitor.state.driver_state import DriverState
from tests.report.drive import Drive

STARTED = datetime(2026, 11, 27, 22, 59, 30, tzinfo=UTC)


def config(folder: Path, *, driver: str = "", vehicle: str = "", **recording: object) -> Config:
    base = default_config()
    kept = base.recording.model_copy(update={"dir": str(folder), "vehicle": vehicle, **recording})
    return base.model_copy(update={"recording": kept, "driver": base.driver.model_copy(update={"baseline": driver})})


def states(duration_s: float = 120.0, seed: int = 1, fps: float = 10.0) -> list[DriverState]:
    """A calm face, as the rules for shut eyes want to know it."""
    return [
        replace(state, signals=replace(state.signals, grimace=None if state.signals.openness is None else 0.0))
        for state, _ in Drive(duration_s, fps=fps, seed=seed)
    ]


def record_some(folder: Path, count: int, duration_s: float) -> list[Path]:
    """Drives an hour apart."""
    return [
        record(config(folder), states(duration_s, seed=seed), started=STARTED + timedelta(hours=seed))
        for seed in range(count)
    ]


def record(
    settings: Config,
    seen: Iterable[DriverState],
    *,
    started: datetime = STARTED,
    presses_s: Iterable[float] = (),
    reloads: Iterable[tuple[float, Config, str]] = (),
) -> Path:
    """Record a run; ``presses_s`` are times of the driver's button, ``reloads`` configs read again with their text."""
    monitor = Monitor(settings)
    controls = sorted([(t_s, None, "") for t_s in presses_s] + list(reloads), key=lambda control: control[0])
    with Recorder(settings, clock=lambda: started, live=False) as recorder:
        for state in seen:
            while controls and controls[0][0] <= state.t_s:
                _, other, text = controls.pop(0)
                if other is None:
                    monitor.acknowledge()
                    recorder.control(state.t_s, "acknowledge")
                else:
                    monitor.reconfigure(other, state.t_s)
                    recorder.control(state.t_s, "reload", text)
            recorder.add(monitor.decide(state))
    return recorder.drive
