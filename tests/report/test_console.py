from rich.console import Console

from driver_monitor.report.comparison import compare
from driver_monitor.report.console import scripted_versus_found
from driver_monitor.report.spans import ScriptedSpan
from driver_monitor.report.timeline import Timeline
from driver_monitor.rules.alert import Alert, AlertState, Level
from tests.report.drive import Drive, tracked


def alert(t_s: float, rule: str = "microsleep", **evidence: float) -> Alert:
    return Alert(t_s, rule, Level.CRITICAL, AlertState.FIRING, "Wake up", (), dict(evidence))


def test_each_event_stands_beside_what_was_made_of_it() -> None:
    drive = Drive(120.0)
    rows = {row.scripted: row for row in compare(drive.scripted, drive.timeline())}
    assert rows["microsleep"].happened == ("critical: Wake up: your eyes were shut (microsleep) at 0:56.5",)
    assert round(rows["microsleep"].delay_s or 0, 2) == 1.5
    assert rows["yawn"].happened == ("yawn seen 1:08.0 to 1:10.0",)
    assert rows["yawn"].delay_s is None
    assert rows["mirror glance"].happened == ()
    assert rows["covered camera"].happened == (
        "info: The camera cannot see you (degraded) at 1:45.0",
        "degraded (covered) 1:35.0 to 1:47.0",
    )
    blinks = len(drive.blinks)
    assert rows[f"blink ({blinks} times)"].happened == (f"{blinks} of {blinks} found, 0 besides",)
    assert "" not in rows


def test_an_alert_belongs_to_the_event_in_which_its_condition_held() -> None:
    # It fires 0.2 s after the eyes have opened: still the closure's, not the attentive stretch's.
    script = [ScriptedSpan("close_eyes", 10.0, 12.0), ScriptedSpan("attentive", 12.0, 60.0)]
    timeline = Timeline()
    timeline.add_alert(alert(12.2, since_s=10.3))
    closed, attentive = compare(script, timeline)
    assert len(closed.happened) == 1
    assert attentive.happened == ()


def test_a_late_alert_belongs_to_what_has_just_ended_and_a_stray_one_to_nothing() -> None:
    script = [ScriptedSpan("close_eyes", 10.0, 12.0)]
    timeline = Timeline()
    timeline.add_alert(alert(14.0, since_s=13.5))
    timeline.add_alert(alert(40.0, rule="stray", since_s=39.0))
    event, stray = compare(script, timeline)
    assert event.delay_s == 4.0
    assert stray.scripted == ""
    assert "stray" in stray.happened[0]


def test_a_missed_and_an_invented_blink_are_both_told() -> None:
    script = [ScriptedSpan("blink", t, t + 0.2) for t in (1.0, 2.0, 3.0)]
    timeline = Timeline()
    for index in range(180):
        timeline.add(tracked(index / 30, blink=index in (36, 96, 150)))  # 1.2, 3.2 and 5.0 s
    (row,) = compare(script, timeline)
    assert row.happened == ("2 of 3 found, 1 besides",)


def test_the_table_can_be_printed_and_markup_in_names_is_harmless() -> None:
    script = [ScriptedSpan("[bold]look[/nonsense]", 0.0, 1.0, "[red]nothing")]
    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.file:
        console.print(scripted_versus_found(script, Timeline()))
        text = console.export_text()
    assert "[bold]look[/nonsense]" in text
    assert "[red]nothing" in text
    assert text.count("nothing") == 2
