"""Short drives for tests."""

from typing import Any

from driver_monitor.simulate.drive import ScriptedDrive
from driver_monitor.simulate.script import Script


def drive(*actions: dict[str, Any], **head: Any) -> ScriptedDrive:
    """A drive without anything that is not asked for."""
    still = {"natural_blinks": False, "head_sway": False, "lid_follow": False, "noise": 0.0, "duration_s": 10.0}
    return ScriptedDrive(Script.model_validate({"drive": still | head, "actions": actions}))
