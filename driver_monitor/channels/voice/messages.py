"""What the voice worker says to the parent, which says nothing: one datagram a message, as JSON."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

from driver_monitor.state.voice import VoiceReading

READY: Final = "ready"  # with why the worker is not sealed, empty if it is
READING: Final = "reading"
MISSING: Final = "missing"  # no microphone: worth another try
FAILED: Final = "failed"  # cannot start, and never will


@dataclass(frozen=True, slots=True)
class VoiceWorkerSettings:
    """Everything the worker needs to know, passed on its command line."""

    device: str
    vad_model: str
    voice_model: str
    min_speech_s: float
    require_sandbox: bool

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "VoiceWorkerSettings":
        return cls(**json.loads(text))


def message(kind: str, **content: Any) -> bytes:
    return json.dumps({"kind": kind, **content}).encode()


def reading(heard: VoiceReading) -> bytes:
    return message(READING, **asdict(heard))


def read(datagram: bytes) -> tuple[str, dict[str, Any]]:
    """The kind of a message and what it says."""
    content = json.loads(datagram)
    return content.pop("kind"), content
