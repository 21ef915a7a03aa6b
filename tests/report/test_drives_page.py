import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from driver_monitor.config.signals import SignalsConfig
from driver_monitor.recording.header import DriveHeader
from driver_monitor.replay.reading import Reading
from driver_monitor.replay.summary import summary_of
from driver_monitor.report.drives_page import render
from driver_monitor.timeline.drive_summary import DriveSummary
from driver_monitor.timeline.timeline import Timeline
from driver_monitor.timeline.what_if import RuleCount, WhatIf
from tests.report.drive import Drive
from tests.report.test_html import Page

HEADER = DriveHeader(
    drive_id="2026-11-27T22-59-30Z-0000", started="2026-11-27T22:59:00.000+00:00", software="driver-monitor",
    config_text="", config_sha256="", camera="0", seat="left", calibration="{}", driver="", vehicle="",
    level="signals",
)  # fmt: skip


@pytest.fixture(scope="module")
def timeline() -> Timeline:
    return Drive(120.0).timeline()


def drives(timeline: Timeline, count: int, names: Iterable[str] = ("anna", "bert", "")) -> list[DriveSummary]:
    found = []
    chosen = list(names)
    for number in range(count):
        started = datetime(2026, 11, 27, 5, 59, tzinfo=UTC) + timedelta(minutes=61 * number)
        head = replace(
            HEADER, drive_id=f"2026-11-27T22-59-30Z-{number:04x}", started=started.isoformat(),
            driver=chosen[number % len(chosen)], vehicle=f"van {number % 2}",
        )  # fmt: skip
        found.append(summary_of(head, Reading(timeline, SignalsConfig())))
    return found


def rows(page: Page, text: str, heading: str) -> list[str]:
    """The rows of the table under a heading, as words."""
    table = text.partition(f"<h2>{heading}")[2].partition("</table>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in table.split("<tr>")[2:]]


def test_an_alert_counts_in_the_hour_of_the_day_in_which_it_came(timeline: Timeline) -> None:
    (summary,) = drives(timeline, 1)
    assert summary.hours_s == {5: pytest.approx(60), 6: pytest.approx(60, abs=0.1)}
    assert summary.at_hours == {5: {"eyes_off_road": 1, "microsleep": 1}, 6: {"degraded": 1}}
    assert summary.levels == {"warning": 1, "critical": 1, "info": 1}
    assert summary.told == 2


def test_each_driver_is_summed_up_and_who_is_not_known_is_called_so_and_comes_last(timeline: Timeline) -> None:
    text = render(drives(timeline, 18), {"Source": "drives/"})
    found = rows(Page(text), text, "By driver")
    assert [row.split()[0] for row in found] == ["anna", "bert", "unknown"]
    assert found[0].split()[1:5] == ["6", "0.20", "60.0", "6"]  # drives, hours, alerts an hour, critical ones


def test_the_table_links_to_the_course_of_each_drive(timeline: Timeline) -> None:
    text = render(drives(timeline, 3), {})
    page = Page(text)
    links = [a["href"] for tag, a in page.elements if tag == "a"]
    assert links == ["#drive-0", "#drive-1", "#drive-2"]
    assert [a["id"] for tag, a in page.elements if tag == "section" and "id" in a] == [
        link[1:] for link in links if link
    ]
    assert len([tag for tag, a in page.elements if tag == "svg"]) == 3
    assert "eyes closed for 1.5 s" in page.words


def test_percent_is_written_one_way(timeline: Timeline) -> None:
    words = Page(render(drives(timeline, 2), {"Source": "drives/"})).words
    assert re.search(r"[0-9]\.[0-9] %", words)
    assert "PERCLOS 30 %" in words
    assert re.findall(r"[0-9]%", words) == []


def test_the_page_asks_for_nothing_and_runs_nothing(timeline: Timeline) -> None:
    text = render(drives(timeline, 3), {})
    page = Page(text)
    assert page.scripts == []
    (policy,) = [a["content"] for tag, a in page.elements if tag == "meta" and "http-equiv" in a]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert not re.search(r"""https?:|["'(]//|@import|url\(""", text)


def test_two_hundred_drives_are_a_page_that_opens_at_once_and_two_thousand_too(timeline: Timeline) -> None:
    few = drives(timeline, 3)
    assert len(render(few * 67, {})) < 3e6
    many = render(few * 667, {})
    assert len(many) < 5e6
    assert "1,701 further drives are in the table and not drawn" in many


def test_what_only_one_config_raises_is_told_by_rule_and_by_drive(timeline: Timeline) -> None:
    found = drives(timeline, 3)
    found[0].compared = [RuleCount("microsleep", both=1, later_s=[0.4])]
    found[1].compared = [RuleCount("microsleep", both=1, only_second=2, later_s=[0.6]), RuleCount("drowsy", 0, 1)]
    text = render(found, {}, what_if=WhatIf("as recorded", "quiet", ()))
    assert rows(Page(text), text, "Two configs") == [
        "drowsy 1 0 0 1 0 \u2013", "microsleep 2 4 2 0 2 0.5 s later",
    ]  # fmt: skip
    differing = text.partition("Drives in which they differ")[2].partition("</table>")[0]
    assert found[1].drive_id in differing
    assert found[0].drive_id not in differing


def test_drives_that_could_not_be_read_and_what_is_missing_from_others_is_said(timeline: Timeline) -> None:
    found = drives(timeline, 1)
    found[0].problems = ["segment 001 is of another drive & was left out"]
    page = Page(render(found, {}, broken={"drives/x": "000.mcap is empty"}))
    assert "drives/x: 000.mcap is empty" in page.words
    assert "segment 001 is of another drive & was left out" in page.words


def test_a_hostile_name_stays_text(timeline: Timeline) -> None:
    attack = "<script>alert(1)</script>"
    text = render(drives(timeline, 1, [attack]), {"Source": attack}, broken={attack: attack})
    page = Page(text)
    assert page.scripts == []
    assert page.words.count(attack) >= 4


def test_drives_without_any_alert_or_any_frame_are_a_page_too() -> None:
    page = Page(render(drives(Timeline(), 2), {}))
    assert "No alert fired." in page.words
