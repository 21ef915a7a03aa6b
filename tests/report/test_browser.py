"""The pages as a person sees them, in a real browser without a network."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from driver_monitor.config.signals import SignalsConfig
from driver_monitor.replay.reading import Reading
from driver_monitor.replay.summary import summary_of
from driver_monitor.report.drives_page import write_drives
from driver_monitor.report.html import write_report
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.timeline.timeline import Timeline
from driver_monitor.timeline.what_if import WhatIf, match, stretches
from tests.report.drive import Drive, tracked
from tests.report.test_drives_page import HEADER

# Words of the tables that stand on more than one line.
BROKEN: Final = """() => {
  const broken = [];
  for (const cell of document.querySelectorAll("td")) {
    const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      for (const word of walk.currentNode.data.matchAll(/[\\p{L}_]+/gu)) {
        const range = document.createRange();
        range.setStart(walk.currentNode, word.index);
        range.setEnd(walk.currentNode, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) broken.push(word[0]);
      }
    }
  }
  return broken;
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    drive = Drive(120.0, fps=10.0)
    timeline = drive.timeline()
    fired = stretches(timeline.episodes.kept, 120.0)
    what_if = WhatIf("as recorded", "quiet", match(fired, fired[:1]), ["rules.sleep.for: 0.0 -> 1.0 s"])
    write_report(
        folder / "drive.html",
        timeline,
        {"Source": "one"},
        scripted=drive.scripted,
        what_if=what_if,
        problems=["a file is missing"],
    )
    drives = [summary_of(HEADER, Reading(timeline, SignalsConfig(), what_if)) for _ in range(5)]
    write_drives(folder / "drives.html", drives, {"Source": "drives/"}, what_if=what_if)
    return folder


def opened(browser: Any, path: Path, *, width_px: int = 1280, **options: Any) -> tuple[Any, list[str]]:
    """The page, and whatever went wrong in it or was asked for outside of it."""
    page = browser.new_context(offline=True, viewport={"width": width_px, "height": 900}, **options).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(path.as_uri())
    return page, said


@pytest.mark.parametrize("name", ["drive.html", "drives.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_opens_without_a_word_fits_the_window_and_follows_the_scheme(
    pages: Path, browser: Any, name: str, scheme: str
) -> None:
    page, said = opened(browser, pages / name, color_scheme=scheme)
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    red, *_ = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)")
    assert (red < 60) is (scheme == "dark")


@pytest.mark.parametrize("name", ["drive.html", "drives.html"])
def test_on_a_phone_the_page_is_as_wide_as_the_window_and_no_word_is_broken(
    pages: Path, browser: Any, name: str
) -> None:
    page, _ = opened(browser, pages / name, width_px=390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
    assert page.evaluate(BROKEN) == []


def test_on_a_phone_a_click_on_an_alert_brings_its_moment_into_view(pages: Path, browser: Any) -> None:
    page, _ = opened(browser, pages / "drive.html", width_px=390)
    for place in range(page.locator("button[data-start]").count()):
        page.locator("button[data-start]").nth(place).click()
        for chart in page.locator("svg.chart .cursor").all():
            assert chart.get_attribute("visibility") == "visible"
            assert 0 < chart.evaluate("(cursor) => cursor.getBoundingClientRect().left") < 390


def test_an_alerts_moment_stays_marked_when_the_pointer_leaves_a_chart(pages: Path, browser: Any) -> None:
    page, _ = opened(browser, pages / "drive.html")
    page.locator("table button[data-start]").first.click()
    marked = page.locator("#now").text_content()
    page.wait_for_timeout(600)  # the page scrolls to the charts
    page.locator("#plots").hover(position={"x": 500, "y": 40})
    assert page.locator("#now").text_content() != marked
    page.mouse.move(2, 2)
    assert page.locator("#now").text_content() == marked
    assert page.locator("#plots .cursor").get_attribute("visibility") == "visible"
    page.locator("#reset").click()
    assert page.locator("#plots .cursor").get_attribute("visibility") == "hidden"


def test_why_fatigue_is_not_known_stays_inside_its_chart(pages: Path, browser: Any) -> None:
    timeline = Timeline()
    for index in range(300):
        timeline.add(replace(tracked(index / 10, blinks_suppressed=""), fatigue=None))
    write_report(pages / "short.html", timeline, {})
    page, _ = opened(browser, pages / "short.html")
    words = page.locator("#plots text.muted", has_text="drive too short").bounding_box()
    inside = page.locator("#clip-plots rect").evaluate("(box) => [box.x, box.width].map((one) => one.baseVal.value)")
    scale = page.locator("#plots").bounding_box()["width"] / 1120
    left = page.locator("#plots").bounding_box()["x"] + inside[0] * scale
    assert left < words["x"]
    assert words["x"] + words["width"] < left + inside[1] * scale


def test_the_gravest_alert_is_painted_over_those_that_fire_with_it(pages: Path, browser: Any) -> None:
    timeline = Timeline()
    levels = (Level.WARNING, Level.CRITICAL, Level.INFO)
    for index in range(300):
        timeline.add(tracked(index / 10))
    for place, level in enumerate(levels):
        timeline.add_alert(Alert(10.0 + place, level.word, level, AlertState.FIRING, "", (), {}))
    write_report(pages / "levels.html", timeline, {})
    page, _ = opened(browser, pages / "levels.html")
    painted = "(group) => [...group.children].map((box) => box.className.baseVal)"
    by_program = re.search(r'<g class="shade".*?</g>', (pages / "levels.html").read_text("utf-8"))
    assert by_program is not None
    assert re.findall(r'class="(\w+)"/>', by_program[0]) == ["info", "warning", "critical"]
    page.locator("button[data-start]").first.click()
    assert page.locator("#plots .shade").evaluate(painted) == ["info", "warning", "critical"]


def test_perclos_is_read_in_percent(pages: Path, browser: Any) -> None:
    timeline = Timeline()
    for index in range(300):
        timeline.add(tracked(index / 10, perclos_60s=0.123, perclos_180s=0.05))
    write_report(pages / "perclos.html", timeline, {})
    page, _ = opened(browser, pages / "perclos.html")
    titles = page.locator("#plots .title").all_text_contents()
    assert [title.split() for title in titles if "PERCLOS" in title] == [["PERCLOS%"]]
    ticks = page.locator("#plots text.tick").all_text_contents()
    assert {"0", "5", "10", "15", "20"} <= set(ticks)
    page.locator("#plots").hover(position={"x": 500, "y": 40})
    values = page.locator("#plots text.value").all_text_contents()
    assert {"12.3", "5.0"} <= set(values)


def test_a_click_on_an_alert_zooms_all_charts_and_the_button_leads_back(pages: Path, browser: Any) -> None:
    page, said = opened(browser, pages / "drive.html")
    whole = page.locator("#what-if .axis text").all_inner_texts()
    page.locator("table button").first.click()
    assert page.locator("#what-if .axis text").all_inner_texts() != whole
    page.locator("#reset").click()
    assert page.locator("#what-if .axis text").all_inner_texts() == whole
    assert said == []


def test_a_link_of_the_table_leads_to_the_drive(pages: Path, browser: Any) -> None:
    page, _ = opened(browser, pages / "drives.html")
    page.locator("a").nth(4).click()
    assert page.evaluate("document.querySelector('section:target h3').getBoundingClientRect().top") < 900


@pytest.mark.parametrize("name", ["drive.html", "drives.html"])
def test_on_paper_the_evidence_is_open(pages: Path, browser: Any, name: str) -> None:
    page, _ = opened(browser, pages / name)
    page.emulate_media(media="print")
    hidden = page.locator("details:not([open])").first
    inside = "(box) => box.querySelector('summary').nextElementSibling.getBoundingClientRect().height"
    assert hidden.evaluate(inside) > 0
    assert len(page.pdf()) > 10_000
