"""The folder of driver profiles: a JSON file each, readable by its owner alone. Deleting a file forgets the driver."""

import os
import re
import tempfile
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from driver_monitor.config.driver import DriverConfig
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.native_path import file_path
from driver_monitor.profile.profile import DriverProfile

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_MAX_BYTES: Final = 65536  # a profile has about 800


class ProfileError(DriverMonitorError):
    """A profile that cannot be read or written; the sentence says which file and what to do."""


class ProfileStore:
    """Profiles by name: letters, digits, ``-`` and ``_``, 64 at most. Raises UsageError for any other name."""

    def __init__(self, folder: Path, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"driver.profile: got '{name}'; accepted: up to 64 letters, digits, - and _, a letter or digit first"
            )
        self.path = folder / f"{name}.json"

    def load(self) -> DriverProfile | None:
        """None when there is none yet; raises ProfileError when it cannot be read or is not a profile."""
        try:
            with self.path.open("rb") as file:
                data = file.read(_MAX_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ProfileError(f"the driver profile {self.path} cannot be read ({error.strerror})") from None
        if len(data) > _MAX_BYTES:
            raise ProfileError(f"{self.path} is too long for a driver profile; delete it to have one learned anew")
        try:
            return DriverProfile.model_validate_json(data, strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            what = f"{where}: {first['msg']}" if where else first["msg"]
            raise ProfileError(
                f"{self.path} is not a usable driver profile ({what}); delete it to have one learned anew"
            ) from None

    def save(self, profile: DriverProfile) -> None:
        """All or nothing: a power cut leaves the old profile or the new one. Raises ProfileError."""
        folder = self.path.parent
        name = ""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f".{self.path.stem}.", suffix=".tmp", dir=folder)  # mode 0600
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(profile.model_dump_json(indent=2) + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self.path)
        except OSError as error:
            if name:
                Path(name).unlink(missing_ok=True)
            raise ProfileError(f"the driver profile {self.path} cannot be written ({error.strerror})") from None


def open_store(config: DriverConfig) -> ProfileStore | None:
    """None while no profile is asked for: then nothing is kept."""
    return ProfileStore(profiles_dir(config), config.profile) if config.profile else None


def profiles_dir(config: DriverConfig) -> Path:
    if config.profiles_dir:
        return file_path(config.profiles_dir)
    state = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / "driver-monitor" / "profiles"
