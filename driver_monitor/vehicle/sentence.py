"""One NMEA 0183 sentence of a GPS receiver, read for its speed."""

import math

import pynmea2

KMH_PER_KNOT = 1.852  # a knot is one nautical mile (1852 m) an hour
MAX_KMH = 500.0  # no road vehicle: a receiver that has lost its senses

# NMEA 0183 (2.3 and later) mode indicators that are no measurement of ours: Not valid, Manual, Simulator.
_NO_MEASUREMENT = frozenset("NMS")


def speed_kmh(line: str) -> float | None:
    """The speed over ground that ``line`` states, or None for a void fix or a sentence about something else.

    Reads RMC and VTG of every talker (GP, GN, GL, ...). The RMC's navigational status is left alone on purpose: u-blox
    receivers always send ``V`` there, meaning "not provided", which pynmea2's own ``is_valid`` takes for a void fix.

    Raises pynmea2.ParseError for what is no NMEA sentence or has no, or a wrong, checksum.
    """
    try:
        sentence = pynmea2.parse(line, check=True)
    except pynmea2.SentenceTypeError:
        return None
    match sentence:
        case pynmea2.RMC():
            if sentence.status != "A" or _field(sentence, "mode_indicator") in _NO_MEASUREMENT:
                return None
            return _plausible(sentence.spd_over_grnd, KMH_PER_KNOT)
        case pynmea2.VTG():
            if _field(sentence, "faa_mode") in _NO_MEASUREMENT:
                return None
            kmh = _plausible(sentence.spd_over_grnd_kmph, 1.0)
            return kmh if kmh is not None else _plausible(sentence.spd_over_grnd_kts, KMH_PER_KNOT)
    return None


def _field(sentence: pynmea2.NMEASentence, name: str) -> str:
    return str(getattr(sentence, name) or "")


def _plausible(value: object, factor: float) -> float | None:
    # pynmea2 hands a field it cannot convert through as text.
    try:
        kmh = float(str(value)) * factor
    except ValueError:
        return None
    return kmh if math.isfinite(kmh) and 0 <= kmh <= MAX_KMH else None
