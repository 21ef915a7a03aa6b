"""The page in a real browser, driven by the keys an annotator presses."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from driver_monitor.labels.desk.course import Course
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import read_labels, write_labels
from tests.labels.desk.desk import course, desk

Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def drive() -> Course:
    return course()


@pytest.fixture
def opened(browser: Browser, drive: Course, tmp_path: Path) -> Iterator[Opened]:
    """Opens the page on a drive; whatever the browser complains of fails the test."""
    with desk(drive, tmp_path, video=True) as running:
        complaints: list[str] = []
        contexts = []

        def open_page(scheme: str = "light", width_px: int = 1280) -> Page:
            context = browser.new_context(
                viewport={"width": width_px, "height": 900},
                color_scheme="dark" if scheme == "dark" else "light",
                accept_downloads=False,
            )
            contexts.append(context)
            page = context.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            page.on(
                "request",
                lambda asked: None if asked.url.startswith((running.url, "data:")) else complaints.append(asked.url),
            )
            page.goto(running.url)
            expect(page.locator("#saved")).to_have_text("as in labels.csv")
            return page

        yield open_page
        for context in contexts:
            context.close()
        assert [said for said in complaints if "409" not in said] == []


def go(page: Page, t_s: int) -> None:
    page.keyboard.press("Home")
    for _ in range(t_s // 10):
        page.keyboard.press("ArrowDown")
    for _ in range(t_s % 10):
        page.keyboard.press("Shift+ArrowRight")


def saved(page: Page, tmp_path: Path) -> list[Label]:
    expect(page.locator("#saved")).to_have_text(re.compile(r"saved in labels\.csv at \d\d:\d\d:\d\d"))
    return read_labels(tmp_path / "labels.csv")


def test_keys_start_and_end_labels_and_every_change_is_saved(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    for key, start_s, end_s in (("p", 24, 29), ("m", 57, 55), ("d", 38, 48)):  # backwards is fine too
        go(page, start_s)
        page.keyboard.press(key)
        go(page, end_s)
        page.keyboard.press(key)
    page.keyboard.press("k")
    page.keyboard.press("7")
    expect(page.locator("#list tbody tr")).to_have_count(4)
    assert saved(page, tmp_path) == [
        Label("phone", 24.0, 29.0), Label("drowsy", 38.0, 48.0), Label("kss", 48.0, 48.0, 7.0),
        Label("microsleep", 55.0, 57.0),
    ]  # fmt: skip
    assert page.locator("#chart rect.label").count() == 4
    page.reload()
    expect(page.locator("#list tbody tr")).to_have_count(4)


def test_undo_and_redo_and_delete(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    page.keyboard.press("y")
    go(page, 4)
    page.keyboard.press("y")
    page.keyboard.press("Delete")
    assert saved(page, tmp_path) == []
    page.keyboard.press("Control+z")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(page.locator("#list tbody tr")).to_have_count(0)
    page.keyboard.press("Control+Shift+Z")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    assert saved(page, tmp_path) == [Label("yawn", 0.0, 4.0)]


def test_the_list_edits_times_kinds_values_and_notes(opened: Opened, tmp_path: Path) -> None:
    write_labels(tmp_path / "labels.csv", [Label("phone", 24.0, 29.0)])
    page = opened()
    row = page.locator("#list tbody tr")
    row.get_by_label("end", exact=True).fill("1:02.5")
    row.get_by_label("end", exact=True).press("Tab")
    expect(row.get_by_label("value", exact=True)).to_be_focused()  # editing keeps its place
    row.get_by_label("kind", exact=True).fill("eats")
    row.get_by_label("note", exact=True).fill('an apple, "red"')
    row.get_by_label("note", exact=True).press("Enter")
    assert saved(page, tmp_path) == [Label("eats", 24.0, 62.5, note='an apple, "red"')]
    row.get_by_label("start", exact=True).fill("two")
    row.get_by_label("start", exact=True).press("Enter")
    expect(page.locator("#said")).to_have_text("two is not a time; write 83.5 or 1:23.5")
    row.get_by_label("start", exact=True).fill("70")
    row.get_by_label("start", exact=True).press("Enter")
    expect(page.locator("#said")).to_have_text("it would end at 1:02.5, before it starts")
    assert read_labels(tmp_path / "labels.csv")[0].start_s == 24.0


def test_a_chosen_label_takes_the_cursor_as_its_edges(opened: Opened, tmp_path: Path) -> None:
    write_labels(tmp_path / "labels.csv", [Label("phone", 24.0, 29.0)])
    page = opened()
    page.locator("#chart rect.label").click()
    go(page, 23)
    page.keyboard.press("[")
    go(page, 30)
    page.keyboard.press("]")
    expect(page.locator("#list tbody tr input").nth(2)).to_have_value("0:30.000")
    assert saved(page, tmp_path) == [Label("phone", 23.0, 30.0)]


def test_what_another_hand_wrote_is_shown_and_never_overwritten(opened: Opened, tmp_path: Path) -> None:
    file, page = tmp_path / "labels.csv", opened()
    other = [Label("sleep", 1.0, 5.0)]
    write_labels(file, other)
    page.keyboard.press("p")
    go(page, 5)
    page.keyboard.press("p")
    expect(page.locator("#conflict")).to_contain_text("labels.csv was changed by another hand while you edited it here")
    assert read_labels(file) == other
    page.click("#theirs")
    expect(page.locator("#list tbody tr input").first).to_have_value("sleep")
    page.keyboard.press("Control+z")  # one's own edits are not lost
    expect(page.locator("#list tbody tr input").first).to_have_value("phone")
    write_labels(file, [])
    page.keyboard.press("Control+z")
    expect(page.locator("#conflict")).to_be_visible()
    page.click("#mine")
    saved(page, tmp_path)
    expect(page.locator("#conflict")).to_be_hidden()


def test_a_file_changed_meanwhile_is_read_again_where_nothing_is_lost(opened: Opened, tmp_path: Path) -> None:
    page = opened()
    write_labels(tmp_path / "labels.csv", [Label("sleep", 1.0, 5.0)])
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#saved")).to_have_text("labels.csv was changed by another hand and read again")
    expect(page.locator("#list tbody tr")).to_have_count(1)


def test_it_plays_with_the_picture_of_the_cursor(opened: Opened) -> None:
    page = opened()
    go(page, 40)
    page.select_option("#speed", "4")
    page.keyboard.press(" ")
    expect(page.locator("#clock")).to_have_text(re.compile(r"^0:4[2-9]"))
    page.keyboard.press(" ")
    stopped = page.inner_text("#clock")
    second = stopped.partition(".")[0].partition(":")[2]
    expect(page.locator("#picture")).to_have_attribute("src", re.compile(rf"frame\?t={second}\."))
    assert page.locator("#picture").evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 160
    assert page.inner_text("#clock") == stopped


def test_who_labels_may_hide_what_the_monitor_said(opened: Opened) -> None:
    page = opened()
    expect(page.locator("#chart text.group", has_text="Alerts")).to_be_visible()
    page.keyboard.press("h")
    expect(page.locator("#chart text.group", has_text="Alerts")).to_have_count(0)
    expect(page.locator("#chart rect.critical, #strip rect.critical")).to_have_count(0)
    page.click("#blind")
    expect(page.locator("#chart rect.critical")).to_have_count(1)


def test_perclos_is_read_in_percent(opened: Opened) -> None:
    page = opened()
    go(page, 60)
    expect(page.locator("text.unit", has_text="%, 60 s")).to_have_count(1)
    expect(page.locator("text.tick", has_text=re.compile("^40$")).first).to_be_visible()
    value = page.locator("text.value[data-series=perclos_60s]").text_content()
    assert value is not None
    assert re.fullmatch(r"[0-9]{2}\.[0-9]", value), value


def test_it_says_when_nobody_answers_any_more(browser: Browser, drive: Course, tmp_path: Path) -> None:
    with desk(drive, tmp_path) as running:
        page = browser.new_page()
        page.goto(running.url)
        expect(page.locator("#saved")).to_have_text("as in labels.csv")
    page.keyboard.press("t")
    go(page, 5)
    page.keyboard.press("t")
    expect(page.locator("#saved")).to_contain_text("not saved: driver-monitor label does not answer")
    page.close()


@pytest.mark.parametrize(("scheme", "width_px"), [("light", 1280), ("dark", 1280), ("light", 380)])
def test_it_fits_and_can_be_read_in_light_dark_and_narrow(opened: Opened, scheme: str, width_px: int) -> None:
    page = opened(scheme, width_px)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width_px
    ink, ground = (
        page.evaluate(f"getComputedStyle(document.body).{name}.match(/\\d+/g).slice(0, 3).map(Number)")
        for name in ("color", "backgroundColor")
    )
    assert abs(sum(ink) - sum(ground)) > 400
    assert (sum(ground) < 200) == (scheme == "dark")
    assert page.locator("#chart path.curve").count() == 5
    assert all(
        path for path in page.eval_on_selector_all("#chart path.curve", "all => all.map((p) => p.getAttribute('d'))")
    )
    page.keyboard.press("?")
    expect(page.locator("#help dl")).to_be_visible()
