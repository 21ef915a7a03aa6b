"""Which tone sounds when, told without a loudspeaker."""

from hypothesis import given
from hypothesis import strategies as st

from driver_monitor.alerts.tones import Tone
from driver_monitor.alerts.urgency import Urgency
from driver_monitor.state.alert import Level

from .make import alert, cleared

NEVER = float("inf")


def start(urgency: Urgency, now_s: float, playing: Tone | None = None) -> Tone | None:
    """Ask, and start what is asked for."""
    tone = urgency.choose(now_s, playing)
    if tone is not None:
        urgency.started(tone, now_s)
    return tone


def test_a_warning_sounds_once() -> None:
    urgency = Urgency(repeat_s=2.0)
    urgency.take(alert("long_glance", Level.WARNING))
    assert start(urgency, 0.0) is Tone.WARNING
    assert start(urgency, 100.0) is None
    assert urgency.next_s == NEVER


def test_critical_repeats_more_urgently_until_it_clears() -> None:
    urgency = Urgency(repeat_s=2.0)
    urgency.take(alert())
    assert start(urgency, 10.0) is Tone.CRITICAL
    assert urgency.next_s == 12.0
    assert start(urgency, 11.9) is None
    assert start(urgency, 12.0) is Tone.URGENT
    assert start(urgency, 14.1) is Tone.URGENT
    urgency.take(cleared())
    assert start(urgency, 99.0) is None
    assert urgency.next_s == NEVER


def test_a_tone_longer_than_the_repetition_is_not_cut_off_by_its_own_repetition() -> None:
    urgency = Urgency(repeat_s=0.5)
    urgency.take(alert())
    assert start(urgency, 0.0) is Tone.CRITICAL
    assert start(urgency, 0.6, playing=Tone.CRITICAL) is None
    assert start(urgency, 1.2) is Tone.URGENT


def test_an_alert_that_clears_at_once_is_still_heard() -> None:
    urgency = Urgency(repeat_s=2.0)
    urgency.take(alert())
    urgency.take(cleared())
    assert start(urgency, 0.0) is Tone.CRITICAL
    assert start(urgency, 50.0) is None


def test_critical_cuts_off_a_warning() -> None:
    urgency = Urgency(repeat_s=2.0)
    urgency.take(alert("long_glance", Level.WARNING))
    assert start(urgency, 0.0) is Tone.WARNING
    urgency.take(alert())
    assert start(urgency, 0.1, playing=Tone.WARNING) is Tone.CRITICAL


def test_of_several_at_once_the_most_urgent_wins_and_masks_the_rest() -> None:
    urgency = Urgency(repeat_s=2.0)
    urgency.take(alert("yawn", Level.INFO))
    urgency.take(alert("long_glance", Level.WARNING))
    assert start(urgency, 0.0) is Tone.WARNING
    assert start(urgency, 1.0) is None


def test_a_lesser_alert_waits_for_the_tone_to_end() -> None:
    urgency = Urgency(repeat_s=2.0)
    urgency.take(alert("long_glance", Level.WARNING))
    start(urgency, 0.0)
    urgency.take(alert("yawn", Level.INFO))
    assert start(urgency, 0.1, playing=Tone.WARNING) is None
    assert start(urgency, 0.6) is Tone.INFO


def test_two_warnings_are_heard_one_after_the_other() -> None:
    urgency = Urgency(repeat_s=2.0)
    urgency.take(alert("long_glance", Level.WARNING))
    start(urgency, 0.0)
    urgency.take(alert("drowsy", Level.WARNING))
    assert start(urgency, 0.1, playing=Tone.WARNING) is None
    assert start(urgency, 0.6) is Tone.WARNING
    assert start(urgency, 1.2) is None


def test_while_critical_fires_nothing_else_is_heard() -> None:
    urgency = Urgency(repeat_s=2.0)
    urgency.take(alert())
    start(urgency, 0.0)
    urgency.take(alert("long_glance", Level.WARNING))
    assert start(urgency, 1.3) is None
    assert start(urgency, 2.0) is Tone.URGENT


def test_two_critical_rules_and_only_one_clears() -> None:
    urgency = Urgency(repeat_s=2.0)
    urgency.take(alert("microsleep"))
    start(urgency, 0.0)
    urgency.take(alert("unresponsive"))
    assert start(urgency, 1.3) is Tone.CRITICAL
    urgency.take(cleared("microsleep"))
    assert start(urgency, 3.3) is Tone.URGENT
    urgency.take(cleared("unresponsive"))
    assert start(urgency, 9.0) is None


def test_with_the_card_gone_a_warning_is_forgotten_and_critical_tries_again() -> None:
    urgency = Urgency(repeat_s=2.0)
    urgency.take(alert("long_glance", Level.WARNING))
    urgency.failed(0.0)
    assert start(urgency, 0.1) is None
    urgency.take(alert())
    assert urgency.choose(1.0, None) is Tone.CRITICAL
    urgency.failed(1.0)
    assert urgency.choose(2.9, None) is None
    assert urgency.choose(3.0, None) is Tone.URGENT


def test_an_escalation_is_heard_at_once_and_unresponsive_begins_with_the_urgent_tone() -> None:
    urgency = Urgency(repeat_s=2.0)
    urgency.take(alert("away", Level.WARNING))
    assert start(urgency, 0.0) is Tone.WARNING
    urgency.take(alert("away", Level.CRITICAL))
    assert start(urgency, 0.1, playing=Tone.WARNING) is Tone.CRITICAL
    urgency.take(alert("away", Level.UNRESPONSIVE))
    assert start(urgency, 0.2, playing=Tone.CRITICAL) is Tone.URGENT
    assert start(urgency, 2.2) is Tone.URGENT
    urgency.take(cleared("away", Level.UNRESPONSIVE))
    assert urgency.next_s == NEVER


def test_a_repetition_is_heard_again() -> None:
    urgency = Urgency(repeat_s=2.0)
    for now_s in (0.0, 300.0):
        urgency.take(alert("drowsy", Level.WARNING))
        assert start(urgency, now_s) is Tone.WARNING


LEVELS = {"a": Level.INFO, "b": Level.WARNING, "c": Level.CRITICAL, "d": Level.CRITICAL}


@given(st.lists(st.tuples(st.sampled_from(list(LEVELS)), st.booleans(), st.floats(0, 3)), max_size=40))
def test_whatever_happens_critical_sounds_within_a_repetition_and_only_while_or_after_firing(
    story: list[tuple[str, bool, float]],
) -> None:
    urgency, now_s, firing, heard_s = Urgency(repeat_s=2.0), 0.0, set[str](), None
    for rule, fires, later_s in story:
        level = LEVELS[rule]
        urgency.take(alert(rule, level) if fires else cleared(rule, level))
        (firing.add if fires else firing.discard)(rule)
        tone = start(urgency, now_s)  # every tone has ended before the next event
        if fires and level is Level.CRITICAL:
            assert tone is not None
            assert tone >= Tone.CRITICAL
        if tone is not None and tone >= Tone.CRITICAL:
            heard_s = now_s
        critical = bool(firing & {"c", "d"})
        assert urgency.critical == critical
        assert (urgency.next_s < NEVER) == critical
        if critical:
            assert heard_s is not None
            assert now_s - heard_s < 2.0 or tone is Tone.URGENT
        now_s += later_s


def test_a_fault_cuts_off_a_repeating_alarm_and_is_the_last_tone() -> None:
    urgency = Urgency(repeat_s=2.0)
    urgency.take(alert())
    assert start(urgency, 0.0) is Tone.CRITICAL
    urgency.end()
    assert start(urgency, 0.1, Tone.CRITICAL) is Tone.FAULT
    assert start(urgency, 100.0) is None
    assert urgency.next_s == NEVER


def test_an_answer_ends_the_repetition_until_there_is_news_even_if_the_card_fails() -> None:
    urgency = Urgency(repeat_s=2.0)
    urgency.take(alert())
    assert start(urgency, 0.0) is Tone.CRITICAL
    urgency.answer()
    assert start(urgency, 5.0) is None
    urgency.failed(6.0)
    assert urgency.next_s == NEVER
    urgency.take(alert("sleep", Level.UNRESPONSIVE))
    assert urgency.news
    assert start(urgency, 7.0) is Tone.URGENT
    assert urgency.next_s == 9.0


def test_an_answer_before_a_tone_was_heard_does_not_swallow_it() -> None:
    urgency = Urgency(repeat_s=2.0)
    urgency.take(alert())
    urgency.answer()
    assert start(urgency, 0.0) is Tone.CRITICAL
