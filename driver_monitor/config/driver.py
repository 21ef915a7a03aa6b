"""Who drives, as far as the driver wants that known."""

from driver_monitor.config.section import Section, setting


class DriverConfig(Section):
    profile: str = setting(
        "",
        "name under which 'run' keeps this driver's baseline from drive to drive, a few numbers in a file of its own; "
        "empty keeps nothing",
    )
    profiles_dir: str = setting(
        "", "folder of the profiles; empty is $XDG_STATE_HOME/driver-monitor/profiles, else under ~/.local/state"
    )
    save_every_s: float = setting(
        300.0, "how often a learned baseline is written besides at the end of a run", unit="s", ge=10, le=86400
    )
