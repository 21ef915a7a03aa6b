"""Who may look at a running monitor, and ask things of it."""

from driver_monitor.config.section import Section, setting


class ControlConfig(Section):
    """A Unix socket of this machine; no network reaches it."""

    enabled: bool = setting(
        False, "tell programs of this machine the driver's state over a Unix socket, and take requests from them"
    )
    socket: str = setting(
        "", "the socket's file; empty is $XDG_RUNTIME_DIR/driver-monitor/control.sock, for the same user"
    )
    group: str = setting("", "group whose members may connect as well (mode 0660); empty: the same user only (0600)")
    rate_hz: float = setting(10.0, "how often the state is told", unit="Hz", ge=0.5, le=30)
