"""What a person is shown of a score."""

import re
from pathlib import Path

import pytest

from driver_monitor.labels.label import Label
from driver_monitor.report.errors import ReportError
from driver_monitor.score.page import render, write_page
from driver_monitor.score.record import score_record
from driver_monitor.score.score import Score, score
from driver_monitor.score.text import score_text
from driver_monitor.state.alert import Level
from tests.report.test_html import Page
from tests.score.drives import firing, outcome


def hour() -> Score:
    return score([
        outcome(
            Label("phone", 600.0, 660.0), Label("phone", 1200.0, 1260.0), Label("mirror", 1800.0, 1860.0),
            Label("kss", 5.0, 5.0, 7.0), Label("sleep", 2400.0, 2410.0), Label("drowsy", 3000.0, 3100.0),
            firing("long_glance", 603.2, 700.0), firing("long_glance", 1830.0, 1900.0),
            firing("driver_missing", 3400.0), firing("drowsy", 2990.0), firing("microsleep", 2300.0, 2450.0),
            drive="2026-11-27T10-43-52Z-a3f9", driver="anna",
        )
    ])  # fmt: skip


def test_the_terminal_shows_figures_the_course_and_what_went_wrong() -> None:
    text = score_text(hour())
    assert text.startswith(
        "1 drive, 1.00 h judged (whole drives); one drive only, so the intervals of 95 % take events as independent\n"
    )
    assert "- 1 of the false alerts fell into stretches labelled attentive, mirror or talking\n" in text
    assert "- 1 audible alert says what no label speaks of (a driver out of sight): not judged\n" in text
    (audible,) = [line for line in text.splitlines() if "(audible)" in line]
    assert " ".join(audible.split()[4:]) == "4 2 \u2013 0.50 [0.07, 0.93] 4 2 2.00 [0.24, 7.22] -10.0 s 3.2 s"
    assert "  missed: phone at 20:00.0 for 60.0 s\n" in text
    assert "  missed: sleep at 40:00.0 for 10.0 s (microsleep was still firing from before)\n" in text
    assert "  false: long_glance at 30:30.0 (warning), during mirror\n" in text
    assert "  false: microsleep at 38:20.0 (warning)\n" in text
    strips = dict(re.findall(r"^  (?:labels|alerts|      )  (\S+) +\|(.{72})\|$", text, re.MULTILINE))
    assert strips["phone"].index("=") == 12
    assert strips["phone"].count("=") == 4
    assert strips["long_glance"].replace(" ", "") == "+++!!!"
    assert "kss" not in strips


def test_a_rule_that_another_one_made_unnecessary_does_not_look_broken() -> None:
    """Eyes that open again at the microsleep alert leave nothing to the rule of a sleep."""
    closures = [Label("microsleep", 100.0 * k, 100.0 * k + 2.0) for k in range(1, 5)]
    caught = [firing("microsleep", label.start_s + 1.5) for label in closures]
    found = score([outcome(*closures, *caught)])
    rows = {line.split()[0]: " ".join(line.split()) for line in score_text(found).splitlines() if line.strip()}
    assert rows["sleep"].startswith("sleep 4 0 4 not needed 0 0")
    assert "not needed" in render(found, {})
    record = score_record(found)["rules"]["sleep"]
    assert (record["events"], record["caught"], record["by_others"]) == (4, 0, 4)
    assert record["sensitivity"]["value"] is None


def test_a_rule_answers_for_what_nobody_caught() -> None:
    closures = [Label("sleep", 100.0 * k, 100.0 * k + 5.0) for k in range(1, 5)]
    found = score([outcome(*closures, firing("microsleep", 101.5), firing("sleep", 203.0, level=Level.CRITICAL))])
    sleep = found.rules["sleep"]
    assert (sleep.tally.events, sleep.tally.caught, sleep.tally.by_others) == (4, 1, 1)
    assert sleep.sensitivity.value == pytest.approx(1 / 3)  # of the second, third and fourth
    assert found.kinds["sleep"].sensitivity.value == 0.5


def test_long_lists_are_cut_on_the_terminal_and_whole_on_the_page() -> None:
    found = score([outcome(*(Label("phone", 100.0 * k, 100.0 * k + 5) for k in range(15)))])
    assert score_text(found).count("missed: phone") == 10
    assert "  missed: 5 more\n" in score_text(found)
    assert render(found, {}).count("missed: phone") == 15


def test_the_page_is_well_formed_needs_nothing_and_shows_the_timeline() -> None:
    text = render(hour(), {"Drives": "drives/", "Alerts": "as they were given"})
    page = Page(text)
    assert not re.search(r"""https?:|["'(]//|@import|url\(|<script""", text)
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert "0.50 [0.07, 0.93]" in page.words
    assert "long_glance after 3.2 s" in page.words
    bars = [attributes["class"] for tag, attributes in page.elements if tag == "rect"]
    assert {name: bars.count(name) for name in set(bars)} == {
        "danger": 4, "missed": 2, "harmless": 1, "other": 1, "right": 2, "false": 2, "open": 1,
    }  # fmt: skip


def test_nothing_at_all_is_a_page_and_a_text() -> None:
    for drives in ([], [outcome()]):
        found = score(drives)
        assert "no label asks for an alert" in score_text(found)
        assert "Neither a label nor an alert." in Page(render(found, {})).words


def test_hostile_words_cannot_get_out_of_their_text() -> None:
    attack = "</style><script>alert(1)</script>"
    found = score([outcome(firing(attack, 1.0), Label("mirror", 0.0, 5.0, note=attack), drive=attack, driver=attack)])
    assert "<script" not in render(found, {attack: attack})


def test_the_record_has_every_event_and_alert() -> None:
    record = score_record(hour())
    assert record["audible"]["sensitivity"] == {"value": 0.5, "interval": [0.0676, 0.9324]}
    assert record["levels"]["critical"]["caught"] == 0
    assert {"label": None, "rule": "driver_missing", "count": 1} in record["confusion"]
    (drive,) = record["outcomes"]
    assert drive["events"][0] == {
        "kind": "phone", "start_s": 600.0, "end_s": 660.0, "caught": True, "latency_s": 3.2, "rule": "long_glance",
        "silent": [], "still_firing": [],
    }  # fmt: skip
    assert [event["still_firing"] for event in drive["events"]] == [[], [], ["microsleep"], []]
    assert drive["alerts"][0] == {
        "rule": "long_glance", "steps": [[603.2, "warning"]], "end_s": 700.0, "verdict": "right", "during": ["phone"],
    }  # fmt: skip
    assert [alert["verdict"] for alert in drive["alerts"]] == ["right", "false", "not judged", "right", "false"]


def test_a_silent_answer_is_told_as_such() -> None:
    found = score([outcome(Label("drowsy", 600.0, 700.0), firing("fatigue_advice", 650.0, level=Level.INFO))])
    assert "  missed: drowsy at 10:00.0 for 100.0 s (fatigue_advice fired, silently)\n" in score_text(found)


def test_a_page_that_cannot_be_written_is_told_and_no_half_stays(tmp_path: Path) -> None:
    (tmp_path / "score.html.part").symlink_to("/dev/full")
    with pytest.raises(ReportError, match=r"score\.html: No space left on device; the score was not saved"):
        write_page(tmp_path / "score.html", hour(), {})
    assert list(tmp_path.iterdir()) == []
