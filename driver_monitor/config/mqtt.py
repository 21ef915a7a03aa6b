"""Alerts and the driver's state on an MQTT broker."""

from typing import Annotated

from pydantic import StringConstraints

from driver_monitor.config.section import Section, setting

_Topic = Annotated[str, StringConstraints(pattern=r"^[^#+/\x00][^#+\x00]*$", max_length=200)]
_Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=60)]


class MqttConfig(Section):
    enabled: bool = setting(
        False, "publish alerts and the driver's state: THEY LEAVE THIS DEVICE (needs the extra 'mqtt')"
    )
    host: str = setting("localhost", "the broker", min_length=1)
    port: int = setting(1883, "the broker's port; with TLS usually 8883", ge=1, le=65535)
    username: str = setting("", "user name; empty: none")
    password_file: str = setting(
        "", "file whose first line is the password; there is no setting for the password itself"
    )
    tls: bool = setting(False, "encrypt, and check that the broker is who it says")
    ca_file: str = setting("", "certificate of the authority that vouches for the broker; empty: those of the system")
    cert_file: str = setting("", "this device's own certificate, where the broker asks for one")
    key_file: str = setting("", "its key")
    topic: _Topic = setting("driver_monitor", "what topics begin with")
    device_id: _Word = setting(
        "driver_monitor", "this device's id; two monitors on one broker need two, and two topics"
    )
    rate_hz: float = setting(1.0, "how often the state is published", unit="Hz", ge=0.1, le=10)
    home_assistant: bool = setting(True, "announce the device to Home Assistant (MQTT discovery)")
    discovery_prefix: _Topic = setting("homeassistant", "where Home Assistant listens for devices")
    keepalive_s: int = setting(
        10, "a broker that says nothing for this long is lost; it tells the others of a lost monitor by then",
        unit="s", ge=2, le=600,
    )  # fmt: skip
    reconnect_s: float = setting(2.0, "wait between attempts to reach a lost broker", unit="s", ge=1, le=120)
