"""Why an alert fired, in few words."""

from typing import Any

from driver_monitor.rules.alert import Alert, News
from driver_monitor.vehicle.speed import SpeedKnowledge, speed_words


def because(alert: Alert) -> list[str]:
    """The terms that held, as ``signal value op threshold``, and the speed; for a clearing, how long it fired.

    A term under a ``not`` reads ``not signal value op threshold``. What is told again is marked ``again``.
    """
    evidence = alert.evidence
    words = ["again"] if alert.news is News.REPEATED else []
    words += [
        f"{'not ' if term.get('not') else ''}"
        f"{term.get('signal')} {short(term.get('value'))} {term.get('op')} {short(term.get('threshold'))}"
        for term in _terms(alert)
    ]
    if evidence.get("last_seen"):
        words.append(f"last seen {str(evidence['last_seen']).replace('_', ' ')}")
    channels = evidence.get("channels")
    if isinstance(channels, dict) and channels:
        words.append(f"agreeing: {' and '.join(map(str, channels))}")
    kmh, known = evidence.get("speed_kmh"), str(evidence.get("speed", ""))
    if words and (isinstance(kmh, int | float) or known == SpeedKnowledge.UNKNOWN):
        words.append(speed_words(kmh, known))
    if isinstance(evidence.get("fired_s"), int | float):
        words.append(f"after {evidence['fired_s']:.1f} s")
    if evidence.get("lowered"):
        words.append("without sound: too many needless alarms")
    return words


def values(alert: Alert) -> str:
    """The terms that held as ``signal=value``, joined by semicolons: for a line where every byte counts."""
    return ";".join(f"{term.get('signal')}={short(term.get('value'))}" for term in _terms(alert))


def short(value: Any) -> str:
    """At most three significant digits; ``true`` and ``false`` as a rule writes them."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(short, value))}]"
    return str(value)


def _terms(alert: Alert) -> list[dict[str, Any]]:
    terms = alert.evidence.get("terms", [])
    return terms if isinstance(terms, list) else []
