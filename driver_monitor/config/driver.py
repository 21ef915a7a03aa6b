"""Who drives, as far as the driver wants that known."""

import re
from typing import Final

from driver_monitor.config.section import Section, setting

BASELINE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")  # it becomes the name of a file
BASELINE_NAMES: Final = "up to 64 letters, digits, - and _, a letter or digit first"


class DriverConfig(Section):
    baseline: str = setting(
        "",
        "name under which 'run' keeps this driver's baseline from drive to drive, a few numbers in a file of its own; "
        "empty keeps nothing",
    )
    baselines_dir: str = setting(
        "", "folder of the baselines; empty is $XDG_STATE_HOME/driver-monitor/baselines, else under ~/.local/state"
    )
    save_every_s: float = setting(
        300.0,
        "how often a learned baseline is saved during a run; it is always saved at the end",
        unit="s",
        ge=10,
        le=86400,
    )
