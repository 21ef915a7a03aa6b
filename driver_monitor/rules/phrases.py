"""What a rule saw, in plain words: the one place that words evidence for terminal, report and explanation.

``looking away for 3.0 s`` instead of ``off_road_s 3 >= 3``. A signal without a phrase, one of a user's own rules for
instance, is told by its description.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from driver_monitor.cause import cause_words
from driver_monitor.config.term import Comparison, Window, parse_term
from driver_monitor.state.vocabulary import DESCRIBED


class Phrase(NamedTuple):
    """``high`` tells a value that a rule asks to be true, high or this word, ``low`` one that it asks to be false, low
    or another word. ``{}`` is the value; an empty phrase is not worth a word, such as a guard that kept quiet."""

    high: str
    low: str


PHRASES: Final[Mapping[str, Phrase]] = {
    "tracking": Phrase("{}", "not {}"),
    "degraded": Phrase("{}", "not {}"),
    "degraded_s": Phrase("driver could not be judged for {:.1f} s", ""),
    "degraded_cause_s": Phrase("for this reason for {:.1f} s", ""),
    "face_lost_s": Phrase("no face for {:.1f} s", ""),
    "last_seen": Phrase("last seen {}", ""),
    "quality": Phrase("", "face barely visible"),
    "quality_eyes": Phrase("", "eyes barely visible"),
    "fps": Phrase("", "only {:.0f} frames a second"),
    "openness": Phrase("lids {:.0%} open", "lids only {:.0%} open"),
    "openness_left": Phrase("left lid {:.0%} open", "left lid only {:.0%} open"),
    "openness_right": Phrase("right lid {:.0%} open", "right lid only {:.0%} open"),
    "eyes": Phrase("eyes {}", "eyes not {}"),
    "eyes_closed_s": Phrase("eyes closed for {:.1f} s", ""),
    "grimace": Phrase("a tense face", ""),
    "perclos_60s": Phrase("lids closed for {:.0%} of a minute", "lids closed for {:.0%} of a minute"),
    "perclos_180s": Phrase("lids closed for {:.0%} of three minutes", "lids closed for {:.0%} of three minutes"),
    "perclos_coverage": Phrase("", "eyes seen in only {:.0%} of a minute"),
    "perclos_180s_coverage": Phrase("", "eyes seen in only {:.0%} of three minutes"),
    "blink": Phrase("a blink", ""),
    "blink_rate_per_min": Phrase("{:.0f} blinks a minute", "only {:.0f} blinks a minute"),
    "blink_duration_s": Phrase("blinks of {:.2f} s", "blinks of {:.2f} s"),
    "yawn": Phrase("yawning", ""),
    "yawns_600s": Phrase("{:.0f} yawns in ten minutes", ""),
    "zone": Phrase("gaze: {}", "gaze not: {}"),
    "on_road": Phrase("looking at the road", "looking away"),
    "off_road_s": Phrase("looking away for {:.1f} s", ""),
    "driving_task_s": Phrase("looking at a mirror or the instruments for {:.1f} s", ""),
    "scanning": Phrase("checking mirrors and shoulders", ""),
    "away_30s": Phrase("looked away for {:.1f} s of the last 30 s", ""),
    "attention_buffer_s": Phrase("", "{:.1f} s of attention left"),
    "ignition": Phrase("ignition on", "ignition off"),
    "reverse": Phrase("in reverse", "not in reverse"),
    "indicator": Phrase("indicator: {}", "indicator not: {}"),
    "wipers": Phrase("wipers on", "wipers off"),
    "hands_on": Phrase("hands on the wheel", "no hands on the wheel"),
    "steering_reversals_per_min": Phrase("{:.0f} steering reversals a minute", ""),
    "steering_reversals_rise": Phrase("{:.1f} times as many steering reversals as at first", ""),
    "smile": Phrase("smiling", ""),
    "nod": Phrase("a drowsy nod", ""),
    "nods_600s": Phrase("{:.0f} drowsy nods in ten minutes", ""),
    "fatigue.level": Phrase("long blinks, as a tired driver's ({:.0%})", ""),
    "fatigue.drowsy": Phrase("long blinks, as a drowsy driver's ({:.0%})", ""),
    "fatigue.kss": Phrase("about {:.0f} of 9 on the sleepiness scale", ""),
    "stress.stressed": Phrase("signs of stress ({:.0%})", ""),
    "stress.angry": Phrase("signs of anger ({:.0%})", ""),
    "distraction.zone": Phrase("gaze: {}", "gaze not: {}"),
    "distraction.on_road": Phrase("", "hardly looking at the road ({:.0%})"),
    "distraction.visual": Phrase("looking at something other than the road ({:.0%})", ""),
    "awareness": Phrase("", "{:.0%} of attention left"),
    "attention_level": Phrase("step {:.0f} of 4 without attention", ""),
    "attention_latched": Phrase("attention used up and no answer since", ""),
    "answered": Phrase("the driver answered", ""),
    "attention_used_up": Phrase("no response for the {:.0f}. time in this drive", ""),
    "attention_lockout": Phrase("no response several times in this drive", ""),
    "audible_alerts_1h": Phrase("{:.0f} audible alerts in the last hour", ""),
    "speed_kmh": Phrase("{:.0f} km/h", "{:.0f} km/h"),
    "stress.confidence": Phrase("", "unsure of it ({:.0%})"),
    "heart_rate_bpm": Phrase("heart rate of {:.0f} a minute", "heart rate of only {:.0f} a minute"),
    "pulse_missing": Phrase("no heart rate: {}", "no heart rate, but not: {}"),
    "quality_pulse": Phrase("", "heart rate unsure"),
    "breathing_per_min": Phrase("{:.0f} breaths a minute", "only {:.0f} breaths a minute"),
    "rmssd_ms": Phrase("beat to beat {:.0f} ms apart", "beat to beat only {:.0f} ms apart"),
    "sdnn_ms": Phrase("heart rate varying by {:.0f} ms", "heart rate varying by only {:.0f} ms"),
    "liveness": Phrase("face: {}", "face not: {}"),
    "voice": Phrase("voice: {}", "voice not: {}"),
    "voice_missing": Phrase("voice not judged: {}", "voice not judged, but not: {}"),
    "voice_arousal": Phrase("an excited voice ({:.0%})", "a calm voice ({:.0%})"),
    "voice_anger": Phrase("an angry voice ({:.0%})", ""),
    "voice_flatness": Phrase("a flat voice ({:.0%})", ""),
    "quality_voice": Phrase("", "voice barely heard"),
    "body": Phrase("driver {}", "driver not {}"),
    "body_missing": Phrase("body not judged: {}", "body not judged, but not: {}"),
    "quality_body": Phrase("", "body barely visible"),
    "hand_at_head": Phrase("a hand at the head", "no hand at the head"),
    "hand_at_head_s": Phrase("a hand at the head for {:.1f} s", ""),
    "hand_over_mouth": Phrase("a hand over the mouth", ""),
    "slump": Phrase("slumped by {:.2f} shoulder widths", ""),
    "lean_deg": Phrase("leaning by {:.0f} degrees", "leaning by {:.0f} degrees"),
    "hands_low_s": Phrase("no hand in sight for {:.1f} s", ""),
    "phone_detector": Phrase("phone detector {:.0%} sure", ""),
    "phone_suspected": Phrase("a phone is suspected", ""),
    "phone_evidence": Phrase("phone suspected by: {}", "phone suspected, but not by: {}"),
    "micro_expression": Phrase("a brief {}", "no brief {}"),
}
_AT: Final = {"mean": "on average", "min": "at least", "max": "at most"}


def evidence_words(terms: Iterable[Any]) -> list[str]:
    """The terms of an alert's evidence in plain words, each once; only where none is worth a word, all of them."""
    known = [term for term in terms if isinstance(term, Mapping)]
    words = [term_words(term) for term in known]
    return list(dict.fromkeys(filter(None, words))) or [_described(str(t.get("signal")), t.get("value")) for t in known]


def term_words(term: Mapping[str, Any]) -> str:
    """One term of evidence; empty where it is not worth a word."""
    signal, value, op = str(term.get("signal")), term.get("value"), str(term.get("op"))
    window = _window(signal)
    if window is None:
        return _value_words(signal, op, term.get("threshold"), value, bool(term.get("not")))
    if not isinstance(value, int | float):
        return ""
    length = _span(window.length_s)
    span = f"the last {length}"
    if isinstance(window.of, str):
        inner = _value_words(window.of, op, term.get("threshold"), value, bool(term.get("not")))
        throughout = (window.function, op[:1]) in (("max", "<"), ("min", ">"))
        if throughout and " for " not in inner:
            return inner and f"{inner} for {length}"
        return inner and f"{inner} {'throughout' if throughout else _AT[window.function] + ' over'} {span}"
    what = _comparison_words(window.of)
    often = f"{value:.0f} times in" if window.function == "count" else f"in {_spaced(f'{value:.0%}')} of"
    return f"{what} {often} {span}"


def signal_words(signal: str, op: str, threshold: Any, value: Any, holds: bool | None) -> str:
    """A value as it stands; empty where it is nothing to speak of, such as a look away of 0 s.

    Of a term that does not hold the opposite is told: a tense face where a rule asks for a calm one.
    """
    if value == 0 and not isinstance(value, bool) and op in (">=", ">"):
        return ""
    term = {"signal": signal, "op": op, "threshold": threshold, "value": value}
    return term_words(term) or ("" if holds is not False else term_words({**term, "not": True}))


def _value_words(signal: str, op: str, threshold: Any, value: Any, negated: bool) -> str:
    phrase = PHRASES.get(signal)
    if phrase is None:
        return _described(signal, value)
    if isinstance(value, bool):
        return phrase.high if value else phrase.low
    if isinstance(value, str):
        return phrase.high.format(_plain(value)) if value else ""
    if not isinstance(value, int | float):
        return ""
    high = (op in (">=", ">", "==")) is not negated
    return _spaced((phrase.high if high else phrase.low).format(value))


def _comparison_words(comparison: Comparison) -> str:
    """A comparison as such: there is no one value that it had all the time."""
    phrase, threshold = PHRASES.get(comparison.signal), comparison.threshold
    if phrase is not None and isinstance(threshold, bool):
        told = phrase.high if threshold is (comparison.op == "==") else phrase.low
        if told:
            return told
    if phrase is not None and isinstance(threshold, str):
        return (phrase.high if comparison.op == "==" else phrase.low).format(_plain(threshold))
    if phrase is not None and isinstance(threshold, tuple) and all(isinstance(word, str) for word in threshold):
        return phrase.high.format(" or ".join(_plain(str(word)) for word in threshold))
    return str(comparison)


def _described(signal: str, value: Any) -> str:
    """By the description, up to its first pause: ``speed of the car: 83 km/h``."""
    if signal not in DESCRIBED:
        return f"{_plain(signal)}: {_figure(value, '')}"
    unit, meaning = DESCRIBED[signal]
    return f"{re.split('[,;:]', meaning)[0]}: {_figure(value, unit)}"


def _figure(value: Any, unit: str) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return _plain(str(value))
    if unit in ("0..1", "ratio"):
        return _spaced(f"{value:.0%}")
    return f"{value:.3g} {'' if unit in ('count', '1..9') else unit}".rstrip()


def _spaced(words: str) -> str:
    """Percent as everything else here is written, a space before the sign."""
    return words.replace("%", " %")


def _span(length_s: float) -> str:
    minutes = length_s / 60
    return f"{minutes:g} min" if minutes >= 2 and minutes.is_integer() else f"{length_s:g} s"


def _plain(word: str) -> str:
    return cause_words(word)


@lru_cache(maxsize=256)
def _window(signal: str) -> Window | None:
    """The window that a term's signal is written as; None for a plain signal, and for what nobody knows today."""
    if "(" not in signal:
        return None
    try:
        operand = parse_term(f"{signal} >= 0").operand
    except ValueError:
        return None
    return operand if isinstance(operand, Window) else None
