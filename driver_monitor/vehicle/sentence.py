"""One NMEA 0183 sentence of a GPS receiver, read for its speed and for whether there is a fix."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pynmea2

KMH_PER_KNOT: Final = 1.852  # a knot is one nautical mile (1852 m) an hour
MAX_KMH: Final = 500.0  # no road vehicle: a receiver that has lost its senses

# NMEA 0183 (2.3 and later) mode indicators: Autonomous, Differential, Estimated (dead reckoning), Float and fixed RTK,
# Precise. The others, Not valid, Manual and Simulator, measure nothing.
_MEASURED_MODES: Final = frozenset("ADEFPR")
# GGA's quality: 1 to 5 are kinds of fixes, 6 is dead reckoning, 9 a fix of some receivers with SBAS. 0 is none, 7 and 8
# are manual and simulator.
_MEASURED_QUALITIES: Final = frozenset("1234569")
_SIMULATED: Final = frozenset("MS78")
# PUBX,00: dead reckoning, GPS, differential GPS (2D and 3D), GPS with dead reckoning. NF is none, TT the time alone.
_UBLOX_FIXES: Final = frozenset(("DR", "G2", "G3", "D2", "D3", "RK"))
# From '$' to the checksum with nothing but printable characters: whatever else is on the line, before or behind, is
# none of it, be it a binary protocol, a tag block or half of another sentence.
_FRAME: Final = re.compile(rb"\$[ -#%-)+-~]{5,250}\*[0-9A-Fa-f]{2}")
_MAX_FRAME_BYTES: Final = 254  # the standard allows 82; some receivers write longer ones


@dataclass(frozen=True, slots=True)
class Sentence:
    """``kind`` is talker and type (``GPRMC``), ``utc`` its time of day in hhmmss, None without one.

    ``fix`` says whether the receiver measures at all, None where the sentence does not tell or leaves out the time
    that would show it alive; ``simulated`` that it only makes believe. ``kmh`` is the speed it states, never together
    with a ``fix`` of False. ``timeless``: the speed has no time. ``partial``: it speaks of one satellite system, and
    another may have the fix.
    """

    kind: str
    utc: float | None = None
    fix: bool | None = None
    kmh: float | None = None
    simulated: bool = False
    timeless: bool = False
    partial: bool = False

    @property
    def states_speed(self) -> bool:
        """Whether sentences of this kind are there to tell the speed."""
        return self.kind.endswith(("RMC", "VTG"))

    @property
    def tells_nothing(self) -> bool:
        """Neither of speed nor of a fix: satellites in view, a text, a VTG with empty fields."""
        return self.fix is None and self.kmh is None


def frames(data: bytes) -> tuple[list[str], bytes]:
    """The sentences in ``data``, and what may be the beginning of the next one."""
    found, end = [], 0
    for match in _FRAME.finditer(data):
        found.append(match[0].decode("ascii"))
        end = match.end()
    begun = data.rfind(b"$", end)
    rest = data[begun:] if begun >= 0 and len(data) - begun <= _MAX_FRAME_BYTES else b""
    return found, rest


def read_sentence(frame: str) -> Sentence:
    """What a frame says. Raises pynmea2.ParseError for what is no NMEA sentence or has no, or a wrong, checksum.

    The RMC's navigational status is left alone on purpose: u-blox receivers always send ``V`` there, meaning "not
    provided", which pynmea2's own ``is_valid`` takes for a void fix.
    """
    try:
        sentence = pynmea2.parse(frame, check=True)
    except pynmea2.SentenceTypeError:
        return Sentence("")
    if not isinstance(sentence, pynmea2.TalkerSentence):
        return _proprietary(frame[1 : frame.rindex("*")].split(","))
    kind = f"{sentence.talker}{sentence.sentence_type}"
    fields: list[str] = [field.strip() for field in sentence.data]
    read = _READERS.get(kind[-3:])
    return read(kind, fields + [""] * (13 - len(fields))) if read else Sentence(kind)  # older standards end sooner


def _rmc(kind: str, fields: list[str]) -> Sentence:
    mode = fields[11]
    fix, utc = fields[1] == "A" and _measures(mode) and _somewhere(fields[2], fields[4]), _utc(fields[0])
    if fix and utc is None:  # who has a fix knows the time; without it a frozen speed looks like a fresh one
        return Sentence(kind, None, False, timeless=True)
    kmh = _plausible(fields[6], KMH_PER_KNOT) if fix else None
    return Sentence(kind, utc, fix, kmh, mode in _SIMULATED)


def _vtg(kind: str, fields: list[str]) -> Sentence:
    mode = fields[8]
    kmh = _plausible(fields[6], 1.0) if fields[7] == "K" else None
    if kmh is None and fields[5] == "N":
        kmh = _plausible(fields[4], KMH_PER_KNOT)
    fix = _measures(mode) if mode else None
    return Sentence(kind, None, fix, None if fix is False else kmh, mode in _SIMULATED)


def _gga(kind: str, fields: list[str]) -> Sentence:
    quality = fields[5]
    fix = quality in _MEASURED_QUALITIES and _somewhere(fields[1], fields[3])
    return _voucher(kind, fields[0], fix, simulated=quality in _SIMULATED)


def _gll(kind: str, fields: list[str]) -> Sentence:
    status, mode = fields[5], fields[6]
    fix = status in ("A", "") and _measures(mode) and _somewhere(fields[0], fields[2])
    return _voucher(kind, fields[4], fix, simulated=mode in _SIMULATED)


def _gns(kind: str, fields: list[str]) -> Sentence:
    """Its mode has a letter for each satellite system, and none where the sentence only adds to another."""
    modes = set(fields[5])
    fix = (bool(modes & _MEASURED_MODES) and _somewhere(fields[1], fields[3])) if modes else None
    return _voucher(kind, fields[0], fix, simulated=not fix and bool(modes & _SIMULATED))


def _gsa(kind: str, fields: list[str]) -> Sentence:
    return Sentence(kind, None, fields[1] in ("2", "3") if fields[1] else None, partial=True)


def _proprietary(fields: list[str]) -> Sentence:
    """u-blox's PUBX,00 and Garmin's PGRMF, which tell of a fix; others tell nothing."""
    match fields:
        case ["PUBX", "00", time, _, _, _, _, _, status, *_] if status:
            return _voucher("PUBX00", time, status in _UBLOX_FIXES)
        case ["PGRMF", _, _, _, time, _, _, _, _, _, _, dimensions, *_] if dimensions:
            return _voucher("PGRMF", time, dimensions in ("1", "2"))
    return Sentence("")


def _voucher(kind: str, time: str, fix: bool | None, *, simulated: bool = False) -> Sentence:
    """A sentence that says whether there is a fix; one that says yes without the time may be frozen: no voucher."""
    utc = _utc(time)
    return Sentence(kind, utc, None if fix and utc is None else fix, simulated=simulated)


_READERS: Final[dict[str, Callable[[str, list[str]], Sentence]]] = {
    "RMC": _rmc,
    "VTG": _vtg,
    "GGA": _gga,
    "GLL": _gll,
    "GNS": _gns,
    "GSA": _gsa,
}


def _measures(mode: str) -> bool:
    """Standards before 2.3 have no mode; the status beside it is then all there is."""
    return not mode or mode in _MEASURED_MODES


def _somewhere(latitude: str, longitude: str) -> bool:
    """Whether a position is given, and not the 0/0 of a receiver that has none: no road leads there."""
    try:
        return bool(float(latitude) or float(longitude))
    except ValueError:
        return False


def _utc(text: str) -> float | None:
    try:
        utc = float(text)
    except ValueError:
        return None
    return utc if 0 <= utc < 240000 else None


def _plausible(text: str, factor: float) -> float | None:
    try:
        kmh = float(text) * factor
    except ValueError:
        return None
    return kmh if math.isfinite(kmh) and 0 <= kmh <= MAX_KMH else None
