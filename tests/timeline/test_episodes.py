"""Alerts as stretches: an escalation is a stretch of its own, a repetition is none."""

from driver_monitor.state.alert import Alert, AlertState, Level, News
from driver_monitor.timeline.episodes import Episodes


def told(t_s: float, news: News, level: Level = Level.WARNING) -> Alert:
    state = AlertState.CLEARED if news is News.ENDED else AlertState.FIRING
    return Alert(t_s, "away", level, state, "m", (), {"news": news.value})


def test_a_repetition_changes_nothing() -> None:
    episodes = Episodes()
    for alert in (told(1, News.BEGAN), told(3, News.REPEATED), told(5, News.REPEATED), told(6, News.ENDED)):
        episodes.add(alert)
    assert [(e.start_s, e.end_s) for e in episodes.kept] == [(1, 6)]
    assert episodes.total == 1


def test_an_escalation_ends_one_stretch_and_begins_the_next() -> None:
    episodes = Episodes()
    for alert in (
        told(1, News.BEGAN),
        told(3, News.ESCALATED, Level.UNRESPONSIVE),
        told(6, News.ENDED, Level.UNRESPONSIVE),
    ):
        episodes.add(alert)
    assert [(e.level, e.start_s, e.end_s) for e in episodes.kept] == [
        (Level.WARNING, 1, 3),
        (Level.UNRESPONSIVE, 3, 6),
    ]


def test_alerts_recorded_before_there_was_news_still_begin_and_end() -> None:
    episodes = Episodes()
    for t_s, state in ((1.0, AlertState.FIRING), (2.0, AlertState.CLEARED)):
        episodes.add(Alert(t_s, "away", Level.INFO, state, "m", (), {}))
    assert [(e.start_s, e.end_s) for e in episodes.kept] == [(1.0, 2.0)]
