from dataclasses import dataclass
from pathlib import Path

import pytest

from driver_monitor.config.loader import load_text
from driver_monitor.monitor import Monitor
from driver_monitor.recording.recorder import Recorder
from driver_monitor.state.driver_state import DriverState
from tests.recording.make import config_for, record

STRICTER = "rules: {long_glance: {for: 1.2}, microsleep: {enabled: false}}\n"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A drive as it is on the disk, what was printed while it was recorded, and the states of then."""

    path: Path
    printed: list[str]
    states: list[DriverState]


def reload(monitor: Monitor, recorder: Recorder, t_s: float) -> None:
    loaded = load_text(STRICTER, "stricter")
    monitor.reconfigure(loaded.config, t_s)
    recorder.control(t_s, "reload", loaded.text)


def press(monitor: Monitor, recorder: Recorder, t_s: float) -> None:
    monitor.acknowledge()
    recorder.control(t_s, "acknowledge")


@pytest.fixture(scope="session")
def eventful(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Uneven frames, lost frames, a sleep in the middle of which the rules are read again, a press of the button."""
    folder = tmp_path_factory.mktemp("drives")
    states: list[DriverState] = []
    path, printed = record(
        folder,
        config_for(folder, level="landmarks", segment_min=0.2),
        controls={16.9: reload, 30.5: press},
        seen=lambda moment: states.append(moment.state),
    )
    return Recorded(path, printed, states)
