"""The pages as a person sees them, in a real browser without a network."""

from pathlib import Path
from typing import Any

import pytest

from driver_monitor.config.signals import SignalsConfig
from driver_monitor.report.drives_page import write_drives
from driver_monitor.report.html import write_report
from driver_monitor.report.recorded import Reading
from driver_monitor.report.summary import summary_of
from driver_monitor.report.what_if import WhatIf, match, stretches
from tests.report.drive import Drive
from tests.report.test_drives_page import HEADER


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    timeline = Drive(120.0, fps=10.0).timeline()
    fired = stretches(timeline.episodes.kept, 120.0)
    what_if = WhatIf("as recorded", "quiet", match(fired, fired[:1]), ["rules.sleep.for: 0.0 -> 1.0 s"])
    write_report(folder / "drive.html", timeline, {"Source": "one"}, what_if=what_if, problems=["a file is missing"])
    drives = [summary_of(HEADER, Reading(timeline, SignalsConfig(), what_if)) for _ in range(5)]
    write_drives(folder / "drives.html", drives, {"Source": "drives/"}, what_if=what_if)
    return folder


def opened(browser: Any, path: Path, **options: Any) -> tuple[Any, list[str]]:
    """The page, and whatever went wrong in it or was asked for outside of it."""
    page = browser.new_context(offline=True, viewport={"width": 1280, "height": 900}, **options).new_page()
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
