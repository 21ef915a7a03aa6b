"""The account of tiredness in report, summary and video."""

from dataclasses import replace

from rich.console import Console

from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.report import fatigue
from driver_monitor.report.html import render
from driver_monitor.report.overlay import cells
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.state.blink import Blink
from driver_monitor.state.driver_state import DriverState, Fatigue
from driver_monitor.timeline.spans import ScriptedSpan
from driver_monitor.timeline.timeline import Timeline
from tests.report.drive import tracked
from tests.report.test_html import Page

CONFIG = ClassifiersConfig()
SLEEPY = (
    ScriptedSpan("sleepiness", 0.0, 600.0, "awake", (3.0, 3.0)),
    ScriptedSpan("sleepiness", 600.0, 900.0, "", (3, 9)),
)


def state(t_s: float, tired: float | None, **changes: object) -> DriverState:
    found = None if tired is None else Fatigue(0.2, 0.3, 0.5, tired, 3 + 5 * tired, 2.0)
    return replace(tracked(t_s, **changes), fatigue=found)


def drive(known_from_s: float | None, length_s: int = 900) -> Timeline:
    """Two states a second, a blink every four seconds, drowsy from the tenth minute on."""
    found = Timeline()
    for index in range(2 * length_s):
        t_s = index / 2
        known = known_from_s is not None and t_s >= known_from_s
        slow = t_s > 600 and index % 24 == 0
        blink = Blink(t_s - (0.9 if slow else 0.2), t_s, 0.9, 8.0, 0.2) if index % 8 == 0 else None
        tired = (0.8 if t_s > 600 else 0.4) if known else None
        found.add(state(t_s, tired, completed_blink=blink, blinks_suppressed="", nod=index == 1500))
    return found


def alert(rule: str, signal: str, t_s: float, **evidence: object) -> Alert:
    terms = {"terms": [{"signal": signal, "op": ">=", "threshold": 0.08, "value": 0.1}], **evidence}
    return Alert(t_s, rule, Level.WARNING, AlertState.FIRING, f"<{rule}>", (), terms)


def test_a_drive_that_is_too_short_says_why_in_the_row_and_in_the_section() -> None:
    page = Page(render(drive(None, 120), {}))
    why = (
        "not known in this drive: needs 60 blinks of the driver's own to compare with, then 30 to judge; "
        "this drive is too short: it has 30 since the driver's baseline was learned"
    )
    assert page.words.count(why) == 1
    assert page.words.count("not known: drive too short") == 1
    assert f"Fatigue is {why}." in page.words


def test_a_classifier_that_is_off_is_no_short_drive() -> None:
    page = Page(render(drive(None, 120), {}, classifiers=ClassifiersConfig(fatigue=False)))
    assert "switched off (classifiers.fatigue)" in page.words
    assert "not known: switched off" in page.words
    assert "too short" not in page.words


def test_each_step_has_the_found_beside_the_scripted() -> None:
    timeline = drive(360.0)
    rows = [dict(zip(fatigue.COLUMNS, fatigue.cells(look, SLEEPY), strict=True)) for look in timeline.fatigue.steps()]
    by_time = {row["time"]: row for row in rows}
    assert by_time["4:00"]["KSS found"] == "\u2013"
    assert (by_time["8:00"]["KSS scripted"], by_time["8:00"]["KSS found"]) == ("3.0", "5.0 \u00b1 2.0")
    assert (by_time["12:00"]["KSS scripted"], by_time["12:00"]["level"]) == ("5.4", "0.80")
    assert by_time["8:00"]["long"] == "0"
    assert int(by_time["12:00"]["long"]) == 10
    assert by_time["12:00"]["blink"] == "0.20 s"


def test_a_drive_nobody_scripted_has_no_column_for_it() -> None:
    words = Page(render(drive(360.0), {})).words
    assert "KSS found" in words
    assert "KSS scripted" not in words
    assert fatigue.INSTRUMENT not in words


def test_what_the_driver_was_told_names_the_second_channels_and_leaves_other_alerts_out() -> None:
    timeline = drive(360.0)
    agreeing: dict[str, object] = {"channels": {"three_minutes": [], "yawns": []}}
    for told in (
        alert("drowsy", "perclos_60s", 700.0, **agreeing),
        alert("long_glance", "off_road_s", 710.0),
        alert("yawning", "yawns_600s", 300.0),
    ):
        timeline.add_alert(told)
    heard = [(episode.rule, channels, fatigue.then(look)) for episode, channels, look in fatigue.told(
        timeline.episodes.kept, timeline.fatigue
    )]  # fmt: skip
    assert heard == [
        ("drowsy", "three minutes, yawns", "level 0.80, KSS 7.0 \u00b1 2.0"),
        ("yawning", "", "not known yet"),
    ]
    console = Console(width=200, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.file:
        console.print(fatigue.course_table(timeline, SLEEPY))
        console.print(fatigue.told_table(timeline))
        text = console.export_text()
    assert "three minutes, yawns" in text
    assert "<drowsy>" in text
    assert "&lt;drowsy&gt;" in render(timeline, {})


def test_a_long_drive_has_as_many_rows_as_a_short_one() -> None:
    course = drive(None, 900).fatigue
    course.looks = [replace(course.looks[0], t_s=10.0 * k) for k in range(1, 6 * 3600 // 10)]
    assert 8 <= len(course.steps()) <= 15


def test_a_nod_has_a_bar() -> None:
    assert drive(None).fatigue.nods == [(748.0, 750.0)]


def test_the_video_says_level_and_kss_or_what_is_missing() -> None:
    known = {label: value for label, value, _ in cells(state(700.0, 0.8, yawns_600s=3, nods_600s=1), "", "yawns")}
    assert (known["fatigue"], known["sleepiness"]) == ("0.80", "KSS 7.0 \u00b1 2.0")
    assert (known["yawns, nods in 10 min"], known["second channels"]) == ("3, 1", "yawns")
    missing = {label: value for label, value, _ in cells(state(10.0, None), "24 of 90 blinks")}
    assert missing["fatigue not known"] == "24 of 90 blinks"
