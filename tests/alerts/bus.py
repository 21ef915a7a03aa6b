"""Another node of the CAN bus: it checks every checksum and every counter with a decoder that is not ours."""

from collections.abc import Iterable
from typing import Any

import cantools
from cantools.database.can import Database

from driver_monitor.alerts.dbc import dbc_text
from driver_monitor.config.alerts import AlertsConfig
from driver_monitor.config.can import CanConfig
from driver_monitor.config.config import Config

Decoded = tuple[str, dict[str, Any]]


def j1850(data: bytes) -> int:
    """CRC-8 SAE J1850 bit by bit, as the standard writes it."""
    crc = 0xFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1D) & 0xFF if crc & 0x80 else crc << 1
    return crc ^ 0xFF


def database(can: CanConfig | None = None) -> Database:
    text = dbc_text(Config(alerts=AlertsConfig(can=can or CanConfig())))
    loaded = cantools.database.load_string(text, "dbc")
    assert isinstance(loaded, Database)
    return loaded


def decoded(frames: Iterable[tuple[int, bytes]], known: Database) -> list[Decoded]:
    """(id, data) of each frame as (message, signals), with its checksum verified."""
    found = []
    for number, data in frames:
        message = known.get_message_by_frame_id(number)
        place = 1 if message.name == "DM_State" else 2
        assert data[0] == j1850(bytes([place]) + data[1:])
        values = message.decode(data)
        assert isinstance(values, dict)
        found.append((message.name, {name: str(v) if hasattr(v, "name") else v for name, v in values.items()}))
    return found
