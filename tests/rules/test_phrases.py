"""What a rule saw, told to somebody who has never heard of a signal's name."""

import re
from typing import Any

import pytest

from driver_monitor.config.loader import load, presets
from driver_monitor.config.rules import RuleConfig, built_in_rules
from driver_monitor.config.term import Window
from driver_monitor.rules.condition import terms_of
from driver_monitor.rules.engine import RuleEngine
from driver_monitor.rules.phrases import PHRASES, evidence_words, signal_words, term_words
from driver_monitor.state.channels import CHANNEL_NAMES
from driver_monitor.state.vocabulary import DESCRIBED, KINDS

from .states import rule, state


def term(signal: str, op: str, threshold: Any, value: Any, **more: Any) -> dict[str, Any]:
    return {"signal": signal, "op": op, "threshold": threshold, "value": value, **more}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (term("off_road_s", ">=", 3.0, 3.02), "looking away for 3.0 s"),
        (term("eyes_closed_s", ">=", 1.5, 1.53), "eyes closed for 1.5 s"),
        (term("perclos_60s", ">=", 0.15, 0.183), "lids closed for 18 % of a minute"),
        (term("awareness", "<=", 0.25, 0.249), "25 % of attention left"),
        (term("grimace", ">=", 0.4, 0.62), "a tense face"),
        (term("tracking", "in", ["no_face", "not_driver"], "no_face"), "no face"),
        (term("on_road", "==", False, False), "looking away"),
        (term("on_road", "==", True, False, **{"not": True}), "looking away"),
        (term("fraction(on_road == false, 30)", ">=", 0.6, 0.71), "looking away in 71 % of the last 30 s"),
        (term("fraction(eyes == unknown, 2)", ">=", 0.9, 1.0), "eyes unknown in 100 % of the last 2 s"),
        (term("count(yawn, 600)", ">=", 3.0, 4.0), "yawning 4 times in the last 10 min"),
        (term("mean(openness, 10)", "<", 0.6, 0.42), "lids only 42 % open on average over the last 10 s"),
        (term("degraded_s", ">=", 8.0, 8.02), "driver could not be judged for 8.0 s"),
        (term("min(off_road_s, 5)", ">", 1.0, 1.2), "looking away for 1.2 s throughout the last 5 s"),
        (term("max(quality, 2)", "<", 0.3, 0.0), "face barely visible for 2 s"),
        (term("degraded", "in", ["camera_moved", "photograph"], "photograph"), "photo held up"),
        (term("min(slump, 60, 0.8)", ">=", 0.5, 0.613), "slumped by 0.61 shoulder widths for 60 s"),
        (term("min(voice_flatness, 120)", ">=", 0.7, 0.82), "a flat voice (82 %) for 2 min"),
        (term("max(breathing_per_min, 60, 0.8)", "<=", 10.0, 8.8), "only 9 breaths a minute for 60 s"),
        (
            term("count(hand_over_mouth, 600)", ">=", 3.0, 3.0),
            "a hand over the mouth 3 times in the last 10 min",
        ),
        (term("hand_at_head_s", ">=", 8.0, 9.04), "a hand at the head for 9.0 s"),
        (term("phone_evidence", "!=", "detector", "lap_looks"), "phone suspected by: lap looks"),
    ],
)
def test_a_term_in_plain_words(given: dict[str, Any], told: str) -> None:
    assert term_words(given) == told


def test_guards_that_kept_quiet_are_no_evidence() -> None:
    """An installer who asks why wants the look away, not that nobody was scanning."""
    away = term("off_road_s", ">=", 3.0, 3.0)
    guards = [term("driving_task_s", "<", 1.0, 0.0), term("scanning", "==", False, False)]
    assert evidence_words([away, *guards]) == ["looking away for 3.0 s"]


def test_where_there_is_nothing_but_guards_they_are_told() -> None:
    words = evidence_words([term("scanning", "==", False, False)])
    assert words == ["true while checks of mirrors: no"]


def test_a_signal_without_a_phrase_is_told_by_its_description() -> None:
    assert evidence_words([term("head_motion_deg_s", ">=", 10.0, 12.34)]) == [
        "mean speed of head rotation over the last second: 12.3 deg/s"
    ]


def test_evidence_of_another_version_or_of_none_does_no_harm() -> None:
    odd: list[Any] = [None, 3, {}, {"signal": "median(x, 3)", "value": 4.5}, {"signal": "gone_s", "value": None}]
    assert evidence_words(odd) == ["None: not known", "median(x, 3): 4.5", "gone s: not known"]


def test_a_value_that_does_not_hold_is_told_as_it_stands() -> None:
    assert signal_words("off_road_s", ">=", 3.0, 1.5, False) == "looking away for 1.5 s"
    assert signal_words("off_road_s", ">=", 3.0, 0.0, False) == ""
    assert signal_words("scanning", "==", False, True, False) == "checking mirrors and shoulders"
    assert signal_words("grimace", "<", 0.4, 0.43, False) == "a tense face"
    assert signal_words("grimace", "<", 0.4, 0.1, True) == ""


def rules_shipped() -> list[tuple[str, RuleConfig]]:
    shipped = list(built_in_rules().items())
    for name, file in presets().items():
        shipped += [(f"{name}.{rule_name}", each) for rule_name, each in load(file).config.rules.items()]
    return shipped


def test_every_signal_of_a_rule_that_is_shipped_has_a_phrase() -> None:
    names = set()
    for _, each in rules_shipped():
        conditions = [each.when, *each.requires_second_channel.channels.values()]
        for one in (found for condition in conditions for found in terms_of(condition)):
            names.add(one.operand.signal if isinstance(one.operand, Window) else one.operand)
    assert names - set(PHRASES) == set()


DETAILS = {
    "pulse_snr_db", "heart_rate_low_bpm", "heart_rate_high_bpm", "heart_rate_source", "voice_baseline",
    "micro_expression_strength", "micro_expression_onset_s", "micro_expression_apex_s", "micro_expression_offset_s",
    "micro_expression_missing",
}  # fmt: skip


def test_every_signal_of_a_channel_that_a_rule_can_want_has_a_phrase() -> None:
    assert set(CHANNEL_NAMES) - set(PHRASES) == DETAILS


def test_phrases_are_of_signals_and_take_the_values_they_have() -> None:
    assert set(PHRASES) <= set(DESCRIBED)
    for name, phrase in PHRASES.items():
        value: Any = {bool: True, str: "word", float: 0.5}[KINDS[name]]
        for words in phrase:
            assert "_" not in words.format(value)


def test_no_alert_of_the_default_rules_is_explained_by_a_name_of_the_code() -> None:
    engine = RuleEngine({"glance": rule({"all": ["off_road_s >= 3", "driving_task_s < 1"]})})
    alerts = [
        alert
        for frame in range(150)
        for alert in engine.update(state(frame / 30, off_road_s=frame / 30, driving_task_s=0.0))
    ]
    (alert,) = alerts
    assert evidence_words(alert.evidence["terms"]) == ["looking away for 3.0 s"]
    assert not re.search(r"_s\b|[<>=]", " ".join(evidence_words(alert.evidence["terms"])))
