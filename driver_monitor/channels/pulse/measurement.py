"""The Heart Rate Measurement characteristic (0x2A37) of the Bluetooth SIG's Heart Rate Service 1.0."""

import struct
from dataclasses import dataclass
from typing import Final

from driver_monitor.parameter import defined

_WIDE: Final = defined(0x01, "flag: the rate has 16 bits, not 8", "Bluetooth SIG, 0x2A37", unit="bits")
_TOUCHES: Final = defined(0x02, "flag: the sensor touches the skin", "Bluetooth SIG, 0x2A37", unit="bits")
_KNOWS_TOUCH: Final = defined(0x04, "flag: the sensor can tell that", "Bluetooth SIG, 0x2A37", unit="bits")
_ENERGY: Final = defined(0x08, "flag: two bytes of energy follow the rate", "Bluetooth SIG, 0x2A37", unit="bits")
_INTERVALS: Final = defined(0x10, "flag: intervals fill the rest", "Bluetooth SIG, 0x2A37", unit="bits")
_PER_S: Final = defined(1024, "an interval is told in 1/1024 s", "Bluetooth SIG, 0x2A37", unit="1/s")


@dataclass(frozen=True, slots=True)
class Measurement:
    """``contact`` is None where the sensor cannot tell; ``intervals_s`` are oldest first."""

    bpm: int
    contact: bool | None
    energy_kj: int | None
    intervals_s: tuple[float, ...]


def read_measurement(data: bytes) -> Measurement | None:
    """None for bytes that are cut off or none at all; what is behind the last whole field is ignored."""
    try:
        flags = data[0]
        (bpm,) = struct.unpack_from("<H" if flags & _WIDE else "<B", data, 1)
        at = 1 + (2 if flags & _WIDE else 1)
        energy = None
        if flags & _ENERGY:
            (energy,) = struct.unpack_from("<H", data, at)
            at += 2
    except (IndexError, struct.error):
        return None
    count = (len(data) - at) // 2 if flags & _INTERVALS else 0
    intervals = struct.unpack_from(f"<{count}H", data, at)
    contact = bool(flags & _TOUCHES) if flags & _KNOWS_TOUCH else None
    return Measurement(bpm, contact, energy, tuple(interval / _PER_S for interval in intervals))
