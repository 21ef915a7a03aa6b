"""What the engines' tests let other processes do."""

import os
import signal
import time
from pathlib import Path

from driver_monitor.errors import DriverMonitorError


def alerts(path: Path) -> list[str]:
    """A drive's alerts as they are replayed; what it takes is imported by those who do it."""
    from driver_monitor.recording.open import open_drive
    from driver_monitor.replay.recorded import open_passage
    from driver_monitor.state.alert import json_line

    with open_passage(open_drive(path), None) as passage:
        return [json_line(alert.to_json()) for moment in passage for alert in moment.alerts]


def slow_alerts(path: Path) -> list[str]:
    time.sleep(0.05)
    return alerts(path)


def process_of(item: int) -> int:
    time.sleep(0.2)
    return os.getpid()


def even(item: int) -> int:
    """Of the odd ones 3 is a user's trouble and the others are a defect."""
    if item == 3:
        raise DriverMonitorError("drive 3 is empty")
    if item % 2:
        raise ZeroDivisionError("odd")
    return item


def die_of(item: Path) -> str:
    """Kills its process as long as the file is there and says so; once it is gone it lives."""
    if item.exists() and item.read_text() == "once":
        item.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    if item.exists():
        os.kill(os.getpid(), signal.SIGKILL)
    return item.name
