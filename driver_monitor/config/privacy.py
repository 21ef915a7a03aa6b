"""What keeps the driver's face on the device."""

from driver_monitor.config.section import Section, setting


class PrivacyConfig(Section):
    require_sandbox: bool = setting(
        True,
        "refuse to start when the process that looks at faces cannot be cut off from the network (seccomp); "
        "false runs without this protection and says so at every start",
    )
