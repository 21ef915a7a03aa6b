"""Why an alert fired, in few words for people, and in numbers for those who ask."""

from collections.abc import Mapping
from typing import Any

from driver_monitor.rules.phrases import evidence_words
from driver_monitor.state.alert import Alert, News
from driver_monitor.state.speed import SpeedKnowledge, speed_words
from driver_monitor.timecode import length


def because(alert: Alert) -> list[str]:
    """What the rule saw, in plain words, and the speed; for a clearing, how long it fired.

    What is told again is marked ``again``. The numbers behind it are :func:`numbers`.
    """
    evidence = alert.evidence
    words = ["again"] if alert.news is News.REPEATED else []
    words += seen(evidence)
    kmh, known = evidence.get("speed_kmh"), str(evidence.get("speed", ""))
    if words and (isinstance(kmh, int | float) or known == SpeedKnowledge.UNKNOWN):
        words.append(speed_words(kmh, known, str(evidence.get("speed_source", ""))))
    if isinstance(evidence.get("fired_s"), int | float):
        words.append(f"after {length(evidence['fired_s'])}")
    if evidence.get("lowered"):
        words.append("muted: too many nuisance alerts")
    if evidence.get("quiet"):
        words.append("muted: the driver asked for quiet")
    return words


def seen(evidence: Mapping[str, Any]) -> list[str]:
    """What led to the alert, second channels included, each in plain words."""
    words = evidence_words(_sequence(evidence.get("terms")))
    if evidence.get("last_seen"):
        words.append(f"last seen {str(evidence['last_seen']).replace('_', ' ')}")
    channels = evidence.get("channels")
    if isinstance(channels, Mapping):
        for terms in channels.values():
            words += evidence_words(_sequence(terms))
    return list(dict.fromkeys(words))


def numbers(evidence: Mapping[str, Any]) -> list[str]:
    """The terms that held, as ``signal value op threshold``; ``not signal value op threshold`` under a ``not``."""
    words = [_term(term) for term in _sequence(evidence.get("terms")) if isinstance(term, Mapping)]
    channels = evidence.get("channels")
    if isinstance(channels, Mapping):
        for name, terms in channels.items():
            told = [_term(term) for term in _sequence(terms) if isinstance(term, Mapping)]
            words.append(" ".join([f"{name}:", *told]) if told else str(name))
    return words


def values(alert: Alert) -> str:
    """The terms that held as ``signal=value``, joined by semicolons: for a line where every byte counts.

    ``muted=true`` comes first where whoever hears of it is to make no sound.
    """
    terms = [term for term in _sequence(alert.evidence.get("terms")) if isinstance(term, Mapping)]
    told = [f"{term.get('signal')}={short(term.get('value'))}" for term in terms]
    return ";".join(["muted=true", *told] if alert.muted else told)


def short(value: Any) -> str:
    """At most three significant digits; ``true`` and ``false`` as a rule writes them."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(short, value))}]"
    return str(value)


def _term(term: Mapping[str, Any]) -> str:
    no = "not " if term.get("not") else ""
    return f"{no}{term.get('signal')} {short(term.get('value'))} {term.get('op')} {short(term.get('threshold'))}"


def _sequence(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
