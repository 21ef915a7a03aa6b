r"""The line protocol on the serial port: ASCII, made for a microcontroller with a small buffer.

Every line is ``$DM,<seq>,<uptime_ms>,<type>[,<field>...]*<crc>\r\n`` and has at most 128 bytes.

``seq``        0..65535, one up with every line made, then 0 again; a step of n means that n - 1 lines were lost
``uptime_ms``  ms since the sender started, 0..4294967295, then 0 again
``crc``        CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF, no reflection, no final xor) of all bytes between
               ``$`` and ``*``, as four upper-case hexadecimal digits

Types and fields:

``HELLO,<protocol>,<heartbeat_ms>,<active>,<version>``  the port was opened: forget what fired; ``active`` ACTIVE lines
    follow, then a HEARTBEAT. ``protocol`` is 3 (1 had no level 4 and no STOP_REQUEST; before 3 a fault ended with BYE)
``ALERT,<state>,<level>,<rule>,<media_ms>,<why>,<message>``  a rule began (``firing``) or ceased (``cleared``) to fire.
    ``firing`` once more is an escalation, when the level is higher, or a repetition
``ACTIVE,...``     same fields: the rule fires now. Sent after HELLO and again with every tenth heartbeat, for a
    receiver that was switched on later
``LATE,...``       same fields: an ALERT that could not be delivered in its time. History, oldest first, for a log: it
    says nothing about now, and newer ALERT lines may come before it
``HEARTBEAT,<level>,<active>,<health>``  sent at least every ``heartbeat_ms``: the highest level that fires (0: none),
    how many rules fire, and one word about the monitor: ``starting``, ``tracked``, a cause of degradation, or
    ``stalled`` when it has ceased to judge although the port still lives, ``fault`` where a FAULT follows at once.
    Three missing heartbeats mean its death
``STOP_REQUEST,<state>,<rule>,<media_ms>``  nobody answers: the car is asked to stop where it is safe (``requested``),
    or no longer (``withdrawn``). Sent after the alert, and before every HEARTBEAT while it is in force: three
    heartbeats without it mean that it was withdrawn. What the car does about it is the car's to decide
``FAULT,<reason>,<text>``  the monitor has stopped by a fault and watches nobody: ``reason`` is one word (``tracker``,
    ``camera``, ``model``, ``setup``, ``system``, ``defect``, ...), ``text`` what to tell the driver. No BYE and no
    heartbeat follows, so a receiver that does not know this line finds the sender dead by their absence
``BYE``            the sender ends in good order: it was told to

All of it goes one way, but for ``ACK,<seq>`` and a line feed, which a receiver may send for a critical ALERT or ACTIVE
line (:mod:`driver_monitor.alerts.receipts`).

``level`` is 1 info, 2 warning, 3 critical, 4 unresponsive. ``media_ms`` is the time in the video (may be empty or
negative), ``why`` the evidence as ``signal=value;...``. In text, bytes other than printable ASCII, and ``% , * $``, are
written ``%XX`` (of UTF-8). Text that does not fit is cut: first ``message``, then ``why``; a ``rule`` of more than 40
bytes ends in ``~`` and the CRC of its full name. A reader that is lost waits for the next ``$``, which occurs nowhere
else.
"""

import re
from binascii import crc_hqx
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

from driver_monitor.state.alert import Alert, AlertState, Level

PROTOCOL_VERSION = 3
MAX_LINE_BYTES = 128
MAX_RULE_BYTES = 40
MAX_WORD_BYTES = 24
MAX_MEDIA_S = 1e10  # 300 years; NaN and times beyond are written as an empty field

_PLAIN = " !\"#&'()+-./:;<=>?@[\\]^_`{|}~"  # printable ASCII without the four that the format needs
_FRAME = re.compile(rb"\$([ -~]*)\*([0-9A-F]{4})\r\n")
_COUNT = re.compile(r"0|[1-9][0-9]*")
_INTEGER = re.compile(r"0|-?[1-9][0-9]*")


class ProtocolError(ValueError):
    """Bytes that are not a line of this protocol."""


class Kind(StrEnum):
    """How an alert is meant: news, a reminder of what fires, or history."""

    ALERT = "ALERT"
    ACTIVE = "ACTIVE"
    LATE = "LATE"


@dataclass(frozen=True, slots=True)
class Hello:
    heartbeat_ms: int
    active: int
    version: str
    protocol: int = PROTOCOL_VERSION


@dataclass(frozen=True, slots=True)
class Transition:
    kind: Kind
    state: AlertState
    level: Level
    rule: str
    media_ms: int | None
    why: str
    message: str

    @classmethod
    def of(cls, alert: Alert, kind: Kind, why: str) -> "Transition":
        return cls(kind, alert.state, alert.level, alert.rule, _media_ms(alert), why, alert.message)


class Request(StrEnum):
    REQUESTED = "requested"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class StopRequest:
    """``media_ms`` is the time of the alert that led to it."""

    state: Request
    rule: str
    media_ms: int | None

    @classmethod
    def of(cls, alert: Alert, state: Request) -> "StopRequest":
        return cls(state, alert.rule, _media_ms(alert))


@dataclass(frozen=True, slots=True)
class Heartbeat:
    level: int
    active: int
    health: str


@dataclass(frozen=True, slots=True)
class Fault:
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Bye:
    pass


Body = Hello | Transition | StopRequest | Heartbeat | Fault | Bye


@dataclass(frozen=True, slots=True)
class Line:
    seq: int
    uptime_ms: int
    body: Body


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE; ``123456789`` gives 0x29B1."""
    return crc_hqx(data, 0xFFFF)


def encode(line: Line) -> bytes:
    """The line as bytes; ``seq`` and ``uptime_ms`` wrap round, text is cut to fit."""
    head = ["DM", str(line.seq & 0xFFFF), str(line.uptime_ms & 0xFFFF_FFFF)]
    match line.body:
        case Hello() as hello:
            fields = [
                "HELLO",
                str(hello.protocol),
                str(hello.heartbeat_ms),
                str(hello.active),
                _escape(hello.version, MAX_WORD_BYTES),
            ]
        case Heartbeat() as beat:
            fields = ["HEARTBEAT", str(beat.level), str(beat.active), _escape(beat.health, MAX_WORD_BYTES)]
        case Fault() as fault:
            fields = ["FAULT", _escape(fault.reason, MAX_WORD_BYTES)]
            fields += [_escape(fault.text, _room(head + fields))]
        case Bye():
            fields = ["BYE"]
        case StopRequest() as request:
            fields = ["STOP_REQUEST", request.state.value, _rule(request.rule), _number(request.media_ms)]
        case Transition() as transition:
            media = _number(transition.media_ms)
            fields = [transition.kind.value, transition.state.value, str(transition.level.value)]
            fields += [_rule(transition.rule), media]
            fields += [_escape(transition.why, _room([*head, *fields, ""]))]
            fields += [_escape(transition.message, _room(head + fields))]
    payload = ",".join(head + fields).encode("ascii")
    return b"$%s*%04X\r\n" % (payload, crc16(payload))


def decode(data: bytes) -> Line:
    """One line with its line end. Raises ProtocolError for anything that :func:`encode` cannot have made."""
    if len(data) > MAX_LINE_BYTES:
        raise ProtocolError(f"line of {len(data)} bytes: at most {MAX_LINE_BYTES} are allowed")
    frame = _FRAME.fullmatch(data)
    if frame is None:
        raise ProtocolError(f"not a framed line: {data!r}")
    payload, stated = frame[1], int(frame[2], 16)
    if (computed := crc16(payload)) != stated:
        raise ProtocolError(f"CRC is {stated:04X} but the bytes give {computed:04X}: {data!r}")
    fields = payload.decode("ascii").split(",")
    match fields:
        case ["DM", seq, uptime_ms, *body]:
            return Line(_count(seq, 0xFFFF), _count(uptime_ms, 0xFFFF_FFFF), _body(body))
    raise ProtocolError(f"not a line of this protocol: {data!r}")


def _body(fields: list[str]) -> Body:
    match fields:
        case ["HELLO", protocol, heartbeat_ms, active, version]:
            return Hello(_count(heartbeat_ms), _count(active), _unescape(version), _count(protocol))
        case ["HEARTBEAT", level, active, health]:
            return Heartbeat(_count(level, max(Level)), _count(active), _unescape(health))
        case ["FAULT", reason, text]:
            return Fault(_unescape(reason), _unescape(text))
        case ["BYE"]:
            return Bye()
        case ["STOP_REQUEST", state, rule, media] if state in tuple(Request):
            return StopRequest(Request(state), _unescape(rule), _integer(media))
        case [_, _, _, _, _, _, _]:
            return _transition(fields)
    raise ProtocolError(f"unknown type or wrong number of fields: {','.join(fields)!r}")


def _transition(fields: list[str]) -> Transition:
    kind, state, level, rule, media, why, message = fields
    media_ms = _integer(media)
    try:
        return Transition(
            Kind(kind),
            AlertState(state),
            Level(_count(level)),
            _unescape(rule),
            media_ms,
            _unescape(why),
            _unescape(message),
        )
    except ProtocolError:
        raise
    except ValueError as error:
        raise ProtocolError(f"unknown word in {kind},{state},{level}: {error}") from error


def _media_ms(alert: Alert) -> int | None:
    return round(alert.t_s * 1000) if abs(alert.t_s) < MAX_MEDIA_S else None


def _number(media_ms: int | None) -> str:
    return "" if media_ms is None else str(media_ms)


def _integer(media: str) -> int | None:
    if media and not _INTEGER.fullmatch(media):
        raise ProtocolError(f"not a time in ms: {media!r}")
    return int(media) if media else None


def _count(text: str, most: int | None = None) -> int:
    if not _COUNT.fullmatch(text) or (most is not None and int(text) > most):
        raise ProtocolError(f"not a number in range: {text!r}")
    return int(text)


def _room(fields: list[str]) -> int:
    """How many bytes one more field may have in the line that begins with ``fields``."""
    return max(0, MAX_LINE_BYTES - len(f"${','.join(fields)},*FFFF\r\n"))


def _escape(text: str, limit: int) -> str:
    """``text`` escaped, cut between characters so that it has at most ``limit`` bytes."""
    escaped = ""
    for character in text[:limit]:
        piece = quote(character, safe=_PLAIN, errors="replace")
        if len(escaped) + len(piece) > limit:
            break
        escaped += piece
    return escaped


def _unescape(text: str) -> str:
    return unquote(text, errors="replace")


def _rule(name: str) -> str:
    """A rule's name, cut so that two long names with the same beginning still differ."""
    whole = quote(name, safe=_PLAIN, errors="replace")
    if len(whole) <= MAX_RULE_BYTES:
        return whole
    return f"{_escape(name, MAX_RULE_BYTES - 5)}~{crc16(whole.encode('ascii')):04X}"
