"""Whether other programs of this machine could look on and ask for things."""

from driver_monitor.control.address import ControlError, Listener
from driver_monitor.doctor.check import Check, Subject, fail, ok

_NAME = "local socket"


def local_socket(subject: Subject) -> Check:
    """Made for a moment as ``run`` makes it, which does not start where that fails."""
    config = subject.config.control
    if not config.enabled:
        return ok(_NAME, "switched off (control)")
    try:
        with Listener(config) as listener:
            whom = f"the group {config.group} and this user" if config.group else "this user"
            return ok(_NAME, f"{listener.path} can be made, for {whom}")
    except ControlError as error:
        return fail(_NAME, str(error), "do so, or switch it off (control.enabled: false)")
