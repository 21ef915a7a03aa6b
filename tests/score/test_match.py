"""Stories of an hour: what was caught, what was false, and what nobody can say."""

import pytest

from driver_monitor.labels.label import Label
from driver_monitor.score.firing import Firing, Step
from driver_monitor.score.match import DriveScore, Verdict, match
from driver_monitor.state.alert import Level
from tests.score.drives import firing, outcome

PHONE = Label("phone", 100.0, 105.0)


def verdicts(drive: DriveScore) -> list[Verdict]:
    return [alert.verdict for alert in drive.begun()]


@pytest.mark.parametrize(
    ("start_s", "latency_s"), [(99.4, None), (99.5, -0.5), (103.2, 3.2), (106.0, 6.0), (106.1, None)]
)
def test_an_event_is_caught_from_just_before_its_start_to_just_after_its_end(
    start_s: float, latency_s: float | None
) -> None:
    drive = match(outcome(PHONE, firing("long_glance", start_s)))
    (event,) = drive.events
    assert event.latency_s(Level.WARNING) == (None if latency_s is None else pytest.approx(latency_s))
    assert verdicts(drive) == [Verdict.FALSE if latency_s is None else Verdict.RIGHT]


def test_drowsiness_has_no_sharp_edges() -> None:
    drive = match(outcome(Label("drowsy", 600.0, 900.0), firing("drowsy", 545.0), firing("drowsy", 955.0)))
    assert verdicts(drive) == [Verdict.RIGHT, Verdict.RIGHT]
    assert drive.events[0].latency_s(Level.WARNING) == -55.0


def test_the_wrong_alarm_at_the_right_time_is_false_and_catches_nothing() -> None:
    drive = match(outcome(PHONE, firing("microsleep", 102.0)))
    assert drive.events[0].latency_s(Level.INFO) is None
    assert verdicts(drive) == [Verdict.FALSE]
    assert drive.begun()[0].during == ("phone",)
    assert not drive.begun()[0].surely_false


def test_a_microsleep_in_a_drowsy_stretch_is_right_and_says_nothing_of_drowsiness() -> None:
    drive = match(outcome(Label("drowsy", 600.0, 900.0), firing("microsleep", 700.0)))
    assert verdicts(drive) == [Verdict.RIGHT]
    assert drive.events[0].answers == ()


@pytest.mark.parametrize("kind", ["attentive", "mirror", "talking"])
def test_an_alert_in_a_harmless_stretch_is_surely_false(kind: str) -> None:
    drive = match(outcome(Label(kind, 100.0, 110.0), firing("long_glance", 103.0), firing("driver_missing", 104.0)))
    assert [(a.verdict, a.surely_false) for a in drive.begun()] == [(Verdict.FALSE, True)] * 2
    assert drive.events == ()


def test_a_danger_explains_an_alert_within_a_harmless_stretch() -> None:
    drive = match(outcome(Label("talking", 90.0, 110.0), PHONE, firing("long_glance", 103.0)))
    assert verdicts(drive) == [Verdict.RIGHT]


def test_an_alarm_that_never_ends_catches_one_event_and_not_all() -> None:
    events = [Label("phone", 100.0 * k, 100.0 * k + 5) for k in range(1, 6)]
    drive = match(outcome(*events, firing("long_glance", 103.0, 3600.0)))
    assert [event.latency_s(Level.WARNING) for event in drive.events] == [pytest.approx(3.0), None, None, None, None]
    assert [event.still_firing for event in drive.events][1:] == [("long_glance",)] * 4


def test_an_escalation_is_judged_when_it_comes() -> None:
    rising = Firing("fatigue_advice", (Step(100.0, Level.INFO), Step(700.0, Level.WARNING)), 800.0)
    drive = match(outcome(Label("drowsy", 650.0, 900.0), rising))
    assert [alert.verdict for alert in drive.at(Level.INFO)] == [Verdict.FALSE]
    assert [alert.verdict for alert in drive.at(Level.WARNING)] == [Verdict.RIGHT]
    assert drive.at(Level.CRITICAL) == []
    (event,) = drive.events
    assert (event.latency_s(Level.INFO), event.latency_s(Level.WARNING)) == (None, 50.0)


def test_the_first_of_several_answers_counts() -> None:
    drive = match(outcome(Label("sleep", 100.0, 107.0), firing("sleep", 103.1), firing("microsleep", 101.6)))
    (event,) = drive.events
    assert event.latency_s(Level.WARNING) == pytest.approx(1.6)
    assert event.latency_s(Level.WARNING, "sleep") == pytest.approx(3.1)
    first = event.first(Level.WARNING)
    assert first is not None
    assert first.firing.rule == "microsleep"


def test_what_no_label_speaks_of_is_not_judged() -> None:
    drive = match(outcome(firing("driver_missing", 50.0), firing("a_rule_of_mine", 60.0)))
    assert verdicts(drive) == [Verdict.NOT_JUDGED] * 2


def test_a_drive_without_events_has_only_false_alerts() -> None:
    assert verdicts(match(outcome(firing("long_glance", 50.0)))) == [Verdict.FALSE]
    assert match(outcome()).alerts == ()


def test_labelled_only_judges_labelled_time_alone() -> None:
    labels = [Label("attentive", 0.0, 60.0), Label("mirror", 50.0, 70.0), PHONE, Label("kss", 500.0, 500.0, 5.0)]
    alerts = [firing("long_glance", t_s) for t_s in (10.0, 80.0, 102.0)]
    drive = match(outcome(*labels, *alerts), labelled_only=True)
    assert verdicts(drive) == [Verdict.FALSE, Verdict.UNLABELLED, Verdict.RIGHT]
    assert drive.judged_s == 75.0
    assert match(outcome(*labels, *alerts)).judged_s == 3600.0


def test_labels_are_cut_to_the_drive_and_those_outside_are_none() -> None:
    drive = match(outcome(Label("phone", 3590.0, 3700.0), Label("sleep", 4000.0, 4010.0), driven_s=1800.0))
    assert [(event.label.kind, event.label.end_s) for event in drive.events] == [("phone", 3600.0)]
    assert drive.judged_s == 1800.0
