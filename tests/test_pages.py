"""Every page, with words in it that nobody should trust: whatever they are, they stay words."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatch
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

import driver_monitor
from driver_monitor.config.signals import SignalsConfig
from driver_monitor.labels.desk.course import Course
from driver_monitor.labels.desk.page import Drive as Labelled
from driver_monitor.labels.desk.page import Page as LabelPage
from driver_monitor.labels.label import Label
from driver_monitor.replay.reading import Reading
from driver_monitor.replay.summary import summary_of
from driver_monitor.report import drives_page, html
from driver_monitor.report.film import VideoCourse
from driver_monitor.report.svg import element, picture, text
from driver_monitor.score import page as score_page
from driver_monitor.score.score import score
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.timeline.spans import ScriptedSpan
from driver_monitor.timeline.timeline import Timeline
from driver_monitor.timeline.what_if import WhatIf, match, stretches
from driver_monitor.tune.plot import Marked, Point, front_svg
from tests.report.drive import tracked
from tests.report.test_drives_page import HEADER
from tests.score.drives import firing, outcome

PACKAGE: Final = Path(driver_monitor.__file__).parent
HOSTILE: Final = (
    "<script>hacked = 1</script>",
    "</script><script>hacked = 1</script>",
    "</style><script>hacked = 1</script>",
    "</title></textarea><svg onload=hacked=1>",
    "<!--<script>",
    "<![CDATA[<script>hacked = 1</script>]]>",
    '" onmouseover="hacked = 1" x=\'',
    "' onfocus='hacked = 1' autofocus x=\"",
    "{{ 7 * 7 }}{% raw %}{# #}",
    "{{ data.__class__ }}",
    "javascript:hacked=1",
    "&lt;b&gt; &amp; \\u003cscript>",
    "url(#clip)",
    "</ScRiPt ><ScRiPt>hacked = 1",
)
VOID: Final = {"meta", "br", "link", "input", "img"}


class Structure(HTMLParser):
    """A page without its words: tags with the names of their attributes, and how deep they lie."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[int, str, tuple[str, ...]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((len(self._open), tag, tuple(name for name, _ in attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((len(self._open), tag, tuple(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self.words.append(data)


def timeline(word: str) -> Timeline:
    """Everything that a config or a recording may name bears the word."""
    found = Timeline()
    evidence = {
        "terms": [{"signal": f"perclos_{word}", "op": word, "threshold": 0.1, "value": word}], "speed": word,
        "channels": {word: []}, word: word,
    }  # fmt: skip
    for k in range(20):
        found.add(tracked(float(k), zone=word))
    found.add(replace(tracked(20.0), signals=Signals(t_s=20.0, degraded=word, zone=word)))
    found.add(replace(tracked(21.0), speed=Speed(50.0, SpeedKnowledge.MEASURED)))
    for t_s, rule in ((3.0, f"a{word}"), (9.0, f"b{word}")):
        found.add_alert(Alert(t_s, rule, Level.CRITICAL, AlertState.FIRING, word, (word,), evidence))
    return found


def compared(drive: Timeline, word: str) -> WhatIf:
    fired = stretches(drive.episodes.kept, 21.0)
    return WhatIf(word, word, match(fired[:1], fired[1:]), [word])


def report(word: str) -> str:
    drive = timeline(word)
    scripted = [ScriptedSpan(word, 1.0, 4.0, word), ScriptedSpan("sleepiness", 0.0, 21.0, word, (3.0, 4.0))]
    return html.render(
        drive, {"Source": word, f"of {word}": word}, scripted=scripted, problems=[word],
        what_if=compared(drive, word), video=VideoCourse(f"{word}.webm", 0.0, excerpts=True, size_px=(64, 48)),
    )  # fmt: skip


def report_beside_a_video_that_does_not_play(word: str) -> str:
    return html.render(Timeline(), {"Source": word}, video=VideoCourse(f"{word}.mp4", 0.0))


def drives(word: str) -> str:
    head = replace(HEADER, drive_id=word, driver=word, vehicle=word, camera=word, software=word)
    drive = timeline(word)
    what_if = compared(drive, word)
    summary = summary_of(head, Reading(drive, SignalsConfig(), what_if))
    summary.problems, summary.notes = [word], [word]
    return drives_page.render([summary], {f"of {word}": word}, broken={word: word}, what_if=what_if)


def scored(word: str) -> str:
    # What is labelled cannot be hostile: a label refuses such a kind.
    labels = (Label("phone", 0.0, 5.0, note=word), Label("own", 10.0, 20.0, note=word), Label("sleep", 50.0, 60.0))
    found = score([outcome(*labels, firing(word, 1.0), firing("sleep", 51.0), drive=word, driver=word)])
    return score_page.render(found, {"Drives": word, f"of {word}": word})


def labelled(word: str) -> str:
    course = Course(word)
    for t_s in range(20):
        course.add(tracked(float(t_s), zone=word))
    course.add_alert(Alert(1.0, word, Level.CRITICAL, AlertState.FIRING, word, (), {}))
    course.end()
    return LabelPage(Labelled(course, {f"of {word}": word}, f"{word}.csv", SignalsConfig(), True)).html.decode()


PAGES: Final[dict[str, Callable[[str], str]]] = {
    page.__name__: page for page in (report, report_beside_a_video_that_does_not_play, drives, scored, labelled)
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("word", HOSTILE)
def test_whatever_a_word_is_the_page_shows_it_and_has_the_same_elements(page: str, word: str) -> None:
    found = Structure(PAGES[page](word))
    assert found.found == Structure(PAGES[page]("w" * len(word))).found  # a long one is cut, and whole in a tooltip
    assert word in "".join(found.words)


@pytest.mark.parametrize("page", PAGES)
def test_a_browser_that_knows_no_policy_runs_none_of_it(page: str, browser: Any, tmp_path: Path) -> None:
    shown = browser.new_context(offline=True).new_page()
    for number, word in enumerate(HOSTILE):
        file = tmp_path / f"{number}.html"
        file.write_bytes(PAGES[page](word).replace("Content-Security-Policy", "x").encode(errors="replace"))
        shown.goto(file.as_uri())
        scripts = len([tag for _, tag, _ in Structure(PAGES[page]("word")).found if tag == "script"])
        assert shown.evaluate("[document.scripts.length, typeof hacked]") == [scripts, "undefined"], word


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_phone_and_desk_and_follows_the_scheme(
    page: str, scheme: str, browser: Any, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text(PAGES[page]("word"), encoding="utf-8")
    shown = browser.new_context(offline=True, color_scheme=scheme).new_page()
    shown.goto((tmp_path / "page.html").as_uri())
    for width_px in (390, 1280):
        shown.set_viewport_size({"width": width_px, "height": 900})
        assert shown.evaluate("document.documentElement.scrollWidth") == width_px
    ground = shown.evaluate("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)")
    assert (max(ground) < 60) is (scheme == "dark")


def test_a_tuned_rule_cannot_get_out_of_its_picture() -> None:
    for word in HOSTILE:
        mark = Marked(word, Point(1.0, 0.5), Point(2.0, 0.4))
        svg = front_svg([], [], base=mark, chosen=mark, budget_per_h=1.0, title=word)
        names = [each.tag.rpartition("}")[2] for each in ElementTree.fromstring(svg).iter()]
        assert "script" not in names
        assert word in "".join(ElementTree.fromstring(svg).itertext())


WORDS: Final = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"))


@given(words=WORDS, title=WORDS, cls=WORDS)
def test_an_element_holds_what_it_was_given(words: str, title: str, cls: str) -> None:
    found = ElementTree.fromstring(text(1.0, 2.05, words, cls, title=title))
    assert (found.text or "") == words
    assert found.get("class", "") == cls
    assert [each.text for each in found] == ([title] if title else [])


def test_markup_is_no_way_out_of_an_attribute() -> None:
    assert element("rect", cls=Markup('"><script>')) == '<rect class="&#34;&gt;&lt;script&gt;"/>'
    assert element("g", Markup("<a/>"), "<b/>", data_lane=3) == '<g data-lane="3"><a/>&lt;b/&gt;</g>'
    assert "<x" not in picture(1, 1, ["<x/>"], "</style><x/>")


def test_no_template_takes_words_for_markup() -> None:
    templates = list(PACKAGE.rglob("*.html"))
    assert len(templates) >= 5
    for file in templates:
        told = file.read_text(encoding="utf-8")
        assert "safe" not in told.replace("unsafe-inline", ""), file
        assert "autoescape" not in told, file


def test_what_pages_are_made_of_is_installed() -> None:
    settings = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["driver_monitor"]
    for kind in ("html", "css", "js"):
        for file in PACKAGE.rglob(f"*.{kind}"):
            name = file.relative_to(PACKAGE).as_posix()
            assert any(fnmatch(name, pattern) and name.count("/") == pattern.count("/") for pattern in patterns), name
