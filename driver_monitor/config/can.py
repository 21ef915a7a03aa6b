"""Alerts on a CAN bus."""

from typing import Literal

from driver_monitor.config.section import Section, setting


class CanConfig(Section):
    enabled: bool = setting(False, "send alerts and the driver's state over a CAN bus (needs the extra 'can')")
    interface: Literal["socketcan", "slcan", "virtual"] = setting(
        "socketcan",
        "socketcan: a network interface of the kernel; slcan: an adapter on a serial port; virtual: nothing leaves the "
        "program, for trials",
    )
    channel: str = setting(
        "can0", "interface (can0), or the adapter's port (/dev/serial/by-id/..., @115200 behind it sets its speed)",
        min_length=1,
    )  # fmt: skip
    bitrate: int = setting(
        500000,
        "the bus's bit rate, for slcan; a socketcan interface is set up by 'ip link'",
        unit="bit/s",
        ge=10000,
        le=1000000,
    )
    settle_s: float = setting(
        2.0, "how long an slcan adapter is left alone once its port is open: some start anew", unit="s", ge=0, le=10
    )
    base_id: int = setting(
        0x5D0, "id of DM_State; DM_Alert has the next one; the DBC file of a config has its ids", ge=0, le=0x1FFFFFFE
    )
    extended_id: bool = setting(False, "ids of 29 bits; needed from 0x7FF on")
    j1939_address: int | None = setting(
        None,
        "source address (0 to 253): ids are then those of the J1939 messages 0xFFD0 and 0xFFD1, and base_id is not "
        "used; the address is not claimed",
        ge=0,
        le=253,
    )
    rate_hz: float = setting(10.0, "how often DM_State is sent", unit="Hz", ge=1, le=100)
    most_per_s: float = setting(
        200.0, "frames a second at most; alerts wait for their turn, none is lost", unit="1/s", ge=10, le=4000
    )
    reconnect_s: float = setting(2.0, "wait between attempts to open a lost bus again", unit="s", ge=0.1, le=60)
    stop_request: bool = setting(True, "ask for a safe stop (RequestSafeStop) while an unresponsive alert fires")
