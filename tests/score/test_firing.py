"""Alerts paired into firings."""

from driver_monitor.score.firing import Firing, Step, firings
from driver_monitor.state.alert import Alert, AlertState, Level


def alert(t_s: float, state: AlertState, level: Level = Level.WARNING, rule: str = "r", **evidence: object) -> Alert:
    return Alert(t_s, rule, level, state, "", (), evidence)


ON, OFF = AlertState.FIRING, AlertState.CLEARED


def test_a_firing_runs_from_its_first_word_to_its_last_through_escalations_and_repetitions() -> None:
    told = [
        alert(10.0, ON), alert(11.0, ON, rule="other"), alert(12.0, ON, news="repeated"),
        alert(13.0, ON, Level.CRITICAL, news="escalated"), alert(15.0, OFF, Level.CRITICAL),
    ]  # fmt: skip
    assert firings(told, 60.0) == (
        Firing("r", (Step(10.0, Level.WARNING), Step(13.0, Level.CRITICAL)), 15.0),
        Firing("other", (Step(11.0, Level.WARNING),), 60.0),
    )


def test_levels_are_reached_once() -> None:
    one = Firing("r", (Step(10.0, Level.INFO), Step(13.0, Level.CRITICAL)), 15.0)
    assert [one.reached_s(level) for level in Level] == [10.0, 13.0, 13.0, None]
    assert one.level is Level.CRITICAL


def test_what_began_before_the_recording_began_when_it_says() -> None:
    assert firings([alert(5.0, OFF, fired_s=3.0)], 9.0) == (Firing("r", (Step(2.0, Level.WARNING),), 5.0),)
    assert firings([alert(5.0, OFF)], 9.0)[0].start_s == 5.0


def test_an_alert_without_its_sound_is_information_until_it_sounds() -> None:
    told = [alert(1.0, ON, lowered=True), alert(3.0, ON, Level.CRITICAL), alert(4.0, OFF), alert(6.0, ON)]
    first, second = firings(told, 9.0)
    assert first.steps == (Step(1.0, Level.INFO), Step(3.0, Level.CRITICAL))
    assert second.steps == (Step(6.0, Level.WARNING),)


def test_no_alert_is_no_firing() -> None:
    assert firings([], 9.0) == ()
