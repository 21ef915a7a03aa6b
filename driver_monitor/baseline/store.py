"""The folder of driver baselines: a JSON file each, readable by its owner alone. Deleting a file forgets the driver."""

import os
import tempfile
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from driver_monitor.baseline.baseline import DriverBaseline
from driver_monitor.config.driver import BASELINE_NAME, BASELINE_NAMES, DriverConfig
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.native_path import file_path

_MAX_BYTES: Final = 65536  # a baseline has about 800


class BaselineError(DriverMonitorError):
    """A baseline that cannot be read or written; the sentence says which file and what to do."""


class BaselineStore:
    """Baselines by name: letters, digits, ``-`` and ``_``, 64 at most. Raises UsageError for any other name.

    A file of ``old_folder`` moves to ``folder`` when it is first asked for and there is none there.
    """

    def __init__(self, folder: Path, name: str, old_folder: Path | None = None) -> None:
        if not BASELINE_NAME.fullmatch(name):
            raise UsageError(f"driver.baseline: got '{name}'; accepted: {BASELINE_NAMES}")
        self.path = folder / f"{name}.json"
        self._old = None if old_folder is None else old_folder / self.path.name

    def load(self) -> DriverBaseline | None:
        """None when there is none yet; raises BaselineError when it cannot be read or is not a baseline."""
        path = self._found()
        try:
            with path.open("rb") as file:
                data = file.read(_MAX_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BaselineError(f"the driver baseline {path} cannot be read ({error.strerror})") from None
        if len(data) > _MAX_BYTES:
            raise BaselineError(f"{path} is too long for a driver baseline; delete it to have a new one learned")
        try:
            return DriverBaseline.model_validate_json(data, strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            what = f"{where}: {first['msg']}" if where else first["msg"]
            raise BaselineError(
                f"{path} is not a usable driver baseline ({what}); delete it to have a new one learned"
            ) from None

    def _found(self) -> Path:
        """The file to read: where the old one cannot be moved, it is read where it is."""
        if self._old is None or self.path.exists() or not self._old.exists():
            return self.path
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.replace(self._old, self.path)
        except OSError:
            return self._old
        return self.path

    def save(self, baseline: DriverBaseline) -> None:
        """All or nothing: a power cut leaves the old baseline or the new one. Raises BaselineError."""
        folder = self.path.parent
        name = ""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f".{self.path.stem}.", suffix=".tmp", dir=folder)  # mode 0600
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(baseline.model_dump_json(indent=2) + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self.path)
        except OSError as error:
            if name:
                Path(name).unlink(missing_ok=True)
            raise BaselineError(f"the driver baseline {self.path} cannot be written ({error.strerror})") from None


def open_store(config: DriverConfig) -> BaselineStore | None:
    """None while no baseline is asked for: then nothing is kept."""
    if not config.baseline:
        return None
    old = None if config.baselines_dir else _state_dir() / "profiles"  # the name of the folder in version 0.1
    return BaselineStore(baselines_dir(config), config.baseline, old)


def baselines_dir(config: DriverConfig) -> Path:
    return file_path(config.baselines_dir) if config.baselines_dir else _state_dir() / "baselines"


def _state_dir() -> Path:
    state = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / "driver-monitor"
