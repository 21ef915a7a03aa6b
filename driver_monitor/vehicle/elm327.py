"""The talk with an ELM327 adapter, or one that says it is one, over any line of bytes.

ELM327 data sheet (Elm Electronics, DSL): commands end with CR, the answer ends with the prompt ``>``. SAE J1979: PID
0x0D of service 01 is the speed in km/h, one byte.
"""

import re
import time
from collections.abc import Callable
from enum import Enum
from typing import Final, Protocol

from driver_monitor.parameter import defined, judged

RESET_S: Final = judged(3.0, "an adapter has started anew by then, a slow Bluetooth one too")
SETTING_S: Final = judged(1.0, "an adapter has answered a setting by then")
SEARCH_S: Final = judged(15.0, "the search for the car's protocol has ended by then: it tries twelve")
ANSWER_S: Final = judged(2.0, "the car has answered by then, once it ever did")
_TRIES: Final = judged(3, "times a reset is tried: a command that interrupts a search is swallowed", unit="count")
_MOST_BYTES: Final = judged(4096, "of an answer: more is no ELM327", unit="count")
_NO_SPEED: Final = defined(255, "what cars fill in that cannot tell", "practice", unit="km/h")
_SETTINGS: Final = ("ATL0", "ATS0", "ATH0", "ATSP0")
_PID: Final = "010D"
# One answer: alone, or (from an adapter that does not leave them out) behind the header of an 11-bit or a 29-bit CAN
# frame with its length and before its padding, or behind three bytes of an older bus and before the checksum.
_SPEED: Final = re.compile(
    r"(?:410D(?P<bare>..)|(?:7E[8-F]|18DAF1..)03410D(?P<can>..)(?:..){0,4}|[48].6B..410D(?P<old>..)..)"
)
_REFUSED: Final = re.compile(r"7F01..$")
_VOLTS: Final = re.compile(r"(\d{1,2}\.\d)V?$")


class Line(Protocol):
    """What pyserial's ports are. A read waits a quarter of a second at most."""

    @property
    def in_waiting(self) -> int: ...
    def read(self, size: int = 1, /) -> bytes: ...
    def write(self, data: bytes, /) -> int | None: ...
    def reset_input_buffer(self) -> None: ...


class Word(Enum):
    """Why an answer holds no speed."""

    SILENT = "says nothing; check its power and the address"
    NOT_ELM = "does not answer as an ELM327 does; check the address and vehicle.speed.obd.baud"
    RESET = "has started anew"
    CAR_SILENT = "is there, but the car does not answer; switch the ignition on"
    CAR_REFUSES = "is there, but the car does not tell its speed over OBD; use another vehicle.speed.source"
    UNCLEAR = "gives answers that cannot be read; plug it in again"


class NoAnswerError(Exception):
    """``detail`` stands behind the words."""

    def __init__(self, word: Word, detail: str = "") -> None:
        super().__init__(word.value + detail)
        self.word = word


class Elm327:
    """Asks one question at a time and waits for the prompt. What came before a question is no answer to it."""

    def __init__(self, line: Line, stopped: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._line = line
        self._stopped = stopped
        self._clock = clock
        self._car_found = False

    def begin(self) -> None:
        """Reset and set up. Raises NoAnswerError where nothing like an ELM327 is there.

        An adapter that does not know a setting answers ``?``: what it then sends too much is left out by the reader.
        """
        self._car_found = False
        heard = False
        for _ in range(_TRIES):
            lines = self._ask("ATZ", RESET_S)
            heard |= bool(lines)
            if any("OK" in self._ask("ATE0", SETTING_S) for _ in range(2)):
                break
        else:
            raise NoAnswerError(Word.NOT_ELM if heard else Word.SILENT)
        for setting in _SETTINGS:
            self._ask(setting, SETTING_S)

    def speed_kmh(self) -> float:
        """Raises NoAnswerError. Where several control units answer, the highest: nobody is to be silenced by a 0."""
        lines = self._ask(_PID, ANSWER_S if self._car_found else SEARCH_S)
        found = [match for line in lines if (match := _SPEED.fullmatch(line))]
        told = [int(next(filter(None, match.groups())), 16) for match in found]
        if known := [kmh for kmh in told if kmh != _NO_SPEED]:
            self._car_found = True
            return float(max(known))
        self._car_found = False
        if not lines:
            raise NoAnswerError(Word.SILENT)
        if any("ELM327" in line for line in lines):
            raise NoAnswerError(Word.RESET)
        if told or any(_REFUSED.match(line) for line in lines):
            raise NoAnswerError(Word.CAR_REFUSES)
        if any(word in line for line in lines for word in ("NODATA", "UNABLE", "BUSINIT", "CANERROR", "STOPPED")):
            raise NoAnswerError(Word.CAR_SILENT, self._volts())
        raise NoAnswerError(Word.UNCLEAR)

    def _volts(self) -> str:
        """The battery's voltage, which the adapter measures by itself."""
        found = next(filter(None, map(_VOLTS.match, self._ask("ATRV", SETTING_S))), None)
        return f" (battery {found[1]} V)" if found else ""

    def _ask(self, command: str, patience_s: float) -> list[str]:
        """The lines of the answer in capitals, without spaces, echo and ``SEARCHING...``. Empty after ``patience_s``.

        A prompt with nothing before it is a late one of the answer before.
        """
        self._line.reset_input_buffer()
        self._line.write(command.encode() + b"\r")
        heard, until_s = b"", self._clock() + patience_s
        while not self._stopped() and self._clock() < until_s and len(heard) < _MOST_BYTES:
            heard += self._line.read(max(1, self._line.in_waiting))
            if b">" in heard:
                if lines := _lines(heard, command):
                    return lines
                heard = b""
        return _lines(heard, command)


def _lines(heard: bytes, command: str) -> list[str]:
    """NUL bytes are none of the answer (data sheet); an echo may hold the command of a line that had lost a letter."""
    text = heard.replace(b"\0", b"").decode("ascii", "replace").upper().replace(" ", "").replace("SEARCHING...", "\r")
    return [line for line in re.split(r"[\r\n>]+", text) if line and line != command]
