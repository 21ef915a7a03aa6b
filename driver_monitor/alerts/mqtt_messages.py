"""What is published over MQTT: topics and payloads. What is not listed here never leaves the device.

The lists are closed. A new signal does not join them by itself: :data:`STATE_FIELDS` are the fields of the state, and
an alert tells its rule and message only where all that it rests on is among :data:`TOLD_SIGNALS`. Images, landmarks,
what a face expresses, stress, pulse and voice are in neither.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from driver_monitor import __version__
from driver_monitor.alerts.failure import Failure
from driver_monitor.alerts.status import Status
from driver_monitor.config.mqtt import MqttConfig
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.state.vocabulary import KINDS
from driver_monitor.state.zone import UNKNOWN

ONLINE: Final = "online"
OFFLINE: Final = "offline"
NONE: Final = "none"
OTHER: Final = "other"
CLEARED: Final = "cleared"
FAULT: Final = "fault"
EXPIRES_AFTER: Final = 5  # periods of silence, then Home Assistant calls a value unavailable
EXPIRES_S: Final = 10  # and no sooner than that

STATE_FIELDS: Final = (
    "t_s", "health", "level", "rule", "eyes", "zone", "awareness", "quality", "request_safe_stop"
)  # fmt: skip
ALERT_FIELDS: Final = ("event_type", "seq", "late", "t_s", "rule", "level", "state", "news", "message")
# The signals that an alert may rest on and still be told by name: eyes, gaze, head, fatigue, and what is not seen.
TOLD_SIGNALS: Final = frozenset(
    {
        "t_s", "tracking", "degraded", "degraded_s", "degraded_cause_s", "face_lost_s", "last_seen", "quality",
        "quality_eyes", "quality_gaze", "fps", "openness", "eyes", "eyes_closed_s", "perclos_60s", "perclos_180s",
        "perclos_coverage", "perclos_180s_coverage", "blink", "blinks_suppressed", "blink_rate_per_min",
        "blink_duration_s", "yawn", "yawns_600s", "nod", "nods_600s", "yaw_deg", "pitch_deg", "gaze_yaw_deg",
        "gaze_pitch_deg", "zone", "on_road", "off_road_s", "driving_task_s", "scanning", "away_30s",
        "attention_buffer_s", "baseline", "fatigue.alert", "fatigue.low_vigilance", "fatigue.drowsy", "fatigue.level",
        "fatigue.kss", "fatigue.kss_sd", "distraction.zone", "distraction.confidence", "distraction.on_road",
        "distraction.visual", "speed_kmh", "awareness", "attention_level", "attention_latched", "answered",
        "attention_used_up", "attention_lockout", "audible_alerts_1h",
    }
)  # fmt: skip
_WORD: Final = re.compile(r"[a-z_][a-z0-9_.]*")


class Topics:
    """The names that a config gives them."""

    def __init__(self, config: MqttConfig) -> None:
        self.availability = f"{config.topic}/availability"
        self.state = f"{config.topic}/state"
        self.alert = f"{config.topic}/alert"
        self.discovery = f"{config.discovery_prefix}/device/{config.device_id}/config"


def state_payload(health: str, firing: Sequence[Alert], *, stop: bool, status: Status | None) -> dict[str, Any]:
    """``STATE_FIELDS``. Without a ``status`` nothing is known of the driver. ``firing`` is most urgent first, with
    those only that may be told."""
    first = firing[0] if firing else None
    values = (
        None if status is None else _number(status.t_s),
        health,
        NONE if first is None else first.level.word,
        NONE if first is None else told_rule(first),
        UNKNOWN if status is None else status.eyes,
        UNKNOWN if status is None else status.zone,
        None if status is None else _number(status.awareness),
        None if status is None else _number(status.quality),
        stop,
    )
    return dict(zip(STATE_FIELDS, values, strict=True))


def alert_payload(seq: int, alert: Alert) -> dict[str, Any]:
    """``ALERT_FIELDS``; whether it is late is for the one who sends it to say."""
    firing = alert.state is AlertState.FIRING
    told = may_be_told(alert)
    values = (
        alert.level.word if firing else CLEARED,
        seq,
        False,
        _number(alert.t_s),
        told_rule(alert),
        alert.level.value,
        alert.state.value,
        alert.news.value,
        alert.message if told and firing else "",
    )
    return dict(zip(ALERT_FIELDS, values, strict=True))


def fault_payload(seq: int, failure: Failure) -> dict[str, Any]:
    """A fault as an event among the alerts; what is in its details stays here."""
    t_s = None if failure.t_s is None else _number(failure.t_s)
    level = Level.UNRESPONSIVE.value
    values = (FAULT, seq, False, t_s, failure.reason, level, AlertState.FIRING.value, "began", failure.message)
    return dict(zip(ALERT_FIELDS, values, strict=True))


def leaves(alert: Alert) -> bool:
    """Whether an alert is published at all: one that may not be told by name only if it is critical."""
    return alert.level >= Level.CRITICAL or may_be_told(alert)


def may_be_told(alert: Alert) -> bool:
    """Whether all that an alert rests on is in the closed list. What rests on nothing that is known is not told."""
    named = {word for text in _signals(alert.evidence) for word in _WORD.findall(text) if word in KINDS}
    return bool(named) and named <= TOLD_SIGNALS


def told_rule(alert: Alert) -> str:
    return alert.rule if may_be_told(alert) else OTHER


def discovery_payload(config: MqttConfig) -> dict[str, Any]:
    """Home Assistant's device discovery: one message for the device and all that it has.

    https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
    """
    topics = Topics(config)
    levels = [level.word for level in Level]
    expire_s = max(EXPIRES_S, math.ceil(EXPIRES_AFTER / config.rate_hz))

    def component(platform: str, key: str, name: str, **more: Any) -> dict[str, Any]:
        return {"platform": platform, "unique_id": f"{config.device_id}_{key}", "name": name} | more

    def value(platform: str, key: str, name: str, **more: Any) -> dict[str, Any]:
        shown = {"value_template": f"{{{{ value_json.{key} }}}}", "expire_after": expire_s}
        return component(platform, key, name, **(shown | more))

    def share(key: str, name: str, **more: Any) -> dict[str, Any]:
        template = f"{{{{ (value_json.{key} * 100) | round(0) if value_json.{key} is not none else None }}}}"
        return value("sensor", key, name, value_template=template, unit_of_measurement="%", **more)

    diagnostic = {"entity_category": "diagnostic"}
    return {
        "device": {
            "identifiers": [config.device_id],
            "name": "Driver monitor",
            "model": "driver-monitor",
            "sw_version": __version__,
        },
        "origin": {"name": "driver-monitor", "sw_version": __version__},
        "availability_topic": topics.availability,
        "payload_available": ONLINE,
        "payload_not_available": OFFLINE,
        "state_topic": topics.state,
        "qos": 1,
        "components": {
            "level": value("sensor", "level", "Alert level", device_class="enum", options=[NONE, *levels]),
            "rule": value("sensor", "rule", "Alert"),
            "eyes": value("sensor", "eyes", "Eyes"),
            "zone": value("sensor", "zone", "Gaze"),
            "awareness": share("awareness", "Attention"),
            "request_safe_stop": value(
                "binary_sensor",
                "request_safe_stop",
                "Safe stop asked for",
                value_template="{{ 'ON' if value_json.request_safe_stop else 'OFF' }}",
                device_class="safety",
            ),
            "alert": component(
                "event", "alert", "Alerts", state_topic=topics.alert, event_types=[*levels, CLEARED, FAULT]
            ),
            "health": value("sensor", "health", "Health", **diagnostic),
            "quality": share("quality", "Quality", **diagnostic),
        },
    }


def _signals(evidence: Mapping[str, Any]) -> Iterator[str]:
    channels = evidence.get("channels")
    groups = [evidence.get("terms"), *(channels.values() if isinstance(channels, Mapping) else ())]
    for terms in groups:
        for term in terms if isinstance(terms, list | tuple) else ():
            if isinstance(term, Mapping):
                yield str(term.get("signal", ""))


def _number(value: float | None) -> float | None:
    return round(value, 3) if value is not None and math.isfinite(value) else None
