"""What goes over a CAN bus: two messages of eight bytes, described once, for the code and for the DBC file.

``DM_State`` says how the driver is, at a steady rate: a receiver that misses it for three periods takes the monitor for
dead, and with it a request for a safe stop for withdrawn. ``DM_Alert`` is sent once for every alert that begins,
escalates, is repeated or ends.

Both begin with a checksum: CRC-8 of SAE J1850 (polynomial 0x1D, start 0xFF, final xor 0xFF) over the message's number
(1 for DM_State, 2 for DM_Alert) and the bytes 1 to 7. Signals are little-endian ("Intel"). The highest raw value of a
signal means that it is not known.
"""

import math
from dataclasses import dataclass
from typing import Final

from driver_monitor.alerts.protocol import crc16
from driver_monitor.alerts.status import OK, Status
from driver_monitor.parameter import defined
from driver_monitor.state.alert import Alert, AlertState, Level, News
from driver_monitor.state.zone import ELSEWHERE, ROAD, UNKNOWN

FRAME_BYTES: Final = 8
J1939_PRIORITY: Final = defined(6, "of a message that controls nothing", "SAE J1939-21, default priority", unit="count")
J1939_PAGE: Final = defined(0xFF, "PDU format of Proprietary B, whose messages each maker defines", "SAE J1939-21")
J1939_GROUP: Final = defined(0xD0, "group extension of DM_State; DM_Alert has the next one", "our choice")

# A step of 0.5 % makes 0..1 fit into a byte with room for "not known".
_SHARE_STEP: Final = 0.005
_RULE_BITS: Final = 16


@dataclass(frozen=True, slots=True)
class Field:
    """A signal of a message: ``start`` is its lowest bit, little-endian; ``names`` what raw values mean."""

    name: str
    start: int
    bits: int
    words: str
    names: dict[int, str] | None = None
    scale: float = 1.0
    unit: str = ""
    may_be_unknown: bool = True

    @property
    def unknown(self) -> int:
        return (1 << self.bits) - 1


@dataclass(frozen=True, slots=True)
class Layout:
    """A message: ``number`` is its data id in the checksum, and its place after the first message's id."""

    name: str
    number: int
    words: str
    fields: tuple[Field, ...]

    def pack(self, values: dict[str, int | None]) -> bytes:
        """Eight bytes of raw values, by the fields' names; None is "not known". The checksum is added."""
        raw = 0
        for field in self.fields[1:]:
            value = values[field.name]
            raw |= (field.unknown if value is None else value & field.unknown) << field.start
        data = raw.to_bytes(FRAME_BYTES, "little")
        return bytes([crc8(bytes([self.number]) + data[1:])]) + data[1:]


HEALTH: Final = {0: "starting", 1: OK, 2: "degraded", 3: "stalled", 4: "fault", 5: "off"}
EYES: Final = {0: "open", 1: "closed", 2: "glance_down"}
STOP: Final = {0: "no", 1: "requested"}
LEVELS: Final = {0: "none"} | {level.value: level.word for level in Level}
NEWS: Final = dict(enumerate(news.value for news in News))
OTHER_ZONE: Final = 254
ZONES: Final = dict(
    enumerate(
        (
            ROAD, ELSEWHERE, "left_mirror", "inner_mirror", "right_mirror", "cluster", "console", "lap", "passenger",
            "left_window", "left_shoulder", "right_shoulder",
        )
    )
) | {OTHER_ZONE: "a_zone_of_the_config"}  # fmt: skip
_NUMBER_OF_HEALTH: Final = {word: number for number, word in HEALTH.items()}
_NUMBER_OF_EYES: Final = {word: number for number, word in EYES.items()}
_NUMBER_OF_NEWS: Final = {word: number for number, word in NEWS.items()}
_NUMBER_OF_ZONE: Final = {word: number for number, word in ZONES.items()}

_CHECKSUM: Final = Field(
    "Checksum", 0, 8, "CRC-8 SAE J1850 over the message's number and bytes 1..7", may_be_unknown=False
)
_RULE: Final = Field(
    "RuleId", 48, _RULE_BITS, "CRC-16/CCITT-FALSE of the rule's name in UTF-8; 0: no rule", may_be_unknown=False
)

STATE: Final = Layout(
    "DM_State",
    1,
    "how the driver is, at a steady rate; three periods without it: the monitor is dead",
    (
        _CHECKSUM,
        Field("AliveCounter", 8, 4, "one up with every DM_State, 0..15", may_be_unknown=False),
        Field("Health", 12, 4, "how the monitor is doing; after fault and off nothing follows", HEALTH),
        Field("Level", 16, 3, "the highest level that fires", LEVELS),
        Field("RequestSafeStop", 19, 2, "nobody answers: the car is asked to stop where it is safe", STOP),
        Field("Eyes", 21, 3, "the driver's eyes", EYES),
        Field("GazeZone", 24, 8, "where the driver looks", ZONES),
        Field("Awareness", 32, 8, "attention left", scale=_SHARE_STEP, unit="0..1"),
        Field("Quality", 40, 8, "how far the driver's signals can be trusted", scale=_SHARE_STEP, unit="0..1"),
        _RULE,
    ),
)
ALERT: Final = Layout(
    "DM_Alert",
    2,
    "one alert that began, escalated, was repeated or ended",
    (
        _CHECKSUM,
        Field("Sequence", 8, 16, "one up with every alert; the same again: the same alert", may_be_unknown=False),
        Field("AlertLevel", 24, 3, "how urgent it is", {k: v for k, v in LEVELS.items() if k}),
        Field("Firing", 27, 1, "1: it fires, 0: it has ended", {0: "cleared", 1: "firing"}, may_be_unknown=False),
        Field("News", 28, 2, "why it is told", NEWS, may_be_unknown=False),
        Field("Late", 30, 1, "1: history, told after an outage", {0: "now", 1: "late"}, may_be_unknown=False),
        Field("MediaTime", 32, 16, "when, in the drive", unit="s"),
        _RULE,
    ),
)


def crc8(data: bytes) -> int:
    """CRC-8 of SAE J1850; ``123456789`` gives 0x4B."""
    crc = 0xFF
    for byte in data:
        crc = _CRC8[crc ^ byte]
    return crc ^ 0xFF


def _table() -> bytes:
    table = bytearray()
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x1D if crc & 0x80 else crc << 1) & 0xFF
        table.append(crc)
    return bytes(table)


_CRC8: Final = _table()


def rule_id(rule: str) -> int:
    """A number for a rule of any config; 0 is kept for "no rule"."""
    return crc16(rule.encode("utf-8", "replace")) or 1


def state_bytes(counter: int, health: str, level: int, *, stop: bool, rule: str, status: Status | None) -> bytes:
    """``DM_State``. Without a ``status`` nothing is known of the driver; ``health`` is a word of :data:`HEALTH`, any
    other is a cause of degradation."""
    return STATE.pack(
        {
            "AliveCounter": counter & 0xF,
            "Health": _NUMBER_OF_HEALTH.get(health, _NUMBER_OF_HEALTH["degraded"]),
            "Level": level,
            "RequestSafeStop": int(stop),
            "Eyes": None if status is None else _NUMBER_OF_EYES.get(status.eyes),
            "GazeZone": None
            if status is None or status.zone == UNKNOWN
            else _NUMBER_OF_ZONE.get(status.zone, OTHER_ZONE),
            "Awareness": None if status is None else _share(status.awareness),
            "Quality": None if status is None else _share(status.quality),
            "RuleId": rule_id(rule) if rule else 0,
        }
    )


def alert_bytes(sequence: int, alert: Alert, *, late: bool) -> bytes:
    """``DM_Alert``."""
    return ALERT.pack(
        {
            "Sequence": sequence & 0xFFFF,
            "AlertLevel": alert.level.value,
            "Firing": int(alert.state is AlertState.FIRING),
            "News": _NUMBER_OF_NEWS[alert.news.value],
            "Late": int(late),
            "MediaTime": _whole_s(alert.t_s),
            "RuleId": rule_id(alert.rule),
        }
    )


def can_id(layout: Layout, base_id: int, j1939_address: int | None) -> int:
    """The message's id: by ``base_id``, or of 29 bits as J1939 wants it where there is a source address."""
    place = layout.number - 1
    if j1939_address is None:
        return base_id + place
    return J1939_PRIORITY << 26 | J1939_PAGE << 16 | (J1939_GROUP + place) << 8 | j1939_address


def _share(value: float | None) -> int | None:
    """NaN is as unknown as None."""
    return round(min(1.0, max(0.0, value)) / _SHARE_STEP) if value is not None and math.isfinite(value) else None


def _whole_s(t_s: float) -> int | None:
    return int(t_s) if 0 <= t_s < (1 << 16) - 1 else None
