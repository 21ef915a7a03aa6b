from driver_monitor.report.episodes import Episode
from driver_monitor.report.excerpts import WHOLE_S, excerpts
from driver_monitor.rules.alert import Level


def alert(start_s: float, end_s: float | None) -> Episode:
    return Episode("rule", Level.WARNING, start_s, end_s, "")


def test_what_led_to_an_alert_and_what_followed_is_shown() -> None:
    assert excerpts([alert(60.0, 62.0)]) == [(55.0, 65.0)]
    assert excerpts([alert(2.0, 3.0)]) == [(0.0, 6.0)]
    assert excerpts([]) == []


def test_alerts_close_to_each_other_are_one_stretch() -> None:
    assert excerpts([alert(66.0, 67.0), alert(60.0, 62.0), alert(100.0, 101.0)]) == [(55.0, 70.0), (95.0, 104.0)]
    assert excerpts([alert(60.0, 70.0), alert(61.0, 62.0)]) == [(55.0, 73.0)]


def test_an_alert_that_goes_on_is_cut_and_so_is_an_hour_of_them() -> None:
    assert excerpts([alert(60.0, None)]) == [(55.0, 83.0)]
    many = excerpts([alert(60.0 * k, None) for k in range(1, 60)])
    assert sum(end_s - start_s for start_s, end_s in many) == WHOLE_S
