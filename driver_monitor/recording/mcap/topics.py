"""The topics of a recorded drive, and the JSON Schemas that let any MCAP tool plot them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from driver_monitor.state.blink import Blink
from driver_monitor.state.channels import CHANNEL_FIELDS
from driver_monitor.state.driver_state import ESTIMATE_KINDS
from driver_monitor.state.signal import Declared, declared
from driver_monitor.state.signals import FIELDS
from driver_monitor.state.vehicle import INPUT_FIELDS

JSON: Final = "json"
LANDMARKS_ENCODING: Final = "x-driver-monitor-landmarks"


@dataclass(frozen=True, slots=True)
class Topic:
    """``level`` is the lowest recording level that keeps it; ``schema`` is None for bytes of our own."""

    name: str
    level: str
    description: str
    schema: dict[str, Any] | None
    schema_name: str = ""


_KINDS: Final = {bool: "boolean", int: "integer", str: "string", float: "number"}


def _property(field: Declared) -> dict[str, Any]:
    kind = _KINDS[field.kind]
    unit, said = field.unit, field.description
    told = {"description": f"{said} ({unit})" if unit else said} if said else {}
    return {"type": [kind, "null"] if field.nullable else kind} | told


def _object(fields: Iterable[Declared], *, nullable: bool = False) -> dict[str, Any]:
    return {
        "type": ["object", "null"] if nullable else "object",
        "properties": {field.name: _property(field) for field in fields},
    }


def _signals_schema() -> dict[str, Any]:
    schema = _object(FIELDS)
    schema["properties"]["completed_blink"] = _object(declared(Blink), nullable=True)
    return schema


_NUMBER: Final[dict[str, Any]] = {"type": ["number", "null"]}
_WORD: Final[dict[str, Any]] = {"type": "string"}
_LINE: Final[dict[str, Any]] = {"t_s": {"type": "number"}, "type": _WORD}

SIGNALS: Final = Topic("/signals", "signals", "every frame's signals", _signals_schema())
ESTIMATES: Final = Topic(
    "/estimates",
    "signals",
    "what the classifiers say, whenever it changes",
    {
        "type": "object",
        "properties": {
            **{name: _object(declared(kind), nullable=True) for name, kind in ESTIMATE_KINDS.items()},
            "expression": {"type": ["object", "null"], "additionalProperties": {"type": "number"}},
        },
    },
)
CHANNELS: Final = Topic(
    "/channels",
    "signals",
    "what the channels beside the face say, whenever it changes; nothing while all are off",
    _object(CHANNEL_FIELDS),
)
SENSES: Final = Topic(
    "/senses",
    "landmarks",
    "what sensors beside the camera send, whenever it changes; nothing where there are none",
    {"type": "object", "properties": {"heart": {"type": ["object", "null"]}}},
)
VEHICLE: Final = Topic(
    "/vehicle",
    "events",
    "speed, who measured it and what else the car tells, whenever it changes",
    {
        "type": "object",
        "properties": {
            "speed_kmh": _NUMBER,
            "speed": _WORD,
            "speed_source": _WORD,
            "inputs": _object(INPUT_FIELDS, nullable=True),
        },
    },
)
STATE: Final = Topic(
    "/state",
    "events",
    "the driver's state once a second, as 'run --json' prints it",
    {"type": "object", "properties": _LINE | {"awareness": _NUMBER, "perclos_60s": _NUMBER, "zone": _WORD}},
)
ALERTS: Final = Topic(
    "/alerts",
    "events",
    "alerts, as 'run --json' prints them",
    {"type": "object", "properties": _LINE | {"rule": _WORD, "level": _WORD, "state": _WORD, "message": _WORD}},
)
CONTROL: Final = Topic(
    "/control",
    "events",
    "what was done to the running monitor: rules read again (with the config from then on), the driver's button, quiet "
    "on or off, the fault that ended it; and what the driver said: a mark, an alert that was wrong",
    {
        "type": "object",
        "properties": {
            "t_s": _NUMBER,
            "control": _WORD,
            "config": _WORD,
            "text": _WORD,
            "rule": _WORD,
            "alert_s": _NUMBER,
        },
    },
)
HEALTH: Final = Topic(
    "/health",
    "events",
    "the state of the monitor itself, once a second and at the end",
    {
        "type": "object",
        "properties": {
            "t_s": _NUMBER,
            "clock": _WORD,
            "frames": {"type": "integer"},
            "dropped_frames": {"type": "integer"},
            "bad_frames": {"type": "integer"},
            "unrecorded_frames": {"type": "integer"},
            "tracker_restarts": {"type": "integer"},
            "degraded": _WORD,
        },
    },
)
LANDMARKS: Final = Topic("/landmarks", "landmarks", "what the face tracker saw in every frame", None)
VIDEO: Final = Topic(
    "/video",
    "video",
    "the frames, JPEG",
    {
        "type": "object",
        "properties": {
            "timestamp": {
                "type": "object",
                "title": "time",
                "properties": {"sec": {"type": "integer"}, "nsec": {"type": "integer"}},
            },
            "frame_id": _WORD,
            "data": {"type": "string", "contentEncoding": "base64"},
            "format": _WORD,
        },
    },
    "foxglove.CompressedImage",
)
TOPICS: Final = (SIGNALS, ESTIMATES, CHANNELS, SENSES, VEHICLE, STATE, ALERTS, CONTROL, HEALTH, LANDMARKS, VIDEO)
