import io
from dataclasses import replace

from rich.console import Console

from driver_monitor.report.console import scripted_versus_found
from driver_monitor.report.html import render
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.timeline.comparison import compare
from driver_monitor.timeline.spans import ScriptedSpan
from driver_monitor.timeline.timeline import Timeline
from tests.report.drive import Drive, tracked


def alert(t_s: float, rule: str = "microsleep", **evidence: float) -> Alert:
    return Alert(t_s, rule, Level.CRITICAL, AlertState.FIRING, "Wake up", (), dict(evidence))


def test_each_event_stands_beside_what_was_made_of_it() -> None:
    drive = Drive(120.0)
    rows = {row.scripted: row for row in compare(drive.scripted, drive.timeline())}
    assert rows["microsleep"].happened == ("critical: Wake up: your eyes were shut (microsleep) at 0:56.5",)
    assert [(rule, round(delay_s, 2)) for rule, delay_s in rows["microsleep"].delays_s] == [("microsleep", 1.5)]
    assert rows["yawn"].happened == ("yawn seen 1:08.0 to 1:10.0",)
    assert rows["yawn"].delays_s == ()
    assert rows["mirror glance"].happened == ()
    assert rows["covered camera"].happened == (
        "info: The camera cannot see you (degraded) at 1:45.0",
        "degraded (covered) 1:35.0 to 1:47.0",
    )
    blinks = len(drive.blinks)
    assert rows[f"blink ({blinks} times)"].happened == (f"{blinks} of {blinks} found, none extra",)
    assert "" not in rows


def test_an_alert_belongs_to_the_event_in_which_its_condition_held() -> None:
    # It fires 0.2 s after the eyes have opened: still the closure's, not the attentive stretch's.
    script = [ScriptedSpan("close_eyes", 10.0, 12.0), ScriptedSpan("attentive", 12.0, 60.0)]
    timeline = Timeline()
    timeline.add_alert(alert(12.2, since_s=10.3))
    timeline.add_alert(Alert(12.6, "microsleep", Level.CRITICAL, AlertState.CLEARED, "", (), {}))
    closed, attentive = compare(script, timeline)
    assert len(closed.happened) == 1
    assert attentive.happened == ()


def test_a_late_alert_belongs_to_what_has_just_ended_and_a_stray_one_to_nothing() -> None:
    script = [ScriptedSpan("close_eyes", 10.0, 12.0)]
    timeline = Timeline()
    timeline.add_alert(alert(14.0, since_s=13.5))
    timeline.add_alert(alert(40.0, rule="stray", since_s=39.0))
    event, stray = compare(script, timeline)
    assert event.delays_s == (("microsleep", 4.0),)
    assert stray.scripted == ""
    assert "stray" in stray.happened[0]


def test_an_urgent_alert_is_not_credited_with_the_delay_of_the_warning_before_it() -> None:
    asleep = [ScriptedSpan("close eyes", 112.0, 115.5, "sleep: urgent alert at 3 s")]
    timeline = Timeline()
    timeline.add_alert(replace(alert(113.6, since_s=112.1), level=Level.WARNING))
    timeline.add_alert(alert(115.1, rule="sleep", since_s=112.1))
    (row,) = compare(asleep, timeline)
    assert [(rule, round(delay_s, 1)) for rule, delay_s in row.delays_s] == [("microsleep", 1.6), ("sleep", 3.1)]
    page = render(timeline, {}, scripted=asleep)
    assert '<td class="n" data-name="delay">microsleep 1.6 s<br>sleep 3.1 s</td>' in page
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(scripted_versus_found(asleep, timeline))
    lines = console.export_text().splitlines()
    assert [line.rsplit("│", 2)[1].strip() for line in lines if " s│" in line] == ["1.6 s", "3.1 s"]


def test_an_alert_that_goes_on_firing_is_told_in_every_later_event_until_it_clears() -> None:
    script = [
        ScriptedSpan("KSS 7 to 9", 500.0, 660.0),
        ScriptedSpan("KSS 9", 660.0, 720.0, "fighting sleep: urgent"),
        ScriptedSpan("close eyes", 690.0, 692.2, "microsleep"),
        ScriptedSpan("awake", 720.0, 800.0),
    ]
    timeline = Timeline()
    timeline.add_alert(replace(alert(450.0, rule="yawning"), level=Level.INFO))
    timeline.add_alert(replace(alert(471.8, rule="drowsy"), level=Level.WARNING))
    timeline.add_alert(alert(654.0, rule="very_drowsy", since_s=652.0))
    timeline.add_alert(alert(691.6, since_s=690.1))
    timeline.add_alert(Alert(693.0, "microsleep", Level.CRITICAL, AlertState.CLEARED, "", (), {}))
    timeline.add_alert(Alert(719.9, "very_drowsy", Level.CRITICAL, AlertState.CLEARED, "", (), {}))
    drowsy, fighting, closed, awake = (row for row in compare(script, timeline) if row.scripted)
    before = "warning since 7:51.8 (drowsy)"
    assert drowsy.happened == ("critical: Wake up (very_drowsy) at 10:54.0", f"still firing: {before}")
    assert fighting.happened == (f"still firing: critical since 10:54.0 (very_drowsy), {before}",)
    assert fighting.delays_s == ()
    assert closed.happened[0] == "critical: Wake up (microsleep) at 11:31.6"
    assert closed.happened[1] == f"still firing: critical since 10:54.0 (very_drowsy), {before}"
    assert awake.happened == (f"still firing: {before}",)


def test_what_is_expected_of_some_blinks_is_not_said_of_all() -> None:
    some = [ScriptedSpan("blink", t, t + 0.2, "long: no alert" if t > 2 else "") for t in (1.0, 2.0, 3.0)]
    every = [ScriptedSpan("blink", t, t + 0.2, "a blink") for t in (1.0, 2.0)]
    assert compare(some, Timeline())[0].expected == "1 of them long: no alert"
    assert compare(every, Timeline())[0].expected == "a blink"


def test_a_missed_and_an_invented_blink_are_both_told() -> None:
    script = [ScriptedSpan("blink", t, t + 0.2) for t in (1.0, 2.0, 3.0)]
    timeline = Timeline()
    for index in range(180):
        timeline.add(tracked(index / 30, blink=index in (36, 96, 150)))  # 1.2, 3.2 and 5.0 s
    (row,) = compare(script, timeline)
    assert row.happened == ("2 of 3 found, 1 extra",)


def test_the_table_can_be_printed_and_markup_in_names_is_harmless() -> None:
    script = [ScriptedSpan("[bold]look[/nonsense]", 0.0, 1.0, "[red]nothing")]
    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.file:
        console.print(scripted_versus_found(script, Timeline()))
        text = console.export_text()
    assert "[bold]look[/nonsense]" in text
    assert "[red]nothing" in text
    assert text.count("nothing") == 2
