"""Recorded drives whose truth is known: states of arithmetic, through the rules, into real files."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import write_labels
from driver_monitor.monitor import Monitor
from driver_monitor.recording.recorder import Recorder
from driver_monitor.state.driver_state import DriverState
from tests.recording.make import START, config_for
from tests.report.drive import Drive

# What Drive does in its two minutes, as a person would label it.
TRUTH = (
    Label("mirror", 14.0, 15.0), Label("phone", 24.0, 29.0), Label("microsleep", 55.0, 57.4), Label("yawn", 66.0, 70.0),
    Label("talking", 76.0, 86.0),
)  # fmt: skip


def record(
    folder: Path, states: Iterable[DriverState] | None = None, *, driver: str = "", day: int = 0, **recording: Any
) -> Path:
    """The folder of a new drive with what the default rules say to these states."""
    config = config_for(folder, f"driver: {{baseline: '{driver}'}}", **recording)
    monitor = Monitor(config)
    with Recorder(config, clock=lambda: START + timedelta(days=day), live=False) as recorder:
        for state in (state for state, _ in Drive(fps=10.0)) if states is None else states:
            calm = replace(state.signals, grimace=0.0)  # a face that is not tense: what shuts the eyes is sleep
            recorder.add(monitor.decide(replace(state, signals=calm)))
    return recorder.drive


def labelled(drive: Path, labels: Iterable[Label] = TRUTH) -> Path:
    write_labels(drive / "labels.csv", labels)
    return drive
