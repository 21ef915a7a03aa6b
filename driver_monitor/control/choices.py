"""What the driver chose and wants to find again after the ignition: a tiny file, where the config asks for it."""

import json
import os
from pathlib import Path

from driver_monitor.errors import DriverMonitorError


def choices_file() -> Path:
    state = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / "driver-monitor" / "choices.json"


def was_quiet() -> bool:
    """Whether the last drive was left quiet; a file that cannot be read says no: sound is the safer of the two."""
    try:
        record = json.loads(choices_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(record, dict) and record.get("quiet") is True


def keep_quiet(on: bool) -> None:
    """All or nothing. Raises DriverMonitorError where the disk refuses."""
    path = choices_file()
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_text(json.dumps({"quiet": on}) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise DriverMonitorError(
            f"the choice of quiet is not kept: {path} cannot be written ({error.strerror})"
        ) from None
