"""The lines of the local socket: those of 'run --json', the state with more in it."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

import driver_monitor
from driver_monitor.control.health import Health
from driver_monitor.lines import state_record
from driver_monitor.monitor import Moment
from driver_monitor.rules.evidence import because
from driver_monitor.state.alert import Alert, json_line
from driver_monitor.state.channels import CHANNEL_NAMES
from driver_monitor.state.micro import MicroSignals
from driver_monitor.state.request import Ask
from driver_monitor.state.signal import declared
from driver_monitor.state.signals import NAMES, ExpressionSignals
from driver_monitor.tally import Tally

PROTOCOL: Final = 1
STATE: Final = "state"  # the one command that asks for no change
COMMANDS: Final = (*Ask, STATE)
MAX_TEXT_CHARS: Final = 200
# What a face expresses stays with the monitor.
_KEPT_BACK: Final = {field.name for group in (ExpressionSignals, MicroSignals) for field in declared(group)}
TOLD: Final = tuple(name for name in NAMES if name not in _KEPT_BACK)
CHANNELS_TOLD: Final = tuple(name for name in CHANNEL_NAMES if name not in _KEPT_BACK)


# What a command may say beside its name.
_TAKES: Final[dict[str, tuple[str, ...]]] = {Ask.MARK: ("text",), Ask.WRONG: ("text",), Ask.QUIET: ("on",)}


class CommandError(ValueError):
    """A line that is no command; the sentence says what is."""


@dataclass(frozen=True, slots=True)
class Command:
    """``name`` is one of :data:`COMMANDS`."""

    name: str
    text: str = ""
    on: bool | None = None


def hello(rate_hz: float, drive: str | None) -> dict[str, Any]:
    """The first line that a client gets. ``drive``: the name of the one that is being recorded."""
    return {
        "type": "hello",
        "protocol": PROTOCOL,
        "version": driver_monitor.__version__,
        "rate_hz": rate_hz,
        "commands": list(COMMANDS),
        "drive": drive,
    }


def full_state(moment: Moment, tally: Tally, health: Health, cpu_percent: float) -> dict[str, Any]:
    """As 'run --json' prints it, and beside that ``signals``, ``channels``, ``alerts`` and ``health``.

    Signals of what a face expresses, landmarks and images are no part of it.
    """
    state = moment.state
    channels = state.channels
    return state_record(moment, tally) | {
        "signals": {name: getattr(state.signals, name) for name in TOLD},
        "channels": None if channels is None else {name: getattr(channels, name) for name in CHANNELS_TOLD},
        "alerts": [_firing(alert) for alert in moment.firing],
        "health": {"fps": state.signals.fps, **asdict(health), "cpu_percent": cpu_percent},
    }


def alert_record(alert: Alert) -> dict[str, Any]:
    """As 'run --json' prints it, with what was seen in words, and whether it is silent."""
    return alert.to_json() | {"why": because(alert), "muted": alert.muted}


def _firing(alert: Alert) -> dict[str, Any]:
    return {
        "rule": alert.rule,
        "level": alert.level.word,
        "told_s": round(alert.t_s, 3),
        "since_s": alert.evidence.get("since_s"),
        "message": alert.message,
        "why": because(alert),
        "muted": alert.muted,
    }


def line(record: dict[str, Any]) -> bytes:
    return json_line(record).encode() + b"\n"


def answer(command: str, error: str = "", **more: Any) -> dict[str, Any]:
    """``error`` is empty where it was done."""
    if error:
        return {"type": "answer", "command": command, "ok": False, "error": error, **more}
    return {"type": "answer", "command": command, "ok": True, **more}


def command_of(raw: bytes) -> Command:
    """The command in a line. Raises CommandError."""
    try:
        record = json.loads(raw)
    except (ValueError, RecursionError):
        raise CommandError('this is no JSON; send one object a line, such as {"command": "acknowledge"}') from None
    name = record.pop("command", None) if isinstance(record, dict) else None
    if not isinstance(name, str) or name not in COMMANDS:
        raise CommandError(f"this is no known command; accepted: {', '.join(COMMANDS)}")
    takes = _TAKES.get(name, ())
    for key in record:
        if key not in takes:
            raise CommandError(f"'{name}' takes {' and '.join(takes) or 'nothing else'}, got {key[:MAX_TEXT_CHARS]!r}")
    text, on = record.get("text", ""), record.get("on")
    if not isinstance(text, str) or len(text) > MAX_TEXT_CHARS or not text.isprintable():
        raise CommandError(f"'text' must be one line of at most {MAX_TEXT_CHARS} characters")
    if on is not None and not isinstance(on, bool):
        raise CommandError("'on' must be true or false; left out, quiet goes the other way round")
    return Command(name, text, on)
