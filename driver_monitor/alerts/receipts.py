"""Which critical alerts the receiver of the serial line has acknowledged, and which are to be said once more.

A receiver that never answers is fine. Once it has answered ``ACK,<seq>`` for the first time, or where the config says
that it does, a critical alert counts as told when its line was acknowledged, and is said again until then.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from driver_monitor.parameter import judged
from driver_monitor.state.alert import Alert, AlertState, Level

ACK_S: Final = judged(0.25, "a line that is not acknowledged by then is sent again")
TRIES: Final = judged(4, "how often an alert is sent before the receiver counts as not answering", unit="count")
BOOT_S: Final = judged(5.0, "what a board sends this soon after the port was opened is its boot loader's")
GARBAGE: Final = judged(8, "so many characters that are no text mean a wrong baud rate", unit="bytes")
MOST_BYTES: Final = 64  # of a line that has not ended; an ACK has ten

_ACK: Final = re.compile(rb"ACK,(0|[1-9][0-9]{0,4})")
_NO_TEXT: Final = re.compile(rb"[^\t\r\n -~]")


@dataclass(slots=True)
class _Awaited:
    alert: Alert
    numbers: set[int] = field(default_factory=set)  # of the lines that told it
    due_s: float = float("inf")


class Receipts:
    """Times are seconds on any one clock. ``answers`` is whether the receiver is known to acknowledge."""

    def __init__(self, *, answers: bool) -> None:
        self.answers = answers
        self._awaited: dict[str, _Awaited] = {}
        self._rest = b""
        self._no_text = 0
        self._opened_s = 0.0

    def opened(self, firing: Iterator[Alert], now_s: float) -> None:
        """The port was opened: whoever is there now has yet to hear what fires."""
        self._awaited.clear()
        self._rest, self._no_text, self._opened_s = b"", 0, now_s
        for alert in firing:
            self.expect(alert)

    def expect(self, alert: Alert) -> None:
        """Take note of what is about to be told."""
        self._awaited.pop(alert.rule, None)
        if alert.state is AlertState.FIRING and alert.level >= Level.CRITICAL:
            self._awaited[alert.rule] = _Awaited(alert)

    def told(self, alert: Alert, seq: int, now_s: float) -> bool:
        """A line with number ``seq`` has told it; whether that settles it."""
        waiting = self._awaited.get(alert.rule)
        if waiting is None:
            return True
        waiting.numbers.add(seq & 0xFFFF)
        waiting.due_s = now_s + ACK_S
        return not self.answers

    def hear(self, data: bytes, now_s: float) -> Iterator[Alert]:
        """The alerts that these bytes acknowledge; whatever else they are is passed over."""
        if now_s - self._opened_s > BOOT_S:
            self._no_text += len(_NO_TEXT.findall(data))
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[-MOST_BYTES:]
        for line in lines:
            found = _ACK.fullmatch(line.rstrip(b"\r"))
            for rule, waiting in list(self._awaited.items()):
                if found is not None and int(found[1]) in waiting.numbers:
                    self.answers = True
                    del self._awaited[rule]
                    yield waiting.alert

    @property
    def garbage(self) -> bool:
        """Whether what comes back is no text."""
        return self._no_text >= GARBAGE

    def due(self, now_s: float) -> list[Alert]:
        """What is to be said again."""
        return [one.alert for one in self._open() if len(one.numbers) < TRIES and now_s >= one.due_s]

    def unanswered(self, now_s: float) -> bool:
        """Whether an alert was sent as often as it may be, and nobody answered."""
        return any(len(one.numbers) >= TRIES and now_s >= one.due_s for one in self._open())

    @property
    def next_s(self) -> float:
        """When something is due next; infinite for never."""
        return min((one.due_s for one in self._open() if len(one.numbers) <= TRIES), default=float("inf"))

    def _open(self) -> list[_Awaited]:
        return [one for one in self._awaited.values() if one.numbers] if self.answers else []
