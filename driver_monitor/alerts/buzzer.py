"""The other wording of the serial line: one character at a time, for a microcontroller with nothing but a buzzer.

``0`` nothing fires, ``1`` to ``4`` the highest level that fires (info, warning, critical, unresponsive), ``F`` the
monitor has stopped by a fault, ``E`` it was told to end. The digit is sent with every alert that begins, escalates, is
repeated or ends, and with every heartbeat: three missing heartbeats mean that the monitor is dead.
"""

from driver_monitor.alerts.protocol import Body, Bye, Fault, Heartbeat, Hello, Kind, Transition


def character(body: Body, level: int) -> bytes:
    """What stands for ``body`` while ``level`` (0..4) is the highest that fires; nothing for what need not be said."""
    match body:
        case Fault():
            return b"F"
        case Bye():
            return b"E"
        case Hello() | Heartbeat() | Transition(kind=Kind.ALERT):
            return b"%d" % level
    return b""
